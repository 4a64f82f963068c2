"""Means of groups of articles, every article once, with intervals: what a report shows of scores as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from exports.estimates import SHAKY, Mean, bound_mean
from exports.estimates.intervals import Kind
from schemas.codebook import TOTAL, Codebook

__all__ = ["UNKNOWN", "GroupMean", "group_means", "mean_of", "month_of", "quoted_density", "total_density"]

UNKNOWN = "(not known)"


class GroupMean(NamedTuple):
    """A group's mean over `articles` articles, with the 95 % interval of sampling, None of fewer than SHAKY articles."""

    group: str
    articles: int
    mean: float
    low: float | None
    high: float | None


def group_means(articles: pl.DataFrame, by: str, figure: pl.Expr, kind: Kind = "density") -> list[GroupMean]:
    """The mean of a figure for each group, the highest first; articles without the figure do not count. Those of no group are UNKNOWN."""
    table = articles.select(group=pl.col(by).cast(pl.String).fill_null(UNKNOWN), figure=figure.cast(pl.Float64)).drop_nulls()
    found = table.group_by("group").agg(pl.len(), mean=pl.col("figure").mean(), variance=pl.col("figure").var().fill_null(0.0))
    means = []
    for group, count, mean, variance in found.select("group", "len", "mean", "variance").iter_rows():
        # Of so few, skewed as they are, an interval says nothing but that there are few.
        bounded = bound_mean(mean, variance, count, kind) if count >= SHAKY else Mean(mean)
        means.append(GroupMean(group, count, mean, bounded.low, bounded.high))
    return sorted(means, key=lambda row: (-row.mean, row.group))


def mean_of(articles: pl.DataFrame, figures: Sequence[tuple[str, pl.Expr]], kind: Kind) -> list[GroupMean]:
    """The mean of each figure over all articles, under its name."""
    one = articles.with_columns(_all=pl.lit("all"))
    return [row._replace(group=name) for name, figure in figures for row in group_means(one, "_all", figure, kind)]


def total_density(codebook: Codebook, columns: Sequence[str] = ()) -> pl.Expr:
    """Spans of any label per 1,000 words, in the outlet's own voice. `columns` are those of the articles table: the total is read where it is one of
    them, and added up where it is not, as in older folders, or where it came with the articles, behind `model`."""
    if TOTAL in columns and TOTAL not in columns[columns.index("model") if "model" in columns else len(columns) :]:
        return pl.col(TOTAL)
    return pl.sum_horizontal(pl.col(f"density_{name}") for name in codebook.label_names)


def quoted_density(codebook: Codebook) -> pl.Expr:
    """The same in what an outlet quotes from others."""
    return pl.sum_horizontal(f"density_{name}_quoted" for name in codebook.label_names)


def month_of(published: pl.Expr) -> pl.Expr:
    """The year and month of a date, as text; null where it cannot be read."""
    return published.cast(pl.String).str.extract(r"^\s*([1-9]\d{3}-(?:0[1-9]|1[0-2]))(?:\D|$)")
