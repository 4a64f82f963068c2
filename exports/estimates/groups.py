"""The estimates of many groups."""

from __future__ import annotations

from typing import Any

import polars as pl

from exports.estimates.correction import SHAKY, Estimate, Mean, correct
from exports.estimates.intervals import Kind

__all__ = ["describe_estimate", "estimate_groups"]

Group = str | None


def estimate_groups(articles: pl.DataFrame, kind: Kind) -> dict[Group, Estimate]:
    """An estimate for each group, highest first, those that no coded article corrects last.

    `articles` has group (text, null for articles without one), predicted (the classifier's figure) and coded (people's figure, null
    where nobody coded the article).
    """
    estimates: dict[Group, Estimate] = {}
    for (group,), rows in articles.partition_by("group", as_dict=True).items():
        by_hand, others = rows.filter(pl.col("coded").is_not_null()), rows.filter(pl.col("coded").is_null())
        estimates[group] = correct(by_hand["coded"].to_numpy(), by_hand["predicted"].to_numpy(), others["predicted"].to_numpy(), kind)

    def rank(group: Group) -> tuple[bool, float, str]:
        mean = estimates[group].corrected
        return mean is None, -(mean or estimates[group].naive).value, group or ""

    return {group: estimates[group] for group in sorted(estimates, key=rank)}


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
