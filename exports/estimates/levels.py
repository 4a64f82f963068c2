"""Models of a cross-validation find more spans, or fewer, than the model of all folds: their figures are brought to its level.

How many spans a model shows hangs on thresholds that each model tunes for itself. Of articles of one group, some of which were trained
on and some not, both kinds of figures have the same mean but for this; so each group is told the ratio by all the others, which know
nothing of its own articles.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

__all__ = ["Level", "compare_levels"]


class Level(NamedTuple):
    """By what a training article's figure is to be multiplied, and the standard error of that."""

    ratio: float
    se: float


def compare_levels(articles: pl.DataFrame) -> dict[str | None, Level | None]:
    """For each group the level that the other groups tell it; None if there are none that could.

    `articles` has group, predicted, coded (null if nobody coded it) and seen (whether the model was trained on it). Only coded
    training articles are compared with the others, for they are a random sample, by `weight` if they have one. The ratio is that of sums over groups
    (the combined ratio estimator: Cochran 1977, Sampling Techniques, chapter 6), its error by linearisation.
    """
    usual = pl.col("weight").fill_null(1.0) if "weight" in articles.columns else pl.lit(1.0)
    by_hand = pl.col("seen") & pl.col("coded").is_not_null()
    own, weight = pl.col("predicted").filter(by_hand), (usual + 0 * pl.col("predicted")).filter(by_hand)
    others = pl.col("predicted").filter(~pl.col("seen") & pl.col("coded").is_null())
    facts = articles.group_by("group").agg(
        n=(weight.sum() ** 2 / (weight**2).sum()).fill_nan(0.0),
        mean=(own * weight).sum() / weight.sum(),
        variance=own.var(),
        others=others.len(),
        others_mean=others.mean(),
        others_variance=others.var(),
    )
    usable = (pl.col("n") > 1) & (pl.col("others") > 1)
    sums = {
        "below": pl.col("n") * pl.col("mean"),
        "above": pl.col("n") * pl.col("others_mean"),
        "spread_below": pl.col("n") * pl.col("variance"),
        "spread_above": pl.col("n") ** 2 * pl.col("others_variance") / pl.col("others"),
    }
    parts = facts.select("group", **{name: pl.when(usable).then(part).otherwise(0.0) for name, part in sums.items()})
    rest = parts.with_columns(pl.col(name).sum() - pl.col(name) for name in sums)
    levels: dict[str | None, Level | None] = {}
    for group, below, above, spread_below, spread_above in rest.iter_rows():
        ratio = above / below if below > 0 else 0.0
        # What was added and taken away again may leave a trace of rounding.
        variance = max(ratio**2 * spread_below + spread_above, 0.0)
        levels[group] = Level(ratio, variance**0.5 / below) if below > 0 else None
    return levels
