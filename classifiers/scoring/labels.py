"""Which label each span has: the columns of `features.spans`, folded into rows of weights."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from classifiers.features.documents import SITUATIONS
from classifiers.features.spans import DILUTION, FIRST, LAST, make_label_space
from classifiers.features.window import WindowSpace
from classifiers.model.model import Head
from classifiers.scoring.word_rows import LateRows, Part, Rows
from schemas.arrays import Floats, Integers, Places
from schemas.text.kernel import kernel
from schemas.text.vocabulary import Vocabulary

__all__ = ["LabelRows", "LabelTable", "label_spans"]

_REACH = max(LAST)


class LabelRows(NamedTuple):
    """Weights of the label head: of situations, of the figures of a span, intercepts; of words by their place in or at a span
    (inside, then FIRST, then LAST), and for each word of the vocabulary which row it has, or -1."""

    situations: Floats
    figures: Floats
    intercepts: Floats
    words: Rows
    row_of: Integers


class LabelTable:
    """The rows of one label head."""

    def __init__(self, head: Head, window: WindowSpace) -> None:
        space = make_label_space(window)
        edges = [len(space.edges.features)] * len(FIRST + LAST)
        sizes = [*(len(stream.features) for stream in (*space.inside, window.situations)), *edges]
        *parts, figures = np.split(head.weights, np.cumsum(sizes))
        inside: list[Part] = list(zip(space.inside, parts, strict=False))
        # The words at the edges have the same features at every place: one look at them serves all.
        self._rows = LateRows([inside, [(space.edges, np.hstack(parts[4:]))]])
        self._situations: Floats = window.situations.weigh(SITUATIONS, parts[3])
        self._figures, self._intercepts = np.ascontiguousarray(figures), head.intercepts

    def rows(self, vocabulary: Vocabulary, ids: Integers, firsts: Places, lasts: Places) -> LabelRows:
        """The rows that are needed to label the spans of a batch, whose tokens have the numbers `ids`."""
        near = _between(firsts - _REACH, lasts + _REACH)
        # The first word is what stands beyond an article's ends.
        words, row_of = self._rows.of(vocabulary, np.append(ids[near[(near >= 0) & (near < len(ids))]], 0))
        return LabelRows(self._situations, self._figures, self._intercepts, words, row_of)


def _between(firsts: Places, lasts: Places) -> Places:
    """All whole numbers from each first to before its last."""
    lengths = lasts - firsts
    numbers: Places = np.arange(lengths.sum()) + np.repeat(firsts - np.cumsum(lengths) + lengths, lengths)
    return numbers


@kernel
def label_spans(
    firsts: Places, lasts: Places, figures: Floats, rows: LabelRows, ids: Integers, situations: Integers, begins: Places, ends: Places
) -> Places:
    """The number of each span's label. `figures`: of each span, as `describe_spans` has them; `begins` and `ends`: of its document."""
    labels, chosen = len(rows.intercepts), np.empty(len(firsts), np.int64)
    scores = np.empty(labels)
    for span in range(len(firsts)):
        first, last = firsts[span], lasts[span]
        for label in range(labels):
            scores[label] = rows.intercepts[label]
        for figure in range(figures.shape[1]):
            for label in range(labels):
                scores[label] += figures[span, figure] * rows.figures[figure, label]
        share, weight = 1 / (last - first), math.pow(last - first, -DILUTION)
        for token in range(first, last):
            row = rows.row_of[ids[token]]
            for label in range(labels):
                scores[label] += weight * rows.words[row, label] + share * rows.situations[situations[token], label]
        for k in range(len(FIRST) + len(LAST)):
            place = first + FIRST[k] if k < len(FIRST) else last - 1 + LAST[k - len(FIRST)]
            row = rows.row_of[ids[place] if begins[span] <= place < ends[span] else 0]
            for label in range(labels):
                scores[label] += rows.words[row, (1 + k) * labels + label]
        chosen[span] = scores.argmax()
    return chosen
