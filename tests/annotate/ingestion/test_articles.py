"""Files of every common kind become one table, or portions of one; what is wrong in them is said or set aside."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.ingestion.articles import Portion, ingest, read_portions
from annotate.ingestion.files import find_files
from annotate.ingestion.options import make_options
from annotate.ingestion.record import TWICE, Reading
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
    return ingest([path], make_options(**options)).articles[name].to_list()


def portions(*paths: Path, characters: int = 1_000_000, longest: int = 1_000_000, **options: Any) -> tuple[list[Portion], Reading]:
    files = find_files(paths)
    reading = files.start_reading()
    return list(read_portions(files, reading, make_options(**options), characters=characters, longest=longest)), reading


def ids(found: list[Portion]) -> list[list[str]]:
    return [portion.articles["article_id"].to_list() for portion in found]


def refusals(found: list[Portion]) -> list[tuple[Any, Any]]:
    return [(refused["reason"], refused["row"]["where"]) for portion in found for refused in portion.rejected]


# What is found


def test_a_dataset_is_its_articles_and_not_its_other_tables_or_old_copies(tmp_path: Path) -> None:
    rows = [{"article_id": "007", "annotator": "ada", "origin": "manual"}, {"article_id": "b", "annotator": "ada", "origin": "manual"}]
    articles = pl.DataFrame({"article_id": ["007", "b"], "text": ["One.", "Two."], "ward": ["n", "s"]})
    write_dataset(tmp_path, Dataset(articles, pl.DataFrame(rows)))
    write_dataset(tmp_path, Dataset(articles, pl.DataFrame(rows[:1])))
    found = ingest([tmp_path])
    assert found.articles.equals(read_dataset(tmp_path).articles)
    assert (found.rejected, found.reading.notices()) == ([], [])


# What is read


def test_a_text_file_is_an_article_titled_by_its_name_with_a_hash_as_id(tmp_path: Path) -> None:
    row = ingest([put(tmp_path, "Port shuts.txt", "\ufeffThe café 🚢 of the old port\r\nshut.\0")]).articles.row(0, named=True)
    assert (row["title"], row["text"], row["outlet"]) == ("Port shuts", "The café 🚢 of the old port\nshut.", None)
    assert row["article_id"] == hashlib.sha256("\0The café 🚢 of the old port\nshut.".encode()).hexdigest()[:16]


def test_what_was_removed_from_texts_is_reported_with_counts(tmp_path: Path) -> None:
    notices = ingest([put(tmp_path, "a.txt", "\ufeffone\r\ntwo\r\n"), put(tmp_path, "b.txt", "b\r\n")]).reading.notices()
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
    assert (row["title"], row["author"], row["outlet"], row["published"]) == ("Port shuts", "Ada Quill", "The Gull", datetime.datetime(2026, 3, 2))


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
    assert table["published"].to_list() == [datetime.datetime(2026, 1, 2)] * 2
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
    with pytest.raises(FramingError, match=r"no column 'text' \(there are: id, prose\)"):
        ingest([put(tmp_path, "a.csv", "id,prose\n1,one\n")])


def test_the_same_article_twice_is_kept_once_and_said(tmp_path: Path) -> None:
    found = ingest([put_jsonl(tmp_path, {"id": 1, "text": "x"}, {"id": "1", "text": "x"}), put(tmp_path, "b.txt", "y"), put(tmp_path, "c.txt", "y")])
    assert found.articles.height == 2
    assert [notice for notice in found.reading.notices() if "twice" in notice and notice.endswith(": 2")]


def test_of_two_texts_under_one_id_the_second_is_set_aside_with_its_row(tmp_path: Path) -> None:
    found = ingest([put_jsonl(tmp_path, {"id": 1, "text": "x"}, {"id": 1, "text": "y"})])
    assert found.articles["text"].to_list() == ["x"]
    assert found.rejected == [{"reason": "article_id '1' stood for another text before", "row": {"where": f"{tmp_path / 'a.jsonl'}, row 2"}}]


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
        ("a.jsonl", '["text"]'),
        ("a.jsonl", '"text"'),
        ("a.jsonl", "[" * 100_000),
        ("a.csv", "id,text\n1,one,two,three\n"),
        ("a.csv", b"\x89PNG\0\0\1\2\xff"),
        ("a.parquet", "id,text\n1,x\n"),
        ("a.parquet", b"PAR1" + b"\0" * 40 + b"PAR1"),
        ("a.txt", b"\0\1\2\3" * 40),
        ("a.txt", b""),
        ("a.html", b"\x89PNG\0\0\1\2\xff"),
    ],
    ids=[
        "json list",
        "json string",
        "deep json",
        "ragged csv",
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
    assert [notice for notice in found.reading.notices() if "not UTF-8" in notice]


def test_what_was_ingested_is_a_dataset_that_reads_back(tmp_path: Path) -> None:
    found = ingest([put_jsonl(tmp_path, {"id": "007", "text": "One 🚢.", "ward": 3}, {"id": "b", "text": ""})])
    write_dataset(tmp_path / "out", Dataset(found.articles, rejected=found.rejected))
    assert read_dataset(tmp_path / "out").articles.equals(found.articles)
    assert json.loads((tmp_path / "out" / "rejected.jsonl").read_text())["reason"] == "no text"


# What is read portion by portion


def put_archive(folder: Path) -> list[Path]:
    """A hundred articles in files of four kinds, some of them with columns of their own."""
    texts = [f"Article {number}: the port shut. " * (1 + number % 7) for number in range(100)]
    rows = [{"id": str(number), "text": text, "ward": "north"} for number, text in enumerate(texts)]
    table = folder / "c.parquet"
    pl.DataFrame(rows[60:95]).write_parquet(table)
    lines = "".join(f"{row['id']},{row['text']},{row['ward']}\n" for row in rows[30:60])
    files = [put_jsonl(folder, *rows[:30]), put(folder, "b.csv.gz", gzip.compress(f"id,text,ward\n{lines}".encode())), table]
    return files + [put(folder, f"d{number}.txt", text) for number, text in enumerate(texts[95:])]


@pytest.mark.parametrize("characters", [1, 100, 2_000, 1_000_000])
def test_portions_are_what_is_ingested_of_the_same_files(tmp_path: Path, characters: int) -> None:
    files = put_archive(tmp_path)
    found, notices = portions(*files, characters=characters)
    whole = ingest(files)
    assert whole.articles.height == 100
    assert pl.concat([portion.articles for portion in found], how="diagonal").select(whole.articles.columns).equals(whole.articles)
    assert notices.to_dict() == whole.reading.to_dict()
    assert refusals(found) == []


def test_portions_hold_as_many_characters_as_were_asked_for_and_no_article_more(tmp_path: Path) -> None:
    found, _ = portions(*put_archive(tmp_path), characters=1_000)
    assert len(found) > 5
    for portion in found[:-1]:
        lengths = portion.articles["text"].str.len_chars().to_list()
        assert sum(lengths) >= 1_000 > sum(lengths[:-1])


def test_the_same_files_give_the_same_portions(tmp_path: Path) -> None:
    files = put_archive(tmp_path)
    files.insert(2, put(tmp_path, "bad.jsonl", 'oops\n{"id": "3", "text": "Another text."}\n{"text": "x"}\n'))
    (first, said), (second, said_again) = portions(*files, characters=700), portions(*files, characters=700)
    assert said.to_dict() == said_again.to_dict()
    assert len(first) == len(second) > 5
    for one, other in zip(first, second, strict=True):
        assert one.articles.equals(other.articles)
        assert (one.rejected, one.rows, one.position) == (other.rejected, other.rows, other.position)


def test_portions_of_many_small_files_are_those_of_one_large_file(tmp_path: Path) -> None:
    texts = [f"Article {number}: the port shut." * (1 + number % 5) for number in range(60)]
    small = [put(tmp_path, f"{number}.txt", text) for number, text in enumerate(texts)]
    large = put_jsonl(tmp_path, *({"text": text} for text in texts))
    (many, _), (one, _) = portions(*small, characters=400), portions(large, characters=400)
    assert len(many) > 5
    assert ids(many) == ids(one)


def test_rows_and_positions_of_portions_add_up_to_the_files(tmp_path: Path) -> None:
    files = put_archive(tmp_path)
    files.append(put(tmp_path, "bad.jsonl", 'oops\n{"id": "3", "text": "Another text."}\n{"id": "x"}\n{"text": "x"}\n{"text": "x"}\n'))
    found, _ = portions(*files, characters=500)
    assert sum(portion.rows for portion in found) == 105
    assert sum(portion.articles.height for portion in found) == 101
    positions = [portion.position for portion in found]
    assert positions == sorted(positions)
    assert positions[-1] == sum(file.stat().st_size for file in files)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": None}, "no text"),
        ({"text": ""}, "no text"),
        ({"text": " \n\0\u2028"}, "no text"),
        ({"text": 7}, "no text"),
        ({}, "no text"),
        ({"text": "x" * 51}, "longer than 50 characters"),
        ({"text": "half \ud83d"}, "half a surrogate pair, which no encoding can hold"),
        ({"text": "x", "title": "half \ud83d"}, "half a surrogate pair, which no encoding can hold"),
        ({"text": "x", "half \ud83d": 1}, "half a surrogate pair, which no encoding can hold"),
        ({"id": "a", "text": "Another text."}, "article_id 'a' stood for another text before"),
        (["text"], "line 2 is not a JSON object"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_place_and_the_others_are_kept(tmp_path: Path, row: Any, reason: str) -> None:
    row = {"id": "b"} | row if isinstance(row, dict) else row
    path = put_jsonl(tmp_path, {"id": "a", "text": "x" * 50}, row, {"id": "c", "text": "x"})
    found, notices = portions(path, longest=50)
    assert ids(found) == [["a", "c"]]
    assert refusals(found) == [(reason, f"{path}, row 2")]
    assert [portion.rows for portion in found] == [3]
    assert not notices.notices()


def test_rows_that_cannot_be_read_are_set_aside_in_every_kind_of_table(tmp_path: Path) -> None:
    lines = put(tmp_path, "a.jsonl", '{"id": "a", "text": "x"}\n{"text": \n{"id": "b", "text": "y"}\n')
    table = put(tmp_path, "b.csv", 'id,text\nc,x\nd,"x\ne,x,y\nf,y\n')
    found, _ = portions(lines, table)
    assert ids(found) == [["a", "b", "c", "f"]]
    assert [where for _, where in refusals(found)] == [f"{lines}, row 2", f"{table}, row 2", f"{table}, row 3"]


def test_a_text_file_that_is_too_long_is_set_aside(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", "The port shut. " * 100)
    found, _ = portions(path, put(tmp_path, "b.txt", "It shut."), longest=100)
    assert refusals(found) == [("longer than 100 characters", f"{path}, row 1")]
    assert found[0].articles["text"].to_list() == ["It shut."]


def test_an_id_keeps_its_first_text_over_portions_and_files(tmp_path: Path) -> None:
    first, second = put_jsonl(tmp_path / "one", {"id": 1, "text": "x"}, {"id": 2, "text": "y"}), tmp_path / "a.csv"
    put(tmp_path, "a.csv", "id,text\n1,z\n1,x\n3,z\n")
    found, notices = portions(first, second, characters=1)
    assert [article_id for portion in ids(found) for article_id in portion] == ["1", "2", "3"]
    assert len(found) > 3
    assert refusals(found) == [("article_id '1' stood for another text before", f"{second}, row 1")]
    assert notices.notices() == [f"{TWICE}: 1"]
    assert sum(portion.rows for portion in found) == 5


def test_the_same_article_twice_is_kept_once_and_counted(tmp_path: Path) -> None:
    texts = [put(tmp_path, f"{number}.txt", "The port shut.\n") for number in range(3)]
    found, notices = portions(put_jsonl(tmp_path, {"text": "The port shut.\n"}), *texts)
    assert [portion.articles.height for portion in found] == [1]
    assert [portion.rows for portion in found] == [4]
    assert notices.notices() == [f"{TWICE}: 3"]


def test_what_is_set_aside_fills_portions_too(tmp_path: Path) -> None:
    found, _ = portions(put(tmp_path, "a.jsonl", '{"text": null}\n' * 35), characters=1_000)
    assert [len(portion.rejected) for portion in found] == [10, 10, 10, 5]
    assert [portion.rows for portion in found] == [10, 10, 10, 5]
    assert [portion.articles.height for portion in found] == [0, 0, 0, 0]


def test_a_portion_without_articles_has_their_columns(tmp_path: Path) -> None:
    expected = ingest([put(tmp_path, "a.txt", "The port shut.")]).articles.schema
    found, _ = portions(put(tmp_path, "b.csv", "id,text\n1,\n"))
    assert [portion.articles.schema for portion in found] == [expected]


def test_portions_take_the_text_from_the_column_that_is_named_and_from_text_files_as_they_are(tmp_path: Path) -> None:
    files = (put(tmp_path, "a.csv", "id,body,text\n1,one,short\n"), put(tmp_path, "b.txt", "two"))
    found, _ = portions(*files, text_column="body")
    assert found[0].articles["text"].to_list() == ["one", "two"]
    assert found[0].articles["text_before"].to_list() == ["short", None]


def test_what_was_removed_from_texts_is_counted_over_all_portions(tmp_path: Path) -> None:
    _, notices = portions(put_jsonl(tmp_path, {"text": "a\r\nb\r"}, {"text": "\0c\r"}), characters=1)
    assert notices.gather("cleaned") == {"carriage return removed or changed": 3, "NUL removed or changed": 1}


def cut(folder: Path, rows: int) -> Path:
    content = "".join(json.dumps({"id": f"y{number}", "text": f"Text {number * number}."}) + "\n" for number in range(rows))
    packed = gzip.compress(content.encode())
    return put(folder, "b.jsonl.gz", packed[: len(packed) * 2 // 3])


def test_a_file_alone_that_is_cut_off_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = cut(tmp_path, 5_000)
    with pytest.raises(FramingError) as caught:
        portions(path)
    assert caught.value.where == str(path)


def test_a_packed_file_among_others_that_is_cut_off_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = cut(tmp_path, 5_000)
    found, reading = portions(put(tmp_path, "a.txt", "x"), path, put(tmp_path, "c.txt", "y"))
    assert found[0].articles["text"].to_list() == ["x", "y"]
    assert [record.name for record in reading.files if record.skipped] == [str(path)]


def test_of_a_table_among_others_that_is_damaged_further_on_the_rest_is_set_aside_as_one_row(tmp_path: Path) -> None:
    path = tmp_path / "b.parquet"
    pl.DataFrame({"text": [f"Text {number * number}." for number in range(20_000)]}).write_parquet(path, row_group_size=1_000)
    good = path.read_bytes()
    path.write_bytes(good[: len(good) // 2] + b"\xff" * 5_000 + good[len(good) // 2 + 5_000 :])
    found, reading = portions(put(tmp_path, "a.txt", "x"), path, put(tmp_path, "c.txt", "y"), characters=1 << 40)
    texts = found[0].articles["text"].to_list()
    assert (texts[0], texts[-1]) == ("x", "y")
    assert 1_000 < len(texts) < 20_000
    ((reason, where),) = refusals(found)
    assert "the rest of the file is lost" in reason
    assert where.startswith(str(path))
    assert reading.total("rows") == len(texts) + 1


def test_a_file_among_others_that_cannot_be_read_at_all_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    found = ingest([put(tmp_path, "a.txt", "x"), put(tmp_path, "b.parquet", "no table"), put(tmp_path, "c.txt", "")])
    told = found.reading.to_dict()
    assert found.articles["text"].to_list() == ["x"]
    assert (told["files_found"], told["files_read"]) == (3, 1)
    assert {Path(file["name"]).name: file.get("skipped", "").split(".")[0] for file in told["files"]} == {
        "a.txt": "",
        "b.parquet": "is damaged, or is not a Parquet file",
        "c.txt": "empty",
    }


# What columns are for, and dates


def test_columns_under_their_common_names_are_used_and_said(tmp_path: Path) -> None:
    found = ingest([put(tmp_path, "a.csv", 'stories_id,media_name,publish_date,article_text\n1,The Gull,"June 6, 2025",The port shut.\n')])
    row = found.articles.row(0, named=True)
    assert (row["outlet"], row["published"], row["text"]) == ("The Gull", datetime.datetime(2025, 6, 6), "The port shut.")
    assert any("publish_date" in notice for notice in found.reading.notices())


def test_a_column_can_be_named_for_what_it_is(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jsonl", json.dumps({"body": {"words": "The port shut."}, "who": "The Gull"}))
    row = ingest([path], make_options(["text=body.words", "outlet=who"])).articles.row(0, named=True)
    assert (row["text"], row["outlet"]) == ("The port shut.", "The Gull")


@pytest.mark.parametrize(("told", "expected"), [("25/12/2024", (2025, 7, 6)), ("12/25/2024", (2025, 6, 7))])
def test_whether_the_day_comes_first_is_told_by_another_row_of_the_file(tmp_path: Path, told: str, expected: tuple[int, int, int]) -> None:
    lines = "".join(f"{number},06/07/2025,Text {number}.\n" for number in range(300))
    found = ingest([put(tmp_path, "a.csv", f"id,date,text\n{lines}x,{told},Another text.\n")])
    assert found.articles["published"][0] == datetime.datetime(*expected)
    assert any(told in notice for notice in found.reading.notices())


def test_where_nothing_tells_whether_the_day_comes_first_it_is_asked_for(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "id,date,text\n1,06/07/2025,A text.\n")
    with pytest.raises(FramingError, match=r"06/07/2025.*--dates"):
        ingest([path])
    assert column(path, "published", dates="mdy") == [datetime.datetime(2025, 6, 7)]


def test_a_date_that_cannot_be_read_is_kept_as_it_is_and_counted(tmp_path: Path) -> None:
    found = ingest([put_jsonl(tmp_path, {"text": "a", "published": "some day"}, {"text": "b", "published": "2025-06-06"})])
    assert found.articles["published"].to_list() == [None, datetime.datetime(2025, 6, 6)]
    assert found.articles["published_before"].to_list() == ["some day", None]
    assert found.reading.gather("cleaned")["dates that cannot be read, kept as published_before"] == 1


def test_texts_stay_as_they_are_if_that_is_asked_for(tmp_path: Path) -> None:
    path = put_jsonl(tmp_path, {"text": "<p>The port&nbsp;shut.</p>"})
    assert column(path, "text", raw=True) == ["<p>The port&nbsp;shut.</p>"]
    assert "<p>" not in column(path, "text")[0]


def test_a_stray_byte_is_counted_once_however_often_the_file_is_looked_at(tmp_path: Path) -> None:
    found = ingest([put(tmp_path, "a.txt", "The mayor’s “reform” – a disgrace.".encode() + b" caf\xe9, he said, and left.")])
    assert found.articles["text"].to_list() == ["The mayor’s “reform” – a disgrace. café, he said, and left."]
    assert found.reading.gather("cleaned") == {"bytes that are not UTF-8, read as cp1252": 1}
