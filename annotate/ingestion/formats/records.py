"""The records of a table of text, one after the other. What is damaged costs its own record, and never those behind it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice

from annotate.ingestion.formats.layout import CLASSES, Layout, kind_of_cell
from annotate.ingestion.formats.quotes import Unclosed, split_loosely
from annotate.ingestion.record import FileRecord
from annotate.ingestion.source import MOST, Unreadable
from schemas.wording import count

__all__ = ["Records"]

_UNDOUBLED = "quotation marks inside cells that were not doubled"
_TODO = "Check quotes and separators"
# Lines that are taken at a time; and of a cell that goes on, the last so many are asked then whether they are rows.
_TAKEN, _ASKED = 32, 8
# Rows in a row that look like none and are believed all the same; places in a line where another row may begin, and the length of its first cell.
_PATIENCE, _PLACES, _ID = 3, 32, 16
# Characters that may be looked at anew, for each that is read, and from the start; and of one record, however many were.
_AGAIN, _AGAIN_FIRST, _LEAST = 4, 1 << 22, 1 << 11
# Lines and characters of a cell with quotation marks in it that are not doubled.
_LOOSE_LINES, _LOOSE = 64, 1 << 17


class _Runaway(Exception):
    """A quoted cell that goes on over rows."""


class Records:
    """The rows behind the header, as lists of cells. `lines` are those behind the header.

    Quoted cells with line ends in them are read as they are. A record that is none in the layout's dialect, or has another number of cells than
    its rows have, or swallows lines that are rows, is given up after its first line, and reading goes on with the next. Lines that
    follow and do not begin a row are taken for the rest of it.
    """

    def __init__(self, lines: Iterator[str], layout: Layout, record: FileRecord) -> None:
        self._lines, self._layout, self._record = lines, layout, record
        self._options = layout.dialect.options()
        quote, separator = layout.dialect.quote, re.escape(layout.dialect.separator)
        self._may_open, self._may_close = re.compile(f"{separator}{quote}[^{quote}{separator}\r\n]"), re.compile(f"{quote} *(?:{separator}|[\r\n])")
        self._width, self._least = max(layout.widths), min(layout.widths) - 1
        # Lines that were read; where the record begins among them that is being read; and how many of the file are behind.
        self._buffer: list[str] = []
        self._begin, self._number = 0, layout.start
        self._read = self._again = 0
        self._limit = MOST
        # What is known of the columns, until it proves wrong.
        self._kinds = layout.kinds if any(layout.kinds) else []
        self._doubted = 0
        # The first and last line of what was given up last, and why; none while all is well.
        self._lost: tuple[int, int, str] | None = None

    def __iter__(self) -> Iterator[list[str] | Unreadable]:
        while True:
            reader = csv.reader(chain(self._repeat(), chain.from_iterable(self._take())), **self._options)
            behind = 0
            try:
                for cells in reader:
                    lines = reader.line_num - behind
                    if (
                        len(cells) in self._layout.widths
                        and (lines == 1 or not self._swallows(lines))
                        and (self._lost is None or self._believes(cells))
                    ):
                        if self._lost:
                            yield self._tell()
                        yield cells
                    elif cells:
                        yield from self._give_up(lines, self._why(cells), is_whole=True)
                        break
                    behind += lines
                    self._begin += lines
                else:
                    break
            except (csv.Error, _Runaway) as error:
                yield from self._repair(reader.line_num - behind, error)
        if self._lost:
            yield self._tell()

    def _take(self) -> Iterator[list[str]]:
        """New lines, some at a time: what is looked at line by line costs more than reading them."""
        span = 0
        while lines := list(islice(self._lines, _TAKEN)):
            self._forget()
            # What is left are the lines of a record that goes on.
            open_lines, length = len(self._buffer), sum(map(len, lines))
            self._buffer += lines
            self._read += length
            span = span + length if open_lines else 0
            self._bound(open_lines, span)
            yield lines

    def _forget(self) -> None:
        """Lets go of the lines that are behind."""
        self._number += self._begin
        del self._buffer[: self._begin]
        self._begin = 0

    def _repeat(self) -> Iterator[str]:
        """Lines that were read before, and are to be read otherwise."""
        begin, span, position = self._begin, 0, self._begin
        while position < len(self._buffer):
            if begin != self._begin:
                begin, span = self._begin, 0
            line = self._buffer[position]
            span += len(line)
            if (position - begin) % _TAKEN == 0 and position > begin:
                self._bound(position - begin, span)
            yield line
            position += 1

    def _bound(self, lines: int, span: int) -> None:
        """Ends a record, of so many lines and characters until now, that goes on over rows or for too long."""
        if lines > _ASKED and self._are_rows(self._buffer[self._begin + lines - _ASKED : self._begin + lines]):
            raise _Runaway("a quotation mark opens and does not close")
        if span > self._limit:
            raise _Runaway(f"a cell is longer than {self._limit:,} characters")

    # What is damaged

    def _repair(self, lines: int, error: Exception) -> Iterator[list[str] | Unreadable]:
        if isinstance(error, csv.Error) and "expected after" in str(error) and (loose := self._read_loosely()):
            cells, taken, marks = loose
            if self._lost:
                yield self._tell()
            self._record.clean(_UNDOUBLED, marks)
            self._advance(lines, taken)
            yield cells
            return
        reason = "a quotation mark opens and does not close" if "end of data" in str(error) else str(error)
        yield from self._give_up(lines, f"is not CSV ({reason})", is_whole=False)

    def _give_up(self, lines: int, why: str, *, is_whole: bool) -> Iterator[Unreadable]:
        """Sets the first line of a record of so many aside, and all of one that `is_whole` if no row can begin in it."""
        held = self._buffer[self._begin : self._begin + lines]
        begins = self._begins_row(held[0])
        if not is_whole or any(map(self._is_row, held[1:])):
            del held[1:]
        first = self._number + self._begin + 1
        last = first + len(held) - 1
        if self._lost and not begins:
            self._lost = self._lost[0], last, self._lost[2]
        else:
            if self._lost:
                yield self._tell()
            self._lost = first, last, why
        for number, line in enumerate(held, start=first):
            if self._holds_another(line, is_first=begins and number == first):
                self._lost = self._lost[0], number, self._lost[2]
                yield self._tell()
                self._lost = number, last, "has another row in it, whose line end before it is lost"
        self._advance(lines, len(held))

    def _advance(self, lines: int, taken: int) -> None:
        """Goes on behind the first of a record's lines; the others are looked at anew, as long as that is in measure."""
        self._again += sum(map(len, self._buffer[self._begin + taken : self._begin + lines]))
        self._begin += taken
        if 2 * self._begin > len(self._buffer):
            self._forget()
        self._limit = max(_LEAST, min(MOST, _AGAIN * self._read + _AGAIN_FIRST - self._again))

    def _tell(self) -> Unreadable:
        first, last, why = self._lost or (0, 0, "")
        self._lost = None
        return Unreadable(f"line {first} {why}" if first == last else f"line {first} {why}; it goes on to line {last}", _TODO)

    def _why(self, cells: list[str]) -> str:
        if len(cells) in self._layout.widths:
            return "is not CSV (a quotation mark opens and does not close)"
        return f"has {count(len(cells), 'cell')}, and the head has {count(len(self._layout.names), 'column')}"

    def _read_loosely(self) -> tuple[list[str], int, int] | None:
        """A row in whose cells quotation marks were not doubled, its lines, and how many marks; None if there is none."""
        text = ""
        for lines in range(1, _LOOSE_LINES):
            position = self._begin + lines - 1
            if position == len(self._buffer):
                self._buffer += islice(self._lines, _TAKEN)
            if position == len(self._buffer) or len(text) > min(_LOOSE, self._limit) or (text and self._is_row(self._buffer[position])):
                break
            text += self._buffer[position]
            if lines > 1:
                opens, closes = self._may_open.search(self._buffer[position]), self._may_close.search(self._buffer[position])
                if opens and not (closes and closes.start() < opens.start()):
                    break
                if not closes:
                    continue
            try:
                found = split_loosely(text, self._layout.dialect, self._layout.widths)
            except Unclosed:
                continue
            return (found[0], lines, found[1]) if found and self._fits(found[0]) else None
        self._again += len(text)
        return None

    # What a row looks like

    def _swallows(self, lines: int) -> bool:
        """Whether a record of the right number of cells is several rows: all its lines behind the first are rows by themselves."""
        if not (self._kinds and self._kinds[0]):
            return False
        first, *others = self._buffer[self._begin : self._begin + lines]
        return all(map(self._is_row, others)) and (len(others) > 1 or first.count(self._layout.dialect.separator) == self._width - 1)

    def _are_rows(self, lines: list[str]) -> bool:
        separator, least = self._layout.dialect.separator, self._least
        enough = len(lines) * (0.5 if self._kinds and self._kinds[0] else 0.9)
        likely = [line for line in lines if line.count(separator) >= least]
        return least > 0 and len(likely) >= enough and sum(map(self._is_row, likely)) >= enough

    def _is_row(self, line: str) -> bool:
        """Whether a line by itself is a row, also with a quotation mark too many in it."""
        dialect = self._layout.dialect
        if line.count(dialect.separator) < self._least or not line.strip():
            return False
        try:
            cells = next(csv.reader([line], **self._options))
        except csv.Error:
            cells = line.split(dialect.separator)
        return len(cells) in self._layout.widths and self._fits(cells)

    def _fits(self, cells: list[str], begin: int = 0) -> bool:
        """Whether cells, from that column on, look as in rows that are known: the first does, and half of all that look alike elsewhere."""
        pairs = zip(self._kinds[begin:], map(str.strip, cells[begin:]), strict=False)
        alike = [cell in kinds or kind_of_cell(cell) in kinds for kinds, cell in pairs if kinds]
        return 2 * sum(alike) >= len(alike) and (alike[0] if alike and begin == 0 and self._kinds[0] else True)

    def _believes(self, cells: list[str]) -> bool:
        """Whether what has a row's number of cells, behind a damage, is a row, and no line of the damaged text."""
        if self._fits(cells):
            self._doubted = 0
            return True
        self._doubted += 1
        if self._doubted >= _PATIENCE:
            # Rows look different by now.
            self._kinds = []
        return self._doubted >= _PATIENCE

    def _begins_row(self, line: str) -> bool:
        """Whether a damaged record is one of its own, and not more of the one before."""
        dialect = self._layout.dialect
        cells = line.split(dialect.separator)
        if self._kinds and self._kinds[0]:
            return self._fits([cells[0].strip().strip(dialect.quote)])
        return len(cells) >= self._width and self._fits([*cells[: self._width - 1], cells[-1]])

    def _holds_another(self, line: str, *, is_first: bool) -> bool:
        """Whether a row begins inside a damaged line, because the line end before it was lost; `is_first` if another row begins the line."""
        dialect, kinds = self._layout.dialect, self._kinds[0] if self._kinds else None
        if not kinds or len(line) > _LOOSE:
            return False
        ends = set("".join(kinds))
        position, tried = line.find(dialect.separator) if is_first else -1, 0
        while (position := line.find(dialect.separator, position + 1)) >= 0 and tried < _PLACES:
            before = line[max(position - _ID, 0) : position].removesuffix(dialect.quote)
            if before[-1:].translate(CLASSES) not in ends:
                continue
            tried += 1
            is_id = any(kind_of_cell(before[begin:]) in kinds for begin in range(len(before)))
            if is_id and self._could_be_row(line[position:], within=not is_first or not self._is_whole(line[:position])):
                return True
        return False

    def _could_be_row(self, line: str, *, within: bool) -> bool:
        """Whether a line that lacks its first cell is a row, or, `within` a cell, begins one."""
        try:
            cells = next(csv.reader([line], **self._options))
        except csv.Error as error:
            return within and "end of data" in str(error)
        return len(cells) in self._layout.widths and self._fits(cells, 1)

    def _is_whole(self, line: str) -> bool:
        """Whether a line ends between two cells."""
        try:
            return len(next(csv.reader([line], **self._options))) < self._width
        except csv.Error:
            return False
