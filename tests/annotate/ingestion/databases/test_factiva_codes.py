"""Articles of Factiva whose facts stand under codes."""

from __future__ import annotations

import pytest

from annotate.ingestion.databases import find_database
from annotate.ingestion.databases.factiva_codes import read_coded
from annotate.ingestion.source import Unreadable

LINES = [
    "HD  Port shuts", "    after a debate", "WC  1,204 words", "PD  6 June 2025", "SN  The Example Times", "LA  English", "CY  (c) 2025 Example",
    "LP  IN the port.", "TD", "TD Bank was there.", "IN the end it left.", "CO and others too.", "IN  iport : Ports", "PUB  Example",
]  # fmt: skip


@pytest.mark.parametrize("between", ["\t", "  ", " ", "|", "\n", " | "])
@pytest.mark.parametrize("languages", [["English"], ["English", "German", "French"]])
def test_each_of_a_hundred_articles_is_found_as_it_was(downloads, compare, between, languages):
    articles = downloads.make_articles(languages=languages)
    text = "\n".join(downloads.coded(articles, between))
    database = find_database(text)
    assert database is not None
    assert database.name == "Factiva"
    rows = list(database.split(text))
    assert compare(articles, rows) == []
    assert [row["database_id"] for row in rows] == [article.database_id for article in articles]


def test_words_of_a_text_that_look_like_codes_stay_in_it():
    (row,) = read_coded([line.strip() for line in LINES], "X1")
    assert row == {
        "title": "Port shuts after a debate",
        "text": "IN the port.\n\nTD Bank was there.\n\nIN the end it left.\n\nCO and others too.",
        "outlet": "The Example Times",
        "published": "6 June 2025",
        "length_stated": 1204,
        "language": "en",
        "database_id": "X1",
    }


def test_lines_without_codes_are_nobodys():
    assert not read_coded(["Port shuts", "TD Bank was there."], "X1")


def test_an_article_without_a_text_is_told_by_its_title():
    (row,) = read_coded([line.strip() for line in LINES[:7]], "X1")
    assert row == Unreadable("the article 'Port shuts after a debate' has no text in the file", "Download it with its full text")


def test_a_number_that_is_missing_costs_the_two_articles_beside_it_and_both_are_counted(downloads):
    lines = downloads.coded(downloads.make_articles(5))
    marks = [place for place, line in enumerate(lines) if line.startswith("AN")]
    text = "\n".join(lines[: marks[1]] + lines[marks[1] + 1 :])
    database = find_database(text)
    assert database is not None
    assert [isinstance(row, dict) for row in database.split(text)] == [True, False, False, True, True]
    assert [isinstance(row, dict) for row in database.split("\n".join(lines[: marks[4]]))] == [True] * 4 + [False]
