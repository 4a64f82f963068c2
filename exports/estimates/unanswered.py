"""Articles that a coder left unanswered: none of what people coded is lost by it."""

from __future__ import annotations

import polars as pl

__all__ = ["fill_unanswered"]


def fill_unanswered(articles: pl.DataFrame) -> pl.DataFrame:
    """The articles without those that the coder left unanswered (`predicted` is null), but for coded ones, which count with the coder's mean
    of their group. A group of which it answered nothing is left out.

    `articles` has group, predicted and coded, as for `estimate_groups`. The correction asks of a prediction only that it hangs on the article
    alone, so a constant will do where there is none; and if coded articles without an answer were left out, the corrected mean would
    be that of the articles which this coder finds easy, from fewer codes. Uncoded ones are not filled: whether the coder was asked of them is
    not known, and a mean that stands in for thousands of answers would look as sure as they.
    """
    mean = pl.col("predicted").mean().over("group")
    counted = articles.filter(pl.col("predicted").is_not_null() | pl.col("coded").is_not_null())
    return counted.with_columns(pl.col("predicted").fill_null(mean)).drop_nulls("predicted")
