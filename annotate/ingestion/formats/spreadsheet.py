"""Spreadsheets, .xlsx .xls .ods: the rows of each sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import polars as pl

from annotate.ingestion.formats.opening import Package, describe_damage
from annotate.ingestion.source import Row, Source
from schemas.errors import FramingError
from schemas.extras import needing
from schemas.wording import enumerate_some

if TYPE_CHECKING:
    from fastexcel import ExcelReader

__all__ = ["CUT", "read_spreadsheet"]

CUT = "texts that are as long as a cell can be: cut off?"
# Characters that a cell can hold.
_CELL = 32_767
# Rows at the top among which the names of columns are looked for.
_TOP = 30


def read_spreadsheet(source: Source) -> Iterator[Row]:
    """Rows of all sheets, hidden ones too. Where several have any, the column `sheet` says which. Names of columns are in the first row that has
    about as many words as the sheet has columns; what stands above it, a title for example, is left out.

    Dates stay dates, and whole numbers whole: an id never becomes 1.0.
    """
    book = _open_book(source)
    tables = {name: table for name in book.sheet_names if (table := _read_sheet(book, name, source)) is not None}
    if any(table.width > 1 for table in tables.values()):
        for name in [name for name, table in tables.items() if table.width == 1]:
            source.record.guess(f"the sheet {name!r} has one column alone, and is left out as notes")
            del tables[name]
    if not tables:
        raise FramingError("holds no table", source.name, "Put the names of the columns above the rows")
    if len(tables) > 1:
        source.record.guess(f"rows of {len(tables)} sheets, told by the column sheet: {enumerate_some(list(tables))}")
    for name, table in tables.items():
        own = {"sheet": name} if len(tables) > 1 else {}
        for row in table.iter_rows(named=True):
            source.record.clean(CUT, sum(isinstance(cell, str) and len(cell) >= _CELL for cell in row.values()))
            yield {**row, **own}


def _open_book(source: Source) -> ExcelReader:
    with needing(f"reading {source.kind}", source.name):
        import fastexcel
    if source.kind != ".xls":
        # Looked at for what would fill the memory.
        Package(source).close()
    try:
        return fastexcel.read_excel(source.path)
    except fastexcel.FastExcelError as error:
        if "assword" in str(error):
            raise FramingError("is locked by a password", source.name, "Open it and save it without one") from error
        raise _describe(source, error) from error


def _read_sheet(book: ExcelReader, name: str, source: Source) -> pl.DataFrame | None:
    """The rows of a sheet; None if it has none."""
    import fastexcel

    try:
        head = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=_TOP, dtypes="string")
        top = head.to_polars().rows() if head.height else []
        place = find_header(top)
        if place is None:
            # A chart, an empty sheet, or a note.
            return None
        names = _name_columns(top[place])
        body = book.load_sheet(name, header_row=None, skip_rows=place + 1, column_names=names, schema_sample_rows=None)
        table = body.to_polars() if body.height else None
    except fastexcel.FastExcelError as error:
        raise _describe(source, error) from error
    if table is None:
        return None
    skipped = sum(any(cell is not None for cell in row) for row in top[:place])
    if skipped:
        source.record.guess(f"the names of the columns are in row {place + 1} of sheet {name!r}; what stands above is left out")
    if head.visible != "visible":
        source.record.guess(f"the sheet {name!r} is hidden, and is read")
    kept = [column for column, cell in zip(names, top[place], strict=True) if cell is not None or table[column].null_count() < table.height]
    table = table.select(_settle(table[column]) for column in kept)
    return table.filter(~pl.all_horizontal(pl.all().is_null()))


def find_header(rows: Sequence[Sequence[str | None]]) -> int | None:
    """Which row has the names of columns: the first that has as many cells with words as are filled in most rows after it, or nearly."""
    filled = [sum(bool(cell and cell.strip()) for cell in row) for row in rows]
    if not any(filled):
        return None
    widest = max(filled)
    for place, (row, cells) in enumerate(zip(rows, filled, strict=True)):
        words = [cell for cell in row if cell and cell.strip() and not cell.strip()[0].isdigit()]
        if cells and cells >= min(widest, max(2, widest * 0.6)) and len(words) >= cells * 0.6:
            return place
    return None


def _name_columns(cells: Sequence[str | None]) -> list[str]:
    """A name for each, and none twice."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = wanted = " ".join((cell or "").split()) or f"column {number}"
        again = 1
        while name in names:
            again += 1
            name = f"{wanted} {again}"
        names.append(name)
    return names


def _settle(column: pl.Series) -> pl.Series:
    """Whole numbers as such, and days without an hour as days."""
    if column.dtype.is_float():
        # Beyond 2 to the 53rd not every whole number has a float of its own.
        return column.cast(pl.Int64) if ((column.round(0) == column) & (column.abs() < 2**53)).all() else column
    if column.dtype == pl.Datetime and (column.dt.date().cast(column.dtype) == column).all():
        return column.dt.date()
    return column


def _describe(source: Source, error: Exception) -> FramingError:
    return describe_damage(source, str(error).splitlines()[0])
