"""Each row of each sheet is a row, with dates, numbers and ids as they are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from odf import table, text
from odf.opendocument import OpenDocumentSpreadsheet

from annotate.ingestion.formats.spreadsheet import CUT, find_header, read_spreadsheet
from annotate.ingestion.source import Source
from schemas.errors import FramingError

Make = Callable[..., Source]


def make_book(path: Path, sheets: dict[str, list[list[Any]]], hidden: tuple[str, ...] = ()) -> None:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        hour = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime) and cell.hour:
                        sheet.write_datetime(number, column, cell, hour)
                    elif cell is not None:
                        sheet.write(number, column, cell)


HEAD = ["id", "text", "published"]


def test_cells_are_what_they_are(make_source: Make, tmp_path: Path) -> None:
    rows = [
        [*HEAD, "met", "share", "code", "ok"],
        [1.0, "One “word”\nand two", datetime(2025, 6, 7), datetime(2025, 6, 7, 8, 9), 0.5, "007", True],
        [2.0, "Two", datetime(2025, 6, 8), None, 2.0, "8", False],
    ]
    make_book(tmp_path / "a.xlsx", {"A": rows})
    source = make_source("a.xlsx")
    assert list(read_spreadsheet(source)) == [
        {
            "id": 1,
            "text": "One “word”\nand two",
            "published": date(2025, 6, 7),
            "met": datetime(2025, 6, 7, 8, 9),
            "share": 0.5,
            "code": "007",
            "ok": True,
        },
        {"id": 2, "text": "Two", "published": date(2025, 6, 8), "met": None, "share": 2.0, "code": "8", "ok": False},
    ]
    assert source.record.is_plain


def test_an_id_never_gets_a_point_nor_loses_a_digit(make_source: Make, tmp_path: Path) -> None:
    make_book(tmp_path / "a.xlsx", {"A": [HEAD[:2], [7.0, "One"], ["x8", "Two"], [None, "Three"], [123456789012345.0, "Four"]]})
    assert [row["id"] for row in read_spreadsheet(make_source("a.xlsx"))] == ["7", "x8", None, "123456789012345"]


def test_a_title_above_the_names_is_left_out_and_said(make_source: Make, tmp_path: Path) -> None:
    make_book(tmp_path / "a.xlsx", {"A": [["Export of 2025"], [], [None, *HEAD], [None, 1, "One", datetime(2025, 6, 7)], [], [None, 2, "Two", None]]})
    source = make_source("a.xlsx")
    assert list(read_spreadsheet(source)) == [{"id": 1, "text": "One", "published": date(2025, 6, 7)}, {"id": 2, "text": "Two", "published": None}]
    assert source.record.guesses == ["the names of the columns are in row 3 of sheet 'A'; what stands above is left out"]


def test_all_sheets_are_read_hidden_ones_too(make_source: Make, tmp_path: Path) -> None:
    sheets = {"A": [HEAD, [1, "One", None]], "empty": [], "B": [["text", "url"], ["Two", "u"]]}
    make_book(tmp_path / "a.xlsx", sheets, hidden=("B",))
    source = make_source("a.xlsx")
    assert list(read_spreadsheet(source)) == [{"id": 1, "text": "One", "published": None, "sheet": "A"}, {"text": "Two", "url": "u", "sheet": "B"}]
    assert source.record.guesses == ["the sheet 'B' is hidden, and is read", "rows of 2 sheets, told by the column sheet: A, B"]


def test_a_sheet_of_notes_is_left_out_and_said(make_source: Make, tmp_path: Path) -> None:
    make_book(tmp_path / "a.xlsx", {"About": [["How these were found"], ["By hand."]], "A": [HEAD, [1, "One", None]]})
    source = make_source("a.xlsx")
    assert list(read_spreadsheet(source)) == [{"id": 1, "text": "One", "published": None}]
    assert source.record.guesses == ["the sheet 'About' has one column alone, and is left out as notes"]


def test_columns_without_a_name_or_with_the_same_are_kept(make_source: Make, tmp_path: Path) -> None:
    make_book(tmp_path / "a.xlsx", {"A": [["text", None, "text", "x"], ["One", "?", "two", None]]})
    assert list(read_spreadsheet(make_source("a.xlsx"))) == [{"text": "One", "column 2": "?", "text 2": "two", "x": None}]


def test_a_text_that_fills_its_cell_is_said(make_source: Make, tmp_path: Path) -> None:
    make_book(tmp_path / "a.xlsx", {"A": [["text"], ["x" * 32_767], ["short"]]})
    source = make_source("a.xlsx")
    assert len(list(read_spreadsheet(source))) == 2
    assert source.record.cleaned == {CUT: 1}


def test_an_open_document_is_read_alike(make_source: Make) -> None:
    book = OpenDocumentSpreadsheet()
    sheet = table.Table(name="A")
    for cells in (("id", "text"), ("1", "One"), ("2", "Two")):
        line = table.TableRow()
        for number, word in enumerate(cells):
            is_id = number == 0 and word.isdigit()
            cell = table.TableCell(valuetype="float", value=word) if is_id else table.TableCell(valuetype="string")
            cell.addElement(text.P(text=word))
            line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    file = io.BytesIO()
    book.write(file)
    assert list(read_spreadsheet(make_source("a.ods", file.getvalue()))) == [{"id": 1, "text": "One"}, {"id": 2, "text": "Two"}]


def test_names_of_columns_are_the_first_row_of_many_words() -> None:
    assert find_header([["id", "text"], ["1", "One"]]) == 0
    assert find_header([["Report", None, None], [None, None, None], ["id", "text", "date"], ["1", "One", "2020"]]) == 2
    assert find_header([["text"], ["One"]]) == 0
    assert find_header([]) is None
    assert find_header([[None], [" "]]) is None


def test_a_book_without_a_table_says_so(make_source: Make, tmp_path: Path) -> None:
    make_book(tmp_path / "a.xlsx", {"A": [], "B": [["text"]]})
    with pytest.raises(FramingError, match="holds no table"):
        list(read_spreadsheet(make_source("a.xlsx")))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cut.xlsx", r"is damaged, or is not \.xlsx"),
        ("zeros.xlsx", r"is damaged, or is not \.xlsx"),
        ("zeros.xls", r"is damaged, or is not \.xls"),
        ("zeros.ods", r"is damaged, or is not \.ods"),
        ("stub.xlsx", r"is damaged, or is not \.xlsx"),
        ("locked.xlsx", "locked by a password, or made by an older Office"),
        ("page.xls", r"is not \.xls: it seems to be \.html"),
        ("new.xls", r"is not \.xls: it seems to be \.xlsx"),
        ("bomb.xlsx", "far larger unpacked"),
    ],
)
def test_what_is_no_spreadsheet_says_so(make_source: Make, tmp_path: Path, name: str, said: str) -> None:
    make_book(tmp_path / "whole.xlsx", {"A": [HEAD, [1, "One", None]]})
    whole = (tmp_path / "whole.xlsx").read_bytes()
    stub, bomb = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(stub, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b" " * (1 << 25))
    data = {
        "cut": whole[: len(whole) // 2],
        "zeros": bytes(3000),
        "stub": stub.getvalue(),
        "locked": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000),
        "page": b"<html><table><tr><td>One</td></tr></table>",
        "new": whole,
        "bomb": bomb.getvalue(),
    }[name.split(".", maxsplit=1)[0]]
    with pytest.raises(FramingError, match=said):
        list(read_spreadsheet(make_source(name, data)))
