"""Who is framed: the report counts spans by whom they are about, in the outlets' own voice."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from exports.report.figures import Section, Table
from exports.report.targets import show_targets
from schemas.codebook import Attribute, Codebook, Value

STANCE = tuple(Value(name=name, definition=name) for name in ("against", "for", "neither"))
ATTRIBUTES = (
    Attribute(name="target", kind="actor", definition="Whom it is about."),
    Attribute(name="stance", kind="choice", definition="Against or for.", values=STANCE),
)


@pytest.fixture
def book(make_book: Callable[..., Codebook]) -> Codebook:
    return make_book().model_copy(update={"attributes": ATTRIBUTES})


def framed(*spans: tuple[str, str, str | None, str | None]) -> pl.DataFrame:
    """Spans: article, voice, target, stance."""
    return pl.DataFrame(spans, schema=["article_id", "voice", "target", "stance"], orient="row").cast(pl.String).with_columns(text=pl.lit("Zealots"))


def outlets(count: int) -> pl.DataFrame:
    """Articles a0, b0, a1, ... of 100 words, of outlet A and B by turns; the Board is named twice in each."""
    ids = [f"{outlet}{number}" for number in range(count) for outlet in "ab"]
    return pl.DataFrame({"article_id": ids, "outlet": [name[0].upper() for name in ids], "words": 100, "mentions_Board": 2})


def tables(section: Section | None) -> dict[str, Table]:
    assert section is not None
    return {figure.name: figure.table for figure in section.figures}


def test_spans_about_each_actor_are_counted_by_outlet_per_thousand_words(book: Codebook) -> None:
    spans = framed(("a0", "narrator", "Board", "against"), ("a0", "scare", "Board", None), ("b0", "narrator", "Mill", "for"))
    found = tables(show_targets(outlets(2), spans, book))
    assert list(found["actors-by-outlet"].header) == ["outlet", "articles", "Board", "Mill"]
    assert found["actors-by-outlet"].rows == [["A", 2, 10.0, 0.0], ["B", 2, 0.0, 5.0]]


def test_articles_that_nobody_read_for_spans_are_in_no_mean(book: Codebook) -> None:
    read = outlets(2).with_columns(density_Loaded=pl.Series([0.0, 0.0, None, None]), density_Scare=0.0)
    found = tables(show_targets(read, framed(("a0", "narrator", "Board", "against")), book))
    assert found["actors-by-outlet"].rows == [["A", 1, 10.0], ["B", 1, 0.0]]


def test_stance_is_shown_by_month_where_there_are_two(book: Codebook) -> None:
    dated = outlets(10).with_columns(published=pl.Series([f"2026-0{1 + (i >= 20 - 2)}-03" for i in range(20)]))
    spans = framed(*((f"a{i}", "narrator", "Board", "against" if i % 2 else "for") for i in range(10)), ("b0", "narrator", "Mill", None))
    rows = tables(show_targets(dated, spans, book))["stance-by-month"].rows
    assert rows == [["2026-01", 9, 4 / 9, "–", 0, None, "–"], ["2026-02", 1, 1.0, "–", 0, None, "–"]]
    assert "stance-by-month" not in tables(show_targets(dated.with_columns(published=pl.lit("2026-01-03")), spans, book))


def test_of_each_actor_mentions_and_shares_are_said(book: Codebook) -> None:
    spans = framed(("a0", "narrator", "Board", "against"), ("a1", "narrator", "Board", "for"), ("b0", "narrator", "Board", None))
    rows = tables(show_targets(outlets(2), spans, book))["actors"].rows
    assert rows == [["Board", "zealots (3)", 3, 3, 8, 37.5, 0.5, "–", 0.5, "–", 0.0, "–"]]


def test_an_interval_takes_the_spans_of_one_article_as_one_draw(book: Codebook) -> None:
    # Ten articles, each with two spans that are alike: by hand, a share of .5 over ten draws is off by 1.96 * sqrt(.25 / 9).
    spans = framed(*(("ab"[n % 2] + str(n // 2), "narrator", "Board", "against" if n % 2 else "for") for n in range(10) for _ in range(2)))
    row = tables(show_targets(outlets(5), spans, book))["actors"].rows[0]
    assert row[6:8] == [0.5, "0.17 to 0.83"]


def test_where_all_articles_say_the_same_there_is_no_interval(book: Codebook) -> None:
    spans = framed(*(("ab"[n % 2] + str(n // 2), "narrator", "Board", "against") for n in range(10)))
    assert tables(show_targets(outlets(5), spans, book))["actors"].rows[0][6:10] == [1.0, "–", 0.0, "–"]


def test_what_others_say_in_quotations_is_not_the_outlets_framing(book: Codebook) -> None:
    spans = framed(("a0", "quoted", "Board", "against"), ("a0", "narrator", "Mill", "against"), ("a0", "narrator", None, "for"))
    section = show_targets(outlets(1), spans, book)
    assert [row[0] for row in tables(section)["actors"].rows] == ["Mill"]
    assert section is not None
    assert section.limits[0] == "Of 2 spans in the outlets' own voice, 1 are about somebody who can be named."


def test_the_text_says_who_is_framed_by_whom_and_as_what(book: Codebook) -> None:
    said = [("a0", "against"), ("a1", "against"), ("a1", "neither")]
    spans = framed(*((article, "narrator", "Board", stance) for article, stance in said), ("b0", "narrator", "Mill", "for"))
    section = show_targets(outlets(2), spans, book)
    assert section is not None
    assert section.finding == "The actor that more spans are about than any other is Board: 3 spans of 4, stance most often against (2)."
    assert section.text == ["Mill: 1 span."]
    assert section.figures[0].table.leads[0, 2] == "#articles?outlet=A&target=Board"


def test_without_targets_there_is_no_such_part(book: Codebook) -> None:
    assert show_targets(outlets(1), framed(("a0", "narrator", None, "against")), book) is None
    assert show_targets(outlets(1), framed(("a0", "narrator", "Mill", None)).drop("target"), book) is None
    assert show_targets(outlets(1), framed(("a0", "narrator", "Mill", None)), book.model_copy(update={"attributes": ()})) is None
