"""The rows of a file, one after the other: nothing but a file of one article is ever read whole."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import polars as pl

from annotate.ingestion.files import DAMAGES, PACKINGS, TABLES, Source
from schemas.errors import FramingError

__all__ = ["MOST", "TEXT_COLUMN", "Row", "Unreadable", "read_rows"]

Row = dict[str, Any]
TEXT_COLUMN = "text"
# Characters that a line of JSON, a cell of CSV or a file of one article may have; and rows after which a missing column is
# missed.
MOST, PATIENCE = 1 << 26, 100
# What is taken from a Parquet file at a time, in characters of text; of each row group it touches polars holds all bytes meanwhile.
PORTION = 2_000_000
_FIRST_ROWS = 64
# The byte-order mark, which is no part of a table.
MARK = "\ufeff"


class Unreadable(NamedTuple):
    """A row that is none, why, and what to do."""

    reason: str
    todo: str


def read_rows(source: Source, text_column: str = TEXT_COLUMN) -> Iterator[Row | Unreadable]:
    """Rows whose text, if they have one, is in TEXT_COLUMN, in order; what cannot be read stands in its place as Unreadable.

    Raises FramingError for a file that is not what its name says, is damaged, or has no column `text_column`.
    """
    # A file of one article has no columns to choose from.
    column = text_column if source.kind in TABLES else TEXT_COLUMN
    try:
        yield from _choose_text(READERS[source.kind](source), column, source)
    except UnicodeError as error:
        raise FramingError("is neither UTF-8 nor in the encoding it seemed to have", source.path, "Save it as UTF-8") from error
    except DAMAGES as error:
        raise FramingError(f"cannot be read to its end ({error})", source.path, "Is it cut off? Download it again") from error


def _choose_text(rows: Iterator[Row | Unreadable], column: str, source: Source) -> Iterator[Row | Unreadable]:
    first: list[Row | Unreadable] = []
    for row in rows:
        first.append(row)
        if isinstance(row, dict) and column in row:
            break
        if len(first) >= PATIENCE:
            _refuse_columns(first, column, source)
    else:
        _refuse_columns(first, column, source)
    if column == TEXT_COLUMN:
        yield from chain(first, rows)
        return
    for row in chain(first, rows):
        if isinstance(row, dict):
            text = row.pop(column, None)
            # The column that gives way keeps its content under another name: it is the user's.
            yield {**{"text_before" if name == TEXT_COLUMN else name: value for name, value in row.items()}, TEXT_COLUMN: text}
        else:
            yield row


def _refuse_columns(rows: Iterable[Row | Unreadable], column: str, source: Source) -> None:
    names = ", ".join(dict.fromkeys(str(name) for row in rows if isinstance(row, dict) for name in row))
    if names:
        raise FramingError(f"has no column {column!r} (there are: {names})", source.path, "Name the text's column with --text-column")


def _read_whole(source: Source) -> str:
    with source.open_text() as file:
        return file.read(MOST + 1)


def _read_text(source: Source) -> Iterator[Row]:
    yield {"title": _title(source), "text": _read_whole(source)}


def _read_markdown(source: Source) -> Iterator[Row]:
    # The text stays as it is, signs and all: offsets must point into what the user has.
    text = _read_whole(source)
    heading = next((line.removeprefix("# ").strip() for line in text.removeprefix(MARK).splitlines() if line.startswith("# ")), _title(source))
    yield {"title": heading, "text": text}


def _read_html(source: Source) -> Iterator[Row]:
    try:
        import trafilatura
    except ImportError as error:
        raise FramingError("reading HTML needs trafilatura", source.path, "Install framing-toolkit[annotate]") from error
    document = trafilatura.bare_extraction(_read_whole(source), include_comments=False, with_metadata=True)
    found: Row = document if isinstance(document, dict) else document.as_dict() if document is not None else {}
    yield {
        "title": found.get("title") or _title(source),
        "text": found.get("text"),
        "outlet": found.get("sitename"),
        "author": found.get("author"),
        "published": found.get("date"),
        "url": found.get("url"),
        "language": found.get("language"),
    }


def _title(source: Source) -> str:
    name = source.path.stem
    return name[: -len(source.kind)] if name.lower().endswith(source.kind) and source.path.suffix.lower() in PACKINGS else name


def _read_jsonl(source: Source) -> Iterator[Row | Unreadable]:
    with source.open_text(newline="\n") as file:
        for number, line in enumerate(_lines(file), start=1):
            if line is None:
                yield Unreadable(f"line {number} is longer than {MOST:,} characters", "One article a line")
            elif line.strip():
                yield _parse(line.removeprefix(MARK), number)


def _lines(file: io.TextIOBase) -> Iterator[str | None]:
    """Lines, ended by a line feed alone; None for one that is too long."""
    while line := file.readline(MOST):
        if len(line) < MOST or line.endswith("\n"):
            yield line
            continue
        while line and not line.endswith("\n"):
            line = file.readline(MOST)
        yield None


def _parse(line: str, number: int) -> Row | Unreadable:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"line {number} is not JSON ({error})", "One JSON object a line")
    return row if isinstance(row, dict) else Unreadable(f"line {number} is not a JSON object", "One JSON object a line")


def _read_csv(source: Source) -> Iterator[Row | Unreadable]:
    with source.open_text() as file:
        header = file.readline(MOST).removeprefix(MARK)
        separator = max(",;\t", key=header.count)
        csv.field_size_limit(MOST)
        # Everything stays text: an id such as 007 must stay what it is.
        reader = csv.reader(chain([header], file), delimiter=separator, strict=True)
        names: list[str] | None = None
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                yield Unreadable(f"line {reader.line_num} is not CSV ({error})", "Check quotes and separators")
                continue
            if cells is None:
                return
            if names is None:
                names = cells
            elif len(cells) > len(names):
                yield Unreadable(f"line {reader.line_num} has {len(cells)} cells, and there are {len(names)} columns", "Check quotes and separators")
            elif cells:
                yield dict.fromkeys(names) | {name: cell or None for name, cell in zip(names, cells, strict=False)}


def _read_parquet(source: Source) -> Iterator[Row]:
    # A row group may hold hundreds of thousands of articles, so it is read in slices; pages before a slice are skipped.
    begin, count = 0, _FIRST_ROWS
    try:
        rows = pl.scan_parquet(source.path, glob=False)
        height = rows.select(pl.len()).collect().item()
        while begin < height:
            table = rows.slice(begin, count).collect()
            begin += table.height
            source.position = source.size * begin // height
            count = max(1, min(4 * count, PORTION * table.height // max(int(table.estimated_size()), 1)))
            yield from table.iter_rows(named=True)
            # Not two of them at a time.
            del table
    except FileNotFoundError as error:
        raise FramingError("no such file", source.path) from error
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise FramingError("is damaged, or is not a Parquet file", source.path, "Write it again, or restore it from a copy") from error


READERS: dict[str, Callable[[Source], Iterator[Row | Unreadable]]] = {
    ".txt": _read_text,
    ".md": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".jsonl": _read_jsonl,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}
