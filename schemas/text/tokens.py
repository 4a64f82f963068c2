"""Tokens: words and single marks. The one tokeniser, for agreement, training, scoring and exports alike."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schemas.arrays import Classes, Codes, Flags, Places
from schemas.text.characters import ALPHANUMERIC, INNER, INVISIBLE, JOINER, SPACE, WORD, character_classes, code_points
from schemas.text.kernel import expect, kernel

__all__ = ["Span", "Tokens", "count_words", "find_tokens", "tokenise", "tokens_of", "touch"]

_NEWLINE = 10


class Span(NamedTuple):
    """Half-open range of Unicode code points: text[start:end]."""

    start: int
    end: int


class Tokens(NamedTuple):
    """The tokens of a batch of texts: of text d those from firsts[d] to firsts[d + 1]. `words`: whether a token is a word and no
    mark; `breaks`: whether a line ends before it."""

    starts: Places
    ends: Places
    firsts: Places
    words: Flags
    breaks: Flags


def tokenise(text: str) -> list[Span]:
    """Words and single marks, in order; white space belongs to none."""
    tokens = tokens_of(text)
    return list(map(Span, tokens.starts.tolist(), tokens.ends.tolist()))


def count_words(text: str) -> int:
    """How many of the text's tokens are words and not marks."""
    return int(tokens_of(text).words.sum())


def tokens_of(text: str) -> Tokens:
    """The tokens of one text."""
    expect(len(text))
    return find_tokens(code_points(text), np.array([0, len(text)]), character_classes())


def touch(tokens: Tokens, starts: Places, ends: Places) -> tuple[Places, Places]:
    """For each stretch from a start to an end the first token that lies within or touches it, and the one after the last; where it touches
    none, the second is not above the first."""
    return np.searchsorted(tokens.ends, starts, side="right"), np.searchsorted(tokens.starts, ends)


@kernel
def find_tokens(codes: Codes, starts: Places, classes: Classes) -> Tokens:
    """The tokens of each text codes[starts[d]:starts[d + 1]].

    A word keeps its inner apostrophes and hyphens (don't, so-called), the marks on its letters, and what nobody sees inside it (a soft
    hyphen). Han and Kana are a word each; what other scripts write without spaces (Thai) stays together. Any other visible
    character stands alone.
    """
    size = len(codes)
    token_starts, token_ends, firsts = np.empty(size, np.int64), np.empty(size, np.int64), np.zeros(len(starts), np.int64)
    words, breaks = np.empty(size, np.bool_), np.empty(size, np.bool_)
    count = 0
    for document in range(len(starts) - 1):
        i, end, line_ended = starts[document], starts[document + 1], False
        while i < end:
            kind = classes[codes[i]]
            if kind & (SPACE | INVISIBLE):
                line_ended |= codes[i] == _NEWLINE
                i += 1
                continue
            token_starts[count], words[count], breaks[count] = i, (kind & ALPHANUMERIC) != 0, line_ended
            i += 1
            if kind & WORD:
                while i < end:
                    follows = classes[codes[i]]
                    if follows & INNER and (kind & INNER or not follows & WORD):
                        i += 1
                        continue
                    if not (kind & INNER and follows & (JOINER | INVISIBLE)):
                        break
                    part = _next_part(codes, i, end, classes)
                    if part < 0:
                        break
                    i = part
            token_ends[count] = i
            count, line_ended = count + 1, False
        firsts[document + 1] = count
    return Tokens(token_starts[:count].copy(), token_ends[:count].copy(), firsts, words[:count].copy(), breaks[:count].copy())


@kernel
def _next_part(codes: Codes, i: int, end: int, classes: Classes) -> int:
    """Where the word goes on behind one apostrophe or hyphen and what nobody sees, which stand at i; -1 if it does not."""
    joined = False
    while i < end and (classes[codes[i]] & INVISIBLE or (classes[codes[i]] & JOINER and not joined)):
        joined |= (classes[codes[i]] & JOINER) != 0
        i += 1
    if i < end and classes[codes[i]] & INNER and (classes[codes[i]] & WORD or not joined):
        return i
    return -1
