"""Parquet files, slice by slice."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from annotate.ingestion.record import FileRecord
from annotate.ingestion.source import Row, Source
from schemas.errors import FramingError
from schemas.parquet import measure_parquet

__all__ = ["read_parquet", "read_slices"]

# What is taken from a file at a time, in characters of text; of each row group it touches polars holds all bytes meanwhile.
PORTION = 2_000_000
_FIRST_ROWS = 64


def read_parquet(source: Source) -> Iterator[Row]:
    """Rows as they are: structs are dicts, and days days. See `read_slices` for what becomes of bytes."""
    # Of pages that lie outside the file polars would panic in a thread of its own, and print that.
    measure_parquet(source.path)
    try:
        yield from read_slices(pl.scan_parquet(source.path, glob=False), source)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise FramingError("is damaged, or is not a Parquet file", source.name, "Write it again, or restore it from a copy") from error


def read_slices(rows: pl.LazyFrame, source: Source) -> Iterator[Row]:
    """The rows of a table that may be larger than memory. Bytes are decoded as UTF-8, and where they are none, such as pictures, left out."""
    # A row group may hold hundreds of thousands of articles, so it is read in slices; pages before a slice are skipped.
    begin, count = 0, _FIRST_ROWS
    height = rows.select(pl.len()).collect().item()
    while begin < height:
        table = rows.slice(begin, count).collect()
        begin += table.height
        source.position = source.size * begin // height
        count = max(1, min(4 * count, PORTION * table.height // max(int(table.estimated_size()), 1)))
        yield from _decode_bytes(table, source.record).iter_rows(named=True)
        # Not two of them at a time.
        del table


def _decode_bytes(table: pl.DataFrame, record: FileRecord) -> pl.DataFrame:
    for name, kind in table.schema.items():
        if kind == pl.Binary:
            texts = [_decode(value) for value in table[name]]
            record.clean(f"values of {name} that are bytes and no text left out", texts.count(None) - table[name].null_count())
            table = table.with_columns(pl.Series(name, texts, pl.String))
    return table


def _decode(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None
