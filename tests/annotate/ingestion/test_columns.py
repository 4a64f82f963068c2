"""Columns find their roles by the names that others give them, or by what the user says; what cannot be told is asked."""

from __future__ import annotations

import unicodedata
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.ingestion.columns import ROLES, find_roles, pick, take_roles
from schemas.errors import FramingError

Row = dict[str, Any]


def names_of(rows: list[Row]) -> list[str]:
    """Columns, and the keys of objects in them as paths."""
    names: dict[str, None] = {}
    for row in rows:
        for name, value in row.items():
            names[name] = None
            names.update(dict.fromkeys(f"{name}.{key}" for key in value) if isinstance(value, dict) else {})
    return list(names)


def take(row: Row, **chosen: str) -> Row:
    return take_roles(row, find_roles(names_of([row]), chosen, [row]))


def said(row: Row) -> tuple[str, ...]:
    return find_roles(names_of([row]), {}, [row]).said


# As others write them


@pytest.mark.parametrize(
    ("row", "roles"),
    [
        # Media Cloud
        (
            {
                "stories_id": 7,
                "media_name": "Post",
                "media_url": "https://post.example",
                "publish_date": "2025-06-17",
                "title": "T",
                "url": "u",
                "language": "en",
                "text": "x",
            },
            {"article_id": 7, "outlet": "Post", "published": "2025-06-17", "title": "T", "url": "u", "language": "en", "text": "x"},
        ),
        # GDELT
        (
            {
                "GKGRECORDID": "7-1",
                "DATE": 20250617101500,
                "SourceCommonName": "post.example",
                "DocumentIdentifier": "https://post.example/a",
                "text": "x",
            },
            {"article_id": "7-1", "published": 20250617101500, "outlet": "post.example", "url": "https://post.example/a"},
        ),
        # NewsAPI
        (
            {
                "source": {"id": None, "name": "Post"},
                "author": "J. Doe",
                "title": "T",
                "description": "d",
                "url": "u",
                "publishedAt": "2025-06-17T10:00:00Z",
                "content": "x",
            },
            {"outlet": "Post", "author": "J. Doe", "title": "T", "url": "u", "published": "2025-06-17T10:00:00Z", "text": "x", "description": "d"},
        ),
        # The Guardian
        (
            {
                "id": "world/a",
                "sectionId": "world",
                "sectionName": "World",
                "webPublicationDate": "2025-06-17T10:00:00Z",
                "webTitle": "T",
                "webUrl": "u",
                "apiUrl": "v",
                "fields": {"headline": "H", "byline": "J. Doe", "body": "<p>x</p>", "bodyText": "x"},
            },
            {
                "article_id": "world/a",
                "section": "World",
                "published": "2025-06-17T10:00:00Z",
                "title": "T",
                "url": "u",
                "author": "J. Doe",
                "text": "x",
                "sectionId": "world",
            },
        ),
        # news-please
        (
            {
                "authors": ["J. Doe", "R. Roe"],
                "date_publish": "2025-06-17",
                "date_download": "2025-06-18",
                "maintext": "x",
                "source_domain": "post.example",
                "title": "T",
            },
            {"author": "J. Doe; R. Roe", "published": "2025-06-17", "outlet": "post.example", "text": "x", "date_download": "2025-06-18"},
        ),
        # All the News
        (
            {
                "": 0,
                "id": 17,
                "title": "T",
                "publication": "Post",
                "author": "J. Doe",
                "date": "2025-06-17",
                "year": 2025.0,
                "url": None,
                "content": "x",
            },
            {"article_id": 17, "outlet": "Post", "published": "2025-06-17", "text": "x", "year": 2025.0},
        ),
        # newspaper3k, written by Python
        (
            {"url": "u", "source_url": "https://post.example", "authors": "['J. Doe', 'R. Roe']", "publish_date": "2025-06-17 00:00:00", "text": "x"},
            {"url": "u", "author": "J. Doe; R. Roe", "published": "2025-06-17 00:00:00", "source_url": "https://post.example"},
        ),
        # ProQuest, Nexis
        (
            {"Title": "T", "Authors": "Doe, J.", "pubtitle": "Post", "pubdate": "Jun 17, 2025", "DocumentURL": "u", "StoreId": "7", "Full text": "x"},
            {"title": "T", "author": "Doe, J.", "outlet": "Post", "published": "Jun 17, 2025", "url": "u", "article_id": "7", "text": "x"},
        ),
        # Feeds
        (
            {
                "title": "T",
                "link": "u",
                "pubDate": "Tue, 17 Jun 2025 10:00:00 GMT",
                "dc:creator": "J. Doe",
                "content:encoded": "<p>x</p>",
                "description": "d",
            },
            {"title": "T", "url": "u", "published": "Tue, 17 Jun 2025 10:00:00 GMT", "author": "J. Doe", "text": "<p>x</p>"},
        ),
        # WordPress
        (
            {"id": 7, "date": "2025-06-17T10:00:00", "link": "u", "title": {"rendered": "T"}, "content": {"rendered": "<p>x</p>"}, "author": 3},
            {"article_id": 7, "title": "T", "text": "<p>x</p>", "url": "u", "published": "2025-06-17T10:00:00"},
        ),
        # People
        (
            {"Headline": "T", "Publication Date": "2025-06-17", "newspaper": "Post", "By-line": "J. Doe", "Body": "x", "Section": "World"},
            {"title": "T", "published": "2025-06-17", "outlet": "Post", "author": "J. Doe", "text": "x", "section": "World"},
        ),
        (
            {"Título": "T", "fecha": "17/06/2025", "medio": "Correo", "texto": "x", "idioma": "es"},
            {"title": "T", "published": "17/06/2025", "outlet": "Correo", "text": "x", "language": "es"},
        ),
        (
            {"Titel": "T", "Datum": "17.06.2025", "Quelle": "Bote", "Volltext": "x"},
            {"title": "T", "published": "17.06.2025", "outlet": "Bote", "text": "x"},
        ),
        (
            {"titre": "T", "date": "17/06/2025", "source": "Courrier", "texte": "x", "auteur": "J"},
            {"title": "T", "outlet": "Courrier", "text": "x", "author": "J"},
        ),
    ],
)
def test_tables_of_collectors_databases_and_people_are_understood(row: Row, roles: Row) -> None:
    taken = take(row)
    assert {name: taken.get(name) for name in roles} == roles


@pytest.mark.parametrize("name", ["publish_date", "Publish Date", "publishDate", "PUBLISH-DATE", " publish_date ", "publish.date"])
def test_names_match_however_they_are_written(name: str) -> None:
    assert find_roles(["text", name], {}).columns["published"] == name


def test_no_name_stands_for_two_roles() -> None:
    def fold(name: str) -> str:
        return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if c.isalnum())

    for (one, names), (other, others) in combinations(ROLES.items(), 2):
        assert not {fold(name) for name in names} & {fold(name) for name in others}, (one, other)
    assert all(names[0] == role for role, names in ROLES.items())


# What is said


def test_a_guess_is_said_and_a_name_of_ours_is_not() -> None:
    assert said({"id": 1, "Text": "x", "OUTLET": "Post", "publish_date": "d"}) == ("publish_date is taken as the date",)
    assert said({"text": "x", "publish_date": "d", "date": "e"}) == ("publish_date is taken as the date (rather than date)",)
    assert said({"article_id": 7, "id": 1, "text": "x"}) == ("article_id is taken as the article's id (rather than id)",)


def test_a_name_of_ours_always_wins() -> None:
    row = {"text": "x", "content": "y", "outlet": "Post", "media_name": "Herald", "published": "d", "publish_date": "e", "article_id": "7", "id": "1"}
    assert take(row) == row


# What cannot be told


@pytest.mark.parametrize("names", [("content", "body"), ("article", "story", "title"), ("Author", "AUTHOR"), ("outlet name", "outlet_name")])
def test_two_columns_of_equal_standing_are_asked_about(names: tuple[str, ...]) -> None:
    with pytest.raises(FramingError) as caught:
        find_roles([*names, "url"], {})
    assert names[0] in str(caught.value)
    assert f"={names[1]}" in str(caught.value)


def test_the_answer_settles_it() -> None:
    assert take({"content": "x", "body": "y"}, text="body") == {"content": "x", "text": "y"}


def test_a_text_is_no_address_and_one_that_is_empty_gives_way() -> None:
    rows: list[Row] = [{"article": "https://post.example/a", "content": "The port shut.", "body": None}]
    assert find_roles(names_of(rows), {}, rows).columns["text"] == "content"


def test_where_no_column_is_a_text_there_is_none() -> None:
    assert "text" not in find_roles(["url", "description"], {}).columns


def test_a_source_that_is_a_page_is_no_outlet() -> None:
    assert "outlet" not in take({"text": "x", "source": "https://post.example/world/a"})
    assert take({"text": "x", "source": "https://post.example/"})["outlet"] == "https://post.example/"
    assert "outlet" not in take({"text": "x", "source": {"href": "u"}})


def test_rounded_numbers_are_no_ids() -> None:
    rows: list[Row] = [{"id": "7", "text": "x"}, {"id": "1.11E+11", "text": "y"}]
    roles = find_roles(["id", "text"], {}, rows)
    assert "article_id" not in roles.columns
    assert "rounded" in roles.said[0]
    # Also where it shows late, and in a column of that name.
    assert take_roles({"id": "1,11E+11", "text": "x"}, find_roles(["id", "text"], {})) == {"article_id_before": "1,11E+11", "text": "x"}
    assert take({"article_id": "1.11E+11", "text": "x"}) == {"article_id_before": "1.11E+11", "text": "x"}


# What the user says


def test_a_chosen_column_is_taken_whatever_its_name() -> None:
    assert take({"text": "x", "paper": "Post", "outlet": "?"}, outlet="paper") == {"text": "x", "outlet": "Post", "outlet_before": "?"}
    assert take({"text": "x", "Paper Name": "Post"}, outlet="paper_name")["outlet"] == "Post"
    assert take({"a": {"b": {"c": "x"}}}, text="a.b.c")["text"] == "x"
    assert take({"text": "x", "authors": [{"name": "J. Doe"}]}, author="authors.0.name")["author"] == "J. Doe"
    assert take({"title": "x"}, text="title") == {"text": "x"}


@pytest.mark.parametrize("column", ["headlines", "body.txt", "meta.a", ""])
def test_a_chosen_column_that_is_not_there_is_an_error_that_names_what_is(column: str) -> None:
    with pytest.raises(FramingError, match="headline, body, body"):
        find_roles(["headline", "body", "body.text"], {"title": column})


def test_a_role_that_is_none_is_an_error() -> None:
    with pytest.raises(FramingError, match="outlett"):
        find_roles(["text"], {"outlett": "text"})


# What becomes of the row


def test_columns_are_renamed_and_the_date_keeps_its_wording_beside() -> None:
    row = {"n": 1, "media_name": "Post", "publish_date": "June 17, 2025", "text": "x"}
    assert take(row) == {"n": 1, "outlet": "Post", "publish_date": "June 17, 2025", "published": "June 17, 2025", "text": "x"}
    assert take({"Published": "June 17, 2025", "Text": "x"}) == {"published": "June 17, 2025", "text": "x"}


def test_what_has_a_roles_name_in_a_later_row_gives_way_and_is_kept() -> None:
    roles = find_roles(["content"], {})
    assert take_roles({"content": "x", "text": "y", "text_before": "z"}, roles) == {"text": "x", "text_before": "z", "text_before_before": "y"}
    assert take_roles({"other": 1}, roles) == {"other": 1, "text": None}
    assert take_roles({"content": "x", "outlet": "Post"}, roles) == {"text": "x", "outlet": "Post"}


def test_what_is_nested_is_not_kept_twice() -> None:
    assert take({"article": {"body": "x", "words": 7}}) == {"text": "x", "article": {"words": 7}}
    assert take({"article": {"body": "x"}}) == {"text": "x"}


def test_paragraphs_people_and_whole_numbers_are_put_into_form() -> None:
    assert take({"text": ["One.", "Two."]})["text"] == "One.\n\nTwo."
    assert take({"text": "x", "author": [{"name": "J. Doe"}, "R. Roe", None]})["author"] == "J. Doe; R. Roe"
    assert take({"text": "x", "authors": []})["author"] is None
    assert take({"text": "x", "id": 7.0})["article_id"] == 7
    assert take({"text": "x", "authors": "['J. Doe"})["author"] == "['J. Doe"


def test_keys_are_picked_by_path_and_one_with_a_dot_comes_first() -> None:
    row = {"a": {"b": [{"c": 1}, 2], "d.e": 3}, "a.b": 4}
    assert pick(row, "a.b") == 4
    assert pick({"a": row["a"]}, "a.b.0.c") == 1
    assert pick({"a": row["a"]}, "a.b.1") == 2
    assert pick(row, "a.d.e") == 3
    assert [pick({"a": row["a"]}, path) for path in ("a.b.2", "a.b.x", "a.x.y", "x", "", "a.")] == [None] * 6


@given(row=st.dictionaries(st.text(max_size=8), st.text(max_size=5), max_size=5), path=st.text("ab.0", max_size=8))
def test_nothing_of_a_row_is_lost(row: Row, path: str) -> None:
    pick(row, path)
    taken = take_roles(row, find_roles(["content", "date"], {}))
    assert set(map(str, row.values())) <= set(map(str, taken.values()))
