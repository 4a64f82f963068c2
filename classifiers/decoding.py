"""Token scores to spans: the best set of runs, where each run has to pay for being opened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classifiers.arrays import Floats
from classifiers.documents import Document
from schemas.tokens import Span

__all__ = ["decode_runs", "decode_spans", "trim"]


def decode_spans(document: Document, logits: Floats, threshold: float, entry_cost: float) -> list[Span]:
    """Index ranges of tokens, within lines, that maximise the sum of (logit - threshold) minus `entry_cost` a range.

    Ranges are trimmed of marks at their ends: a span begins and ends with a word.
    """
    spans: list[Span] = []
    gains = logits - threshold
    # Nothing can start where no single token gains: most articles, and most lines, are left at once.
    if gains.max(initial=-1.0) <= 0:
        return spans
    for first, last in document.lines:
        if gains[first:last].max() <= 0:
            continue
        for start, end in decode_runs(gains[first:last].tolist(), entry_cost):
            span = trim(document, Span(first + start, first + end))
            if span.start < span.end:
                spans.append(span)
    return spans


def decode_runs(gains: Sequence[float], entry_cost: float) -> list[Span]:
    """Viterbi over two states, outside and inside. Returns the inside ranges."""
    outside, inside = 0.0, -np.inf
    came_in: list[bool] = []
    left: list[bool] = []
    for gain in gains:
        enter = outside - entry_cost > inside
        came_in.append(enter)
        stay_outside = outside >= inside
        left.append(not stay_outside)
        outside, inside = max(outside, inside), (outside - entry_cost if enter else inside) + gain
    runs: list[Span] = []
    state = inside > outside
    end = len(gains)
    for i in range(len(gains) - 1, -1, -1):
        if state and came_in[i]:
            runs.append(Span(i, end))
            state = False
        elif not state and left[i]:
            # The best way to be outside at i was to have been inside until i - 1.
            state, end = True, i
    return runs[::-1]


def trim(document: Document, span: Span) -> Span:
    """The range without marks at its ends; empty if it has no word."""
    start, end = span
    while start < end and not _is_word(document, start):
        start += 1
    while end > start and not _is_word(document, end - 1):
        end -= 1
    return Span(start, end)


def _is_word(document: Document, token: int) -> bool:
    return document.text[document.tokens[token].start].isalnum()
