from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from exports.report import Report
from exports.report.comparison import MOST_SHOWN, compare_months, compare_outlets

Maker = Callable[..., Report]


@pytest.fixture
def report(make_report: Maker) -> Report:
    spans = [("n0", "Loaded", 0, 3, 1.0, "narrator"), ("n0", "Scare", 0, 3, 1.0, "scare"), ("n1", "Loaded", 0, 3, 1.0, "quoted")]
    columns = {"outlet": ["A", "A", "B", "B"], "published": ["2026-01-31", "2026-02", "2026-01-01T10:00:00", "in May"]}
    return make_report(["One two", "Three", "Four", "Five"], *spans, columns=columns)


def test_an_outlet_has_its_articles_own_voice_labels_and_quotations(report: Report) -> None:
    plot, shades = compare_outlets(report.articles, report.codebook).figures
    assert plot.table.header == ["outlet", "articles", "own voice", "95 % interval", "Loaded", "Scare", "quoted"]
    a, b = plot.table.rows
    assert (a[:3], a[4:]) == (["A", 2, 500.0], [250.0, 250.0, 500.0])
    assert b == ["B", 2, 0.0, "–", 0.0, 0.0, 0.0]
    assert shades.table.rows == [["A", 250.0, 250.0], ["B", 0.0, 0.0]]


def test_marks_without_a_partner_are_said_where_scores_know_of_any(report: Report) -> None:
    assert len(compare_outlets(report.articles, report.codebook).text) == 1
    for marks, said in (([0, 0, 0, 0], 0), ([2, 0, 1, None], 1)):
        text = compare_outlets(report.articles.with_columns(unpaired_marks=pl.Series(marks)), report.codebook).text[1:]
        assert text == ["2 of 4 articles have quotation marks without a partner; the words there have no voice and count in no density."] * said


def test_of_many_outlets_the_largest_are_drawn_and_all_are_in_the_table(make_report: Maker) -> None:
    outlets = [f"outlet {i:02}" for i in range(MOST_SHOWN + 5)]
    report = make_report(["One"] * 2 * len(outlets), columns={"outlet": [*outlets, *outlets[::-1]]})
    report = make_report(["One"] * (len(outlets) + MOST_SHOWN), columns={"outlet": [*outlets, *outlets[:MOST_SHOWN]]})
    (plot, _) = compare_outlets(report.articles, report.codebook).figures
    assert len(plot.table.rows) == len(outlets)
    assert outlets[0] in plot.svg
    assert outlets[-1] not in plot.svg
    assert f"The {MOST_SHOWN} outlets with the most articles" in plot.note


def test_a_codebook_of_one_label_has_no_table_of_labels(make_report: Maker, make_book: Callable[..., object]) -> None:
    report = make_report(["One"], codebook=make_book("It judges.", "Loaded"))
    assert len(compare_outlets(report.articles, report.codebook).figures) == 1


def test_months_stand_in_their_order_and_dates_that_cannot_be_read_are_counted(report: Report) -> None:
    section = compare_months(report.articles, report.codebook)
    assert section is not None
    (figure,) = section.figures
    assert [row[:3] for row in figure.table.rows] == [["2026-01", 2, 500.0], ["2026-02", 1, 0.0]]
    assert "1 article has no date" in figure.note


@pytest.mark.parametrize("published", [[None, None], ["2026-01-01", "2026-01-02"], ["someday", "20260101"]], ids=["none", "one month", "no dates"])
def test_without_two_months_nothing_is_shown_over_time(make_report: Maker, published: list[str | None]) -> None:
    report = make_report(["One", "Two"], columns={"published": published})
    assert compare_months(report.articles, report.codebook) is None


def test_copies_are_counted_in_all_and_by_outlet(report: Report) -> None:
    first = report.articles["article_id"][0]
    articles = report.articles.with_columns(outlet=pl.Series(["A", "A", None, "B"]), copy_of=pl.Series([None, first, first, None], dtype=pl.String))
    assert compare_outlets(articles, report.codebook).text[1:] == [
        "2 of 4 articles tell the story of another one, as wire copies do; each counts. By outlet: (not known) 1 of 1, A 1 of 2."
    ]
    assert len(compare_outlets(articles.with_columns(copy_of=pl.lit(None, pl.String)), report.codebook).text) == 1
