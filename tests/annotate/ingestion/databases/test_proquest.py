"""Files of ProQuest: lines of underscores part the articles, and each fact has its name."""

from __future__ import annotations

import pytest

from annotate.ingestion.databases import find_database
from annotate.ingestion.databases.proquest import recognise_proquest, split_proquest
from annotate.ingestion.source import Unreadable

ONE = """Document 1 of 1

Mayor calls plan a disgrace
and leaves

Author: Doe, Jane

Publication info: The Example Times ; Dover [Dover]1 May 2012: A.4.

https://www.example.org/docview/101

Abstract: The mayor speaks.
And leaves.

Links: https://www.example.org/resolver

Full text: {text}

Subject: Mayors

ProQuest document ID: 101

Copyright: Copyright Example 2012
"""


@pytest.mark.parametrize("numbered", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("languages", [["English"], ["English", "German", "French"]])
def test_each_of_a_hundred_articles_is_found_as_it_was(downloads, compare, numbered, end, languages):
    articles = downloads.make_articles(languages=languages)
    text = downloads.proquest(articles, numbered=numbered).replace("\n", end)
    database = find_database(text)
    assert database is not None
    assert database.name == "ProQuest"
    rows = list(database.split(text))
    assert compare(articles, rows) == []
    assert [(row["database_id"], row["url"][-3:], row["published"]) for row in rows] == [
        (str(700 + article.number), str(700 + article.number), article.date(weekday=False)) for article in articles
    ]


def test_a_document_whose_paragraphs_are_lines_gives_the_same(downloads, compare):
    articles = downloads.make_articles(20)
    text = "\n".join(line for line in downloads.proquest(articles).split("\n") if line and not line.startswith("____"))
    assert recognise_proquest(text)
    assert compare(articles, list(split_proquest(text))) == []


def test_a_review_may_name_a_publisher(downloads, compare):
    article = downloads.make_articles(1)[0]
    review = downloads.replace(article, paragraphs=("A book.", "Publisher: Example Books", "Pages: 12", "It is long."))
    assert compare([review], list(split_proquest(downloads.proquest([review])))) == []


def test_facts_are_found_in_the_line_of_the_publication_where_they_have_no_names():
    text = ONE.format(text="The port shut.\nSubject: to debate, he said.\nTitle: none.\nIt left.")
    assert recognise_proquest(text)
    (row,) = split_proquest(text)
    assert row == {
        "title": "Mayor calls plan a disgrace and leaves",
        "text": "The port shut.\n\nSubject: to debate, he said.\n\nTitle: none.\n\nIt left.",
        "outlet": "The Example Times",
        "author": "Doe, Jane",
        "published": "1 May 2012",
        "database_id": "101",
    }


@pytest.mark.parametrize("text", ["", "Not available.", "None available.", "Full text unavailable"])
def test_an_article_without_a_text_is_told_by_its_title(text):
    (row,) = split_proquest(ONE.format(text=text))
    assert row == Unreadable("the article 'Mayor calls plan a disgrace and leaves' has no text in the file", "Download it with its full text")
    (row,) = split_proquest(ONE.replace("Full text: {text}\n", ""))
    assert isinstance(row, Unreadable)


def test_marks_that_are_missing_are_counted(downloads):
    articles = downloads.make_articles(5)
    text = downloads.proquest(articles)
    lines = text.split("\n")
    marks = [place for place, line in enumerate(lines) if line.startswith("____")]
    rows = list(split_proquest("\n".join(lines[: marks[2]] + lines[marks[2] + 4 :])))
    assert [isinstance(row, dict) for row in rows] == [True, False, False, True, True]
    rows = list(split_proquest("\n".join(lines[: marks[2]] + lines[marks[3] :])))
    assert [row.reason for row in rows if isinstance(row, Unreadable)] == ["the file says 5 articles, and 4 were found"]
    rows = list(split_proquest(text[: text.rindex("Full text: ") + 90]))
    assert [isinstance(row, dict) for row in rows] == [True] * 4 + [False]
    listed = ["Table of contents", *(f"{number}. {article.title}" for number, article in enumerate(articles, start=1)), ""]
    bare = downloads.proquest(articles[:4], numbered=False)
    assert [row.reason for row in split_proquest("\n".join(listed) + bare) if isinstance(row, Unreadable)] == [
        "the file says 5 articles, and 4 were found"
    ]
