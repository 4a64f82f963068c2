from __future__ import annotations

import polars as pl
import pytest

from exports.report.outlets import OutletRow, compare_outlets

LABELS = ["Loaded", "Scare"]
SPANS = {"article_id": pl.String, "label": pl.String, "voice": pl.String}


def articles_of(*rows: tuple[str, str | None, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"article_id": pl.String, "outlet": pl.String, "words": pl.Int64}, orient="row")


def spans_of(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SPANS, orient="row")


def row_of(articles: pl.DataFrame, spans: pl.DataFrame) -> OutletRow:
    (row,) = compare_outlets(articles, spans, LABELS)
    return row


def test_spans_are_counted_per_thousand_words_of_all_articles_of_the_outlet() -> None:
    spans = spans_of(("a", "Loaded", "narrator"), ("a", "Scare", "scare"), ("b", "Loaded", "narrator"))
    row = row_of(articles_of(("a", "O", 100), ("b", "O", 300)), spans)
    assert (row.outlet, row.articles, row.words) == ("O", 2, 400)
    assert row.total == 7.5
    assert row.by_label == {"Loaded": 5.0, "Scare": 2.5}
    assert row.quoted == 0


def test_quoted_spans_are_counted_apart() -> None:
    spans = spans_of(("a", "Loaded", "quoted"), ("a", "Loaded", "quoted"), ("a", "Loaded", "scare"))
    row = row_of(articles_of(("a", "O", 1000)), spans)
    assert (row.total, row.quoted, row.by_label["Loaded"]) == (1.0, 2.0, 1.0)


def test_articles_without_spans_count_with_their_words() -> None:
    row = row_of(articles_of(("a", "O", 500), ("b", "O", 500)), spans_of(("a", "Loaded", "narrator")))
    assert row.total == 1.0


def test_outlets_stand_highest_first_and_equal_ones_by_name() -> None:
    articles = articles_of(("a", "Low", 1000), ("b", "High", 1000), ("c", "Also low", 1000))
    rows = compare_outlets(articles, spans_of(("b", "Loaded", "narrator")), LABELS)
    assert [row.outlet for row in rows] == ["High", "Also low", "Low"]


def test_articles_of_no_outlet_are_an_outlet_of_their_own() -> None:
    rows = compare_outlets(articles_of(("a", None, 10), ("b", "O", 10)), spans_of(), LABELS)
    assert [row.outlet for row in rows] == ["(no outlet)", "O"]


def test_the_interval_holds_the_total_and_widens_with_unlike_articles() -> None:
    alike = spans_of(*[(name, "Loaded", "narrator") for name in "abcdefgh"])
    unlike = spans_of(*[("a", "Loaded", "narrator")] * 8)
    articles = articles_of(*[(name, "O", 100) for name in "abcdefgh"])
    same, different = row_of(articles, alike), row_of(articles, unlike)
    assert same.total == different.total == 10
    assert (same.low, same.high) == (10, 10)
    assert different.low is not None
    assert different.high is not None
    assert different.low < 10 < different.high


def test_the_interval_is_the_same_every_time_and_in_any_order() -> None:
    articles = articles_of(*[(name, f"O{ord(name) % 2}", 100 + ord(name)) for name in "abcdefgh"])
    spans = spans_of(*[(name, "Loaded", "narrator") for name in "abbcccdh"])
    assert compare_outlets(articles, spans, LABELS) == compare_outlets(articles, spans.reverse(), LABELS)


def test_one_article_has_no_interval() -> None:
    row = row_of(articles_of(("a", "O", 10)), spans_of(("a", "Loaded", "narrator")))
    assert (row.low, row.high) == (None, None)


@pytest.mark.parametrize("words", [0, 1])
def test_an_outlet_without_words_does_not_divide_by_zero(words: int) -> None:
    assert row_of(articles_of(("a", "O", words), ("b", "O", 0)), spans_of()).total == 0


def test_no_articles_are_no_outlets() -> None:
    assert compare_outlets(articles_of(), spans_of(), LABELS) == []
