"""Files of Nexis Uni: a list, and articles that end with a mark."""

from __future__ import annotations

import pytest

from annotate.ingestion.databases import find_database
from annotate.ingestion.databases.nexis_uni import recognise_nexis_uni, split_nexis_uni
from annotate.ingestion.source import Unreadable

ALONE = """Mayor calls plan a disgrace
and leaves
The Daily Example
June 6, 2025 Friday 10:15 PM GMT

Copyright 2025 Example All Rights Reserved
Section: NEWS
Length: 612 words
Byline: By Jane Doe
Highlight: A mayor speaks.
Body

A disgrace, said the mayor.
Body
Graphic
She left.
Section: a word that stays.
Classification

Language: ENGLISH
Publication-Type: Newspaper
Load-Date: June 6, 2025

End of Document
"""


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("languages", [["English"], ["English", "German", "French"]])
def test_each_of_a_hundred_articles_is_found_as_it_was(downloads, compare, listed, languages):
    articles = downloads.make_articles(languages=languages)
    text = "\n".join(downloads.nexis_uni(articles, listed=listed))
    database = find_database(text)
    assert database is not None
    assert database.name == "Nexis Uni"
    rows = list(database.split(text))
    assert compare(articles, rows) == []
    assert [row["published"] for row in rows] == [article.date(weekday=True) for article in articles]
    assert {row["language"] for row in rows} <= {"en", "de", "fr"}


def test_a_word_document_of_a_hundred_articles_is_read(downloads, compare, tmp_path):
    from docx import Document

    articles = downloads.make_articles(languages=["English", "German"])
    path = downloads.docx(tmp_path / "articles.docx", downloads.nexis_uni(articles))
    text = "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)
    assert compare(articles, list(split_nexis_uni(text))) == []


def test_lines_of_an_article_that_look_like_marks_stay_and_its_title_may_have_two_lines():
    assert recognise_nexis_uni(ALONE)
    (row,) = split_nexis_uni(ALONE)
    assert row == {
        "title": "Mayor calls plan a disgrace and leaves",
        "text": "A disgrace, said the mayor.\n\nBody",
        "outlet": "The Daily Example",
        "author": "Jane Doe",
        "published": "June 6, 2025 Friday 10:15 PM GMT",
        "section": "NEWS",
        "length_stated": 612,
        "language": "en",
    }
    (row,) = split_nexis_uni(ALONE.replace("Graphic\n", ""))
    assert row["text"] == "A disgrace, said the mayor.\n\nBody\n\nShe left.\n\nSection: a word that stays."


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ("Copyright 2025 Example All Rights Reserved\n", set()),
        ("Length: 612 words\n", {"length_stated"}),
        ("Byline: By Jane Doe\n", {"author"}),
        ("Section: NEWS\n", {"section"}),
        ("Classification\n", set()),
    ],
)
def test_a_fact_that_is_missing_takes_nothing_else_along(without, missing):
    (whole,) = split_nexis_uni(ALONE)
    (row,) = split_nexis_uni(ALONE.replace(without, "", 1))
    assert row == {name: value for name, value in whole.items() if name not in missing}


def test_a_title_may_look_like_a_fact():
    for title in ("Notes: a mayor speaks", "Section: Closed", "Update: The mayor leaves"):
        (row,) = split_nexis_uni(ALONE.replace("Mayor calls plan a disgrace\nand leaves", title))
        assert (row["title"], row["outlet"], row["section"]) == (title, "The Daily Example", "NEWS")


def test_a_text_without_its_heading_begins_after_the_facts():
    (row,) = split_nexis_uni(ALONE.replace("Body\n\n", "", 1).replace("\nBody\nGraphic", "").replace("She left.\n", ""))
    assert row["text"].startswith("A disgrace, said the mayor.")


def test_an_article_without_a_text_is_told_by_its_title():
    text = ALONE.replace("Body\n\nA disgrace, said the mayor.\nBody\n", "").replace("She left.\nSection: a word that stays.\n", "A photo.\n")
    (row,) = split_nexis_uni(text)
    assert row == Unreadable("the article 'Mayor calls plan a disgrace and leaves' has no text in the file", "Download it with its full text")


def test_marks_that_are_missing_are_counted(downloads):
    articles = downloads.make_articles(5)
    lines = downloads.nexis_uni(articles, listed=False)
    third = [place for place, line in enumerate(lines) if line == "End of Document"][2]
    rows = list(split_nexis_uni("\n".join(lines[:third] + lines[third + 1 :])))
    assert [isinstance(row, dict) for row in rows] == [True, True, False, False, True]
    *rows, last = split_nexis_uni("\n".join(lines[:-10]))
    assert [isinstance(row, dict) for row in rows] == [True] * 4
    assert last.reason.startswith("where the article 'Mayor calls plan 5")


def test_the_list_says_how_many_articles_there_are(downloads):
    lines = downloads.nexis_uni(downloads.make_articles(5))
    marks = [place for place, line in enumerate(lines) if line == "End of Document"]
    *rows, last = split_nexis_uni("\n".join(lines[: marks[3] + 1]))
    assert [isinstance(row, dict) for row in rows] == [True] * 4
    assert last.reason == "the file says 5 articles, and 4 were found"


def test_the_list_ends_where_the_first_article_begins(downloads, compare):
    first, *others = downloads.make_articles(5)
    articles = [downloads.replace(first, title="The Daily Example view of the port", outlet="The Daily Example"), *others]
    lines = downloads.nexis_uni(articles)
    assert compare(articles, list(split_nexis_uni("\n".join(lines)))) == []
    # Where its numbers are a matter of style, they are no part of the text.
    bare = [line.split(". ", 1)[1] if line[:1].isdigit() and ". " in line[:4] else line for line in lines]
    assert bare != lines
    assert compare(articles, list(split_nexis_uni("\n".join(bare)))) == []


def test_a_list_alone_says_that_its_articles_are_elsewhere(downloads):
    lines = downloads.nexis_uni(downloads.make_articles(3))
    text = "\n".join(lines[: lines.index("Body") - 10])
    assert recognise_nexis_uni(text)
    assert [row.reason for row in split_nexis_uni(text)] == ["the file says 3 articles, and 0 were found"]


def test_the_frames_of_pages_are_left_out(downloads, compare):
    articles = downloads.make_articles(5)
    lines: list[str] = []
    for number, line in enumerate(downloads.nexis_uni(articles)):
        frame = [f"Page {number // 9} of 40", "| About LexisNexis | Privacy Policy | Terms & Conditions | Copyright © 2025 LexisNexis"]
        lines += [line, *(frame if number % 9 == 0 else [])]
    assert compare(articles, list(split_nexis_uni("\n".join(lines)))) == []
