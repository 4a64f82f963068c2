"""Files of a corpus are found without their hidden twins and read strictly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from annotate.corpora.files import find_files, read_json, read_rows, read_table, read_text
from schemas.errors import FramingError

Put = Callable[[str, object], Path]


def test_files_are_found_in_folders_of_folders_in_order_without_hidden_ones_and_folders(corpus: Path, put: Put) -> None:
    for name in ("b/2.json", "a/1.json", "a/1.txt", "a/._1.json", ".git/3.json", "a/deep/folder.json/x.md"):
        put(name, "x")
    assert find_files(corpus, "*.json", "*.txt") == [corpus / "a" / "1.json", corpus / "a" / "1.txt", corpus / "b" / "2.json"]


def test_what_lies_deeper_than_a_corpus_does_is_not_gathered(corpus: Path, put: Put) -> None:
    near, _ = put("basil/articles/1.json", "x"), put("old/basil/articles/1.json", "x")
    assert find_files(corpus, "*.json") == [near]


def test_a_corpus_inside_a_hidden_folder_is_found_when_it_is_named(put: Put) -> None:
    path = put(".cache/1.json", "x")
    assert find_files(path.parent, "*.json") == [path]


def test_a_file_stands_for_itself_and_nothing_is_an_error_that_names_it(corpus: Path, put: Put) -> None:
    path = put("notes.md", "x")
    assert find_files(path, "*.json") == [path]
    with pytest.raises(FramingError, match="no such file or folder") as caught:
        find_files(corpus / "gone", "*.json")
    assert caught.value.where == str(corpus / "gone")


@pytest.mark.parametrize(
    "content", ["Zdrój café".encode("iso8859-2"), bytes(range(256)) * 8, "x".encode("utf-16"), b"caf\xc3", b"plain words " * 500 + b"caf\xe9"]
)
def test_a_text_that_is_not_utf_8_is_never_guessed(put: Put, content: bytes) -> None:
    path = put("a.txt", content)
    with pytest.raises(FramingError) as caught:
        read_text(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("content", [b'[{"id": ', b"", b"\x89PNG\0\xff", b"[" * 100_000, b"[1" + b"0" * 5000 + b"]", b'{"a": "caf\xc3"}'])
def test_json_that_is_cut_off_or_junk_is_an_error_that_names_the_file(put: Put, content: bytes) -> None:
    path = put("a.json", content)
    with pytest.raises(FramingError) as caught:
        read_json(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_is_read_in_every_encoding_it_may_have(put: Put, encoding: str) -> None:
    assert read_json(put("a.json", '["café"]'.encode(encoding))) == ["café"]


def test_cells_of_a_table_stay_text(put: Put) -> None:
    table = read_table(put("a.csv", "\ufeffid;text\r\n007;x\r\n"), ";", Counter())
    assert table.rows() == [("007", "x")]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\0\xff", b"a;b\n1;2;3\n"])
def test_a_damaged_table_is_an_error_that_names_the_file(put: Put, content: bytes) -> None:
    path = put("a.csv", content)
    with pytest.raises(FramingError) as caught:
        read_table(path, ";", Counter())
    assert caught.value.where == str(path)


def test_rows_of_a_table_are_read_as_articles_are_and_damage_costs_its_row(put: Put) -> None:
    notices = Counter[str]()
    rows = list(read_rows(put("a.jsonl", '{"a": 1}\n{oops\n{"a": 2}\n'), notices))
    assert [isinstance(row, dict) for row in rows] == [True, False, True]
    assert list(read_rows(put("b.csv", "a,b\n007,x\n"), notices)) == [{"a": "007", "b": "x"}]
    assert notices == {}


def test_a_guess_at_an_encoding_is_told(put: Put) -> None:
    notices = Counter[str]()
    content = "a,b\n" + "café,x\n" * 50
    assert next(iter(list(read_rows(put("a.csv", content.encode("cp1252")), notices)))) == {"a": "café", "b": "x"}
    assert any("not UTF-8" in text for text in notices)


def test_a_file_that_is_no_table_is_an_error_that_names_the_kinds(put: Put) -> None:
    with pytest.raises(FramingError, match=r"files of kind '\.pdf' are no tables"):
        list(read_rows(put("a.pdf", "x"), Counter()))
