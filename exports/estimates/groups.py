"""The estimates of many groups."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from exports.estimates.correction import SHAKY, Drawn, Estimate, Mean, correct
from exports.estimates.design import Design
from exports.estimates.intervals import Kind
from exports.estimates.levels import Level, compare_levels
from exports.estimates.ratio import Pair, correct_ratio
from exports.estimates.sampling import balance

__all__ = ["describe_estimate", "estimate_groups", "estimate_shares"]

Group = str | None


def estimate_groups(articles: pl.DataFrame, kind: Kind) -> dict[Group, Estimate]:
    """An estimate for each group, highest first, those that no coded article corrects last.

    `articles` has group (text, null for articles without one), predicted (the classifier's figure), coded (people's figure, null
    where nobody coded the article) and seen (whether `predicted` is what other models said, since this one was trained on the article). If coded
    articles had different chances, it has weight and round, as in `find_sample`, and cluster.
    """
    levels = compare_levels(articles) if kind == "density" else {}
    estimates: dict[Group, Estimate] = {}
    for (group,), rows in articles.partition_by("group", as_dict=True).items():
        level = levels.get(group)
        raised = pl.col("predicted") * pl.when("seen").then(level.ratio if level else 1.0).otherwise(1.0)
        by_hand, others = (rows.with_columns(raised=raised).filter(pl.col("coded").is_not_null() == there) for there in (True, False))
        drift = _drift(by_hand, others, level) if kind == "density" else 0.0
        figures = (by_hand["coded"].to_numpy(), by_hand["raised"].to_numpy(), others["raised"].to_numpy())
        estimates[group] = correct(*figures, kind, drift, _tell_design(by_hand, others))
    return _rank(estimates)


def estimate_shares(articles: pl.DataFrame) -> dict[Group, Estimate]:
    """The same of the share that some spans of a group's articles have among all: `predicted` and `coded` are how many spans are of that kind,
    `predicted_whole` and `coded_whole` how many there are. Groups in which the classifier found none are left out."""
    estimates: dict[Group, Estimate] = {}
    for (group,), rows in articles.partition_by("group", as_dict=True).items():
        if not rows["predicted_whole"].sum():
            continue
        by_hand, others = (rows.filter(pl.col("coded").is_not_null() == there) for there in (True, False))
        coded, predicted, rest = (
            Pair(some[name].to_numpy(), some[f"{name}_whole"].to_numpy())
            for some, name in ((by_hand, "coded"), (by_hand, "predicted"), (others, "predicted"))
        )
        estimates[group] = correct_ratio(coded, predicted, rest, _tell_design(by_hand, others))
    return _rank(estimates)


def _rank(estimates: Mapping[Group, Estimate]) -> dict[Group, Estimate]:
    """The highest first, those that nothing corrects last."""

    def rank(group: Group) -> tuple[bool, float, str]:
        mean = estimates[group].corrected
        return mean is None, -(mean or estimates[group].naive).value, group or ""

    return {group: estimates[group] for group in sorted(estimates, key=rank)}


def _drift(by_hand: pl.DataFrame, others: pl.DataFrame, level: Level | None) -> float:
    """The standard error that an uncertain level brings into the difference of the means of both; without a level nobody knows."""
    parts = [_mean_of_seen(rows) for rows in (by_hand, others)]
    if level is None:
        return math.inf if any(parts) else 0.0
    return level.se * abs(parts[0] - parts[1])


def _mean_of_seen(rows: pl.DataFrame) -> float:
    """The part of the mean that figures of other models have."""
    weights = rows["weight"].fill_null(1.0) if "weight" in rows.columns else pl.Series(np.ones(rows.height))
    return float((rows["predicted"] * rows["seen"] * weights).sum()) / max(float(weights.sum()), 1e-300)


def _tell_design(by_hand: pl.DataFrame, others: pl.DataFrame) -> Drawn | None:
    """How the group's articles were drawn; None if each by itself, with the same chance."""
    if "weight" not in by_hand.columns:
        return None
    weights = balance(by_hand["weight"].to_numpy(), by_hand["round"])
    clusters = pl.concat([by_hand["cluster"], others["cluster"]])
    if np.ptp(weights) <= 1e-9 * weights.max() if len(weights) else True:
        weights = np.ones(len(weights))
        if clusters.n_unique() == len(clusters):
            return None
    return Drawn(Design.of(weights, by_hand["cluster"].to_numpy()), Design.of(np.ones(len(clusters)), clusters.to_numpy()))


def describe_estimate(estimate: Estimate) -> dict[str, Any]:
    """One flat row of everything, for a table or JSON."""
    row: dict[str, Any] = {"articles": estimate.coded + estimate.uncoded, "coded": estimate.coded}
    for name, mean in (("naive", estimate.naive), ("human", estimate.human), ("corrected", estimate.corrected)):
        found = mean or Mean(float("nan"))
        row |= {name: mean and found.value, f"{name}_se": found.se, f"{name}_low": found.low, f"{name}_high": found.high}
    return row | {
        "weight": estimate.weight,
        "df": estimate.df,
        "bought": estimate.bought,
        "narrower": estimate.narrower,
        "remark": "uncorrected" if not estimate.coded else "shaky" if estimate.coded < SHAKY else None,
    }
