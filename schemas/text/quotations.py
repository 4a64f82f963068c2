"""Who speaks: the narrator, a quoted person, or the narrator holding a word at arm's length (scare quotes).

Voice is computed from the text, never annotated. It is how an outlet's own words are told from the words it reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.arrays import Bytes, Classes, Codes, Flags, Places
from schemas.text.characters import OPENER, SPACE, WORD, character_classes
from schemas.text.kernel import kernel
from schemas.text.reading import Texts, read_texts
from schemas.text.speech import ACCORDING, CALLED, NOTES, SO, SO_CALLED, SPEAKS, THAT, TO, word_signs
from schemas.text.tokens import Span

__all__ = ["SCARE_WORDS", "VOICES", "Quotations", "Voice", "Voices", "find_quotations", "find_voices", "voices_of"]

Voice = Literal["narrator", "quoted", "scare"]
VOICES: tuple[Voice, ...] = ("narrator", "quoted", "scare")
# Indices into VOICES.
Voices = NDArray[np.int8]

# The most words of a quotation that may be scare quotes; and how many characters before and after it a speaker is sought.
SCARE_WORDS = 4
REACH_BEFORE, REACH_AFTER = 50, 40

_STRAIGHT, _OPEN, _CLOSE, _LOW, _LEFT, _RIGHT, _CORNER, _CORNER_END = map(ord, '"“”„«»「」')
_SINGLE, _SINGLE_END, _PLAIN, _NEWLINE, _STOP = map(ord, "‘’'\n.")
# After the words, or after one mark more (the one that closes); a semicolon is a pause straight after the words alone.
_COMMA, _ASK, _CRY, _SEMICOLON = map(ord, ",?!;")
# What opens, the two marks of which either closes, and what may not stand between.
_MARKS = (
    (_STRAIGHT, _STRAIGHT, _STRAIGHT, _STRAIGHT),
    (_OPEN, _CLOSE, _CLOSE, _OPEN),
    (_LOW, _CLOSE, _OPEN, _LOW),
    (_LEFT, _RIGHT, _RIGHT, _LEFT),
    (_CORNER, _CORNER_END, _CORNER_END, _CORNER),
)
_QUOTED, _SCARE = VOICES.index("quoted"), VOICES.index("scare")


class Quotations(NamedTuple):
    """The quotations of a batch of texts: where their words begin and end (the marks excluded), their voices (indices into VOICES),
    their tokens (first, and the one after the last), and those of each text: firsts[d] to firsts[d + 1]."""

    starts: Places
    ends: Places
    voices: Voices
    first_tokens: Places
    last_tokens: Places
    firsts: Places


def find_quotations(read: Texts, signs: Bytes) -> Quotations:
    """Every quotation with its voice, in order. `signs`: what each token is to a quotation near by (`speech.word_signs`).

    Up to four words without a speech verb near by, in the same sentence, are `scare`; all other quotations are
    `quoted` (a long one goes on from a speaker named before). "So-called" before the mark makes it `scare`.
    """
    classes, tokens, sentences = character_classes(), read.tokens, read.sentences
    found = _find_pairs(read.codes, read.starts, classes)
    opens, closes, starts, ends = found.T
    first_tokens, last_tokens = np.searchsorted(tokens.starts, starts), np.searchsorted(tokens.starts, ends)
    words = np.concatenate([[0], np.cumsum(tokens.words)])
    documents = np.searchsorted(read.starts, opens, side="right") - 1
    around = np.maximum(np.searchsorted(sentences.starts, opens, side="right") - 1, sentences.firsts[documents])
    lows = np.maximum(sentences.starts[around], opens - REACH_BEFORE)
    highs = np.minimum(np.maximum(sentences.ends[around], closes), closes + REACH_AFTER)
    before, inside, following = (np.searchsorted(tokens.starts, places) for places in (lows, opens, closes))
    after = np.searchsorted(tokens.ends, highs, side="right")
    short = words[last_tokens] - words[first_tokens] <= SCARE_WORDS
    voices = _tell_quotations(found, highs, short, before, inside, following, after, read.codes, signs, classes)
    return Quotations(starts, ends, voices, first_tokens, last_tokens, np.searchsorted(documents, np.arange(len(read.starts))))


def voices_of(text: str, spans: Sequence[Span]) -> list[Voice]:
    """The voice of each span of a text."""
    read = read_texts([text])
    signs = np.array([word_signs(text[start:end]) for start, end in zip(read.tokens.starts, read.tokens.ends, strict=True)], dtype=np.uint8)
    order = sorted(range(len(spans)), key=spans.__getitem__)
    starts, ends = np.array([spans[i] for i in order], dtype=np.int64).reshape(-1, 2).T
    found = dict(zip(order, find_voices(starts, ends, np.array([0, len(spans)]), find_quotations(read, signs)).tolist(), strict=True))
    return [VOICES[found[i]] for i in range(len(spans))]


@kernel
def find_voices(starts: Places, ends: Places, firsts: Places, quotations: Quotations) -> Voices:
    """The voice of each span starts[i]:ends[i], by where they begin within each text (text d has firsts[d] to firsts[d + 1]): that of
    the quotation which holds most of it, else the narrator's."""
    voices = np.zeros(len(starts), np.int8)
    for document in range(len(firsts) - 1):
        quotation, last = quotations.firsts[document], quotations.firsts[document + 1]
        for span in range(firsts[document], firsts[document + 1]):
            while quotation < last and quotations.ends[quotation] <= starts[span]:
                quotation += 1
            held = quotation
            while held < last and quotations.starts[held] < ends[span]:
                if 2 * (min(ends[span], quotations.ends[held]) - max(starts[span], quotations.starts[held])) > ends[span] - starts[span]:
                    voices[span] = quotations.voices[held]
                    break
                held += 1
    return voices


@kernel
def _tell_quotations(
    found: Places,
    highs: Places,
    short: Flags,
    lows: Places,
    opens: Places,
    nexts: Places,
    lasts: Places,
    codes: Codes,
    signs: Bytes,
    classes: Classes,
) -> Voices:
    """The voice of each quotation: `lows` to `opens` are the tokens before it, `nexts` to `lasts` those after it."""
    voices = np.full(len(found), _QUOTED, np.int8)
    for i in range(len(found)):
        before, last = lows[i], opens[i] - 1
        if not short[i]:
            continue
        if last >= before and (signs[last] & SO_CALLED or (signs[last] & CALLED and last > before and signs[last - 1] & SO)):
            voices[i] = _SCARE
            continue
        first = found[i, 3]
        paused = _is_pause(codes[first]) or codes[first] == _SEMICOLON
        paused = paused or (first + 1 < highs[i] and _is_pause(codes[first + 1]) and not classes[codes[first]] & WORD)
        if not _speaks(signs, before, opens[i]) and not (paused and _speaks(signs, nexts[i], lasts[i])):
            voices[i] = _SCARE
    return voices


@kernel
def _is_pause(code: int) -> bool:
    return code == _COMMA or code == _ASK or code == _CRY


@kernel
def _speaks(signs: Bytes, begin: int, end: int) -> bool:
    for i in range(begin, end):
        if signs[i] & SPEAKS:
            return True
        if i + 1 < end and ((signs[i] & ACCORDING and signs[i + 1] & TO) or (signs[i] & NOTES and signs[i + 1] & THAT)):
            return True
    return False


@kernel
def _find_pairs(codes: Codes, starts: Places, classes: Classes) -> Places:
    """quotations x (mark that opens, end of the mark that closes, first character, end of the last)."""
    count = 0
    for code in codes:
        count += (classes[code] & OPENER) != 0
    found = np.empty((count, 4), np.int64)
    count = 0
    for document in range(len(starts) - 1):
        begin, end = starts[document], starts[document + 1]
        # Up to here no plain mark closes, so none that opens needs to be followed again.
        barren = begin
        i = begin
        while i < end:
            if not classes[codes[i]] & OPENER:
                i += 1
                continue
            close = _find_close(codes, i, begin, end, classes, barren)
            if close < 0:
                barren = max(barren, -close)
            if close <= 0:
                i += 1
                continue
            first, last = i + 1, close
            while first < last and classes[codes[first]] & SPACE:
                first += 1
            while last > first and (classes[codes[last - 1]] & SPACE or codes[last - 1] == _COMMA or codes[last - 1] == _SEMICOLON):
                last -= 1
            if first < last:
                found[count, 0], found[count, 1], found[count, 2], found[count, 3] = i, close + 1, first, last
                count += 1
            i = close + 1
    return found[:count].copy()


@kernel
def _find_close(codes: Codes, i: int, begin: int, end: int, classes: Classes, barren: int) -> int:
    """Where the quotation that opens at i closes; 0 if none does; if a plain mark finds none, minus the place up to which it looked."""
    mark = codes[i]
    for k in range(len(_MARKS)):
        if mark == _MARKS[k][0]:
            return _find_end(codes, i, end, *_MARKS[k][1:])
    before = codes[i - 1] if i > begin else np.uint32(_NEWLINE)
    if classes[before] & WORD or before == _SINGLE_END or before == _PLAIN:
        return 0
    if mark == _SINGLE:
        return _find_single_end(codes, i, end, classes)
    if _is_closing(before) or i < barren or i + 1 == end or not classes[codes[i + 1]] & WORD:
        return 0
    return _find_plain_end(codes, i, end, classes)


@kernel
def _is_closing(mark: np.uint32) -> bool:
    """After these a plain mark closes, and does not open."""
    return bool(mark == _STRAIGHT or mark == _STOP or mark == _COMMA or mark == _CRY or mark == _ASK)


@kernel
def _find_end(codes: Codes, i: int, end: int, close: int, other: int, bar: int) -> int:
    """The first of two closing marks after at least one character, with no bar and no line end before it."""
    for j in range(i + 1, end):
        if codes[j] == close or codes[j] == other:
            return j if j > i + 1 else 0
        if codes[j] == bar or codes[j] == _NEWLINE:
            return 0
    return 0


@kernel
def _find_single_end(codes: Codes, i: int, end: int, classes: Classes) -> int:
    for j in range(i + 1, end):
        if codes[j] == _SINGLE or codes[j] == _NEWLINE:
            return 0
        if codes[j] == _SINGLE_END and j > i + 1 and (j + 1 == end or not classes[codes[j + 1]] & WORD):
            return j
    return 0


@kernel
def _find_plain_end(codes: Codes, i: int, end: int, classes: Classes) -> int:
    for j in range(i + 2, end):
        if codes[j] == _STRAIGHT or codes[j] == _NEWLINE:
            return -j
        if codes[j] == _PLAIN and (j + 1 == end or not classes[codes[j + 1]] & WORD):
            return j
    return -end
