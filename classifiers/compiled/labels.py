"""Which label each span has, by the definition of `classifiers.labelling`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import Floats, Integers
from classifiers.compiled.kernel import kernel
from classifiers.compiled.reading import Places
from classifiers.compiled.spans import Spans
from classifiers.compiled.tables import CAPITAL, CRY, JOINS, LENGTHY, QUESTION, QUOTE, Part, Rows, add_features
from classifiers.compiled.vocabulary import Vocabulary, grown
from classifiers.documents import SITUATIONS
from classifiers.labelling import DILUTION, FIGURES, FIRST, LAST, make_label_space
from classifiers.model import Head
from classifiers.window import WindowSpace

__all__ = ["LabelRows", "LabelTable", "label_spans"]

_REACH, _FIGURES = max(LAST), len(FIGURES)


class LabelRows(NamedTuple):
    """Weights of the label head: of situations, of the figures of a span, intercepts; of words by their place in or at a span
    (inside, then FIRST, then LAST), and for each word of the vocabulary which row it has, or -1."""

    situations: Floats
    figures: Floats
    intercepts: Floats
    words: Rows
    row_of: Integers


class LabelTable:
    """The rows of one label head. Spans are few, so only the words in and at them get rows."""

    def __init__(self, head: Head, window: WindowSpace) -> None:
        space = make_label_space(window)
        edges = [len(space.edges.features)] * len(FIRST + LAST)
        sizes = [*(len(stream.features) for stream in (*space.inside, window.situations)), *edges]
        *parts, figures = np.split(head.weights, np.cumsum(sizes))
        inside: list[Part] = list(zip(space.inside, parts, strict=False))
        # The words at the edges have the same features at every place: one look at them serves all.
        self._parts: list[list[Part]] = [inside, [(space.edges, np.hstack(parts[4:]))]]
        self._situations: Floats = window.situations.weigh(SITUATIONS, parts[3])
        self._figures, self._intercepts = np.ascontiguousarray(figures), head.intercepts
        self._words: Rows = np.zeros((0, (1 + len(edges)) * len(head.outputs)), dtype=np.float32)
        self._row_of: Integers = np.zeros(0, dtype=np.int32)
        self._count = 0

    def rows(self, vocabulary: Vocabulary, ids: Integers, spans: Spans) -> LabelRows:
        """The rows that are needed to label the spans of a batch, whose tokens have the numbers `ids`."""
        near = _between(spans.firsts - _REACH, spans.lasts + _REACH)
        # The first word is what stands beyond an article's ends.
        used = np.unique(np.append(ids[near[(near >= 0) & (near < len(ids))]], 0))
        if len(self._row_of) < vocabulary.size:
            known = len(self._row_of)
            self._row_of = grown(self._row_of, vocabulary.size)
            self._row_of[known:] = -1
        missing = used[self._row_of[used] < 0]
        if len(missing):
            new, end = vocabulary.words(missing.tolist()), self._count + len(missing)
            self._words = grown(self._words, end)
            self._words[self._count : end] = np.hstack([add_features(part, new) for part in self._parts])
            self._row_of[missing] = np.arange(self._count, end)
            self._count = end
        return LabelRows(self._situations, self._figures, self._intercepts, self._words, self._row_of)


def _between(firsts: Places, lasts: Places) -> Places:
    """All whole numbers from each first to before its last."""
    lengths = lasts - firsts
    numbers: Places = np.arange(lengths.sum()) + np.repeat(firsts - np.cumsum(lengths) + lengths, lengths)
    return numbers


@kernel
def label_spans(
    spans: Spans,
    rows: LabelRows,
    ids: Integers,
    situations: Integers,
    first_tokens: Places,
    lower: Integers,
    distinct: int,
    flags: NDArray[np.uint8],
) -> Places:
    """The number of each span's label."""
    labels, chosen = len(rows.intercepts), np.empty(len(spans.firsts), np.int64)
    scores, counts = np.empty(labels), np.zeros(distinct, np.int64)
    for document in range(len(first_tokens) - 1):
        if spans.first_spans[document] == spans.first_spans[document + 1]:
            continue
        begin, end = first_tokens[document], first_tokens[document + 1]
        for token in range(begin, end):
            counts[lower[token]] += 1
        for span in range(spans.first_spans[document], spans.first_spans[document + 1]):
            first, last = spans.firsts[span], spans.lasts[span]
            scores[:] = rows.intercepts
            figures = _describe(ids, lower, counts, flags, begin, end, first, last)
            for figure in range(_FIGURES):
                for label in range(labels):
                    scores[label] += figures[figure] * rows.figures[figure, label]
            share, weight = 1 / (last - first), math.pow(last - first, -DILUTION)
            for token in range(first, last):
                row = rows.row_of[ids[token]]
                for label in range(labels):
                    scores[label] += weight * rows.words[row, label] + share * rows.situations[situations[token], label]
            for k in range(len(FIRST) + len(LAST)):
                place = first + FIRST[k] if k < len(FIRST) else last - 1 + LAST[k - len(FIRST)]
                row = rows.row_of[ids[place] if begin <= place < end else 0]
                for label in range(labels):
                    scores[label] += rows.words[row, (1 + k) * labels + label]
            chosen[span] = scores.argmax()
        for token in range(begin, end):
            counts[lower[token]] = 0
    return chosen


@kernel
def _describe(ids: Integers, lower: Integers, counts: Places, flags: NDArray[np.uint8], begin: int, end: int, first: int, last: int) -> Floats:
    """The figures of one span, in the order of labelling.FIGURES."""
    size = last - first
    said = 0
    for place in range(begin, end - size + 1):
        i = 0
        while i < size and lower[place + i] == lower[first + i]:
            i += 1
        said += i == size
    total = most = lengthy = joins = 0
    marks = 0
    for token in range(first, last):
        flag = flags[ids[token]]
        marks |= flag & (CRY | QUESTION | QUOTE)
        joins += (flag & JOINS) != 0
        if flag & LENGTHY:
            lengthy += 1
            total += counts[lower[token]]
            most = max(most, counts[lower[token]])
    figures = np.empty(_FIGURES)
    figures[0], figures[1], figures[2] = math.log1p(size), size == 1, size == 2
    figures[3], figures[4], figures[5] = size <= 4, size > 10, size > 25
    figures[6], figures[7], figures[8] = math.log1p(said), said > 1, said > 3
    figures[9], figures[10] = math.log1p(total / max(lengthy, 1)), math.log1p(most)
    figures[11], figures[12], figures[13] = (marks & CRY) != 0, (marks & QUESTION) != 0, (marks & QUOTE) != 0
    figures[14], figures[15] = (flags[ids[first]] & CAPITAL) != 0, joins / size
    return figures
