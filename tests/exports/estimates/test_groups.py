from __future__ import annotations

import json

import polars as pl
import pytest

from exports.estimates.groups import describe_estimate, estimate_groups


def articles_of(**groups: list[tuple[float, float | None]]) -> pl.DataFrame:
    rows = [(None if group == "none" else group, predicted, coded) for group, pairs in groups.items() for predicted, coded in pairs]
    return pl.DataFrame(rows, schema={"group": pl.String, "predicted": pl.Float64, "coded": pl.Float64}, orient="row").with_columns(seen=False)


def test_the_highest_group_is_first_and_the_uncorrected_are_last() -> None:
    low, high, alone = [(0.9, 0.0), (0.8, 0.0)], [(0.2, 1.0), (0.3, None)], [(0.99, None)]
    assert list(estimate_groups(articles_of(low=low, alone=alone, high=high), "share")) == ["high", "low", "alone"]


def test_articles_without_a_group_are_a_group() -> None:
    found = estimate_groups(articles_of(none=[(0.5, 1.0)], a=[(0.5, 0.0)]), "share")
    assert list(found) == [None, "a"]
    assert (found[None].coded, found[None].uncoded) == (1, 0)


def test_a_row_says_everything_and_is_json() -> None:
    pairs: list[tuple[float, float | None]] = [*[(0.1, 0.0), (0.9, 1.0), (0.3, 1.0)] * 5, *[(0.3, None)] * 30]
    row = describe_estimate(estimate_groups(articles_of(a=pairs), "share")["a"])
    assert (row["articles"], row["coded"], row["human"], row["remark"]) == (45, 15, pytest.approx(2 / 3), None)
    assert row["corrected_low"] < row["corrected"] < row["corrected_high"]
    assert json.loads(json.dumps(row, allow_nan=False)) == row


@pytest.mark.parametrize(("coded", "remark"), [(0, "uncorrected"), (9, "shaky"), (10, None)])
def test_a_row_says_what_a_group_lacks(coded: int, remark: str | None) -> None:
    pairs: list[tuple[float, float | None]] = [*[(0.5, 1.0)] * coded, (0.5, None)]
    row = describe_estimate(estimate_groups(articles_of(a=pairs), "share")["a"])
    assert row["remark"] == remark
    assert (row["corrected"] is None) is (coded == 0)
