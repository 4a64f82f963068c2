"""Files of every common kind become one table; what is wrong in them is said or set aside."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.ingestion import ingest
from annotate.sources import KINDS, find_files
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.errors import FramingError

HTML = """<!doctype html><html lang="en"><head><title>Port shuts</title><meta name="author" content="Ada Quill">
<meta property="og:site_name" content="The Gull"><meta property="article:published_time" content="2026-03-02"></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>Port shuts</h1>
<p>The council closed the old port on Monday after a vote that lasted nine hours, and four hundred people lost their work.</p>
<p>Nobody called it a “reform” before the vote, and nobody has called it anything else since the gates were chained.</p>
<script>track("reader")</script></article><footer>Cookie settings</footer></body></html>"""


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def put_jsonl(folder: Path, *rows: object) -> Path:
    return put(folder, "a.jsonl", "\n".join(json.dumps(row) for row in rows))


def column(path: Path, name: str, **options: Any) -> list[Any]:
    return ingest([path], **options).articles[name].to_list()


# What is found


def test_a_folder_is_read_to_its_depths_without_hidden_or_unreadable_files(tmp_path: Path) -> None:
    for name in ("b.txt", "deep/er/a.MD", ".hidden.txt", ".git/x.txt", "deep/.cache/y.txt", "photo.png"):
        put(tmp_path, name, name)
    assert find_files([tmp_path]) == [tmp_path / "b.txt", tmp_path / "deep" / "er" / "a.MD"]


def test_a_folder_named_through_its_parent_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "news/a.txt", "A text.")
    put(tmp_path, "work/x", "")
    monkeypatch.chdir(tmp_path / "work")
    assert [path.name for path in find_files(["../news"])] == ["a.txt"]


def test_a_folder_inside_a_hidden_one_is_read_when_it_is_named(tmp_path: Path) -> None:
    path = put(tmp_path, ".local/news/a.txt", "A text.")
    assert find_files([path.parent]) == [path]


def test_a_glob_stands_for_its_matches_each_once(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "sub/c.txt", "d.csv"):
        put(tmp_path, name, "text")
    assert [path.name for path in find_files([str(tmp_path / "*.txt"), tmp_path / "a.txt"])] == ["a.txt", "b.txt"]
    assert [path.name for path in find_files([str(tmp_path / "**" / "*.txt")])] == ["a.txt", "b.txt", "c.txt"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    path = put(tmp_path, "a[1].txt", "text")
    put(tmp_path, "a1.txt", "other")
    assert find_files([str(path)]) == [path]


@pytest.mark.parametrize("name", ["missing.txt", "*.nothing", "photo.png", "empty", "README"])
def test_what_cannot_be_found_or_read_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    put(tmp_path, "photo.png", b"\x89PNG")
    put(tmp_path, "README", "text")
    with pytest.raises(FramingError) as caught:
        find_files([str(tmp_path / name)])
    assert caught.value.where == str(tmp_path / name)


def test_a_link_that_leads_nowhere_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    with pytest.raises(FramingError):
        find_files([tmp_path / "a.txt"])


def test_a_dataset_is_its_articles_and_not_its_other_tables_or_old_copies(tmp_path: Path) -> None:
    rows = [{"article_id": "007", "annotator": "ada", "origin": "manual"}, {"article_id": "b", "annotator": "ada", "origin": "manual"}]
    articles = pl.DataFrame({"article_id": ["007", "b"], "text": ["One.", "Two."], "ward": ["n", "s"]})
    write_dataset(tmp_path, Dataset(articles, pl.DataFrame(rows)))
    write_dataset(tmp_path, Dataset(articles, pl.DataFrame(rows[:1])))
    found = ingest([tmp_path])
    assert found.articles.equals(read_dataset(tmp_path).articles)
    assert (found.rejected, found.notices) == ([], [])


# What is read


def test_a_text_file_is_an_article_titled_by_its_name_with_a_hash_as_id(tmp_path: Path) -> None:
    row = ingest([put(tmp_path, "Port shuts.txt", "\ufeffThe café 🚢 of the old port\r\nshut.\0")]).articles.row(0, named=True)
    assert (row["title"], row["text"], row["outlet"]) == ("Port shuts", "The café 🚢 of the old port\nshut.", None)
    assert row["article_id"] == hashlib.sha256("\0The café 🚢 of the old port\nshut.".encode()).hexdigest()[:16]


def test_what_was_removed_from_texts_is_reported_with_counts(tmp_path: Path) -> None:
    notices = ingest([put(tmp_path, "a.txt", "\ufeffone\r\ntwo\r\n"), put(tmp_path, "b.txt", "b\r\n")]).notices
    assert [notice for notice in notices if "carriage return" in notice and notice.endswith(": 3")]
    assert [notice for notice in notices if "byte-order mark" in notice and notice.endswith(": 1")]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_markdown_file_is_titled_by_its_heading_and_keeps_its_signs(tmp_path: Path, mark: str) -> None:
    row = ingest([put(tmp_path, "a.md", mark + "# Port shuts\n\nIt is a *reform*.")]).articles.row(0, named=True)
    assert (row["title"], row["text"]) == ("Port shuts", "# Port shuts\n\nIt is a *reform*.")


def test_the_first_word_of_a_heading_keeps_its_own_hash_sign(tmp_path: Path) -> None:
    assert column(put(tmp_path, "a.md", "# #PortShut spreads\n\nText."), "title") == ["#PortShut spreads"]


def test_html_is_read_without_menus_and_with_what_its_head_tells(tmp_path: Path) -> None:
    row = ingest([put(tmp_path, "a.html", HTML)]).articles.row(0, named=True)
    assert "“reform” before the vote" in row["text"]
    assert not [word for word in ("Sport", "Cookie", "track", "<p>") if word in row["text"]]
    assert (row["title"], row["author"], row["outlet"], row["published"]) == ("Port shuts", "Ada Quill", "The Gull", "2026-03-02")


def test_html_without_an_article_is_not_an_article(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="no article with text"):
        ingest([put(tmp_path, "a.html", "<html><body></body></html>")])


def test_ids_and_columns_of_a_csv_table_stay_what_they_are(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", '\ufeffid,text,views,ward\r\n007,"One, ""two""\r\nthree",0010,\r\n7,x,,south\r\n')
    table = ingest([path]).articles
    assert table.select("article_id", "text", "views", "ward").rows() == [("007", 'One, "two"\nthree', "0010", None), ("7", "x", None, "south")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_separated_by_commas_semicolons_or_tabs_are_read(tmp_path: Path, separator: str) -> None:
    path = put(tmp_path, "a.csv", f"id{separator}text\n1{separator}one two\n")
    assert column(path, "text") == ["one two"]


def test_a_csv_table_in_utf_16_as_spreadsheets_write_it_is_read(tmp_path: Path) -> None:
    assert column(put(tmp_path, "a.csv", "id\ttext\r\n007\tcafé\r\n".encode("utf-16")), "text") == ["café"]


def test_columns_of_the_users_own_are_kept_also_when_their_kinds_are_mixed(tmp_path: Path) -> None:
    path = put_jsonl(tmp_path, {"text": "a", "n": 1, "tags": ["x"]}, {"text": "b", "n": "two"}, {"text": "c", "late": True})
    table = ingest([path]).articles
    assert table["n"].to_list() == ["1", "two", None]
    assert table["late"].to_list() == [None, None, True]
    assert "x" in table["tags"][0]


def test_a_number_too_large_for_a_column_is_not_dropped_in_silence(tmp_path: Path) -> None:
    path = put_jsonl(tmp_path, {"text": "a", "n": 2**200})
    assert str(column(path, "n")[0]) == str(2**200)


def test_a_parquet_table_keeps_ids_dates_and_lists_as_readable_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"id": [7, 8], "text": ["one", "two"], "published": [datetime.date(2026, 1, 2)] * 2, "tags": [["x"], None]}).write_parquet(path)
    table = ingest([path]).articles
    assert table["article_id"].to_list() == ["7", "8"]
    assert table["published"].to_list() == ["2026-01-02"] * 2
    assert "x" in table["tags"][0]


@pytest.mark.parametrize(
    ("row", "expected"), [({"article_id": "a", "id": "b"}, "a"), ({"article_id": "", "id": "b"}, "b"), ({"id": 0}, "0"), ({"id": "007"}, "007")]
)
def test_the_users_own_id_is_taken_first_from_article_id_then_from_id(tmp_path: Path, row: dict[str, Any], expected: str) -> None:
    assert column(put_jsonl(tmp_path, row | {"text": "x"}), "article_id") == [expected]


def test_without_an_id_url_and_text_make_one_so_two_urls_are_two_articles(tmp_path: Path) -> None:
    ids = column(put_jsonl(tmp_path, {"text": "x", "url": "u"}, {"text": "x", "url": "v"}, {"text": "x"}), "article_id")
    assert len(set(ids)) == 3


def test_a_line_separator_inside_a_json_string_does_not_end_the_line(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jsonl", '{"id": "1", "text": "one\u2028two 🚢"}\r\n\n{"id": "2", "text": "x"}\n')
    assert column(path, "text") == ["one\u2028two 🚢", "x"]


def test_a_byte_order_mark_before_lines_of_json_is_no_fault(tmp_path: Path) -> None:
    assert column(put(tmp_path, "a.jsonl", '\ufeff{"text": "x"}\n'), "text") == ["x"]


def test_the_column_of_the_text_and_the_outlet_can_be_named(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "id,body,outlet\n1,one,\n2,two,Gull\n")
    assert column(path, "text", text_column="body") == ["one", "two"]
    assert column(path, "outlet", text_column="body", outlet="Tern") == ["Tern", "Gull"]


# What is wrong


def test_a_table_without_the_column_of_the_text_names_the_columns_it_has(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match=r"no column 'text' \(there are: id, body\)"):
        ingest([put(tmp_path, "a.csv", "id,body\n1,one\n")])


def test_the_same_article_twice_is_kept_once_and_said(tmp_path: Path) -> None:
    found = ingest([put_jsonl(tmp_path, {"id": 1, "text": "x"}, {"id": "1", "text": "x"}), put(tmp_path, "b.txt", "y"), put(tmp_path, "c.txt", "y")])
    assert found.articles.height == 2
    assert [notice for notice in found.notices if "twice" in notice and notice.endswith(": 2")]


def test_two_texts_under_one_id_are_refused_with_the_id_and_the_row(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match=r"a\.jsonl, row 2: article_id '1' stands for two different texts"):
        ingest([put_jsonl(tmp_path, {"id": 1, "text": "x"}, {"id": 1, "text": "y"})])


@pytest.mark.parametrize("text", [None, "", " \n\u2028", 7, "\ufeff", "\0\ufeff \r\n", "half \ud83d"])
def test_a_row_without_text_is_set_aside_with_its_place_and_the_others_are_kept(tmp_path: Path, text: object) -> None:
    found = ingest([put_jsonl(tmp_path, {"id": "a", "text": "x"}, {"id": "b", "text": text})])
    assert found.articles["article_id"].to_list() == ["a"]
    (refused,) = found.rejected
    assert refused["row"] == {"where": f"{tmp_path / 'a.jsonl'}, row 2"}


def test_a_line_of_json_without_the_key_of_the_text_is_set_aside_like_an_empty_one(tmp_path: Path) -> None:
    found = ingest([put_jsonl(tmp_path, {"id": "a", "text": "x"}, {"id": "b"})])
    assert (found.articles["article_id"].to_list(), len(found.rejected)) == (["a"], 1)


@pytest.mark.parametrize(
    "row", [{"title": "half \ud83d"}, {"url": "half \ud83d"}, {"id": "half \ud83d"}, {"ward": "half \ud83d"}, {"half \ud83d": "x"}]
)
def test_half_a_surrogate_pair_outside_the_text_is_set_aside_or_an_error_of_ours(tmp_path: Path, row: dict[str, str]) -> None:
    path = put_jsonl(tmp_path, {"text": "fine"}, row | {"text": "x"})
    try:
        found = ingest([path])
    except FramingError:
        return
    write_dataset(tmp_path / "out", Dataset(found.articles, rejected=found.rejected))
    assert found.articles.height + len(found.rejected) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"text": "x"}\n{"text": \n'),
        ("a.jsonl", '["text"]'),
        ("a.jsonl", '"text"'),
        ("a.jsonl", "[" * 100_000),
        ("a.csv", "id,text\n1,one,two,three\n"),
        ("a.csv", 'id,text\n1,"never closed\n2,x\n'),
        ("a.csv", b"\x89PNG\0\0\1\2\xff"),
        ("a.parquet", "id,text\n1,x\n"),
        ("a.parquet", b"PAR1" + b"\0" * 40 + b"PAR1"),
        ("a.txt", b"\0\1\2\3" * 40),
        ("a.txt", b""),
        ("a.html", b"\x89PNG\0\0\1\2\xff"),
    ],
    ids=[
        "cut json",
        "json list",
        "json string",
        "deep json",
        "ragged csv",
        "open quote",
        "binary csv",
        "csv as parquet",
        "zeros",
        "binary",
        "empty",
        "binary html",
    ],
)
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, name: str, content: str | bytes) -> None:
    path = put(tmp_path, name, content)
    with pytest.raises(FramingError) as caught:
        ingest([path])
    assert caught.value.where == str(path)


def test_files_with_nothing_in_them_but_white_space_are_no_articles(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="no article with text"):
        ingest([put(tmp_path, "a.txt", " \n\n"), put(tmp_path, "b.csv", "id,text\n")])


def test_latin_1_is_read_and_the_guess_is_reported(tmp_path: Path) -> None:
    found = ingest([put(tmp_path, "a.txt", "Le café du maire était fermé, déclara le préfet.".encode("latin-1"))])
    assert found.articles["text"].to_list() == ["Le café du maire était fermé, déclara le préfet."]
    assert [notice for notice in found.notices if "guess" in notice]


def test_every_kind_of_file_has_a_reader_that_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(FramingError) as caught:
        find_files([put(tmp_path, "a.docx", "x")])
    assert caught.value.todo is not None
    assert all(kind in caught.value.todo for kind in KINDS)


def test_what_was_ingested_is_a_dataset_that_reads_back(tmp_path: Path) -> None:
    found = ingest([put_jsonl(tmp_path, {"id": "007", "text": "One 🚢.", "ward": 3}, {"id": "b", "text": ""})])
    write_dataset(tmp_path / "out", Dataset(found.articles, rejected=found.rejected))
    assert read_dataset(tmp_path / "out").articles.equals(found.articles)
    assert json.loads((tmp_path / "out" / "rejected.jsonl").read_text())["reason"] == "no text"
