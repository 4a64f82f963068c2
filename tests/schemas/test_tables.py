"""The tables that pass between the wings are checked where they enter."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from schemas.errors import FramingError
from schemas.tables import ORIGINS, Annotations, Articles, Gold, conform, count_copies, leave_out_copies

SPAN: dict[str, Any] = {"article_id": "a", "annotator": "ada", "label": "L", "start": 0, "end": 3, "quote": "one", "value": None, "origin": "manual"}
ANSWER = SPAN | {"label": "bias", "start": None, "end": None, "quote": None, "value": "yes"}
NOTHING = ANSWER | {"label": None, "value": None}


def check(*rows: dict[str, Any]) -> pl.DataFrame:
    return conform(pl.DataFrame(list(rows)), Annotations, "here")


def test_missing_columns_are_added_in_order_and_the_users_own_follow_with_their_rows() -> None:
    raw = pl.DataFrame({"ward": ["north", "south"], "views": [3, 4], "text": ["one", "two"], "article_id": ["b", "a"]})
    table = conform(raw, Articles, "here")
    assert table.columns == ["article_id", "title", "text", "outlet", "author", "published", "url", "language", "ward", "views"]
    assert table.select("article_id", "text", "ward", "views").rows() == [("b", "one", "north", 3), ("a", "two", "south", 4)]
    assert table["title"].to_list() == [None, None]
    assert conform(table, Articles, "here").equals(table)


def test_a_missing_column_that_must_be_there_is_named() -> None:
    with pytest.raises(FramingError, match="'text' is missing"):
        conform(pl.DataFrame({"article_id": ["a"]}), Articles, "here")


def test_of_many_columns_a_dozen_is_named_and_how_many_more_there_are() -> None:
    with pytest.raises(FramingError, match=r"'text' is missing \(there are: article_id, c0, .*c10 and 29 more\)"):
        conform(pl.DataFrame({"article_id": ["a"], **{f"c{i}": [1] for i in range(40)}}), Articles, "here")


@pytest.mark.parametrize("rows", [[("a", "one"), ("a", "two")], [("", "one")], [("a", "")], [(None, "one")], [("a", None)]])
def test_articles_without_an_id_of_their_own_or_without_text_are_refused(rows: list[tuple[str | None, str | None]]) -> None:
    with pytest.raises(FramingError, match=r"breaks? the rule"):
        conform(pl.DataFrame(rows, schema=["article_id", "text"], orient="row"), Articles, "here")


def test_numbers_as_ids_become_text() -> None:
    assert conform(pl.DataFrame({"article_id": [7], "text": ["x"]}), Articles, "here")["article_id"].to_list() == ["7"]


def test_a_column_of_a_kind_that_cannot_be_text_is_an_error_of_ours() -> None:
    with pytest.raises(FramingError):
        conform(pl.DataFrame({"article_id": ["a"], "text": ["x"], "title": [["a", "list"]]}), Articles, "here")


def test_spans_answers_and_empty_readings_are_rows_of_annotations() -> None:
    assert check(SPAN, SPAN | {"attribute": "target", "value": "the council"}, ANSWER, NOTHING).height == 4


@pytest.mark.parametrize(
    "row",
    [
        SPAN | {"quote": None},
        SPAN | {"value": "yes"},
        SPAN | {"attribute": "target"},
        ANSWER | {"attribute": "target"},
        NOTHING | {"attribute": "target"},
        SPAN | {"label": None},
        SPAN | {"end": None},
        SPAN | {"start": 3},
        SPAN | {"start": 5},
        SPAN | {"start": -1},
        SPAN | {"origin": "guess"},
        SPAN | {"annotator": ""},
        ANSWER | {"value": None},
        ANSWER | {"start": 0, "end": 3},
        NOTHING | {"value": "yes"},
        NOTHING | {"quote": "one"},
    ],
)
def test_rows_that_are_half_of_one_kind_are_refused(row: dict[str, Any]) -> None:
    with pytest.raises(FramingError, match="1 of 2 rows breaks the rule"):
        check(SPAN, row)


@pytest.mark.parametrize("origin", ORIGINS)
def test_every_origin_is_accepted(origin: str) -> None:
    assert check(SPAN | {"origin": origin})["origin"].to_list() == [origin]


def test_whole_offsets_written_as_other_types_are_read_and_others_are_refused() -> None:
    assert check(SPAN | {"start": 0.0, "end": 3.0}).row(0) == check(SPAN | {"start": "0", "end": "3"}).row(0) == check(SPAN).row(0)
    with pytest.raises(FramingError):
        check(SPAN | {"start": "zero", "end": "3"})


def test_offsets_that_are_fractions_are_not_rounded_in_silence() -> None:
    with pytest.raises(FramingError):
        check(SPAN | {"start": 0.5, "end": 3.7})


@pytest.mark.parametrize("support", [-0.1, 1.1, float("nan"), None, "most"])
def test_support_is_a_share(support: object) -> None:
    with pytest.raises(FramingError):
        conform(pl.DataFrame({"article_id": ["a"], "support": [support], "rule": ["majority"]}), Gold, "here")


def test_an_empty_table_keeps_its_columns_and_types() -> None:
    table = conform(pl.DataFrame(schema={"article_id": pl.String, "annotator": pl.String, "origin": pl.String}), Annotations, "here")
    assert table.height == 0
    assert table.schema["start"] == pl.Int64


def test_each_story_is_left_once_by_its_first_article_or_by_the_first_that_is_here() -> None:
    articles = pl.DataFrame({"article_id": list("abcdef"), "copy_of": [None, "a", "gone", None, "gone", "a"]})
    left = leave_out_copies(articles, "scores")
    assert (left["article_id"].to_list(), count_copies(left)) == (["a", "c", "d"], 0)
    assert count_copies(articles) == 4
    nothing_found = pl.DataFrame({"article_id": ["a", "b"], "copy_of": [None, None]})
    assert leave_out_copies(nothing_found, "scores").height == 2
    assert count_copies(nothing_found) == 0


def test_where_nobody_has_looked_for_copies_none_can_be_left_out() -> None:
    articles = pl.DataFrame({"article_id": ["a", "b"]})
    assert count_copies(articles) == 0
    with pytest.raises(FramingError, match="no column copy_of"):
        leave_out_copies(articles, "scores")
