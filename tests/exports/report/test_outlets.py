from __future__ import annotations

from collections.abc import Callable

import polars as pl

from exports.report import Report
from exports.report.outlets import MOST_SHOWN, compare_outlets

Maker = Callable[..., Report]


def test_an_outlet_has_its_articles_own_voice_labels_and_quotations(report: Report) -> None:
    plot, shades = compare_outlets(report.articles, report.codebook).figures
    assert plot.table.header == ["outlet", "articles", "own voice", "95 % interval", "quoted"]
    assert plot.table.rows == [["A", 2, 500.0, "–", 500.0], ["B", 2, 0.0, "–", 0.0]]
    assert shades.table.header == ["outlet", "Loaded", "Scare"]
    assert shades.table.rows == [["A", 250.0, 250.0], ["B", 0.0, 0.0]]
    assert [shades.table.shade(0, column) for column in (0, 1)] == [None, 100]
    assert (plot.table.leads[1, 0], shades.table.leads[0, 2]) == ("#articles?outlet=B", "#articles?outlet=A&label=Scare")


def test_where_there_is_one_outlet_its_labels_are_compared_and_a_mean_is_said(make_report: Maker) -> None:
    report = make_report(["One two"] * 12, *((f"n{i}", "Loaded", 0, 3, 1.0, "narrator") for i in range(12)))
    section = compare_outlets(report.articles, report.codebook)
    assert (section.title, section.figures[0].name) == ("Labels", "labels")
    assert [row[:3] for row in section.figures[0].table.rows] == [["Loaded", 12, 500.0], ["Scare", 12, 0.0]]
    assert section.finding.startswith("These articles use loaded language 500 times in 1,000 words")


def test_marks_without_a_partner_are_said_where_scores_know_of_any(report: Report) -> None:
    assert len(compare_outlets(report.articles, report.codebook).limits) == 1
    for marks, said in (([0, 0, 0, 0], 0), ([2, 0, 1, None], 1)):
        limits = compare_outlets(report.articles.with_columns(unpaired_marks=pl.Series(marks)), report.codebook).limits[1:]
        assert limits == ["2 of 4 articles have quotation marks without a partner; the words there have no voice and count in no density."] * said


def test_of_many_outlets_the_largest_are_drawn_and_all_are_in_the_table(make_report: Maker) -> None:
    outlets = [f"outlet {i:02}" for i in range(MOST_SHOWN + 5)]
    report = make_report(["One"] * (len(outlets) + MOST_SHOWN), columns={"outlet": [*outlets, *outlets[:MOST_SHOWN]]})
    (plot, _) = compare_outlets(report.articles, report.codebook).figures
    assert len(plot.table.rows) == len(outlets)
    assert all(outlets[0] in svg for svg in plot.plots())
    assert not any(outlets[-1] in svg for svg in plot.plots())
    assert f"The {MOST_SHOWN} outlets with the most articles" in plot.note


def test_a_codebook_of_one_label_has_no_table_of_labels(make_report: Maker, make_book: Callable[..., object]) -> None:
    report = make_report(["One", "Two"], codebook=make_book("It judges.", "Loaded"), columns={"outlet": ["A", "B"]})
    assert len(compare_outlets(report.articles, report.codebook).figures) == 1


def test_copies_are_counted_in_all_and_by_outlet(report: Report) -> None:
    first = report.articles["article_id"][0]
    articles = report.articles.with_columns(outlet=pl.Series(["A", "A", None, "B"]), copy_of=pl.Series([None, first, first, None], dtype=pl.String))
    assert compare_outlets(articles, report.codebook).limits[1:] == [
        "2 of 4 articles tell the story of another one, as wire copies do; each counts. By outlet: (not known) 1 of 1, A 1 of 2."
    ]
    assert len(compare_outlets(articles.with_columns(copy_of=pl.lit(None, pl.String)), report.codebook).limits) == 1
