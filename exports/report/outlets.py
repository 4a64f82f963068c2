"""Spans per 1,000 words by outlet, with intervals, as rows for the chart and the table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

__all__ = ["OutletRow", "compare_outlets"]

DRAWS = 1000
SEED = 0


@dataclass(frozen=True)
class OutletRow:
    """One outlet: articles, words, spans per 1,000 words in its own voice in all and by label, and a 95 % interval for
    the total, bootstrapped over articles (None with fewer than two)."""

    outlet: str
    articles: int
    words: int
    total: float
    low: float | None
    high: float | None
    by_label: dict[str, float]
    quoted: float


def compare_outlets(articles: pl.DataFrame, spans: pl.DataFrame, labels: Sequence[str]) -> list[OutletRow]:
    """Rows by total, highest first. `articles` has article_id, outlet and words; quoted spans are counted apart."""
    own = spans.filter(pl.col("voice") != "quoted")
    counts = own.group_by("article_id").agg(
        pl.len().alias("_spans"), *((pl.col("label") == label).sum().alias(f"_{i}") for i, label in enumerate(labels))
    )
    quoted = spans.filter(pl.col("voice") == "quoted").group_by("article_id").agg(_quoted=pl.len())
    table = articles.select("article_id", pl.col("outlet").fill_null("(no outlet)"), "words")
    table = table.join(counts, on="article_id", how="left").join(quoted, on="article_id", how="left").fill_null(0)
    rows = [_row(str(outlet), part, labels) for (outlet,), part in table.group_by("outlet")]
    return sorted(rows, key=lambda row: (-row.total, row.outlet))


def _row(outlet: str, part: pl.DataFrame, labels: Sequence[str]) -> OutletRow:
    words = max(int(part["words"].sum()), 1)
    low, high = _interval(part["_spans"].to_numpy(), part["words"].to_numpy())
    by_label = {label: 1000 * int(part[f"_{i}"].sum()) / words for i, label in enumerate(labels)}
    return OutletRow(
        outlet, part.height, words, 1000 * int(part["_spans"].sum()) / words, low, high, by_label, 1000 * int(part["_quoted"].sum()) / words
    )


def _interval(spans: np.ndarray, words: np.ndarray) -> tuple[float | None, float | None]:  # type: ignore[type-arg]
    if len(words) < 2:
        return None, None
    draws = np.random.default_rng(SEED).integers(len(words), size=(DRAWS, len(words)))
    ratios = 1000 * spans[draws].sum(axis=1) / np.maximum(words[draws].sum(axis=1), 1)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return float(low), float(high)
