"""Who speaks, by the definition of `schemas.voice`: pairs of marks are found by a kernel, the few short ones are read in Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import Integers
from classifiers.compiled.characters import SPACE, WORD, Classes, character_classes
from classifiers.compiled.kernel import kernel
from classifiers.compiled.reading import Places, Texts
from classifiers.documents import SITUATIONS
from schemas.tokens import Span
from schemas.voice import SCARE_WORDS, VOICES, voice_of_short

__all__ = ["Quotations", "find_quotations", "situations_of_tokens"]

_STRAIGHT, _OPEN, _CLOSE, _LOW, _LEFT, _RIGHT, _CORNER, _CORNER_END = map(ord, '"“”„«»「」')
_SINGLE, _SINGLE_END, _PLAIN, _NEWLINE, _COMMA, _SEMICOLON, _STOP, _CRY, _ASK = map(ord, "‘’'\n,;.!?")
_QUOTED, _SHORT = VOICES.index("quoted"), SITUATIONS.index("quoted, short")


class Quotations(NamedTuple):
    """The quotations of a batch: where their words begin and end, their voices (indices into VOICES), their tokens (first, and
    the one after the last), and those of each document: first_quotations[d] to first_quotations[d + 1]."""

    starts: Places
    ends: Places
    voices: NDArray[np.int8]
    first_tokens: Places
    last_tokens: Places
    first_quotations: Places


def find_quotations(texts: Sequence[str], read: Texts) -> Quotations:
    found = _find_pairs(read.codes, read.starts, character_classes())
    opens, closes, starts, ends = found.T
    first_tokens, last_tokens = np.searchsorted(read.token_starts, starts), np.searchsorted(read.token_starts, ends)
    words = np.concatenate([[0], np.cumsum(read.words)])
    voices = np.full(len(found), _QUOTED, dtype=np.int8)
    documents = np.searchsorted(read.starts, opens, side="right") - 1
    sentences = np.searchsorted(read.sentence_starts, opens, side="right") - 1
    for i in np.flatnonzero(words[last_tokens] - words[first_tokens] <= SCARE_WORDS).tolist():
        document = int(documents[i])
        start, sentence = int(read.starts[document]), max(int(sentences[i]), int(read.first_sentences[document]))
        outer, inner, around = (
            Span(int(first) - start, int(last) - start)
            for first, last in ((opens[i], closes[i]), (starts[i], ends[i]), (read.sentence_starts[sentence], read.sentence_ends[sentence]))
        )
        voices[i] = VOICES.index(voice_of_short(texts[document], outer, inner, around))
    return Quotations(starts, ends, voices, first_tokens, last_tokens, np.searchsorted(documents, np.arange(len(read.starts))))


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
    found = np.empty((256, 4), np.int64)
    count = 0
    for document in range(len(starts) - 1):
        begin, end = starts[document], starts[document + 1]
        # Up to here no plain mark closes, so none that opens needs to be followed again.
        barren = begin
        i = begin
        while i < end:
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
                if count == len(found):
                    wider = np.empty((2 * count, 4), np.int64)
                    wider[:count] = found
                    found = wider
                found[count, 0], found[count, 1], found[count, 2], found[count, 3] = i, close + 1, first, last
                count += 1
            i = close + 1
    return found[:count].copy()


@kernel
def _find_close(codes: NDArray[np.uint32], i: int, begin: int, end: int, classes: Classes, barren: int) -> int:
    """Where the quotation that opens at i closes; 0 if none does; if a plain mark finds none, minus the place up to which it looked."""
    mark = codes[i]
    if mark == _STRAIGHT:
        return _find_end(codes, i, end, _STRAIGHT, _STRAIGHT, _STRAIGHT, _STRAIGHT)
    if mark == _OPEN:
        return _find_end(codes, i, end, _CLOSE, _CLOSE, _OPEN, _OPEN)
    if mark == _LOW:
        return _find_end(codes, i, end, _CLOSE, _OPEN, _LOW, _LOW)
    if mark == _LEFT:
        return _find_end(codes, i, end, _RIGHT, _RIGHT, _LEFT, _LEFT)
    if mark == _CORNER:
        return _find_end(codes, i, end, _CORNER_END, _CORNER_END, _CORNER, _CORNER)
    if mark not in (_SINGLE, _PLAIN):
        return 0
    before = codes[i - 1] if i > begin else np.uint32(_NEWLINE)
    if classes[before] & WORD or before in (_SINGLE_END, _PLAIN):
        return 0
    if mark == _SINGLE:
        for j in range(i + 1, end):
            if codes[j] in (_SINGLE, _NEWLINE):
                return 0
            if codes[j] == _SINGLE_END and j > i + 1 and (j + 1 == end or not classes[codes[j + 1]] & WORD):
                return j
        return 0
    if before in (_STRAIGHT, _STOP, _COMMA, _CRY, _ASK) or i < barren or i + 1 == end or not classes[codes[i + 1]] & WORD:
        return 0
    for j in range(i + 2, end):
        if codes[j] in (_STRAIGHT, _NEWLINE):
            return -j
        if codes[j] == _PLAIN and (j + 1 == end or not classes[codes[j + 1]] & WORD):
            return j
    return -end


@kernel
def _find_end(codes: NDArray[np.uint32], i: int, end: int, close: int, other: int, bar: int, other_bar: int) -> int:
    """The first of two closing marks after at least one character, with no bar and no line end before it."""
    for j in range(i + 1, end):
        code = codes[j]
        if code in (close, other):
            return j if j > i + 1 else 0
        if code in (bar, other_bar, _NEWLINE):
            return 0
    return 0
