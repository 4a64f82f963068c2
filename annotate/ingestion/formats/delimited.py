"""Tables of cells that a separator parts: CSV and its kin."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from itertools import chain

from annotate.ingestion.formats.layout import find_layout
from annotate.ingestion.formats.records import Records
from annotate.ingestion.formats.text import MARK
from annotate.ingestion.source import MOST, Row, Source, Unreadable
from schemas.errors import FramingError

__all__ = ["read_delimited"]

# Lines and characters from which the layout is told.
_LINES, _CHARACTERS = 200, 1 << 16
# Characters in a cell of Excel at most: what is exactly as long was cut off there.
_EXCEL = 32_767
_CUT = "texts that are as long as Excel's longest cell: cut off?"
_SPREADSHEETS = {b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls"}


def read_delimited(source: Source) -> Iterator[Row | Unreadable]:
    """Rows of text cells: an id such as 007 stays what it is, and an empty cell is None. What is damaged is set aside record by record."""
    head = source.read_head(4)
    if ending := _SPREADSHEETS.get(head):
        raise FramingError("is a spreadsheet of Excel, whatever its name says", source.name, f"Give it a name that ends in {ending}")
    csv.field_size_limit(MOST)
    with source.open_text() as file:
        # A line is no longer than two cells may be.
        read_line = partial(file.readline, 2 * MOST)
        first = _read_first(read_line)
        layout = find_layout(first, "\t" if source.kind == ".tsv" else ",", source.record)
        if layout is None:
            return
        names = layout.names
        for cells in Records(chain(first[layout.start :], iter(read_line, "")), layout, source.record):
            if isinstance(cells, Unreadable):
                yield cells
                continue
            row: Row = dict.fromkeys(names) if len(cells) != len(names) else {}
            row.update(zip(names, [cell or None for cell in cells], strict=False))
            if _EXCEL in map(len, cells):
                source.record.clean(_CUT, sum(len(cell) == _EXCEL for cell in cells))
            yield row


def _read_first(read_line: partial[str]) -> list[str]:
    lines, size = list[str](), 0
    while len(lines) < _LINES and size < _CHARACTERS and (line := read_line()):
        lines.append(line if lines else line.removeprefix(MARK))
        size += len(line)
    return lines
