from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from framing.grouping import find_group, in_time, join_dimensions

TABLE = pl.DataFrame(
    {"outlet": ["A", "B", None], "published": [datetime(2026, 5, 1), None, datetime(2026, 6, 1)], "a, b": ["x", "y", "z"], "many": [["q"], [], []]}
)


def groups_by(by: str) -> list[str | None]:
    found = find_group(TABLE, by, TABLE.columns)
    assert found is not None
    return TABLE.select(found).to_series().to_list()


@pytest.mark.parametrize("by", ["outlet, month", "outlet,month"])
def test_an_article_of_which_one_of_two_dimensions_is_not_known_has_no_group(by: str) -> None:
    assert groups_by(by) == ["A, 2026-05", None, None]


def test_a_column_whose_own_name_has_a_comma_is_one() -> None:
    assert groups_by("a, b") == ["x", "y", "z"]


@pytest.mark.parametrize("by", ["outlet,party", "outlet,many", "many"])
def test_no_column_and_lists_group_nothing(by: str) -> None:
    assert find_group(TABLE, by, TABLE.columns) is None


def test_dimensions_may_be_named_together_or_one_by_one() -> None:
    assert join_dimensions(["outlet", "month"]) == join_dimensions(["outlet,month"]) == join_dimensions(["outlet, month"]) == "outlet, month"
    assert [in_time(by) for by in ("outlet, month", "year", "outlet")] == [True, True, False]
