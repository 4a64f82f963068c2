"""Files of any common kind become articles with canonical text: one table of all, or portion by portion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from annotate.ingestion.duplicates import Known
from annotate.ingestion.files import Source, find_files
from annotate.ingestion.rows import MOST, TEXT_COLUMN, Row, Unreadable, read_rows
from schemas.dataset import Rejected
from schemas.errors import FramingError
from schemas.tables import Articles, conform, plain
from schemas.text.canonical import canonicalise, identify
from schemas.wording import enumerate_some

__all__ = ["Ingested", "Portion", "ingest", "ingest_table", "read_portions"]

ID_COLUMNS = ("article_id", "id")
# What a row that is set aside counts as, in characters.
_ROW = 100
TWICE = "articles that were there twice, kept once"


@dataclass
class Ingested:
    """The articles, what was set aside and why, and what the user should know about the rest."""

    articles: pl.DataFrame
    rejected: Rejected = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@dataclass
class Portion:
    """Some articles of many; what was set aside on the way to them; how many rows both were, with those that were there twice;
    the bytes of the files that are behind."""

    articles: pl.DataFrame
    rejected: Rejected
    rows: int
    position: int


def ingest(paths: Iterable[str | Path], *, text_column: str = TEXT_COLUMN, outlet: str | None = None) -> Ingested:
    """Read files, folders (recursively) and globs.

    A text file is one article, titled by its name; a table has one article a row. article_id is the user's own
    (`article_id` or `id`), else a hash of url and text. Rows without text are set aside; the same article twice is
    kept once; two texts under one id, and rows that cannot be read, are refused. `outlet` is given to articles that name none.
    """
    rejected: Rejected = []
    notices: Counter[str] = Counter()
    rows: dict[str, Row] = {}
    for path in find_files(paths):
        for number, raw in enumerate(read_rows(Source(path, notices), text_column), start=1):
            if isinstance(raw, Unreadable):
                raise FramingError(raw.reason, path, raw.todo)
            where = f"{path}, row {number}"
            row = _clean(raw, notices, outlet, MOST)
            if isinstance(row, str):
                rejected.append(_aside(row, where))
            else:
                _keep(rows, row, where, notices)
    if not rows:
        raise FramingError("no article with text was found", ", ".join(str(path) for path in paths), "Check the files, and --text-column for tables")
    return _ingested(rows, rejected, notices)


def ingest_table(table: pl.DataFrame, *, text_column: str = TEXT_COLUMN) -> Ingested:
    """The same of a table that is there already, of which no row is set aside: whoever made it can mend it. Articles without an id of
    their own are numbered from 0, so that what is found in each is told by its place.

    Raises FramingError for a row without text, and where there is no such column.
    """
    if text_column not in table.columns:
        raise FramingError(f"has no column {text_column!r}", "table", f"Name the one that holds the text: {enumerate_some(table.columns)}")
    if not set(ID_COLUMNS) & set(table.columns):
        table = table.with_row_index("article_id")
    notices: Counter[str] = Counter()
    rows: dict[str, Row] = {}
    for number, raw in enumerate(table.rename({text_column: TEXT_COLUMN}).iter_rows(named=True)):
        row = _clean(raw, notices, None, MOST)
        if isinstance(row, str):
            raise FramingError(row, f"row {number} of the table", "Leave such rows out")
        _keep(rows, row, f"row {number} of the table", notices)
    return _ingested(rows, [], notices)


def _ingested(rows: dict[str, Row], rejected: Rejected, notices: Counter[str]) -> Ingested:
    return Ingested(_tabulate(list(rows.values())), rejected, [f"{text}: {count}" for text, count in notices.items()])


def _keep(rows: dict[str, Row], row: Row, where: str, notices: Counter[str]) -> None:
    """Add the row under its id; once, if it comes twice."""
    known = rows.setdefault(row["article_id"], row)
    if known["text"] != row["text"]:
        raise FramingError(f"article_id {row['article_id']!r} stands for two different texts", where, "Give each article an id of its own")
    if known is not row:
        notices[TWICE] += 1


def read_portions(files: Iterable[Path], notices: Counter[str], *, text_column: str, characters: int, longest: int) -> Iterator[Portion]:
    """The same, as portions of some `characters` of text, from files of any size, in bounded memory.

    The same files give the same portions. One bad row among millions stops nothing: it is set aside, also where its text is
    longer than `longest` characters, or its id stood for another text before. A portion may be without articles.
    """
    known, size, behind, count = Known(), 0, 0, 0
    rows: list[Row] = []
    rejected: Rejected = []
    for path in files:
        source = Source(path, notices)
        for number, raw in enumerate(read_rows(source, text_column), start=1):
            count += 1
            row = raw.reason if isinstance(raw, Unreadable) else _clean(raw, notices, None, longest)
            before = known.add(row["article_id"], row["text"]) if not isinstance(row, str) else None
            if isinstance(row, str):
                rejected.append(_aside(row, f"{path}, row {number}"))
            elif before == "other":
                rejected.append(_aside(f"article_id {row['article_id']!r} stood for another text before", f"{path}, row {number}"))
            elif before == "same":
                notices[TWICE] += 1
            else:
                rows.append(row)
                size += len(row["text"])
            if size + _ROW * len(rejected) >= characters:
                yield Portion(_tabulate(rows), rejected, count, behind + source.position)
                rows, rejected, size, count = [], [], 0, 0
        behind += source.size
    yield Portion(_tabulate(rows), rejected, count, behind)


def _clean(raw: Row, notices: Counter[str], outlet: str | None, longest: int) -> Row | str:
    """The row as it is kept, or why it is not."""
    text = raw.get(TEXT_COLUMN)
    if not isinstance(text, str):
        return "no text"
    if len(text) > longest:
        return f"longer than {longest:,} characters"
    try:
        # Half a surrogate pair in a title or an address can be stored no more than one in the text.
        for part in (*raw, *raw.values()):
            if isinstance(part, str) and part is not text and not part.isascii():
                part.encode()
        canonical = canonicalise(text)
    except (UnicodeEncodeError, FramingError):
        return "half a surrogate pair, which no encoding can hold"
    if not canonical.text.strip():
        return "no text"
    for change, count in canonical.changes.items():
        notices[f"{change} removed or changed"] += count
    row = {str(key): plain(value) for key, value in raw.items()}
    row[TEXT_COLUMN] = canonical.text
    row["outlet"] = row.get("outlet") or outlet
    own = next((row.pop(name) for name in ID_COLUMNS if row.get(name) not in (None, "")), None)
    row["article_id"] = str(own) if own is not None else identify(canonical.text, row.get("url"))
    return row


def _aside(reason: str, where: str) -> dict[str, object]:
    return {"reason": reason, "row": {"where": where}}


def _tabulate(rows: list[Row]) -> pl.DataFrame:
    table = pl.DataFrame(rows, infer_schema_length=None, strict=False) if rows else Articles.create_empty()
    return conform(table, Articles, "ingest")
