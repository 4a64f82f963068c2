"""Cutting spans for the partial-overlap measure of SemEval-2020 Task 11, for when that measure is asked for.

Its precision is a mean over predicted spans and its recall a mean over gold spans, so what a span is expected to earn is
the mean probability of its tokens plus, for each token, the share of a gold span it is expected to be. A span is worth
cutting if that exceeds a cost. Readers are shown other spans (`decoding`): this measure also rewards cutting sure regions to
pieces, which a gap between spans prevents here, and the number of spans against gold, always reported, would show.
"""

from __future__ import annotations

import numpy as np

from classifiers.arrays import Floats
from classifiers.decoding import lines_of, trim
from classifiers.documents import Document
from schemas.tokens import Span

__all__ = ["GAP", "cut_spans"]

# Tokens between two spans of a line.
GAP = 4


def cut_spans(document: Document, probabilities: Floats, recalls: Floats, weight: float, cost: float) -> list[Span]:
    """Token ranges within lines that maximise the sum over ranges of mean probability + weight * sum of recalls - cost."""
    spans: list[Span] = []
    for first, last in lines_of(document):
        # No range has a higher mean than its best token, or a higher sum than the whole line: most lines are left at once.
        if probabilities[first:last].max() + weight * recalls[first:last].sum() < cost:
            continue
        worth = _worth(probabilities[first:last], recalls[first:last], weight) - cost
        for start, end in _best(worth):
            span = trim(document, Span(first + start, first + end))
            if span.start < span.end:
                spans.append(span)
    return spans


def _worth(probabilities: Floats, recalls: Floats, weight: float) -> Floats:
    """Of each range [start, end) at [end, start]; minus infinity where it would be empty."""
    sums, shares = np.concatenate([[0.0], np.cumsum(probabilities)]), np.concatenate([[0.0], np.cumsum(recalls)])
    lengths = np.arange(len(sums))[:, None] - np.arange(len(sums))[None, :]
    means = (sums[:, None] - sums[None, :]) / np.maximum(lengths, 1)
    return np.where(lengths > 0, means + weight * (shares[:, None] - shares[None, :]), -np.inf)


def _best(worth: Floats) -> list[Span]:
    size = len(worth)
    # The best total of what ends at or before each place, and the start of the range that ends there (or none).
    best, starts = np.zeros(size), np.full(size, -1)
    # What may stand before a range that starts at each place.
    before = np.zeros(size)
    for end in range(1, size):
        totals = before[:end] + worth[end, :end]
        start = int(totals.argmax())
        better = totals[start] > best[end - 1]
        best[end] = totals[start] if better else best[end - 1]
        starts[end] = start if better else -1
        before[end] = best[max(end - GAP, 0)]
    ranges: list[Span] = []
    end = size - 1
    while end > 0:
        if starts[end] < 0:
            end -= 1
        else:
            ranges.append(Span(int(starts[end]), end))
            end = max(int(starts[end]) - GAP, 0)
    return ranges[::-1]
