"""Sentences, without surrounding white space.

A line end always ends a sentence. A full stop ends one unless it closes an abbreviation or initials, or the next word goes on in
lower case.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from schemas.arrays import Bytes, Codes, Places
from schemas.text.characters import CLOSER, ENDER, LOWER, SPACE, WORD, character_classes, code_points
from schemas.text.kernel import expect, kernel
from schemas.text.tokens import Span

__all__ = ["Sentences", "abbreviations", "find_sentences", "split_sentences"]

ABBREVIATIONS = (
    *("Mr", "Mrs", "Ms", "Dr", "Prof", "Gen", "Col", "Capt", "Lt", "Sgt", "Sen", "Rep", "Gov", "St", "Jr", "Sr", "vs", "etc", "approx", "No"),
    *("Inc", "Ltd", "Co", "Corp", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec"),
    *("a.m", "p.m", "i.e", "e.g"),
)
# How far an abbreviation reaches back from its full stop, and how far the next word may be from it.
LOOK_BACK, LOOK_AHEAD = 12, 80
_NEWLINE, _STOP, _A, _Z = 10, 46, 65, 90


class Sentences(NamedTuple):
    """The sentences of a batch of texts: of text d those from firsts[d] to firsts[d + 1]."""

    starts: Places
    ends: Places
    firsts: Places


class Abbreviations(NamedTuple):
    """One row of code points each, and their lengths."""

    codes: Codes
    lengths: Places


def split_sentences(text: str) -> list[Span]:
    """The sentences of one text, in order."""
    expect(len(text))
    found = find_sentences(code_points(text), np.array([0, len(text)]), character_classes(), abbreviations())
    return list(map(Span, found.starts.tolist(), found.ends.tolist()))


@cache
def abbreviations() -> Abbreviations:
    lengths = np.array([len(word) for word in ABBREVIATIONS], dtype=np.int64)
    codes = np.zeros((len(lengths), lengths.max()), dtype=np.uint32)
    for row, word in zip(codes, ABBREVIATIONS, strict=True):
        row[: len(word)] = code_points(word)
    return Abbreviations(codes, lengths)


@kernel
def find_sentences(codes: Codes, starts: Places, classes: Bytes, known: Abbreviations) -> Sentences:
    """The sentences of each text codes[starts[d]:starts[d + 1]]."""
    found, firsts = np.empty((len(codes), 2), np.int64), np.zeros(len(starts), np.int64)
    count = 0
    for document in range(len(starts) - 1):
        begin, end = starts[document], starts[document + 1]
        start = i = begin
        while i < end:
            ends, may_end = codes[i] == _NEWLINE, (classes[codes[i]] & ENDER) != 0
            if not ends and not may_end and i + 1 < end:
                i += 1
                continue
            j = _find_end(codes, i, end, classes)
            if may_end:
                ends = j < end and (classes[codes[j]] & SPACE) != 0 and not _goes_on(codes, j, end, classes)
                if ends and j == i + 1 and codes[i] == _STOP:
                    ends = not _is_abbreviated(codes, begin, max(start, j - LOOK_BACK), i, classes, known)
            if ends or j == end:
                first, last = start, j
                while first < last and classes[codes[first]] & SPACE:
                    first += 1
                while last > first and classes[codes[last - 1]] & SPACE:
                    last -= 1
                if first < last:
                    found[count, 0], found[count, 1] = first, last
                    count += 1
                start = j
            i = j
        firsts[document + 1] = count
    return Sentences(found[:count, 0].copy(), found[:count, 1].copy(), firsts)


@kernel
def _find_end(codes: Codes, i: int, end: int, classes: Bytes) -> int:
    """Behind the line ends, or the marks that may end a sentence and those that close behind them, which begin at i; else i + 1."""
    j = i + 1
    if codes[i] == _NEWLINE:
        while j < end and codes[j] == _NEWLINE:
            j += 1
    elif classes[codes[i]] & ENDER:
        while j < end and classes[codes[j]] & ENDER:
            j += 1
        while j < end and classes[codes[j]] & CLOSER:
            j += 1
    return j


@kernel
def _goes_on(codes: Codes, begin: int, end: int, classes: Bytes) -> bool:
    """Whether the next word begins in lower case."""
    for i in range(begin, min(end, begin + LOOK_AHEAD)):
        if not classes[codes[i]] & SPACE:
            return bool(classes[codes[i]] & LOWER)
    return False


@kernel
def _is_abbreviated(codes: Codes, begin: int, low: int, stop: int, classes: Bytes, known: Abbreviations) -> bool:
    """Whether the full stop at `stop` closes an initial or an abbreviation that begins at `low` or later."""
    if stop - 1 >= low and _A <= codes[stop - 1] <= _Z and (stop - 1 == begin or not classes[codes[stop - 2]] & WORD):
        return True
    for k in range(len(known.lengths)):
        first = stop - known.lengths[k]
        if first >= low and (first == begin or not classes[codes[first - 1]] & WORD):
            i = 0
            while i < known.lengths[k] and codes[first + i] == known.codes[k, i]:
                i += 1
            if i == known.lengths[k]:
                return True
    return False
