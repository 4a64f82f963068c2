"""What the first screen says in words is what the figures say."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from exports.means import GroupMean
from exports.report.findings import bound_difference, find_trend, tell_apart, tell_trend


def mean(group: str, value: float, half: float | None, articles: int = 40) -> GroupMean:
    return GroupMean(group, articles, value, None if half is None else value - half, None if half is None else value + half)


def test_the_interval_of_a_difference_of_two_is_that_of_both_put_together() -> None:
    # Of two groups Tukey's range is the normal interval: by hand, the root of 3 squared and 4 squared.
    low, high = bound_difference(mean("a", 20, 3), mean("b", 10, 4), 2)
    assert (low, high) == (pytest.approx(5, abs=1e-3), pytest.approx(15, abs=1e-3))


def test_the_interval_of_one_pair_of_ten_is_as_much_wider_as_tukeys_table_says() -> None:
    # Harter 1960, Annals of Mathematical Statistics 31, table 3, p. 1141: q of .95 for 10 groups and no end of degrees of freedom is 4.474.
    low, _ = bound_difference(mean("a", 20, 3), mean("b", 10, 4), 10)
    assert low == pytest.approx(10 - 5 * 4.474 / math.sqrt(2) / 1.96, abs=0.01)


def test_two_outlets_are_told_apart_by_how_many_times_and_how_sure() -> None:
    said = tell_apart([mean("Lantern", 43, 6), mean("Ledger", 9, 2)], "loaded language")
    assert said == (
        "Lantern uses loaded language 4.8 times as often as Ledger: 43 against 9.0 spans per 1,000 words (95 % interval of the difference 28 to 40)."
    )


def test_of_several_outlets_most_and_least_are_named() -> None:
    said = tell_apart([mean("A", 43, 6), mean("B", 20, 2), mean("C", 9, 2), mean("D", 90, None, 3)], "loaded language")
    assert said.startswith("Of the 3 outlets whose mean has an interval, of 4, A uses loaded language most and C least: 43 against 9.0 spans per")
    every = tell_apart([mean("A", 43, 6), mean("B", 20, 2), mean("C", 9, 2)], "loaded language")
    assert every.startswith("Of 3 outlets A uses loaded language most and C least: 43 against 9.0 spans per 1,000 words, 4.8 times as often (")
    assert every.endswith(").")
    close = tell_apart([mean("A", 43, 6), mean("B", 40, 6), mean("C", 9, 2)], "loaded language")
    assert close.endswith("). Which is first is not sure: B has 40.")
    assert said.endswith("). Of those without an interval 1 lies higher.")
    none = tell_apart([mean("A", 43, 6), mean("B", 20, 2), mean("C", 9, 2), mean("D", 0, None), mean("E", 0, None)], "loaded language")
    assert none.endswith("). Of those without an interval 2 lie lower.")


def test_outlets_that_cannot_be_told_apart_are_said_so_with_the_figures() -> None:
    said = tell_apart([mean("A", 12, 6), mean("B", 9, 5)], "loaded language")
    assert said.startswith("Too few articles to tell the 2 outlets apart: at the ends are A and B with 12 against 9.0 spans per 1,000 words (")


@pytest.mark.parametrize(("means", "said"), [([], ""), ([mean("A", 1, 1)], ""), ([mean("A", 1, 1), mean("B", 9, None)], "too few articles of each")])
def test_where_there_is_nothing_to_compare_no_outlet_is_called_the_highest(means: list[GroupMean], said: str) -> None:
    assert said in tell_apart(means, "loaded language")
    assert "A" not in tell_apart(means, "loaded language")


def table(slope: float, months: int = 12, articles: int = 5) -> pl.DataFrame:
    chance = np.random.default_rng(0)
    rows = [
        {"group": group, "month": f"2026-{month + 1:02}", "figure": base + slope * month + chance.normal(0, 1)}
        for group, base in (("A", 10.0), ("B", 40.0))
        for month in range(months)
        for _ in range(articles)
    ]
    return pl.DataFrame(rows)


def test_a_trend_is_what_least_squares_with_robust_errors_says() -> None:
    import statsmodels.api as sm

    rows = table(0.5)
    found = find_trend(rows)
    assert found is not None
    at = rows["month"].str.slice(5).cast(pl.Int64).to_numpy().astype(float)
    design = np.column_stack([at, rows["group"].to_numpy() == "A", rows["group"].to_numpy() == "B"]).astype(float)
    fit = sm.OLS(rows["figure"].to_numpy(), design).fit(cov_type="HC1")
    assert found.change == pytest.approx(11 * fit.params[0])
    assert (found.low, found.high) == pytest.approx((11 * (fit.params[0] - 1.96 * fit.bse[0]), 11 * (fit.params[0] + 1.96 * fit.bse[0])))
    assert "has become more from January 2026 to December 2026: by 5." in tell_trend(found, "loaded language")
    falling = tell_trend(find_trend(table(-0.5)), "loaded language")
    assert "has become less from January 2026 to December 2026: by 5.3 spans per 1,000 words (95 % interval 4.7 to 5.8)." in falling


def test_more_articles_of_a_loaded_outlet_are_no_trend() -> None:
    rows = pl.concat(
        [table(0.0).filter(group="A"), table(0.0, articles=1).filter(group="B"), table(0.0, articles=40).filter(group="B", month="2026-12")]
    )
    assert tell_trend(find_trend(rows), "it").startswith("Within outlets it has not clearly become more or less")


@pytest.mark.parametrize("rows", [table(1.0, months=2), table(1.0, months=3, articles=1), table(1.0).with_columns(month=pl.lit(None, pl.String))])
def test_few_articles_or_months_have_no_trend(rows: pl.DataFrame) -> None:
    assert find_trend(rows) is None
    assert tell_trend(None, "it") == ""
