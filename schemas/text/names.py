"""Where names stand in texts: runs of words with capitals, with the joints, stops and initials inside them.

Scripts without capitals have none that could be told so. What a run is (a name, a heading, a noun of German), those who count runs must tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.arrays import Bytes, Classes, Codes, Flags, Integers, Places
from schemas.text.characters import MARK, character_classes
from schemas.text.kernel import kernel
from schemas.text.languages import DEFAULT, LANGUAGES, read_language
from schemas.text.reading import Texts
from schemas.text.sentences import language_numbers
from schemas.text.tokens import Tokens

__all__ = ["Names", "find_names", "signs_of_names"]

# What a word is to a name: it has a capital; it ends one; it begins none; it joins its parts; it is one letter; a verb of saying; what takes a
# stop that ends no sentence.
_CAPITAL, _CLOSED, _NO_BEGINNING, _JOINT, _LETTER, _SPEECH, _STOPPED = (np.uint8(1 << bit) for bit in range(7))
_CLOSING = ("common", "determiners", "selves", "complementisers", "according", "comparisons", "calendar")
_KINDS = (
    *((kind, _CLOSED) for kind in _CLOSING),
    *(("auxiliaries", _NO_BEGINNING), ("joints", _JOINT), ("speech", _SPEECH), ("titles", _STOPPED), ("abbreviations", _STOPPED)),
)
_STOP, _COLON, _SEMICOLON = map(ord, ".:;")


class Names(NamedTuple):
    """Runs of capitalised words: where they begin and end in the batch, their texts, whether they begin a sentence or a quotation, so that
    the capital says nothing, and whether a verb of saying stands beside them."""

    starts: Places
    ends: Places
    texts: Places
    initial: Flags
    speaking: Flags


def signs_of_names(words: Sequence[str]) -> NDArray[np.uint8]:
    """words x (LANGUAGES, and one for all others): what each word is to a name."""
    known = _known()
    signs = np.zeros((len(words), len(LANGUAGES) + 1), dtype=np.uint8)
    for i, word in enumerate(words):
        if (row := known.get(word.lower())) is not None:
            signs[i] = row
        if word[:1].isupper():
            signs[i] |= _CAPITAL
        if len(word) == 1 and word.isalpha():
            signs[i] |= _LETTER
    return signs


def find_names(read: Texts, ids: Integers, signs: Bytes) -> Names:
    """The runs, in order. `ids`: the number of each token's word; `signs`: by that number, what `signs_of_names` says of the word."""
    places, flags = _find(
        read.codes, character_classes(), read.tokens, read.sentences.firsts, read.tokens_of_sentences, language_numbers(read.languages), ids, signs
    )
    return Names(places[0], places[1], places[2], flags[0], flags[1])


@cache
def _known() -> dict[str, Bytes]:
    known: dict[str, Bytes] = {}
    for number, code in enumerate((*LANGUAGES, DEFAULT)):
        language = read_language(code)
        for kind, bit in _KINDS:
            for word in getattr(language, kind):
                known.setdefault(word.lower(), np.zeros(len(LANGUAGES) + 1, dtype=np.uint8))[number] |= bit
    return known


@kernel
def _find(
    codes: Codes, classes: Classes, tokens: Tokens, sentences: Places, firsts: Places, languages: Places, ids: Integers, signs: Bytes
) -> tuple[Places, Flags]:
    size, count = len(ids), 0
    places, flags = np.empty((3, size), np.int64), np.empty((2, size), np.bool_)
    for d in range(len(sentences) - 1):
        language = languages[d]
        for s in range(sentences[d], sentences[d + 1]):
            t, end, met = firsts[s], firsts[s + 1], False
            while t < end:
                sign = signs[ids[t], language]
                if not tokens.words[t] or not sign & _CAPITAL or sign & (_CLOSED | _NO_BEGINNING):
                    met |= tokens.words[t]
                    t += 1
                    continue
                last = _end_run(codes, tokens, ids, signs, language, t, end)
                places[0, count], places[1, count], places[2, count] = tokens.starts[t], tokens.ends[last - 1], d
                marked = t > firsts[s] and _opens(codes[tokens.starts[t - 1]], classes)
                flags[0, count], flags[1, count] = marked or not met, _speaks(ids, signs, language, firsts[s], t, last, end)
                count, t, met = count + 1, last, True
    return places[:, :count].copy(), flags[:, :count].copy()


@kernel
def _opens(code: int, classes: Classes) -> bool:
    """Whether words begin anew behind a mark, as in a quotation."""
    return bool(classes[code] & MARK or code == _COLON or code == _SEMICOLON)


@kernel
def _end_run(codes: Codes, tokens: Tokens, ids: Integers, signs: Bytes, language: int, t: int, end: int) -> int:
    """The token behind the run that begins at t."""
    e, initials = t + 1, bool(signs[ids[t], language] & _LETTER)
    while e < end and not tokens.breaks[e]:
        sign = signs[ids[e], language]
        if codes[tokens.starts[e]] == _STOP and tokens.starts[e] == tokens.ends[e - 1] and signs[ids[e - 1], language] & (_LETTER | _STOPPED):
            if e + 1 < end and not tokens.breaks[e + 1] and _goes_on(tokens, ids, signs, language, e + 1):
                initials &= (signs[ids[e + 1], language] & _LETTER) != 0
                e += 2
                continue
            # The last stop of initials (U.S.) is theirs.
            return e + 1 if initials and e > t + 1 else e
        if _goes_on(tokens, ids, signs, language, e):
            initials &= (sign & _LETTER) != 0
            e += 1
        elif tokens.words[e] and sign & _JOINT and not sign & _CAPITAL and e + 1 < end and not tokens.breaks[e + 1]:
            if not _goes_on(tokens, ids, signs, language, e + 1):
                break
            initials = False
            e += 2
        else:
            break
    return e


@kernel
def _goes_on(tokens: Tokens, ids: Integers, signs: Bytes, language: int, t: int) -> bool:
    sign = signs[ids[t], language]
    return bool(tokens.words[t] and sign & _CAPITAL and not sign & _CLOSED)


@kernel
def _speaks(ids: Integers, signs: Bytes, language: int, first: int, t: int, last: int, end: int) -> bool:
    """Whether a verb of saying stands straight before the run, or straight behind it."""
    if t > first and signs[ids[t - 1], language] & _SPEECH:
        return True
    return bool(last < end and signs[ids[last], language] & _SPEECH)
