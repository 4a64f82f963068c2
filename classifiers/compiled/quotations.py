"""Who speaks, by the definition of `schemas.voice`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import Integers
from classifiers.compiled.characters import OPENER, SPACE, WORD, Classes, character_classes
from classifiers.compiled.kernel import kernel
from classifiers.compiled.reading import Places, Texts
from classifiers.documents import SITUATIONS
from schemas.voice import ACCORDING, CALLED, NOTES, PAUSES, REACH_AFTER, REACH_BEFORE, SCARE_WORDS, SEMICOLON, SO, SO_CALLED, SPEAKS, THAT, TO, VOICES

__all__ = ["Quotations", "find_quotations", "situations_of_tokens"]

_STRAIGHT, _OPEN, _CLOSE, _LOW, _LEFT, _RIGHT, _CORNER, _CORNER_END = map(ord, '"“”„«»「」')
_SINGLE, _SINGLE_END, _PLAIN, _NEWLINE, _STOP = map(ord, "‘’'\n.")
_COMMA, _ASK, _CRY, _SEMICOLON = map(ord, PAUSES + SEMICOLON)
# What opens, the two marks of which either closes, and what may not stand between.
_MARKS = (
    (_STRAIGHT, _STRAIGHT, _STRAIGHT, _STRAIGHT),
    (_OPEN, _CLOSE, _CLOSE, _OPEN),
    (_LOW, _CLOSE, _OPEN, _LOW),
    (_LEFT, _RIGHT, _RIGHT, _LEFT),
    (_CORNER, _CORNER_END, _CORNER_END, _CORNER),
)
_QUOTED, _SCARE, _SHORT = VOICES.index("quoted"), VOICES.index("scare"), SITUATIONS.index("quoted, short")


class Quotations(NamedTuple):
    """The quotations of a batch: where their words begin and end, their voices (indices into VOICES), their tokens (first, and
    the one after the last), and those of each document: first_quotations[d] to first_quotations[d + 1]."""

    starts: Places
    ends: Places
    voices: NDArray[np.int8]
    first_tokens: Places
    last_tokens: Places
    first_quotations: Places


def find_quotations(read: Texts, signs: NDArray[np.uint8]) -> Quotations:
    """The quotations of each text. `signs`: what each token is to a quotation near by (voice.word_signs)."""
    classes = character_classes()
    found = _find_pairs(read.codes, read.starts, classes)
    opens, closes, starts, ends = found.T
    first_tokens, last_tokens = np.searchsorted(read.token_starts, starts), np.searchsorted(read.token_starts, ends)
    words = np.concatenate([[0], np.cumsum(read.words)])
    documents = np.searchsorted(read.starts, opens, side="right") - 1
    sentences = np.maximum(np.searchsorted(read.sentence_starts, opens, side="right") - 1, read.first_sentences[documents])
    lows = np.maximum(read.sentence_starts[sentences], opens - REACH_BEFORE)
    highs = np.minimum(np.maximum(read.sentence_ends[sentences], closes), closes + REACH_AFTER)
    before, inside, following = (np.searchsorted(read.token_starts, places) for places in (lows, opens, closes))
    after = np.searchsorted(read.token_ends, highs, side="right")
    short = words[last_tokens] - words[first_tokens] <= SCARE_WORDS
    voices = _voices(found, highs, short, before, inside, following, after, read.codes, signs, classes)
    return Quotations(starts, ends, voices, first_tokens, last_tokens, np.searchsorted(documents, np.arange(len(read.starts))))


@kernel
def _voices(
    found: Places,
    highs: Places,
    short: NDArray[np.bool_],
    lows: Places,
    opens: Places,
    nexts: Places,
    lasts: Places,
    codes: NDArray[np.uint32],
    signs: NDArray[np.uint8],
    classes: Classes,
) -> NDArray[np.int8]:
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
def _speaks(signs: NDArray[np.uint8], begin: int, end: int) -> bool:
    for i in range(begin, end):
        if signs[i] & SPEAKS:
            return True
        if i + 1 < end and ((signs[i] & ACCORDING and signs[i + 1] & TO) or (signs[i] & NOTES and signs[i + 1] & THAT)):
            return True
    return False


@kernel
def situations_of_tokens(count: int, quotations: Quotations) -> Integers:
    """Index into SITUATIONS for each of the batch's tokens."""
    situations = np.zeros(count, np.int32)
    for i in range(len(quotations.starts)):
        first, last, voice = quotations.first_tokens[i], quotations.last_tokens[i], np.int32(quotations.voices[i])
        situations[first:last] = _SHORT if voice == _QUOTED and last - first <= SCARE_WORDS else voice
    return situations


@kernel
def _find_pairs(codes: NDArray[np.uint32], starts: Places, classes: Classes) -> Places:
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
def _find_close(codes: NDArray[np.uint32], i: int, begin: int, end: int, classes: Classes, barren: int) -> int:
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
def _find_end(codes: NDArray[np.uint32], i: int, end: int, close: int, other: int, bar: int) -> int:
    """The first of two closing marks after at least one character, with no bar and no line end before it."""
    for j in range(i + 1, end):
        if codes[j] == close or codes[j] == other:
            return j if j > i + 1 else 0
        if codes[j] == bar or codes[j] == _NEWLINE:
            return 0
    return 0


@kernel
def _find_single_end(codes: NDArray[np.uint32], i: int, end: int, classes: Classes) -> int:
    for j in range(i + 1, end):
        if codes[j] == _SINGLE or codes[j] == _NEWLINE:
            return 0
        if codes[j] == _SINGLE_END and j > i + 1 and (j + 1 == end or not classes[codes[j + 1]] & WORD):
            return j
    return 0


@kernel
def _find_plain_end(codes: NDArray[np.uint32], i: int, end: int, classes: Classes) -> int:
    for j in range(i + 2, end):
        if codes[j] == _STRAIGHT or codes[j] == _NEWLINE:
            return -j
        if codes[j] == _PLAIN and (j + 1 == end or not classes[codes[j + 1]] & WORD):
            return j
    return -end
