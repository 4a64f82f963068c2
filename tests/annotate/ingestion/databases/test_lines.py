"""Lines, paragraphs and the numbers that databases state."""

from __future__ import annotations

import pytest

from annotate.ingestion.databases.lines import (
    count_listed,
    count_promised,
    gather_paragraphs,
    missing_end,
    read_count,
    split_lines,
    tell_difference,
    tell_title,
)


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("612 words", 612), ("1,204 words", 1204), ("1.204 Wörter", 1204), ("1 204 mots", 1204), ("1\u00a0204 palabras", 1204), ("1 word", 1),
        ("  12 woorden ", 12), ("words", None), ("612 people", None), ("the 612 words", None), ("612 words he said", None), ("", None),
    ],
)  # fmt: skip
def test_numbers_of_words_are_read_where_a_line_says_nothing_else(line, count):
    assert read_count(line) == count


def test_pages_end_lines_and_no_paragraphs():
    assert split_lines("\ufeff one\r\n\ftwo\rthree\n\f\nfour\n\n\ffive") == ["one", "two", "three", "four", "", "five"]


def test_paragraphs_are_lines_or_what_empty_lines_part():
    assert gather_paragraphs(["one", "two", "", "three"], wrapped=False) == ["one", "two", "three"]
    assert gather_paragraphs(["", "one", "two", "", "", "three"], wrapped=True) == ["one two", "three"]
    assert gather_paragraphs(["one", "two", "", "three"]) == ["one two", "three"]
    assert gather_paragraphs(["one", "two", "three"]) == ["one", "two", "three"]
    assert gather_paragraphs([]) == []
    full = ["the mayor said that the plan was a disgrace for all", "workers of the port and that it would be closed for", "ever."]
    assert gather_paragraphs(full) == [" ".join(full)]


@pytest.mark.parametrize(
    ("marks", "promised"),
    [
        ([], 0), ([(1, 3), (2, 3), (3, 3)], 3), ([(1, 3), (3, 3)], 3), ([(1, 2), (2, 2), (1, 3)], 5),
        ([(201, 3000), (202, 3000), (204, 3000)], 4), ([(1, 10), (2, 10), (8, 10), (4, 10)], 10), ([(1, 10), (2, 19), (3, 10)], 10),
    ],
)  # fmt: skip
def test_marks_promise_articles(marks, promised):
    assert count_promised(marks) == promised


def test_lists_are_counted_and_differences_told():
    assert count_listed(["Headlines", "1. One", "2. Two", "2. Two again", "3. Three", "5. Five"]) == 3
    assert list(tell_difference(3, 3)) == []
    assert [row.reason for row in tell_difference(1, 0)] == ["the file says 1 article, and 0 were found"]
    assert [row.reason for row in tell_difference(1200, 1)] == ["the file says 1,200 articles, and 1 was found"]


def test_titles_in_messages_are_short_and_on_one_line():
    assert tell_title(None) == "'(without a title)'"
    assert tell_title("Port\nshuts") == "'Port\\nshuts'"
    assert len(tell_title("A" * 10_000)) < 130
    assert [row.reason for row in missing_end("Port shuts", 2)] == [
        "where the article 'Port shuts' ends cannot be told: its mark is missing",
        "where the article after 'Port shuts' ends cannot be told: its mark is missing",
    ]
