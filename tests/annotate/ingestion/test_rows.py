"""Rows come out of any table one after the other; what is no row stands in its place, and reading goes on."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from annotate.ingestion.formats import json as json_format
from annotate.ingestion.formats import parquet
from annotate.ingestion.kinds import kind_of
from annotate.ingestion.options import Options
from annotate.ingestion.record import FileRecord
from annotate.ingestion.rows import FIRST, read_rows
from annotate.ingestion.source import Row, Source, Unreadable
from schemas.errors import FramingError

ARTICLES = [
    {"article_id": "007", "title": "Port shuts", "text": 'The “port” shut.\nFour hundred, said the "mayor", lost; their work 🚢.'},
    {"article_id": "8", "title": "Café", "text": "Le café du maire\u2028était fermé, déclara le préfet."},
    {"article_id": "ix", "title": "Tabs", "text": 'One\ttwo\r\nthree\rfour, ""five"" \\n six'},
]
# More than the four megabytes that are looked at first.
PADDING = "The port shut. " * 350_000


@pytest.fixture(autouse=True)
def _restore_limit() -> Iterator[None]:
    """What csv takes for too long is the same for all the process, and MOST is small in some of these tests."""
    limit = csv.field_size_limit()
    yield
    csv.field_size_limit(limit)


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def pack(content: str | bytes, packing: str) -> bytes:
    data = content if isinstance(content, bytes) else content.encode()
    return gzip.compress(data) if packing == ".gz" else zstandard.compress(data) if packing == ".zst" else data


def as_jsonl(articles: list[dict[str, str]]) -> str:
    return "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in articles)


def as_csv(articles: list[dict[str, str]]) -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(articles[0]))
    writer.writeheader()
    writer.writerows(articles)
    return file.getvalue()


def open_source(path: Path) -> Source:
    return Source(path, FileRecord(str(path), kind_of(path.name) or ""))


def read(path: Path, text_column: str = "text", record: FileRecord | None = None) -> list[Row | Unreadable]:
    source = open_source(path) if record is None else Source(path, record)
    return list(read_rows(source, Options({} if text_column == "text" else {"text": text_column})))


def show(path: Path, text_column: str = "text") -> list[str | None]:
    """The text of each row; of one that is none, how its reason begins."""
    return [" ".join(row.reason.split()[:2]) if isinstance(row, Unreadable) else row.get("text") for row in read(path, text_column)]


# What is read


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_the_same_articles_come_out_of_any_kind_of_table_however_it_is_packed(tmp_path: Path, packing: str) -> None:
    assert read(put(tmp_path, f"a.jsonl{packing}", pack(as_jsonl(ARTICLES), packing))) == ARTICLES
    assert read(put(tmp_path, f"a.csv{packing}", pack(as_csv(ARTICLES), packing))) == ARTICLES


def test_the_same_articles_come_out_of_a_parquet_table(tmp_path: Path) -> None:
    pl.DataFrame(ARTICLES).write_parquet(tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet") == ARTICLES


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article["title"])
def test_a_text_file_is_one_row_titled_by_its_name_without_what_packs_it(tmp_path: Path, packing: str, article: dict[str, str]) -> None:
    path = put(tmp_path, f"{article['title']}.txt{packing}", pack(article["text"], packing))
    assert read(path) == [{"title": article["title"], "text": article["text"]}]


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), max_size=30), max_size=8))
def test_whatever_text_is_written_to_a_table_is_read_from_it(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    # Enough that is no control character for the table to be taken for text.
    articles = [{"id": str(number), "title": "Port shuts. " * 50, "text": text} for number, text in enumerate(["The port shut.", *texts])]
    folder = tmp_path_factory.mktemp("tables")
    assert [row.get("text") for row in read(put(folder, "a.jsonl", as_jsonl(articles))) if isinstance(row, dict)] == ["The port shut.", *texts]
    read_back = [row.get("text") or "" for row in read(put(folder, "a.csv", as_csv(articles))) if isinstance(row, dict)]
    assert read_back == ["The port shut.", *texts]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_tables_are_read_in_any_common_encoding_and_a_mark_is_no_part_of_them(tmp_path: Path, kind: str, encoding: str) -> None:
    articles = [{"article_id": "007", "text": "Le café du maire était fermé, déclara le préfet."}, {"article_id": "8", "text": 'Un "élu",\nvexé.'}]
    content = as_jsonl(articles) if kind == "jsonl" else as_csv(articles)
    assert read(put(tmp_path, f"a.{kind}", content.encode(encoding))) == articles


@pytest.mark.parametrize(("name", "encoding"), [("a.csv", "utf-16"), ("a.csv.gz", "latin-1"), ("a.jsonl", "latin-1"), ("a.jsonl.zst", "utf-16")])
def test_an_accent_after_megabytes_without_one_is_read_and_the_guess_is_said(tmp_path: Path, name: str, encoding: str) -> None:
    articles = [{"article_id": "1", "text": PADDING}, {"article_id": "2", "text": "Le café du maire était fermé."}]
    content = (as_jsonl if "jsonl" in name else as_csv)(articles).encode(encoding)
    record = FileRecord(name, kind_of(name) or "")
    found = read(put(tmp_path, name, pack(content, Path(name).suffix)), record=record)
    assert found == articles
    assert [guess for guess in record.guesses if "UTF-8" in guess or "utf" in guess]


def test_a_table_that_is_not_in_the_encoding_it_seemed_to_have_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", b"\xff\xfe" + "id,text\n1,one\n".encode("utf-16-le") + b"\x00\xd8" * 8)
    with pytest.raises(FramingError) as caught:
        read(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_of_any_line_end_is_read_and_keeps_those_inside_of_cells(tmp_path: Path, end: str) -> None:
    path = put(tmp_path, "a.csv", end.join(["id,text", f'1,"one{end}two"', "", "2,three", ""]))
    assert show(path) == [f"one{end}two", "three"]


def test_a_json_row_keeps_the_kinds_of_its_values(tmp_path: Path) -> None:
    row = {"text": "one", "n": 1, "tags": ["x", None], "deep": {"a": 1.5}, "late": True, "none": None}
    assert read(put(tmp_path, "a.jsonl", json.dumps(row))) == [row]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_a_line_separator_inside_a_text_does_not_end_a_line_of_json(tmp_path: Path, separator: str) -> None:
    assert show(put(tmp_path, "a.jsonl", f'{{"text": "one{separator}two"}}\n' * 2)) == [f"one{separator}two"] * 2


def test_a_carriage_return_between_the_parts_of_a_line_of_json_does_not_end_it(tmp_path: Path) -> None:
    assert show(put(tmp_path, "a.jsonl", '{"text":\r"one"}\n{"text": "two"}\n')) == ["one", "two"]


# The column of the text


def test_the_text_is_taken_from_the_column_that_is_named_and_the_users_own_text_is_kept(tmp_path: Path) -> None:
    table: dict[str, Any] = {"article_id": "1", "text": "a summary", "body": "the article"}
    pl.DataFrame([table]).write_parquet(tmp_path / "a.parquet")
    for path in (tmp_path / "a.parquet", put(tmp_path, "a.csv", as_csv([table])), put(tmp_path, "a.jsonl", as_jsonl([table]))):
        assert read(path, "body") == [{"article_id": "1", "text_before": "a summary", "text": "the article"}]


def test_a_file_of_one_article_has_no_columns_to_choose_from(tmp_path: Path) -> None:
    assert show(put(tmp_path, "a.txt", "The port shut."), "body") == ["The port shut."]


@pytest.mark.parametrize("count", [1, FIRST - 1, FIRST, FIRST + 1, 5 * FIRST])
def test_a_table_without_the_column_of_the_text_is_an_error_that_names_its_columns(tmp_path: Path, count: int) -> None:
    articles = [{"id": str(number), "prose": "The port shut."} for number in range(count)]
    pl.DataFrame(articles).write_parquet(tmp_path / "a.parquet")
    for path in (tmp_path / "a.parquet", put(tmp_path, "a.csv", as_csv(articles)), put(tmp_path, "a.jsonl", as_jsonl(articles))):
        with pytest.raises(FramingError, match=r"no column 'text' \(there are: id, prose\)") as caught:
            read(path)
        assert caught.value.where == str(path)
        assert len(read(path, "prose")) == count


def test_a_table_whose_first_lines_are_damaged_still_names_its_columns(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match=r"no column 'text' \(there are: prose\)"):
        read(put(tmp_path, "a.jsonl", "oops\n" * 2 * FIRST + '{"prose": "one"}\n'))


def test_json_rows_without_a_text_are_rows_where_others_have_one(tmp_path: Path) -> None:
    content = '{"id": 1}\n' * (FIRST - 1) + '{"id": 2, "text": "one"}\n' + '{"id": 3}\n' * 2 * FIRST
    assert Counter(show(put(tmp_path, "a.jsonl", content))) == {None: 3 * FIRST - 1, "one": 1}


# What is no row


@pytest.mark.parametrize(
    "line", ["oops", '{"text": ', "{'text': 'x'}", '["text"]', '"text"', "7", "null", "[" * 100_000, '{"n": ' + "7" * 5_000 + "}", '{"text": "a\tb"}']
)
def test_a_line_that_is_no_json_object_stands_in_its_place_and_reading_goes_on(tmp_path: Path, line: str) -> None:
    found = read(put(tmp_path, "a.jsonl", f'{{"text": "one"}}\n\n{line}\n{{"text": "two"}}'))
    assert [row.get("text") if isinstance(row, dict) else row.reason.split(" is ")[0] for row in found] == ["one", "line 3", "two"]


@pytest.mark.parametrize("packing", ["", ".gz"])
def test_a_line_of_json_that_is_too_long_is_set_aside_and_the_lines_after_it_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packing: str
) -> None:
    monkeypatch.setattr(json_format, "MOST", 50)
    lines = [json.dumps({"text": "x" * length}) for length in (1, 20, 1000, 30, 5, 60, 50_000, 2)]
    found = show(put(tmp_path, f"a.jsonl{packing}", pack("\r\n".join(lines), packing)))
    assert found == ["x", "x" * 20, "line 3", "x" * 30, "x" * 5, "line 6", "line 7", "xx"]


def test_a_last_line_that_is_too_long_is_set_aside_also_without_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_format, "MOST", 50)
    assert show(put(tmp_path, "a.jsonl", '{"text": "one"}\n' + json.dumps({"text": "x" * 500}))) == ["one", "line 2"]


# Tables that are large, or damaged


def test_one_large_row_group_is_read_in_slices_in_order_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "PORTION", 5_000)
    # Some rows are much larger than others, so the slices are of many sizes.
    table = pl.DataFrame({"article_id": range(3_000), "text": ["x" * (2_000 if number % 500 > 480 else 30) for number in range(3_000)]})
    table.write_parquet(tmp_path / "a.parquet", row_group_size=3_000)
    source = open_source(tmp_path / "a.parquet")
    positions, found = [], []
    for row in read_rows(source, Options()):
        positions.append(source.position)
        found.append(row)
    assert found == table.to_dicts()
    assert len(set(positions)) > 20
    assert positions == sorted(positions)
    assert positions[-1] == source.size


def test_a_parquet_table_of_many_row_groups_is_read_whole(tmp_path: Path) -> None:
    table = pl.DataFrame({"article_id": range(2_000), "text": [f"text {number}" for number in range(2_000)]})
    table.write_parquet(tmp_path / "a.parquet", row_group_size=150)
    assert read(tmp_path / "a.parquet") == table.to_dicts()


def test_a_parquet_table_whose_name_looks_like_a_glob_is_that_table(tmp_path: Path) -> None:
    pl.DataFrame({"text": ["one"]}).write_parquet(tmp_path / "a[1].parquet")
    pl.DataFrame({"text": ["other"]}).write_parquet(tmp_path / "a1.parquet")
    assert show(tmp_path / "a[1].parquet") == ["one"]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_table_without_rows_has_none(tmp_path: Path, name: str) -> None:
    pl.DataFrame(schema={"id": pl.String, "body": pl.String}).write_parquet(tmp_path / "a.parquet")
    put(tmp_path, "a.csv", "id,body\n")
    assert read(tmp_path / name) == []


@pytest.mark.parametrize("damage", ["csv", "zeros", "cut", "end", "middle", "footer"])
def test_a_damaged_parquet_table_is_an_error_that_names_it(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"text": [f"text {number}" for number in range(5_000)]}).write_parquet(path)
    good = path.read_bytes()
    half = len(good) // 2
    path.write_bytes(
        {
            "csv": b"id,text\n1,one\n",
            "zeros": b"PAR1" + b"\0" * 40 + b"PAR1",
            "cut": good[:half],
            "end": good[:-1],
            "middle": good[:50] + b"\xff" * half + good[50 + half :],
            "footer": good[:-60] + b"\xff" * 50 + good[-10:],
        }[damage]
    )
    with pytest.raises(FramingError) as caught:
        read(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("packing", [".gz", ".zst"])
@pytest.mark.parametrize("kind", ["jsonl", "csv", "txt"])
def test_a_packed_file_that_is_cut_off_is_one_error_that_names_it_and_no_half_table(tmp_path: Path, kind: str, packing: str) -> None:
    articles = [{"id": str(number), "text": f"text {number * number}"} for number in range(5_000)]
    content = pack(as_csv(articles) if kind == "csv" else as_jsonl(articles), packing)
    path = put(tmp_path, f"a.{kind}{packing}", content[: len(content) * 2 // 3])
    with pytest.raises(FramingError) as caught:
        read(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.jsonl.gz", "a.csv.zst"])
def test_the_position_grows_row_by_row_to_the_size_of_the_file(tmp_path: Path, name: str) -> None:
    # Nothing to pack, and so much of it that it is not read at once.
    numbers = random.Random(7)
    articles = [{"id": str(number), "text": numbers.randbytes(2_000).hex()} for number in range(1_500)]
    content = (as_jsonl if "jsonl" in name else as_csv)(articles)
    source = open_source(put(tmp_path, name, pack(content, Path(name).suffix)))
    positions = [source.position for _ in read_rows(source, Options())]
    assert positions == sorted(positions)
    assert 0 < positions[0] < source.size
    assert source.position == source.size
