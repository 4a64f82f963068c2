"""Means of groups of articles, every article once, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.stats import t as student

__all__ = ["FEW", "UNKNOWN", "GroupMean", "group_means", "mean_of", "plotted"]

UNKNOWN = "(not known)"
# With fewer articles than this an interval says little but that there are few.
FEW = 5


class GroupMean(NamedTuple):
    """A group's mean over `articles` articles, and a 95 % interval (Student's t), None of a single article."""

    group: str
    articles: int
    mean: float
    low: float | None
    high: float | None


def group_means(articles: pl.DataFrame, by: str, figure: pl.Expr) -> list[GroupMean]:
    """The mean of a figure that cannot be negative, for each group, the highest first. Articles of no group are UNKNOWN."""
    table = articles.select(group=pl.col(by).cast(pl.String).fill_null(UNKNOWN), figure=figure.cast(pl.Float64)).drop_nulls()
    found = (
        table.group_by("group")
        .agg(n=pl.len(), mean=pl.col("figure").mean(), sd=pl.col("figure").std())
        .sort("mean", "group", descending=[True, False])
    )
    n, means = found["n"].to_numpy(), found["mean"].to_numpy()
    reach = student.ppf(0.975, np.maximum(n - 1, 1)) * found["sd"].fill_null(0.0).to_numpy() / np.sqrt(n)
    return [
        GroupMean(group, count, mean, *((None, None) if count < 2 else (max(mean - around, 0.0), mean + around)))
        for group, count, mean, around in zip(found["group"].to_list(), n.tolist(), means.tolist(), reach.tolist(), strict=True)
    ]


def mean_of(articles: pl.DataFrame, figures: Sequence[tuple[str, pl.Expr]]) -> list[GroupMean]:
    """The mean of each figure over all articles, named."""
    one = articles.with_columns(_all=pl.lit("all"))
    return [row._replace(group=name) for name, figure in figures for row in group_means(one, "_all", figure)]


def plotted(rows: Sequence[GroupMean], names: Mapping[str, str]) -> list[dict[str, str | float | None]]:
    """Rows for a plot of points with intervals; a group of fewer than FEW articles is a point alone."""
    few = [row._replace(low=None, high=None) if row.articles < FEW else row for row in rows]
    return [{"name": names[row.group], "mean": row.mean, "low": row.low, "high": row.high} for row in few]
