"""Quotation marks: which characters of a text are one, and whether each can open or close, judged by what stands beside it.

Marks of two characters and more ('' `` "" &quot; and what a wrong encoding makes of “) are one mark. Apostrophes, elisions ('90s, ’em)
and the primes of feet and inches are none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schemas.arrays import Bytes, Classes, Codes, Places
from schemas.text.characters import ENDER, LOWER, MARK, SPACE, WORD, is_among
from schemas.text.glyphs import ANGLE, CLOSES, CORNER, DASH, FIRST, LABEL, OPENS, PRIME, QUOTE, SINGLE, STRAIGHT, is_glyph, read_glyph
from schemas.text.kernel import kernel

__all__ = ["Marks", "find_marks"]

_NEWLINE, _STRAIGHT, _APOSTROPHE, _SINGLE_END, _FOOT, _GREATER, _COLON, _STOP, _EQUALS = map(ord, "\n\"'’′>:.=")
_ZERO, _NINE, _S = map(ord, "09s")
_IDEOGRAPHS = 0x2E80
# Words that lose their beginning to an apostrophe, as numbers to the base of 256.
_ELIDED = np.array(
    [
        int.from_bytes(word.encode(), "big")
        for word in ["em", "er", "n", "tis", "twas", "til", "till", "cause", "cuz", "bout", "round", "tho", "nuff"]
    ],
    dtype=np.int64,
)
# After these a mark opens, before those it closes, as it does beside white space.
_BEFORE = np.array([ord(character) for character in "([{—–―-/¿¡"], dtype=np.uint32)
_AFTER = np.array([ord(character) for character in ")]}—–―,;:"], dtype=np.uint32)
# How many marks beside a mark are looked past; and how long a speaker's name may be.
_BESIDE, _LONGEST_LABEL, _LONGEST_ATTRIBUTE = 4, 32, 500


class Marks(NamedTuple):
    """The marks of a batch of texts, those of text d from firsts[d] to firsts[d + 1]: where they begin and end, their kinds, what they can be
    (OPENS and so on, added up), and the paragraph they stand in (numbered over the batch; a blank line parts two)."""

    starts: Places
    ends: Places
    kinds: Bytes
    ways: Bytes
    paragraphs: Places
    firsts: Places


@kernel
def find_marks(codes: Codes, starts: Places, classes: Classes) -> Marks:
    """The marks of each text codes[starts[d]:starts[d + 1]]."""
    most = len(codes)
    places, kinds, ways = np.empty((most, 3), np.int64), np.empty(most, np.uint8), np.empty(most, np.uint8)
    firsts = np.zeros(len(starts), np.int64)
    count = paragraph = 0
    for document in range(len(starts) - 1):
        begin, end = starts[document], starts[document + 1]
        paragraph += 1
        i, _ = _skip_lines(codes, begin, end, classes)
        first = i
        size, form = _begins_line(codes, i, end, classes)
        while i < end:
            if size == 0:
                code = codes[i]
                if not classes[code] & MARK:
                    i += 1
                    continue
                if code == _NEWLINE:
                    i, lines = _skip_lines(codes, i, end, classes)
                    first = i
                    paragraph += lines > 1
                    size, form = _begins_line(codes, i, end, classes)
                    continue
                if code == _STRAIGHT and i > begin and codes[i - 1] == _EQUALS:
                    i = _skip_attribute(codes, i, end)
                    continue
                size, form = read_glyph(codes, i, begin, end)
            if size == 0:
                i += 1
                continue
            kind, able = _judge(codes, i, i + size, begin, end, classes, form)
            if able and (kind != DASH or i == first):
                places[count, 0], places[count, 1], places[count, 2] = i, i + size, paragraph
                kinds[count], ways[count] = kind, able | (FIRST if i == first else 0)
                count += 1
            if i == first:
                # What stands behind the mark that begins a line begins it, too.
                first = i + size
                while kind >= LABEL and first < end and classes[codes[first]] & SPACE and codes[first] != _NEWLINE:
                    first += 1
            i, size = i + size, 0
        firsts[document + 1] = count
    return Marks(places[:count, 0].copy(), places[:count, 1].copy(), kinds[:count].copy(), ways[:count].copy(), places[:count, 2].copy(), firsts)


@kernel
def _skip_lines(codes: Codes, i: int, end: int, classes: Classes) -> tuple[int, int]:
    """Behind the white space at i, and how many line ends are in it."""
    lines = 0
    while i < end and classes[codes[i]] & SPACE:
        lines += codes[i] == _NEWLINE
        i += 1
    return i, lines


@kernel
def _skip_attribute(codes: Codes, i: int, end: int) -> int:
    """Behind the value of an attribute of HTML that begins at i; its marks are no quotation's."""
    for j in range(i + 1, min(end, i + _LONGEST_ATTRIBUTE)):
        if codes[j] == _STRAIGHT:
            return j + 1
        if codes[j] == _NEWLINE:
            break
    return i + 1


@kernel
def _begins_line(codes: Codes, i: int, end: int, classes: Classes) -> tuple[int, int]:
    """Size and form of what begins a line and is a mark nowhere else; (0, 0) if nothing is."""
    if i < end and codes[i] == _GREATER:
        return 1, QUOTE
    capitals = 0
    for j in range(i, min(end - 1, i + _LONGEST_LABEL)):
        code = codes[j]
        if code == _COLON:
            return (j + 1 - i, LABEL) if capitals > 1 and classes[codes[j + 1]] & SPACE and codes[j + 1] != _NEWLINE else (0, 0)
        if code == _NEWLINE or (classes[code] & (LOWER | ENDER) and code != _STOP):
            return 0, 0
        capitals += (classes[code] & WORD) != 0 and code < _IDEOGRAPHS and not _ZERO <= code <= _NINE
    return 0, 0


@kernel
def _judge(codes: Codes, i: int, after: int, begin: int, end: int, classes: Classes, form: int) -> tuple[int, int]:
    """The kind of the mark codes[i:after], and what it can be; 0 if it is none."""
    kind, told = form & 15, form >> 4
    if kind >= LABEL:
        return kind, OPENS
    left = int(codes[i - 1]) if i > begin else _NEWLINE
    right = int(codes[after]) if after < end else _NEWLINE
    if kind == SINGLE and classes[left] & WORD and classes[right] & WORD:
        return kind, 0
    opens, closes = _may_open(codes, i, begin, classes), _may_close(codes, after, end, classes)
    if kind == CORNER or kind == ANGLE:
        return kind, told | (OPENS if opens and not closes else 0)
    if kind == SINGLE:
        return kind, _judge_single(codes, after, end, classes, told, opens, closes)
    if kind == STRAIGHT:
        number = _ZERO <= left <= _NINE
        if number and i - 2 >= begin and _is_foot(codes, i, begin):
            return kind, 0
        if opens and closes and after - i > 1:
            # Nothing stands between two marks that white space surrounds.
            return kind, 0
        able = OPENS | CLOSES if opens == closes else OPENS if opens else CLOSES
        return kind, able | (PRIME if number else 0)
    if told == OPENS and closes and not opens:
        return kind, CLOSES
    if told == CLOSES and opens and not closes:
        return kind, OPENS
    return kind, told


@kernel
def _judge_single(codes: Codes, after: int, end: int, classes: Classes, told: int, opens: bool, closes: bool) -> int:
    if opens and not closes:
        return 0 if _is_elided(codes, after, end, classes) else OPENS
    if closes and not opens:
        return CLOSES
    # Before it there is a letter or a mark, and behind it a letter: only its form can tell.
    return told if not opens else 0


@kernel
def _may_open(codes: Codes, i: int, begin: int, classes: Classes) -> bool:
    """Whether what stands before i (other marks left out) lets a quotation open."""
    j = i - 1
    while j >= begin and j >= i - _BESIDE and is_glyph(codes[j]):
        j -= 1
    return bool(j < begin or classes[codes[j]] & SPACE or is_among(codes[j], _BEFORE))


@kernel
def _may_close(codes: Codes, after: int, end: int, classes: Classes) -> bool:
    """Whether what stands at `after` (other marks left out) lets a quotation close."""
    j = after
    while j < end and j < after + _BESIDE and is_glyph(codes[j]):
        j += 1
    return bool(j >= end or classes[codes[j]] & (SPACE | ENDER) or is_among(codes[j], _AFTER))


@kernel
def _is_elided(codes: Codes, after: int, end: int, classes: Classes) -> bool:
    """Whether a word or a year begins at `after` of which an apostrophe stands for the beginning: 'em, '90s."""
    word = size = digits = 0
    while after + size < end and size < 7 and classes[codes[after + size]] & WORD:
        code = int(codes[after + size])
        digits += size < 2 and _ZERO <= code <= _NINE
        word = word << 8 | (code | 32 if code < 128 else 0)
        size += 1
    if digits == 2:
        return size == 2 or (size == 3 and word & 255 == _S)
    for known in _ELIDED:
        if word == known:
            return True
    return False


@kernel
def _is_foot(codes: Codes, i: int, begin: int) -> bool:
    """Whether the number before i follows on feet, as in 6'4"."""
    j = i - 1
    while j > begin and j > i - 4 and _ZERO <= codes[j] <= _NINE:
        j -= 1
    mark = codes[j]
    return j > begin and (mark == _APOSTROPHE or mark == _SINGLE_END or mark == _FOOT) and _ZERO <= codes[j - 1] <= _NINE
