"""Files of Factiva whose facts stand in order and without names."""

from __future__ import annotations

import pytest

from annotate.ingestion.databases import find_database
from annotate.ingestion.databases.factiva import split_factiva
from annotate.ingestion.source import Unreadable

ONE = """{title}
1,204 words
6 June 2025
The Example Times
EXTI
1; National
12
English
© 2025 Example. All rights reserved.

The port shut.

It was 12 words
and no more.

Document EXTI000020250606el660001x
"""


@pytest.mark.parametrize("languages", [["English"], ["English", "German", "French"]])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_each_of_a_hundred_articles_is_found_as_it_was(downloads, compare, languages, end):
    articles = downloads.make_articles(languages=languages)
    text = end.join(downloads.factiva(articles))
    database = find_database(text)
    assert database is not None
    assert database.name == "Factiva"
    rows = list(database.split(text))
    assert compare(articles, rows) == []
    assert [row["database_id"] for row in rows] == [article.database_id for article in articles]
    assert [row["published"] for row in rows] == [article.date(weekday=False) for article in articles]


def test_a_rich_text_file_of_a_hundred_articles_is_read(downloads, compare, tmp_path):
    from striprtf.striprtf import rtf_to_text

    articles = downloads.make_articles(languages=["English", "French"])
    text = rtf_to_text(downloads.rtf(tmp_path / "articles.rtf", downloads.factiva(articles)).read_text("ascii"))
    assert compare(articles, list(split_factiva(text))) == []


@pytest.mark.parametrize(
    ("title", "section", "wanted", "author"),
    [
        ("Port shuts", None, "Port shuts", None),
        ("Port shuts\nJane Doe", None, "Port shuts", "Jane Doe"),
        ("Port shuts\nBy Jane Doe in Dover", None, "Port shuts", "Jane Doe in Dover"),
        ("News\nPort Shuts After Debate", "News", "Port Shuts After Debate", None),
        ("Local Affairs\nThe port shuts after a long debate\nJane Doe and John Q. Public", "Local Affairs", "The port shuts after a long debate",
         "Jane Doe and John Q. Public"),
        ("The port shuts after a debate that was as long as it\nwas loud\nJane Doe", None,
         "The port shuts after a debate that was as long as it was loud", "Jane Doe"),
    ],
)  # fmt: skip
def test_title_author_and_section_are_told_apart(title, section, wanted, author):
    (row,) = split_factiva(ONE.format(title=title))
    assert row == {
        **({"section": section} if section else {}),
        **({"author": author} if author else {}),
        "title": wanted,
        "text": "The port shut.\n\nIt was 12 words and no more.",
        "outlet": "The Example Times",
        "published": "6 June 2025",
        "edition": "1; National",
        "length_stated": 1204,
        "language": "en",
        "database_id": "EXTI000020250606el660001x",
    }


def test_a_list_before_the_articles_is_left_out_and_says_how_many_there_are(downloads, compare):
    articles = downloads.make_articles(6)
    listed = ["Factiva", "Dow Jones", "Headlines", *(f"{number}. {article.title}" for number, article in enumerate(articles, start=1))]
    lines = downloads.factiva(articles)
    assert compare(articles, list(split_factiva("\n".join(listed + lines)))) == []
    first = next(place for place, line in enumerate(lines) if line.startswith("Document EX"))
    *rows, last = split_factiva("\n".join(listed + lines[first + 1 :]))
    assert [isinstance(row, dict) for row in rows] == [True] * 5
    assert last.reason == "the file says 6 articles, and 5 were found"


def test_numbers_that_are_missing_are_counted(downloads):
    lines = downloads.factiva(downloads.make_articles(5))
    marks = [place for place, line in enumerate(lines) if line.startswith("Document EX")]
    rows = list(split_factiva("\n".join(lines[: marks[1]] + lines[marks[1] + 1 :])))
    assert [isinstance(row, dict) for row in rows] == [True, False, False, True, True]
    rows = list(split_factiva("\n".join(lines[: marks[4] - 1])))
    assert [isinstance(row, dict) for row in rows] == [True] * 4 + [False]


def test_an_article_without_a_text_is_told_by_its_title():
    (row,) = split_factiva(ONE.format(title="Port shuts").replace("The port shut.\n\nIt was 12 words\nand no more.\n", ""))
    assert row == Unreadable("the article 'Port shuts' has no text in the file", "Download it with its full text")


def test_an_article_whose_facts_are_damaged_is_set_aside():
    (row,) = split_factiva(ONE.format(title="Port shuts").replace("1,204 words", "1,204 w"))
    assert row == Unreadable("the facts of the article 'Port shuts' cannot be told from its text", "Look at it in the file")
