"""Stories of several outlets: what is found, what is not, and that each leads to its articles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from exports.report import Report
from exports.report.figures import Section, lead
from exports.report.stories import FEWEST, LONGEST, MOST_SHOWN, find_stories, show_stories
from schemas.text.tokens import count_words

Maker = Callable[..., Report]
FERRY = "The ferry from Ineboru sank at the pier after its captain Orlan ignored storm warnings, harbour police said."
AGAIN = "Captain Orlan ignored the storm warnings, so the Ineboru ferry sank at the pier: harbour police have questions."
THIRD = "Harbour police blame captain Orlan: storm warnings were ignored before the ferry sank at Ineboru pier."
# As many others as it takes, of which each has words of its own.
OTHERS = [f"The council of town{i} met about budget{i} and road{i} on a day{i}." for i in range(FEWEST)]


def tell(*rows: tuple[str, str, date | None, float]) -> list[list[str]]:
    """Outlets of the stories that these articles tell, among others: text, outlet, day, density."""
    others = [(text, f"Other {i}", None, 0.0) for i, text in enumerate(OTHERS)]
    schema = {"text": pl.String, "outlet": pl.String, "day": pl.Date, "density": pl.Float64}
    table = pl.DataFrame([*rows, *others], schema=schema, orient="row").with_columns(title=pl.col("text"))
    ids = pl.Series("article_id", [f"n{i}" for i in range(table.height)])
    return [[one.outlet for one in story] for story in find_stories(table.with_columns(ids))]


def day(number: int) -> date:
    return date(2026, 3, number)


def test_articles_of_several_outlets_on_one_event_are_a_story_that_begins_with_the_first() -> None:
    rows = [(AGAIN, "B", day(3), 1.0), (FERRY, "A", day(2), 1.0), (THIRD, "C", day(4), 1.0)]
    (story,) = tell(*rows)
    assert story[0] == "A"
    assert set(story) == {"A", "B", "C"}


def test_one_outlet_alone_tells_no_story_twice_and_of_its_articles_the_most_alike_counts() -> None:
    assert tell((FERRY, "A", day(2), 1.0), (AGAIN, "A", day(3), 1.0)) == []
    (story,) = tell((FERRY, "A", day(2), 1.0), (THIRD, "B", day(3), 1.0), (FERRY, "B", day(3), 1.0))
    assert story == ["A", "B"]


@pytest.mark.parametrize(("when", "found"), [(day(16), 1), (day(17), 0), (None, 1)], ids=["two weeks", "a day more", "not known"])
def test_articles_that_are_not_near_in_date_tell_other_stories(when: date | None, found: int) -> None:
    assert len(tell((FERRY, "A", day(2), 1.0), (AGAIN, "B", when, 1.0))) == found


def test_without_a_date_articles_have_to_be_more_alike() -> None:
    fire = "A fire at Tillbrook temple destroyed priceless manuscripts, which scholars had not copied, nor had monks."
    loosely = f"The ferry from Ineboru sank at the pier. {fire}"
    others = [(fire, "B", day(3), 1.0), (AGAIN, "A", day(3), 1.0)]
    assert len(tell((FERRY, "A", day(2), 1.0), (loosely, "B", day(3), 1.0), *others)) == 1
    assert tell((FERRY, "A", day(2), 1.0), (loosely, "B", None, 1.0), *others) == []


def test_other_articles_are_no_story_and_texts_without_a_common_word_neither() -> None:
    assert tell() == []
    table = pl.DataFrame({"article_id": ["a", "b"], "outlet": ["A", "B"], "title": ["", ""], "day": [None, None], "text": ["one", "two"]})
    assert find_stories(table.with_columns(density=1.0)) == []


def test_the_story_whose_outlets_differ_most_stands_first() -> None:
    fire, fires = "A fire at Tillbrook temple destroyed priceless manuscripts.", "Priceless manuscripts destroyed: Tillbrook temple fire was arson."
    found = tell((fire, "A", day(1), 4.0), (fires, "B", day(1), 5.0), (FERRY, "C", day(2), 0.0), (AGAIN, "D", day(2), 30.0))
    assert found == [["C", "D"], ["A", "B"]]


def shown(make_report: Maker, texts: list[str], **columns: list[Any]) -> Section | None:
    size = len(texts)
    known = {"outlet": [f"Outlet {i % 7}" for i in range(size)], "title": [f"Title {i}" for i in range(size)]}
    report = make_report(texts, ("n1", "Loaded", 0, 7, 0.9, "narrator"), columns=known | columns)
    return show_stories(report.articles, report.texts, report.codebook)


def test_the_table_has_each_outlets_title_the_most_loaded_first_and_leads_to_the_article(make_report: Maker) -> None:
    section = shown(make_report, [FERRY, AGAIN, *OTHERS])
    assert section is not None
    (figure,) = section.figures
    words = count_words(AGAIN)
    assert figure.table.rows == [["Title 0", "Outlet 1", "Title 1", 1000 / words], ["Title 0", "Outlet 0", "Title 0", 0.0]]
    assert figure.table.leads == {(0, 2): lead(id="n1"), (1, 2): lead(id="n0")}
    assert section.finding == "One story is told by several outlets, “Title 0”, with spans per 1,000 words of 56 in Outlet 1, 0.0 in Outlet 0."


def test_copies_tell_no_story(make_report: Maker) -> None:
    size = 2 + len(OTHERS)
    assert shown(make_report, [FERRY, AGAIN, *OTHERS], copy_of=[None, "n0", *[None] * (size - 2)]) is None


@pytest.mark.parametrize("texts", [[], [FERRY, AGAIN], OTHERS], ids=["none", "too few", "no story"])
def test_there_is_no_section_without_a_story(make_report: Maker, texts: list[str]) -> None:
    assert shown(make_report, texts or ["", "one two"]) is None


def test_no_more_than_the_most_different_are_shown_and_long_titles_are_cut(make_report: Maker) -> None:
    pairs = [f"Alpha{i} beta{i} gamma{i} delta{i} epsilon{i} zeta{i}." for i in range(MOST_SHOWN + 2) for _ in range(2)]
    section = shown(make_report, pairs, title=["T" * 99] * len(pairs))
    assert section is not None
    table = section.figures[0].table
    assert len(table.rows) == 2 * MOST_SHOWN
    assert table.rows[0][0] == "T" * (LONGEST - 1) + "…"
    assert section.figures[0].note.endswith(f"The {MOST_SHOWN} that differ most of {MOST_SHOWN + 2}.")
