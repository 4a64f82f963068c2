"""Which labels are taken for each other, and which words only one of two readers marked; and the same of values of attributes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, combinations, product

from annotate.readings import ArticleReadings, Reading
from schemas.spans import find_overlaps, merge_spans
from schemas.text.tokens import Span

__all__ = ["NOTHING", "confuse", "confuse_values"]

# No label can be called so: a codebook refuses angle brackets in names.
NOTHING = "<nothing>"


def confuse(articles: Iterable[ArticleReadings], labels: Sequence[str]) -> dict[str, dict[str, int]]:
    """Of each two readers of an article, how many pairs of overlapping spans have these two labels (either way round,
    so that the table is symmetric), and how many spans of a label overlap no span of the other reader (NOTHING)."""
    counts = {label: dict.fromkeys([*labels, NOTHING], 0) for label in labels}
    for article in articles:
        for ours, theirs in combinations([_by_label(reading) for reading in article.markers.values()], 2):
            alone = [{(label, span) for label, spans in reading.items() for span in spans} for reading in (ours, theirs)]
            for one, other in product(ours, theirs):
                for a, b in find_overlaps(ours[one], theirs[other]):
                    counts[one][other] += 1
                    counts[other][one] += one != other
                    alone[0].discard((one, a))
                    alone[1].discard((other, b))
            for label, _ in chain(*alone):
                counts[label][NOTHING] += 1
    return counts


def confuse_values(pairs: Iterable[tuple[frozenset[str], frozenset[str]]], values: Sequence[str]) -> dict[str, dict[str, int]]:
    """Of spans that two readers marked, how many times these two values were given to one (either way round), and how often a value where the other
    reader gave none (NOTHING). Each side has one value, or none."""
    counts = {value: dict.fromkeys([*values, NOTHING], 0) for value in values}
    for pair in pairs:
        one, other = (next(iter(side), NOTHING) for side in pair)
        for mine, yours in {(one, other), (other, one)}:
            if mine != NOTHING:
                counts[mine][yours] += 1
    return counts


def _by_label(reading: Reading) -> dict[str, list[Span]]:
    """A person's spans; of one label those that overlap are joined."""
    return {label: merge_spans(spans) for label, spans in reading.spans.items()}
