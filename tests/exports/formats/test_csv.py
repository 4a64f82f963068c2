from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.formats import export
from exports.formats.material import Material
from schemas.errors import FramingError

FORMULAS = ["=1+1", '=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1"]
HARMLESS = ["plain", "a=b", "3 - 2", "me@x", "", "'quoted", 'say "hi", twice', "two\nlines", "😀 改革 é", "1,5;2"]


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def write(tables: dict[str, pl.DataFrame], to: str, folder: Path) -> Path:
    ((path,), _) = export(Material(tables), to, folder / "out")
    return path


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_begins_like_a_formula_is_text(cell: str, tmp_path: Path) -> None:
    path = write({"articles": pl.DataFrame({"title": [cell], "text": ["x"]})}, "csv", tmp_path)
    assert read_csv(path)[1][0] == "'" + cell


@pytest.mark.parametrize("cell", HARMLESS)
def test_a_cell_that_does_not_begin_like_a_formula_is_as_it_was(cell: str, tmp_path: Path) -> None:
    path = write({"articles": pl.DataFrame({"title": [cell], "text": ["x"]})}, "csv", tmp_path)
    assert read_csv(path)[1] == [cell, "x"]


@pytest.mark.parametrize("name", FORMULAS)
def test_the_name_of_a_column_that_begins_like_a_formula_is_text(name: str, tmp_path: Path) -> None:
    path = write({"articles": pl.DataFrame({name: ["x"]})}, "csv", tmp_path)
    assert read_csv(path)[0] == ["'" + name]


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum(FORMULAS)], ids=["categorical", "enum"])
def test_a_formula_in_a_column_of_categories_is_text(kind: pl.DataType, tmp_path: Path) -> None:
    path = write({"articles": pl.DataFrame({"c": pl.Series(FORMULAS, dtype=kind)})}, "csv", tmp_path)
    assert [row[0] for row in read_csv(path)[1:]] == ["'" + cell for cell in FORMULAS]


@given(st.text(alphabet="=+-@\t\r\n'\"a, 😀", max_size=6))
def test_no_cell_of_any_text_begins_like_a_formula(tmp_path_factory: pytest.TempPathFactory, cell: str) -> None:
    path = write({"articles": pl.DataFrame({"a": ["x"], "b": [cell]})}, "csv", tmp_path_factory.mktemp("csv"))
    assert read_csv(path)[1][1][:1] not in {"=", "+", "-", "@", "\t", "\r"}


def test_two_columns_that_become_one_name_are_kept_apart(tmp_path: Path) -> None:
    path = write({"articles": pl.DataFrame({"=x": ["1"], "'=x": ["2"]})}, "csv", tmp_path)
    header, row = read_csv(path)
    assert len(set(header)) == 2
    assert row == ["1", "2"]


def test_numbers_stay_numbers_in_csv(tmp_path: Path) -> None:
    table = pl.DataFrame({"n": [-3, None], "x": [-0.25, 1.5], "day": [date(2026, 1, 2), None]})
    path = write({"scores": table}, "csv", tmp_path)
    assert read_csv(path)[1:] == [["-3", "-0.25", "2026-01-02"], ["", "1.5", ""]]


def test_a_time_that_is_known_is_written_and_one_that_is_not_is_none(tmp_path: Path) -> None:
    table = pl.DataFrame({"published": [datetime(2026, 1, 2), datetime(2026, 1, 2, 9, 30), None]})
    path = write({"articles": table}, "csv", tmp_path)
    assert read_csv(path)[1:3] == [["2026-01-02"], ["2026-01-02 09:30:00"]]


def test_csv_begins_with_a_byte_order_mark_and_keeps_emoji(tmp_path: Path) -> None:
    path = write({"articles": pl.DataFrame({"título 😀": ["👩‍👩‍👧 改革 \u2028 x"]})}, "csv", tmp_path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbft")
    assert read_csv(path) == [["título 😀"], ["👩‍👩‍👧 改革 \u2028 x"]]


@pytest.mark.parametrize("column", [[["a", "b"]], [{"a": 1}], [b"ab"]], ids=["list", "struct", "bytes"])
def test_what_csv_cannot_hold_is_said_by_the_name_of_its_column(column: list[object], tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="tags"):
        export(Material({"articles": pl.DataFrame({"text": ["x"], "tags": column})}), "csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()
