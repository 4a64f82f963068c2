"""Texts to tokens and sentences, by the definitions of `schemas.tokens`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.compiled.characters import ALPHANUMERIC, CLOSER, ENDER, JOINER, LOWER, SPACE, WORD, Classes, character_classes, code_points
from classifiers.compiled.kernel import kernel
from schemas.tokens import ABBREVIATIONS, LOOK_AHEAD, LOOK_BACK

__all__ = ["Places", "Texts", "read_texts"]

Places = NDArray[np.int64]
_NEWLINE, _STOP, _A, _Z = 10, 46, 65, 90


class Texts(NamedTuple):
    """A batch of texts as code points, with the places of its documents, sentences and tokens.

    Document d has the code points codes[starts[d]:starts[d + 1]], the tokens first_tokens[d] to first_tokens[d + 1] and the
    sentences first_sentences[d] to first_sentences[d + 1]; likewise tokens_of_sentences. Places of tokens and sentences
    count from the beginning of the batch. `words`: whether a token is a word and no mark; `breaks`: whether a line ends
    before it.
    """

    codes: NDArray[np.uint32]
    starts: Places
    token_starts: Places
    token_ends: Places
    first_tokens: Places
    words: NDArray[np.bool_]
    breaks: NDArray[np.bool_]
    sentence_starts: Places
    sentence_ends: Places
    first_sentences: Places
    tokens_of_sentences: Places


def read_texts(texts: Sequence[str]) -> Texts:
    """Find the tokens and sentences of each text."""
    codes, classes = code_points("".join(texts)), character_classes()
    starts = np.concatenate([[0], np.cumsum([len(text) for text in texts], dtype=np.int64)])
    token_starts, token_ends, first_tokens, words, breaks = _tokenise(codes, starts, classes)
    sentence_starts, sentence_ends, first_sentences = _split(codes, starts, classes, *_abbreviations())
    of_sentences = np.searchsorted(token_starts, np.append(sentence_starts, len(codes) + 1))
    return Texts(codes, starts, token_starts, token_ends, first_tokens, words, breaks, sentence_starts, sentence_ends, first_sentences, of_sentences)


@kernel
def _tokenise(codes: NDArray[np.uint32], starts: Places, classes: Classes) -> tuple[Places, Places, Places, NDArray[np.bool_], NDArray[np.bool_]]:
    size = len(codes)
    token_starts, token_ends, first_tokens = np.empty(size, np.int64), np.empty(size, np.int64), np.zeros(len(starts), np.int64)
    words, breaks = np.empty(size, np.bool_), np.empty(size, np.bool_)
    count = 0
    for document in range(len(starts) - 1):
        i, end, line_ended = starts[document], starts[document + 1], False
        while i < end:
            kind = classes[codes[i]]
            if kind & SPACE:
                line_ended |= codes[i] == _NEWLINE
                i += 1
                continue
            token_starts[count], words[count], breaks[count] = i, (kind & ALPHANUMERIC) != 0, line_ended
            i += 1
            if kind & WORD:
                while i < end and (classes[codes[i]] & WORD or (classes[codes[i]] & JOINER and i + 1 < end and classes[codes[i + 1]] & WORD)):
                    i += 1
            token_ends[count] = i
            count, line_ended = count + 1, False
        first_tokens[document + 1] = count
    return token_starts[:count].copy(), token_ends[:count].copy(), first_tokens, words[:count].copy(), breaks[:count].copy()


@kernel
def _split(
    codes: NDArray[np.uint32], starts: Places, classes: Classes, abbreviations: NDArray[np.uint32], lengths: Places
) -> tuple[Places, Places, Places]:
    found, first_sentences = np.empty((len(codes), 2), np.int64), np.zeros(len(starts), np.int64)
    count = 0
    for document in range(len(starts) - 1):
        begin, end = starts[document], starts[document + 1]
        start = i = begin
        while i < end:
            j = i + 1
            ends = codes[i] == _NEWLINE
            if ends:
                while j < end and codes[j] == _NEWLINE:
                    j += 1
            elif classes[codes[i]] & ENDER:
                while j < end and classes[codes[j]] & ENDER:
                    j += 1
                while j < end and classes[codes[j]] & CLOSER:
                    j += 1
                ends = j < end and (classes[codes[j]] & SPACE) != 0 and not _goes_on(codes, j, end, classes)
                if ends and j == i + 1 and codes[i] == _STOP:
                    ends = not _is_abbreviated(codes, begin, max(start, j - LOOK_BACK), i, classes, abbreviations, lengths)
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
        first_sentences[document + 1] = count
    return found[:count, 0].copy(), found[:count, 1].copy(), first_sentences


@kernel
def _goes_on(codes: NDArray[np.uint32], begin: int, end: int, classes: Classes) -> bool:
    """Whether the next word begins in lower case."""
    for i in range(begin, min(end, begin + LOOK_AHEAD)):
        if not classes[codes[i]] & SPACE:
            return bool(classes[codes[i]] & LOWER)
    return False


@kernel
def _is_abbreviated(
    codes: NDArray[np.uint32], begin: int, low: int, stop: int, classes: Classes, abbreviations: NDArray[np.uint32], lengths: Places
) -> bool:
    """Whether the full stop at `stop` closes an initial or an abbreviation that begins at `low` or later."""
    if stop - 1 >= low and _A <= codes[stop - 1] <= _Z and (stop - 1 == begin or not classes[codes[stop - 2]] & WORD):
        return True
    for k in range(len(lengths)):
        first = stop - lengths[k]
        if first >= low and (first == begin or not classes[codes[first - 1]] & WORD):
            i = 0
            while i < lengths[k] and codes[first + i] == abbreviations[k, i]:
                i += 1
            if i == lengths[k]:
                return True
    return False


@cache
def _abbreviations() -> tuple[NDArray[Any], Places]:
    """One row of code points each, and their lengths."""
    lengths = np.array([len(word) for word in ABBREVIATIONS], dtype=np.int64)
    table = np.zeros((len(lengths), lengths.max()), dtype=np.uint32)
    for row, word in zip(table, ABBREVIATIONS, strict=True):
        row[: len(word)] = code_points(word)
    return table, lengths
