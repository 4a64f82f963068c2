"""Which labels are taken for each other, and which words only one of two readers marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from annotate.readings import ArticleReadings, Reading
from schemas.spans import merge_spans
from schemas.text.tokens import Span

__all__ = ["NOTHING", "confuse"]

# No label can be called so: a codebook refuses angle brackets in names.
NOTHING = "<nothing>"


def confuse(articles: Iterable[ArticleReadings], labels: Sequence[str]) -> dict[str, dict[str, int]]:
    """Of each two readers of an article, how many pairs of overlapping spans have these two labels (either way round,
    so that the table is symmetric), and how many spans of a label overlap no span of the other reader (NOTHING)."""
    counts = {label: dict.fromkeys([*labels, NOTHING], 0) for label in labels}
    for article in articles:
        for ours, theirs in combinations([_labelled(reading) for reading in article.markers.values()], 2):
            pairs = [(a, b) for a in ours for b in theirs if a[1].start < b[1].end and b[1].start < a[1].end]
            for (one, _), (other, _) in pairs:
                counts[one][other] += 1
                counts[other][one] += one != other
            for label, _ in (*(set(ours) - {a for a, _ in pairs}), *(set(theirs) - {b for _, b in pairs})):
                counts[label][NOTHING] += 1
    return counts


def _labelled(reading: Reading) -> list[tuple[str, Span]]:
    """A person's spans; of one label those that overlap are joined."""
    return [(label, span) for label, spans in reading.spans.items() for span in merge_spans(spans)]
