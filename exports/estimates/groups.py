"""The estimates of many groups."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from exports.estimates.correction import SHAKY, Estimate, Mean, correct
from exports.estimates.intervals import Kind
from exports.estimates.levels import Level, compare_levels

__all__ = ["describe_estimate", "estimate_groups"]

Group = str | None


def estimate_groups(articles: pl.DataFrame, kind: Kind) -> dict[Group, Estimate]:
    """An estimate for each group, highest first, those that no coded article corrects last.

    `articles` has group (text, null for articles without one), predicted (the classifier's figure), coded (people's figure, null
    where nobody coded the article) and seen (whether `predicted` is what other models said, since this one was trained on the article).
    """
    levels = compare_levels(articles) if kind == "density" else {}
    estimates: dict[Group, Estimate] = {}
    for (group,), rows in articles.partition_by("group", as_dict=True).items():
        level = levels.get(group)
        raised = pl.col("predicted") * pl.when("seen").then(level.ratio if level else 1.0).otherwise(1.0)
        by_hand, others = (rows.with_columns(raised=raised).filter(pl.col("coded").is_not_null() == there) for there in (True, False))
        drift = _drift(by_hand, others, level) if kind == "density" else 0.0
        estimates[group] = correct(by_hand["coded"].to_numpy(), by_hand["raised"].to_numpy(), others["raised"].to_numpy(), kind, drift)

    def rank(group: Group) -> tuple[bool, float, str]:
        mean = estimates[group].corrected
        return mean is None, -(mean or estimates[group].naive).value, group or ""

    return {group: estimates[group] for group in sorted(estimates, key=rank)}


def _drift(by_hand: pl.DataFrame, others: pl.DataFrame, level: Level | None) -> float:
    """The standard error that an uncertain level brings into the difference of the means of both; without a level nobody knows."""
    parts = [float(rows.filter("seen")["predicted"].sum()) / max(rows.height, 1) for rows in (by_hand, others)]
    if level is None:
        return math.inf if any(parts) else 0.0
    return level.se * abs(parts[0] - parts[1])


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
