"""Files of Nexis as it was: numbers begin articles, capitals name facts, and lines are wrapped."""

from __future__ import annotations

import pytest

from annotate.ingestion.databases import find_database
from annotate.ingestion.databases.nexis import recognise_nexis, split_nexis
from annotate.ingestion.source import Unreadable

ALONE = """
                              The Daily Example

                              June 1, 2024 Monday
                                Late Edition;
                                  Scotland

Mayor calls plan a disgrace and
then leaves the hall

BYLINE: BY JANE DOE

SECTION: NEWS; Pg. 1

LENGTH: 1,042 words

DATELINE: DOVER

"A disgrace", said the
mayor.

Length matters.

GRAPHIC: A mayor,
by Example

LOAD-DATE: June 1, 2024

LANGUAGE: ENGLISH; SPANISH

PUBLICATION-TYPE: Newspaper

                              Copyright 2024 Example
                               All Rights Reserved
"""
OLDEST = """
                               {} of 2 DOCUMENTS

                     Copyright 2002 The Example Company
                              The Example Times

                   February 3, 2002, Sunday, Late Edition - Final

SECTION: Section A; Page 1; Column 2

LENGTH: 12 words

HEADLINE: Port Shuts After
  Long Debate

BYLINE:  By JOHN PUBLIC

DATELINE: DOVER, Feb. 2

BODY:
   The port shut on Friday, and
nobody was told.

   LENGTH is not all.

URL: http://www.example.org

SUBJECT: PORTS (90%)

LOAD-DATE: February 3, 2002
"""


@pytest.mark.parametrize("pages", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("languages", [["English"], ["English", "German", "French"]])
def test_each_of_a_hundred_articles_is_found_as_it_was(downloads, compare, pages, end, languages):
    articles = downloads.make_articles(languages=languages)
    text = downloads.nexis(articles, pages=pages).replace("\n", end)
    database = find_database(text)
    assert database is not None
    assert database.name == "Nexis"
    rows = list(database.split(text))
    assert compare(articles, rows) == []
    assert [row["language"] for row in rows] == [{"English": "en", "German": "de", "French": "fr"}[article.language] for article in articles]
    assert [row["published"] for row in rows] == [article.date(weekday=True) for article in articles]


def test_a_document_whose_paragraphs_are_lines_gives_the_same(downloads, compare):
    articles = [downloads.replace(article, edition=None) for article in downloads.make_articles(20)]
    lines: list[str] = []
    for number, article in enumerate(articles, start=1):
        lines += [f"{number} of 20 DOCUMENTS", article.outlet, article.date(weekday=True), article.title]
        lines += ([f"BYLINE: {article.author}"] if article.author else []) + ([f"SECTION: {article.section}"] if article.section else [])
        lines += [f"LENGTH: {article.words} words", *article.paragraphs, "LOAD-DATE: June 6, 2025", "LANGUAGE: ENGLISH", "Copyright 2025 Example"]
    assert compare(articles, list(split_nexis("\n".join(lines)))) == []


def test_an_article_that_was_downloaded_alone_has_no_number():
    assert recognise_nexis(ALONE)
    assert list(split_nexis(ALONE)) == [
        {
            "title": "Mayor calls plan a disgrace and then leaves the hall",
            "text": '"A disgrace", said the mayor.\n\nLength matters.',
            "outlet": "The Daily Example",
            "author": "JANE DOE",
            "published": "June 1, 2024 Monday",
            "section": "NEWS; Pg. 1",
            "edition": "Late Edition; Scotland",
            "length_stated": 1042,
            "language": "en",
        }
    ]


def test_titles_and_texts_may_have_names_too():
    rows = list(split_nexis(OLDEST.format(1) + OLDEST.format(2)))
    assert rows[0] == rows[1]
    assert rows[0] == {
        "title": "Port Shuts After Long Debate",
        "text": "The port shut on Friday, and nobody was told.\n\nLENGTH is not all.",
        "outlet": "The Example Times",
        "author": "JOHN PUBLIC",
        "published": "February 3, 2002, Sunday",
        "section": "Section A; Page 1; Column 2",
        "edition": "Late Edition - Final",
        "length_stated": 12,
    }


def test_facts_may_be_missing(downloads):
    article = (
        "\n\n{} of 2 DOCUMENTS\n\nThe Example\n\nJune 1, 2024\n\nPort shuts\n\nIt shut.\n\nNobody knew.\n\nLANGUAGE: ENGLISH\n\nCopyright 2024\n"
    )
    rows = list(split_nexis(article.format(1) + article.format(2)))
    assert [row["text"] for row in rows] == ["It shut.\n\nNobody knew."] * 2
    assert [row["title"] for row in rows] == ["Port shuts"] * 2


def test_a_number_that_is_missing_costs_the_two_articles_beside_it_and_both_are_counted(downloads):
    text = downloads.nexis(downloads.make_articles(10))
    rows = list(split_nexis(text.replace("4 of 10 DOCUMENTS", "")))
    assert sum(isinstance(row, dict) for row in rows) == 8
    assert [row.reason for row in rows if isinstance(row, Unreadable)] == [
        "where the article 'Mayor calls plan 3 a “disgrace” and then " + rows[2].reason.split("and then ")[1],
        rows[3].reason,
    ]
    first = list(split_nexis(text.replace("1 of 10 DOCUMENTS", "", 1)))
    assert [isinstance(row, dict) for row in first] == [False] + [True] * 9


def test_articles_that_the_file_says_it_has_are_missed(downloads):
    articles = downloads.make_articles(10)
    text = downloads.nexis(articles)
    cut = text[: text.index("10 of 10 DOCUMENTS")]
    *rows, last = split_nexis(cut)
    assert [isinstance(row, dict) for row in rows] == [True] * 9
    assert last == Unreadable("the file says 10 articles, and 9 were found", "Look for it in the file, or download it again")
    # Without the order the numbers themselves say it.
    *_, last = split_nexis(cut[cut.index("1 of 10 DOCUMENTS") :])
    assert last.reason == "the file says 10 articles, and 9 were found"


def test_a_part_of_what_was_found_is_whole_by_its_order_and_downloads_may_follow_each_other(downloads):
    articles = downloads.make_articles(4)
    part = downloads.nexis(articles).replace(" of 4 DOCUMENTS", " of 3,000 DOCUMENTS".replace(",", ""))
    assert [isinstance(row, dict) for row in split_nexis(part)] == [True] * 4
    plain = downloads.nexis(articles)
    plain = plain[plain.index("1 of 4 DOCUMENTS") :]
    assert [isinstance(row, dict) for row in split_nexis(plain + "\n" + plain)] == [True] * 8


def test_an_article_without_a_text_is_told_by_its_title():
    text = "\n1 of 1 DOCUMENT\n\nThe Example\n\nJune 1, 2024\n\nPort in pictures\n\nLENGTH: 12 words\n\nGRAPHIC: A port\n\nLOAD-DATE: June 1, 2024\n"
    (row,) = split_nexis(text)
    assert row == Unreadable("the article 'Port in pictures' has no text in the file", "Download it with its full text")


def test_what_closes_a_download_is_no_part_of_its_last_article(downloads):
    text = downloads.nexis(downloads.make_articles(2)) + "\n---- End of Request ----\nDownload Request: Selected Items: 1-2\n"
    assert [isinstance(row, dict) for row in split_nexis(text)] == [True, True]
