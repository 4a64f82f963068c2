"""Parquet files of others: how much they unpack into is looked at before they are unpacked, and damage is one clear line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from schemas.errors import FramingError
from schemas.files import measure_file

__all__ = ["Measure", "explain_damage", "measure_parquet", "read_parquet", "scan_parquet"]

MAGIC = b"PAR1"
# Bytes that a file may unpack into whatever its own size, and how many times its size beyond that: tables of this toolkit are packed
# some ten times, and what is packed a thousand times was made to fill a memory.
UNPACKED, PACKED = 256_000_000, 100
# A value takes so much in memory, however many are equal.
VALUE = 16
LARGEST_FOOTER = 64_000_000
MEND = "Write it again, or restore it from a copy"
# The Thrift compact protocol (thrift/doc/specs/thrift-compact-protocol.md of Apache Thrift).
_TRUE, _FALSE, _BYTE, _INTEGERS, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, (4, 5, 6), 7, 8, 9, 10, 11, 12
_WIDTHS = {_TRUE: 1, _FALSE: 1, _BYTE: 1, _DOUBLE: 8}
_DEEPEST = 30


class Measure(NamedTuple):
    """What a footer says: rows, and bytes of memory that the table takes at least."""

    rows: int
    unpacked: int


def read_parquet(path: Path) -> pl.DataFrame:
    """A Parquet file, or a folder of parts, as a table; FramingError if it is damaged, something else, or unpacks into far more than it is."""
    with explain_damage(path):
        return scan_parquet(path).collect()


def scan_parquet(path: Path) -> pl.LazyFrame:
    """The same, not read yet: read it inside `explain_damage`."""
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise FramingError("is a folder without a Parquet file", path, MEND)
    for file in files:
        measure, size = measure_parquet(file), file.stat().st_size
        if measure.unpacked > max(UNPACKED, PACKED * size):
            raise FramingError(
                f"unpacks {size:,} bytes into {measure.unpacked:,} ({measure.rows:,} rows), which no table of this toolkit does", path, MEND
            )
    with explain_damage(path):
        return pl.scan_parquet(files, glob=False)


@contextmanager
def explain_damage(path: Path) -> Iterator[None]:
    """Turn what polars raises while the file is read into one line."""
    try:
        yield
    except pl.exceptions.ColumnNotFoundError as error:
        raise FramingError(f"lacks the column {str(error).splitlines()[0]}", path, "Was it written by this toolkit?") from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise FramingError("is damaged, or is not a Parquet file", path, MEND) from error


def measure_parquet(path: Path) -> Measure:
    """What the footer says. FramingError if the file is missing, or is not a Parquet file.

    Parquet file format (github.com/apache/parquet-format), `FileMetaData`: fields 3 (rows) and 4 (row groups), of these 1 (columns), of
    these 3 (metadata) with 5 (values), 6 (bytes uncompressed), 7 (bytes compressed), 9 and 11 (where pages begin).
    """
    try:
        measure_file(path)
        with path.open("rb") as file:
            tail = file.seek(0, 2) - 8
            file.seek(max(tail, 0))
            length, magic = int.from_bytes(file.read(4), "little"), file.read(4)
            if tail < len(MAGIC) or magic != MAGIC or not 0 < length <= min(tail, LARGEST_FOOTER):
                raise ValueError("no footer")
            file.seek(tail - length)
            footer = _Thrift(file.read(length)).read_struct()
        columns = [column[3] for group in footer.get(4, []) for column in group[1]]
        # Of a file that was cut at its front polars would ask for bytes behind its end, and panic.
        if any(min(column[9], column.get(11) or column[9]) + column[7] > tail - length for column in columns):
            raise ValueError("pages outside the file")
        return Measure(int(footer[3]), sum(max(abs(column[6]), VALUE * abs(column[5])) for column in columns))
    except FileNotFoundError as error:
        raise FramingError("no such file", path) from error
    except (ValueError, LookupError, TypeError, AttributeError, OSError) as error:
        raise FramingError("is damaged, or is not a Parquet file", path, MEND) from error


class _Thrift:
    """A reader of structs: fields by their number. IndexError or ValueError where the bytes are none."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def read_struct(self, depth: int = 0) -> dict[int, Any]:
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        fields: dict[int, Any] = {}
        number = 0
        while kind := (head := self._byte()) & 0x0F:
            step = head >> 4
            number = number + step if step else self._signed()
            fields[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind == _STRUCT:
            return self.read_struct(depth + 1)
        if kind in (_LIST, _SET, _MAP):
            return self._collection(kind, depth)
        if kind in _INTEGERS:
            return self._signed()
        if kind == _BINARY:
            return self._take(self._unsigned())
        return self._take(_WIDTHS[kind])

    def _collection(self, kind: int, depth: int) -> list[Any]:
        if kind == _MAP:
            length = self._unsigned()
            kinds = self._byte() if length else 0
            return [(self._element(kinds >> 4, depth), self._element(kinds & 0x0F, depth)) for _ in range(length)]
        head = self._byte()
        length = head >> 4 if head >> 4 < 15 else self._unsigned()
        return [self._element(head & 0x0F, depth) for _ in range(length)]

    def _element(self, kind: int, depth: int) -> Any:
        # Lists of lists do not occur in a footer.
        return self._value(kind, depth + 1) if depth < _DEEPEST else self.read_struct(depth)

    def _byte(self) -> int:
        self._place += 1
        return self._data[self._place - 1]

    def _take(self, length: int) -> bytes:
        if not 0 <= length <= len(self._data) - self._place:
            raise ValueError("cut short")
        self._place += length
        return self._data[self._place - length : self._place]

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise ValueError("a number without an end")

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)
