"""Comparing two sets of spans: exact and partial overlap, as agreement and evaluation both need it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from schemas.text.tokens import Span

__all__ = ["SpanCounts", "compare_spans", "find_overlaps", "merge_spans", "runs"]


class SpanCounts(NamedTuple):
    """Sums over articles, from which each F1 follows; add two of them with `+`."""

    predicted: int = 0
    gold: int = 0
    exact: int = 0
    precision_sum: float = 0.0
    recall_sum: float = 0.0
    predicted_characters: int = 0
    gold_characters: int = 0
    shared_characters: int = 0

    def __add__(self, other: SpanCounts) -> SpanCounts:  # type: ignore[override]
        return SpanCounts._make(a + b for a, b in zip(self, other, strict=True))

    @property
    def exact_f1(self) -> float:
        return _f1(self.exact, self.exact, self.predicted, self.gold)

    @property
    def partial_f1(self) -> float:
        """Partial-overlap F1 of SemEval-2020 Task 11 (Da San Martino et al. 2020, section 4.1): each predicted span
        earns the share of itself that is gold, each gold span the share of itself that was found."""
        return _f1(self.precision_sum, self.recall_sum, self.predicted, self.gold)

    @property
    def char_f1(self) -> float:
        return _f1(self.shared_characters, self.shared_characters, self.predicted_characters, self.gold_characters)

    @property
    def count_ratio(self) -> float:
        """Predicted spans per gold span: the partial measure rewards cutting spans to pieces, and this shows it."""
        return self.predicted / self.gold if self.gold else float(self.predicted)


def compare_spans(predicted: Iterable[tuple[int, int]], gold: Iterable[tuple[int, int]]) -> SpanCounts:
    """Counts for one article. Overlapping spans within either side are merged first, as the official scorer does."""
    left, right = merge_spans(predicted), merge_spans(gold)
    shared = [(a, b, min(a.end, b.end) - max(a.start, b.start)) for a, b in find_overlaps(left, right)]
    return SpanCounts(
        predicted=len(left),
        gold=len(right),
        exact=len(set(left) & set(right)),
        precision_sum=sum(length / (a.end - a.start) for a, _, length in shared),
        recall_sum=sum(length / (b.end - b.start) for _, b, length in shared),
        predicted_characters=sum(end - start for start, end in left),
        gold_characters=sum(end - start for start, end in right),
        shared_characters=sum(length for _, _, length in shared),
    )


def find_overlaps(left: Sequence[Span], right: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Each pair of overlapping spans of two lists that are in order and have no overlaps of their own."""
    first = 0
    for span in left:
        while first < len(right) and right[first].end <= span.start:
            first += 1
        place = first
        while place < len(right) and right[place].start < span.end:
            yield span, right[place]
            place += 1


def merge_spans(spans: Iterable[tuple[int, int]]) -> list[Span]:
    """Sorted spans with overlapping ones joined; spans that only touch stay two."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, end))
        else:
            merged.append(Span(start, end))
    return merged


def runs(flags: Sequence[bool]) -> list[Span]:
    """Index ranges in which the flags are true: [(first, last + 1), ...]."""
    found: list[Span] = []
    start = -1
    for i, flag in enumerate([*flags, False]):
        if flag and start < 0:
            start = i
        elif not flag and start >= 0:
            found.append(Span(start, i))
            start = -1
    return found


def _f1(true_for_precision: float, true_for_recall: float, predicted: float, gold: float) -> float:
    # Nothing to find and nothing found is agreement.
    if not predicted and not gold:
        return 1.0
    precision = true_for_precision / predicted if predicted else 0.0
    recall = true_for_recall / gold if gold else 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
