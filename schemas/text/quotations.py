"""Who speaks: the narrator, somebody quoted, or the narrator holding a word at arm's length (scare quotes).

Voice is computed from the text, never annotated. It is how an outlet's own words are told from the words it reports. What stands
between marks is told by a small linear model from the evidence in and beside it (`voice-weights.csv`; docs/voice.md says how they
were made); what stands at a mark without a partner has no voice that could be told.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.arrays import Bytes, Classes, Codes, Floats, Integers, Places
from schemas.errors import FramingError
from schemas.text.characters import UPPER, character_classes
from schemas.text.evidence import SHAPES, ZONES, Evidence, describe_quotations
from schemas.text.kernel import kernel
from schemas.text.marks import find_marks
from schemas.text.pairs import LINE, UNPAIRED, Pairs, find_pairs
from schemas.text.positions import Positions, find_positions
from schemas.text.reading import Texts
from schemas.text.sentences import language_numbers, stops
from schemas.text.speakers import find_speakers
from schemas.text.tokens import Tokens
from schemas.text.words import KINDS, NAME, Signs

__all__ = [
    "DECISIONS",
    "SCARE_WORDS",
    "VOICES",
    "Quotations",
    "Voice",
    "Voices",
    "evidence_columns",
    "evidence_matrix",
    "find_quotations",
    "gather_evidence",
]

Voice = Literal["narrator", "quoted", "scare", "unclear"]
# `narrator` is also a name, a title or a term in marks; `unclear` are words at a mark without a partner.
VOICES: tuple[Voice, ...] = ("narrator", "quoted", "scare", "unclear")
_NARRATOR, _QUOTED, _SCARE, _UNCLEAR = range(len(VOICES))
# Indices into VOICES.
Voices = NDArray[np.int8]
# A quotation of so many words is short: it may be scare quotes whoever is said to speak there.
SCARE_WORDS = 4
# What the model decides: whether words are somebody's, and if not, whether they are at arm's length (or a name).
DECISIONS = ("quoted", "scare")
_WEIGHTS = "voice-weights.csv"
_NAME = np.uint32(NAME)
_SO_CALLED, _TERMS = (np.uint32(1 << KINDS.index(kind)) for kind in ("so_called", "terms"))


class Quotations(NamedTuple):
    """The quotations of a batch of texts, in order: where their words begin and end (the marks excluded), their voices (indices into VOICES)
    and how probable these are (NaN where it is unclear), the words that name the source (-1 where none is found), their tokens (first, and the
    one after the last), and those of each text: firsts[d] to firsts[d + 1]. `unpaired`: how many marks of each text have no partner."""

    starts: Places
    ends: Places
    voices: Voices
    probabilities: Floats
    speaker_starts: Places
    speaker_ends: Places
    first_tokens: Places
    last_tokens: Places
    firsts: Places
    unpaired: Places


class Gathered(NamedTuple):
    """Of each token the kinds of its word; the quotations, where they stand, and their evidence."""

    signs: NDArray[np.uint32]
    pairs: Pairs
    at: Positions
    evidence: Evidence


class _Weights(NamedTuple):
    """For each of DECISIONS the intercept, the weights of kinds of words by ZONES, and those of SHAPES."""

    intercepts: Floats
    of_words: Floats
    of_shapes: Floats


def find_quotations(read: Texts, ids: Integers, signs: Signs) -> Quotations:
    """Every quotation with its voice and its source, in order.

    ids: the number of each token's word; signs: words x languages, what they can be to a quotation beside them (`words.signs_of_words`).
    """
    tokens, (of_tokens, pairs, at, evidence) = read.tokens, gather_evidence(read, ids, signs)
    voices, probabilities = _tell_voices(pairs, evidence)
    speakers = find_speakers(read.codes, tokens, read.sentences, of_tokens, pairs, at, voices == _QUOTED)
    unpaired = np.bincount(at.texts[pairs.forms == UNPAIRED], minlength=len(read.starts) - 1)
    # After those in marks stand the words that "so-called" holds at arm's length without them; then all are put in order.
    held = _find_so_called(tokens, of_tokens, pairs, at)
    order, none = np.argsort(np.append(at.firsts, held), kind="stable"), np.full(len(held), -1, np.int64)
    texts = np.append(at.texts, np.searchsorted(tokens.firsts, held, side="right") - 1)[order]
    return Quotations(
        np.append(pairs.starts, tokens.starts[held])[order],
        np.append(pairs.ends, tokens.ends[held])[order],
        np.append(voices, np.full(len(held), _SCARE, np.int8))[order],
        np.append(probabilities, np.ones(len(held)))[order],
        np.append(speakers[:, 0], none)[order],
        np.append(speakers[:, 1], none)[order],
        np.append(at.firsts, held)[order],
        np.append(at.lasts, held + 1)[order],
        np.searchsorted(texts, np.arange(len(read.starts))),
        unpaired,
    )


def gather_evidence(read: Texts, ids: Integers, signs: Signs) -> Gathered:
    """What stands in the texts' quotation marks, and by what its voice is told. `ids` and `signs`: as in `find_quotations`."""
    classes, numbers = character_classes(), language_numbers(read.languages)
    of_tokens = _gather_signs(ids, signs, read.codes, classes, read.tokens, numbers)
    marks = find_marks(read.codes, read.starts, classes)
    pairs = find_pairs(read.codes, read.starts, classes, marks, stops().dialogue[numbers])
    at = find_positions(read.tokens, read.sentences, pairs)
    return Gathered(of_tokens, pairs, at, describe_quotations(read.codes, read.starts, classes, read.tokens, read.sentences, of_tokens, pairs, at))


def evidence_columns() -> tuple[str, ...]:
    """What the columns of `evidence_matrix` are: kinds of words by where they stand, then what a quotation looks like."""
    return (*(f"{zone}: {kind}" for zone in ZONES for kind in (*KINDS, "name")), *SHAPES)


def evidence_matrix(evidence: Evidence) -> NDArray[np.uint8]:
    """quotations x evidence_columns, 0 or 1."""
    bits = (evidence.words[:, :, None] >> np.arange(len(KINDS) + 1, dtype=np.uint32)) & 1
    return np.hstack([bits.reshape(len(bits), len(ZONES) * (len(KINDS) + 1)).astype(np.uint8), evidence.shape])


def _tell_voices(pairs: Pairs, evidence: Evidence) -> tuple[Voices, Floats]:
    """The voice of each quotation, and how probable it is."""
    logits = _weigh(*evidence, *_read_weights())
    quoted, scare = (1 / (1 + np.exp(-logits))).T
    by_voice = np.column_stack([(1 - quoted) * (1 - scare), quoted, (1 - quoted) * scare])
    # First whether the words are somebody's: what is not is the outlet's own, however it holds them.
    voices = np.where(quoted >= 0.5, _QUOTED, np.where(scare >= 0.5, _SCARE, _NARRATOR)).astype(np.int8)
    probabilities = np.take_along_axis(by_voice, voices[:, None].astype(np.int64), axis=1)[:, 0]
    # What "so-called" stands straight before is held at arm's length, whoever says it; and the word "word" is spoken of, not used.
    held, named = (evidence.words[:, 0] & kind != 0 for kind in (_SO_CALLED, _TERMS))
    voices[held], probabilities[held] = _SCARE, 1.0
    voices[named & (voices == _SCARE)] = _NARRATOR
    probabilities[named & (voices == _NARRATOR)] = (1 - quoted)[named & (voices == _NARRATOR)]
    # Speech by its form, as lines of a transcript are; and words that nobody can tell.
    voices[pairs.forms == LINE], probabilities[pairs.forms == LINE] = _QUOTED, 1.0
    voices[pairs.forms == UNPAIRED], probabilities[pairs.forms == UNPAIRED] = _UNCLEAR, np.nan
    return voices, probabilities


@kernel
def _gather_signs(ids: Integers, signs: Signs, codes: Codes, classes: Classes, tokens: Tokens, languages: Places) -> NDArray[np.uint32]:
    """Of each token the kinds of its word in its text's language, and whether it may be a NAME."""
    gathered = np.empty(len(ids), np.uint32)
    for d in range(len(tokens.firsts) - 1):
        for t in range(tokens.firsts[d], tokens.firsts[d + 1]):
            gathered[t] = signs[ids[t], languages[d]]
            if tokens.words[t] and classes[codes[tokens.starts[t]]] & UPPER:
                gathered[t] |= _NAME
    return gathered


@kernel
def _find_so_called(tokens: Tokens, signs: NDArray[np.uint32], pairs: Pairs, at: Positions) -> Places:
    """The tokens straight behind a "so-called" that no quotation holds."""
    found, count, i = np.empty(len(signs), np.int64), 0, 0
    for d in range(len(tokens.firsts) - 1):
        for t in range(tokens.firsts[d] + 1, tokens.firsts[d + 1]):
            if not signs[t - 1] & _SO_CALLED or signs[t] & _SO_CALLED or not tokens.words[t]:
                continue
            while i < len(pairs.closes) and pairs.closes[i] <= tokens.starts[t]:
                i += 1
            if i == len(pairs.closes) or at.opens[i] > t:
                found[count] = t
                count += 1
    return found[:count].copy()


@kernel
def _weigh(words: NDArray[np.uint32], shape: Bytes, intercepts: Floats, of_words: Floats, of_shapes: Floats) -> Floats:
    """quotations x DECISIONS: logits. `of_words`: DECISIONS x ZONES x bits; `of_shapes`: DECISIONS x SHAPES."""
    logits = np.empty((len(words), len(intercepts)))
    for i in range(len(words)):
        for decision in range(len(intercepts)):
            total = intercepts[decision]
            for zone in range(words.shape[1]):
                kinds, bit = words[i, zone], 0
                while kinds:
                    if kinds & np.uint32(1):
                        total += of_words[decision, zone, bit]
                    kinds, bit = kinds >> np.uint32(1), bit + 1
            for k in range(shape.shape[1]):
                if shape[i, k]:
                    total += of_shapes[decision, k]
            logits[i, decision] = total
    return logits


@cache
def _read_weights() -> _Weights:
    """The weights that ship. What they do not name counts for nothing."""
    columns = {name: number for number, name in enumerate(evidence_columns())}
    intercepts, weights = np.zeros(len(DECISIONS)), np.zeros((len(DECISIONS), len(columns)))
    with (files("schemas.text") / _WEIGHTS).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            decision = DECISIONS.index(row["decision"])
            if row["evidence"] == "":
                intercepts[decision] = float(row["weight"])
            elif row["evidence"] in columns:
                weights[decision, columns[row["evidence"]]] = float(row["weight"])
            else:
                raise FramingError(f"{row['evidence']!r} is no evidence of a voice", _WEIGHTS, "Install framing-toolkit anew")
    of_words, of_shapes = np.split(weights, [len(columns) - len(SHAPES)], axis=1)
    return _Weights(intercepts, of_words.reshape(len(DECISIONS), len(ZONES), -1).copy(), of_shapes.copy())
