from __future__ import annotations

import polars as pl
import pytest

from exports.estimates import SHAKY, bound_mean
from exports.means import UNKNOWN, group_means, mean_of, month_of

ARTICLES = pl.DataFrame({"outlet": ["A", "A", "B", None, "B", "C"], "x": [1.0, 3.0, 9.0, 5.0, None, 0.0], "y": [0.0, 1.0, 1.0, 1.0, 0.0, 0.0]})


def test_every_article_counts_once_and_the_highest_mean_is_first() -> None:
    found = group_means(ARTICLES, "outlet", pl.col("x"))
    assert [(row.group, row.articles, row.mean) for row in found] == [("B", 1, 9.0), (UNKNOWN, 1, 5.0), ("A", 2, 2.0), ("C", 1, 0.0)]


def test_intervals_are_those_of_the_estimates_from_ten_articles_on() -> None:
    table = pl.DataFrame({"outlet": ["A"] * SHAKY + ["B"] * (SHAKY - 1), "x": [float(i % 4) for i in range(2 * SHAKY - 1)]})
    found = {row.group: row for row in group_means(table, "outlet", pl.col("x"))}
    values = table.filter(outlet="A")["x"].to_numpy()
    expected = bound_mean(float(values.mean()), float(values.var(ddof=1)), SHAKY, "density")
    assert (found["A"].low, found["A"].high) == pytest.approx((expected.low, expected.high))
    assert (found["B"].low, found["B"].high) == (None, None)


def test_a_share_stays_between_nothing_and_everything() -> None:
    table = pl.DataFrame({"outlet": ["A"] * 20 + ["B"] * 20, "y": [1.0] * 19 + [0.0] + [0.0] * 20})
    found = group_means(table, "outlet", pl.col("y"), "share")
    assert [row.low is not None and row.high is not None and 0 <= row.low <= row.mean <= row.high <= 1 for row in found] == [True, True]


def test_several_figures_of_all_articles_keep_their_names() -> None:
    found = mean_of(ARTICLES, [("x", pl.col("x")), ("y", pl.col("y"))], "share")
    assert [(row.group, row.articles, row.mean) for row in found] == [("x", 5, pytest.approx(3.6)), ("y", 6, 0.5)]


def test_no_articles_have_no_means() -> None:
    assert group_means(ARTICLES.clear(), "outlet", pl.col("x")) == []


def test_the_month_of_a_date_is_read_from_its_beginning_and_nowhere_else() -> None:
    dates = pl.DataFrame({"when": ["2026-01-31", "2026-02", " 2026-03-01T10:00:00", "2026-0412", "in 2026-05", "2026-13", "0000-01-01", None]})
    assert dates.select(month_of(pl.col("when")))["when"].to_list() == ["2026-01", "2026-02", "2026-03", *[None] * 5]
