"""Which quotation marks belong together, over a whole text: lines do not end a quotation, and a paragraph may open one again.

One pass over the marks. Of quotations within a quotation only the outer one is told. A mark without a partner damages the words
up to the next mark that shows it, or to the end of its block (a line that ends like a sentence, or a paragraph), and no more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schemas.arrays import Bytes, Classes, Codes, Flags, Places
from schemas.text.characters import CLOSER, ENDER, SPACE, WORD
from schemas.text.dialogue import find_turns
from schemas.text.glyphs import ANGLE, CLOSES, CORNER, CURLY, DASH, FIRST, LABEL, LOW, OPENS, PRIME, QUOTE, SINGLE, STRAIGHT
from schemas.text.kernel import kernel
from schemas.text.marks import Marks

__all__ = ["DOUBLE_PAIR", "LINE", "SINGLE_PAIR", "UNPAIRED", "Pairs", "find_pairs"]

# Forms of a quotation: between double marks (of any kind), between single ones, a line or a part of one that is speech by its form (a dialogue,
# a transcript, a block quotation), and words at a mark without a partner.
DOUBLE_PAIR, SINGLE_PAIR, LINE, UNPAIRED = range(4)
# How many marks a quotation may have within it.
MOST_MARKS = 100
# In a transcript at least one of so many lines begins with who speaks.
_TRANSCRIBED = 4
_NEWLINE, _COMMA, _SEMICOLON, _SMALL_S, _LARGE_S = map(ord, "\n,;sS")


class Pairs(NamedTuple):
    """For each quotation where its opening mark begins and its closing one ends, where its words begin and end, and its form; those of text d
    are from firsts[d] to firsts[d + 1]."""

    opens: Places
    closes: Places
    starts: Places
    ends: Places
    forms: Bytes
    firsts: Places


@kernel
def find_pairs(codes: Codes, starts: Places, classes: Classes, marks: Marks, dialogues: Flags) -> Pairs:
    """The quotations of each text codes[starts[d]:starts[d + 1]]. `dialogues`: whether a dash that opens a line opens speech there."""
    # Each mark begins one quotation at most, but for a line of dialogue, which has no more than it has characters.
    most = len(marks.starts)
    for d in range(len(starts) - 1):
        most += dialogues[d] * (starts[d + 1] - starts[d])
    places, forms, firsts = np.empty((most, 4), np.int64), np.empty(most, np.uint8), np.zeros(len(starts), np.int64)
    count = 0
    for d in range(len(starts) - 1):
        begin, end, m, last = starts[d], starts[d + 1], marks.firsts[d], marks.firsts[d + 1]
        is_transcript = _is_transcript(codes, begin, end, marks, m, last)
        # Up to here all is told.
        floor = begin
        while m < last:
            kind, behind = marks.kinds[m], marks.ends[m]
            if marks.starts[m] < floor:
                m += 1
                continue
            if kind == DASH and dialogues[d]:
                floor = _end_of_line(codes, behind, end)
                for begins, ends in find_turns(codes, behind, floor, classes):
                    count = _add(places, forms, count, codes, classes, begins, ends, begins, ends, LINE)
            elif kind == QUOTE or (kind == LABEL and is_transcript and not _is_followed(marks, m, last)):
                floor = _end_of_line(codes, behind, end)
                count = _add(places, forms, count, codes, classes, marks.starts[m], floor, behind, floor, LINE)
            elif kind == SINGLE:
                close = _find_single_end(codes, marks, m, last) if marks.ways[m] & OPENS else -1
                if close >= 0:
                    floor = marks.ends[close]
                    count = _add(places, forms, count, codes, classes, marks.starts[m], floor, behind, marks.starts[close], SINGLE_PAIR)
            elif kind <= CORNER and marks.ways[m] & OPENS:
                close = _find_close(codes, marks, m, last)
                if close >= 0:
                    floor = marks.ends[close]
                    count = _add(places, forms, count, codes, classes, marks.starts[m], floor, behind, marks.starts[close], DOUBLE_PAIR)
                elif kind != ANGLE or marks.ways[m] & FIRST == 0:
                    limit = marks.starts[-close] if -close < last else end
                    floor = _end_of_block(codes, behind, limit, classes)
                    count = _add(places, forms, count, codes, classes, marks.starts[m], floor, behind, floor, UNPAIRED)
            elif kind <= CORNER and kind != ANGLE and not marks.ways[m] & PRIME:
                low = _begin_of_block(codes, floor, marks.starts[m], classes)
                count = _add(places, forms, count, codes, classes, low, behind, low, marks.starts[m], UNPAIRED)
                floor = behind
            m += 1
        firsts[d + 1] = count
    return Pairs(places[:count, 0].copy(), places[:count, 1].copy(), places[:count, 2].copy(), places[:count, 3].copy(), forms[:count].copy(), firsts)


@kernel
def _is_transcript(codes: Codes, begin: int, end: int, marks: Marks, first: int, last: int) -> bool:
    """Whether names in capitals begin two lines or more, and a good part of all lines: a single UPDATE: begins none."""
    labels = lines = 0
    for k in range(first, last):
        labels += marks.kinds[k] == LABEL
    if labels > 1:
        for i in range(begin, end - 1):
            lines += codes[i] == _NEWLINE and codes[i + 1] != _NEWLINE
    return labels > 1 and _TRANSCRIBED * labels > lines


@kernel
def _is_followed(marks: Marks, m: int, last: int) -> bool:
    """Whether a mark that opens stands straight behind the one at m: DOE: "No."."""
    return bool(m + 1 < last and marks.kinds[m + 1] < LABEL and marks.ways[m + 1] & FIRST and marks.starts[m + 1] <= marks.ends[m] + 2)


@kernel
def _add(places: Places, forms: Bytes, count: int, codes: Codes, classes: Classes, opens: int, closes: int, first: int, last: int, form: int) -> int:
    """Add one quotation, if there are words in it: white space at either end is not part of them, nor a comma at the end."""
    while first < last and classes[codes[first]] & SPACE:
        first += 1
    while last > first and (classes[codes[last - 1]] & SPACE or codes[last - 1] == _COMMA or codes[last - 1] == _SEMICOLON):
        last -= 1
    for i in range(first, last):
        if classes[codes[i]] & WORD:
            places[count, 0], places[count, 1], places[count, 2], places[count, 3] = opens, closes, first, last
            forms[count] = form
            return count + 1
    return count


@kernel
def _find_close(codes: Codes, marks: Marks, m: int, last: int) -> int:
    """The mark that closes what m opens; if there is none, minus the one that shows it (minus `last` if none does)."""
    kind, paragraph, depth = marks.kinds[m], marks.paragraphs[m], 0
    most = min(last, m + MOST_MARKS)
    for k in range(m + 1, most):
        if not _is_alike(kind, marks.kinds[k]):
            # A later paragraph that is not the quotation's shows that it has ended.
            if marks.paragraphs[k] > paragraph + 1:
                return -k
            continue
        if marks.paragraphs[k] > paragraph:
            if marks.paragraphs[k] > paragraph + 1 or (depth == 0 and marks.ways[k] & (OPENS | FIRST) == OPENS and kind != CORNER):
                return -k
            paragraph = marks.paragraphs[k]
        if marks.ways[k] & FIRST and marks.ways[k] & OPENS and kind != CORNER and _is_same(codes, marks, m, k):
            # The paragraph, or the line, opens the quotation again.
            continue
        if kind == CORNER:
            said = _close_corner(marks, k, depth)
        elif kind == ANGLE:
            said = _close_angle(codes, marks, m, k, depth)
        else:
            said = _close_double(marks, m, k, most, depth)
        if said == _CLOSED:
            return k
        if said == _SHOWN:
            return -k
        depth = said
    return -last if most == last else -most


# What a mark is to the quotation that is open, if it is not a new depth.
_CLOSED, _SHOWN = -1, -2


@kernel
def _is_alike(kind: int, other: int) -> bool:
    return kind == other or (kind <= LOW and other <= LOW)


@kernel
def _is_same(codes: Codes, marks: Marks, m: int, k: int) -> bool:
    return bool(marks.kinds[m] != ANGLE or codes[marks.starts[m]] == codes[marks.starts[k]])


@kernel
def _close_corner(marks: Marks, k: int, depth: int) -> int:
    if marks.ways[k] & OPENS:
        return depth + 1
    return depth - 1 if depth else _CLOSED


@kernel
def _close_angle(codes: Codes, marks: Marks, m: int, k: int, depth: int) -> int:
    """«…», »…«, and »…» as in Swedish."""
    if codes[marks.starts[m]] == codes[marks.starts[k]]:
        return depth + 1 if marks.ways[k] & OPENS else _CLOSED
    return depth - 1 if depth else _CLOSED


@kernel
def _close_double(marks: Marks, m: int, k: int, last: int, depth: int) -> int:
    """Of marks “ ” „ ": each closes what any other opened, unless it opens one within."""
    opener, kind, opens, closes = marks.kinds[m], marks.kinds[k], marks.ways[k] & OPENS, marks.ways[k] & CLOSES
    if kind == STRAIGHT and opener == STRAIGHT:
        if not closes:
            return _SHOWN
        return depth if marks.ways[k] & PRIME and not opens and _next_closes(marks, k, last) else _CLOSED
    if kind == STRAIGHT:
        return depth + 1 if not closes else depth - 1 if depth else _CLOSED
    if opener == LOW and kind == CURLY:
        return _CLOSED
    if not opens:
        return depth - 1 if depth else _CLOSED
    if opener == STRAIGHT or (kind == opener and _is_nested(marks, k, last)):
        return depth + 1
    return _SHOWN


@kernel
def _next_closes(marks: Marks, k: int, last: int) -> bool:
    """Whether the next straight mark of the paragraph can close only; then the one at k, behind a number, stands for inches."""
    for n in range(k + 1, last):
        if marks.paragraphs[n] != marks.paragraphs[k]:
            return False
        if marks.kinds[n] == STRAIGHT:
            return not marks.ways[n] & OPENS
    return False


@kernel
def _is_nested(marks: Marks, k: int, last: int) -> bool:
    """Whether behind the mark at k, which opens, two close in its paragraph before another opens."""
    closed = 0
    for n in range(k + 1, last):
        if marks.paragraphs[n] != marks.paragraphs[k]:
            return False
        if marks.kinds[n] == CURLY:
            if marks.ways[n] & OPENS:
                return False
            closed += 1
            if closed == 2:
                return True
    return False


@kernel
def _find_single_end(codes: Codes, marks: Marks, m: int, last: int) -> int:
    """The single mark that closes what m opens, or -1. One behind an s may be a genitive's, unless no better one follows."""
    paragraph, candidate = marks.paragraphs[m], -1
    for k in range(m + 1, min(last, m + MOST_MARKS)):
        if marks.kinds[k] != SINGLE:
            continue
        if marks.paragraphs[k] > paragraph:
            if candidate >= 0 or marks.paragraphs[k] > paragraph + 1 or not (marks.ways[k] & FIRST and marks.ways[k] & OPENS):
                break
            paragraph = marks.paragraphs[k]
            continue
        if marks.ways[k] & OPENS:
            if marks.ways[k] & FIRST and candidate < 0:
                continue
            break
        before = codes[marks.starts[k] - 1]
        if before != _SMALL_S and before != _LARGE_S:
            return k
        if candidate < 0:
            candidate = k
    return candidate


@kernel
def _end_of_line(codes: Codes, i: int, end: int) -> int:
    while i < end and codes[i] != _NEWLINE:
        i += 1
    return i


@kernel
def _end_of_block(codes: Codes, i: int, end: int, classes: Classes) -> int:
    """The first line end from i on behind the end of a sentence or of a paragraph; else `end`."""
    begin = i
    while i < end:
        if codes[i] == _NEWLINE and _ends_block(codes, begin, i, end, classes):
            return i
        i += 1
    return end


@kernel
def _begin_of_block(codes: Codes, begin: int, i: int, classes: Classes) -> int:
    end = i
    while i > begin:
        if codes[i - 1] == _NEWLINE and _ends_block(codes, begin, i - 1, end, classes):
            return i
        i -= 1
    return begin


@kernel
def _ends_block(codes: Codes, begin: int, line_end: int, end: int, classes: Classes) -> bool:
    if line_end == begin or line_end + 1 >= end or codes[line_end - 1] == _NEWLINE or codes[line_end + 1] == _NEWLINE:
        return True
    return bool(classes[codes[line_end - 1]] & (ENDER | CLOSER))
