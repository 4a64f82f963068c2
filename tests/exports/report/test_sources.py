"""Who is quoted: sources under one name, what they say, and counts that add up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from exports.report import Report
from exports.report.figures import Section
from exports.report.sources import LONGEST, MOST_OUTLETS, MOST_SOURCES, NOBODY, PRONOUN, name_source, show_sources
from schemas.tables import ArticleQuotations, conform

Maker = Callable[..., Report]
Page = Any


def quotations_of(*rows: tuple[str, str, str, str | None]) -> pl.DataFrame:
    """Quotations: article, words, voice, source."""
    table = pl.DataFrame(rows, schema=["article_id", "text", "voice", "speaker"], orient="row").cast(pl.String)
    placed = table.with_columns(start=0, end=pl.col("text").str.len_chars(), probability=1.0)
    speaker = pl.when(pl.col("speaker").is_not_null())
    return conform(placed.with_columns(speaker_start=speaker.then(0), speaker_end=speaker.then(1)), ArticleQuotations, "test")


def shown(report: Report) -> Section:
    section = show_sources(report.articles, report.quotations, report.spans, report.texts["article_id"])
    assert section is not None
    return section


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Mr. Doe", "Doe"),
        ("Sen. Jane Doe, a Republican", "Jane Doe"),
        ("Prof. Dr. Doe", "Doe"),
        ("Mayor Jane Doe", "Jane Doe"),
        ("President of the chamber", "President of the chamber"),
        ("the mayor", "the mayor"),
        ("Mayor", "Mayor"),
        ("Doe’s", "Doe"),
        ("  Jane\n Doe ", "Jane Doe"),
        (",", ","),
        ("She", PRONOUN),
        ("who", PRONOUN),
        ("Who Else Inc.", "Who Else Inc."),
        (None, NOBODY),
        ("D" * 99, "D" * (LONGEST - 1) + "…"),
    ],
)
def test_a_source_has_its_name_without_title_and_apposition(words: str | None, name: str) -> None:
    assert name_source(words) == name


@pytest.fixture
def report(make_report: Maker) -> Report:
    quotations = quotations_of(
        ("n0", "a reckless plan", "quoted", "Mr. Doe"),
        ("n0", "never again", "quoted", "DOE, a clerk"),
        ("n1", "we shall see", "quoted", "Jane Doe"),
        ("n1", "no", "quoted", "she"),
        ("n1", "yes", "quoted", None),
        ("n1", "reform", "scare", None),
        ("n2", "The Long Way Home", "narrator", None),
        ("n2", "never closed", "unclear", None),
        ("n2", "we won", "quoted", "Roe"),
    )
    spans = [
        ("n0", "Loaded", 0, 8, 0.9, "quoted", "Mr. Doe"),
        ("n0", "Scare", 0, 8, 0.9, "quoted", "Mr. Doe"),
        ("n0", "Loaded", 9, 14, 0.9, "quoted", "Doe"),
        ("n0", "Loaded", 18, 26, 0.9, "quoted", "Doe"),
        ("n0", "Loaded", 0, 3, 0.9, "narrator"),
        ("n1", "Loaded", 0, 3, 0.9, "quoted", "she"),
        ("n2", "Loaded", 0, 3, 0.9, "unclear"),
    ]
    texts = ["reckless folly is RECKLESS", "One", "Two", "Three"]
    return make_report(texts, *spans, columns={"outlet": ["A", "A", "B", "B"]}, quotations=quotations)


def test_the_sources_of_an_outlet_are_ranked_and_their_loaded_words_stand_beside_them(report: Report) -> None:
    sources, _ = shown(report).figures
    assert sources.table.header == ["outlet", "source", "quotations", "words", "loaded words in them"]
    assert sources.table.rows == [["A", "DOE", 2, 5, "reckless (2), folly"], ["A", "Jane Doe", 1, 3, ""], ["B", "Roe", 1, 2, ""]]


def test_what_stands_in_marks_adds_up(report: Report) -> None:
    _, marks = shown(report).figures
    assert marks.table.rows == [["A", 2, 6, 3, 1, 1, 1, 0, 0], ["B", 1, 3, 1, 0, 0, 0, 1, 1]]
    assert all(row[2] == sum(cell for cell in row[3:] if isinstance(cell, int)) for row in marks.table.rows)


def test_it_says_on_how_many_articles_it_rests_and_who_is_not_named(report: Report) -> None:
    on, nobody = shown(report).limits
    assert on.startswith("This rests on 4 articles of 4, ")
    assert nobody.startswith("Of 6 quotations 1 has a pronoun ")
    assert "for 1 none was found" in nobody


def test_where_nobody_is_quoted_there_is_no_such_section(make_report: Maker, page_of: Callable[[Report], Page]) -> None:
    for quotations in ((), (("n0", "reform", "scare", None),)):
        page = page_of(make_report(["A plan."], quotations=quotations_of(*quotations)))
        assert "Who is quoted" not in page.texts["h2"]


def test_of_many_outlets_and_sources_the_largest_are_shown_and_that_is_said(make_report: Maker) -> None:
    size = MOST_OUTLETS + 2
    rows = [(f"n{i}", "so", "quoted", f"Doe {j}") for i in range(size) for j in range(MOST_SOURCES + 1 if i else 1)]
    report = make_report(["One"] * size, columns={"outlet": [f"outlet {i:02}" for i in range(size)]}, quotations=quotations_of(*rows))
    sources, marks = shown(report).figures
    assert len(sources.table.rows) == MOST_OUTLETS * MOST_SOURCES
    assert "outlet 00" not in {row[0] for row in marks.table.rows}
    assert f"The {MOST_OUTLETS} outlets with most quotations of {size}." in marks.note


def test_its_tables_stand_in_the_page_without_a_plot_and_hostile_names_are_text(make_report: Maker, page_of: Callable[[Report], Page]) -> None:
    hostile = '<img src=x onerror="alert(1)">'
    spans = [("n0", "Loaded", 0, len(hostile), 0.9, "quoted", hostile)]
    page = page_of(make_report([hostile], *spans, columns={"outlet": [hostile]}, quotations=quotations_of(("n0", "so", "quoted", hostile))))
    assert "Who is quoted" in page.texts["h2"]
    assert page.texts["td"].count(hostile) == 2
    assert not [tag for tag, _ in page.elements if tag == "img"]
    sources = page.html[page.html.index('data-name="sources"') :]
    figure = sources[: sources.index("</figure>")]
    assert ("<table>" in figure, 'data-save="csv"' in figure) == (True, True)
    assert not [word for word in ("<svg", "<details", 'data-save="svg"') if word in figure]
