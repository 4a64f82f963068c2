"""Agreement on the spans of each label: over tokens, over units, and pair by pair as span F1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from annotate.agreement.alpha import Figures, alphas, distance_matrix, nominal_distance, tally
from annotate.agreement.intervals import UNKNOWN, Estimate, add_up, estimate
from annotate.agreement.unitizing import tally_unitizing, unit_lengths, unitizing_alphas
from annotate.readings import ArticleReadings, Marks
from schemas.spans import SpanCounts, compare_spans
from schemas.text.tokens import Span

__all__ = ["BINARY", "agree_on_marks", "agree_on_spans", "agree_on_units", "count_pairs", "exact_f1", "partial_f1", "tally_marks"]

BINARY = distance_matrix([False, True], nominal_distance)


def agree_on_spans(articles: Sequence[ArticleReadings], label: str | None) -> dict[str, float | None]:
    """Figures of one label (of any label if None), each with its interval; `tokens` is how many somebody marked.

    Only texts with two readers whose spans are known count; None where nobody overlaps, or nobody marked anything. A headline is a text of its
    own, and intervals draw it together with that of its article.
    """
    shared = [article for article in articles if len(article.markers) > 1]
    ids = [article.article_id for article in shared]
    marks = [article.marks(label) for article in shared]
    pairs = [count_pairs(combinations([reading.spans_of(label) for reading in article.markers.values()], 2)) for article in shared]
    counts = add_up(ids, pairs)
    return {
        **agree_on_marks(ids, marks).named("alpha"),
        **agree_on_units(shared, [label]).named("alpha_u", "alpha_u_"),
        **estimate(counts, exact_f1).named("f1_exact", "f1_exact_"),
        **estimate(counts, partial_f1).named("f1_partial", "f1_partial_"),
        "tokens": sum(int(one.any(axis=0).sum()) for one in marks) if marks else None,
    }


def agree_on_units(articles: Sequence[ArticleReadings], labels: Sequence[str | None]) -> Estimate:
    """Alpha for unitizing, with tokens as the unit of length; of several labels together, each a category."""
    shared = [(article, [article.units(label) for label in labels]) for article in articles if len(article.markers) > 1]
    if not labels or not shared:
        return UNKNOWN
    sizes = unit_lengths(units for _, categories in shared for units in categories)
    tallies = [np.array([tally_unitizing(units, article.size, sizes) for units in categories]) for article, categories in shared]
    return estimate(add_up([article.article_id for article, _ in shared], tallies), lambda sums: unitizing_alphas(sums, sizes))


def agree_on_marks(ids: Sequence[str], marks: Sequence[Marks]) -> Estimate:
    """Alpha over tokens, from the marks of each text, and the article that it is of."""
    return estimate(add_up(ids, [tally_marks(one) for one in marks]), lambda sums: alphas(sums, BINARY))


def tally_marks(marks: Marks) -> Figures:
    """Sum of the tokens' tallies; tokens that the same number of observers marked have the same one."""
    observers = marks.shape[0]
    alike = np.bincount(marks.sum(axis=0), minlength=observers + 1)
    return sum((times * tally(np.array([observers - marked, marked]), BINARY) for marked, times in enumerate(alike) if times), np.zeros(3))


def count_pairs(pairs: Iterable[tuple[Sequence[Span], Sequence[Span]]]) -> Figures:
    """Of pairs of readings of an article: spans of the one side, of the other, the same in both, and what precision and recall of the partial measure
    sum up."""
    counts = SpanCounts()
    for a, b in pairs:
        if a or b:
            counts += compare_spans(a, b)
    return np.array([counts.predicted, counts.gold, counts.exact, counts.precision_sum, counts.recall_sum])


def exact_f1(sums: Figures) -> Figures:
    """F1 over spans that are the same, of sums of `count_pairs`; not a number where nobody marked anything."""
    return _f1(sums, sums[..., 2], sums[..., 2])


def partial_f1(sums: Figures) -> Figures:
    """The partial measure of the same sums."""
    return _f1(sums, sums[..., 3], sums[..., 4])


def _f1(sums: Figures, for_precision: Figures, for_recall: Figures) -> Figures:
    """Of each sum; not a number where neither side of any pair marked anything."""
    with np.errstate(divide="ignore", invalid="ignore"):
        precision, recall = np.nan_to_num(for_precision / sums[..., 0]), np.nan_to_num(for_recall / sums[..., 1])
        harmonic = np.nan_to_num(2 * precision * recall / (precision + recall))
    return np.where(sums[..., 0] + sums[..., 1] > 0, harmonic, np.nan)
