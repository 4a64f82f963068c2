"""What is said in a line of dialogue that a dash opens: — Speech, — said he. — More speech."""

from __future__ import annotations

import numpy as np

from schemas.arrays import Classes, Codes, Places
from schemas.text.characters import ENDER, LOWER, SPACE, WORD, code_points, is_among
from schemas.text.kernel import kernel

__all__ = ["find_turns"]

_COMMA, _CRY, _ASK = map(ord, ",¡¿")
_DASHES = code_points("—–―")


@kernel
def find_turns(codes: Codes, i: int, end: int, classes: Classes) -> Places:
    """The stretches of speech in a line from behind its dash: turns x (start, end); none where the line does not begin like a sentence."""
    turns, count, first = np.empty((end - i + 1, 2), np.int64), 0, i
    while first < end and classes[codes[first]] & SPACE:
        first += 1
    letter = first
    while letter < end and (codes[letter] == _CRY or codes[letter] == _ASK):
        letter += 1
    if letter == end or not classes[codes[letter]] & WORD or classes[codes[letter]] & LOWER:
        return turns[:0].copy()
    begin, spoken = first, True
    for j in range(first, end + 1):
        if j < end and not (is_among(codes[j], _DASHES) and _parts_speech(codes, j, first, end, classes, spoken)):
            continue
        if spoken:
            turns[count, 0], turns[count, 1] = begin, j
            count += 1
        begin, spoken = j + 1, not spoken
        while begin < end and classes[codes[begin]] & (ENDER | SPACE):
            begin += 1
    return turns[:count].copy()


@kernel
def _parts_speech(codes: Codes, j: int, first: int, end: int, classes: Classes, spoken: bool) -> bool:
    """Whether the dash at j ends speech (a word in lower case follows, and a pause or, without a space between, a word stands before it) or
    what is said of it."""
    before = j - 1
    while before > first and classes[codes[before]] & SPACE:
        before -= 1
    after = j + 1
    while after < end and classes[codes[after]] & SPACE:
        after += 1
    if after == end:
        return False
    if not spoken:
        return True
    paused = classes[codes[before]] & ENDER != 0 or codes[before] == _COMMA
    return bool(classes[codes[after]] & LOWER and (paused or (after == j + 1 and before < j - 1)))
