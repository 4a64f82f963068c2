"""Files of any common kind become articles with canonical text: one table of all, or portion by portion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

import polars as pl

from annotate.ingestion.cleaning import clean_text
from annotate.ingestion.columns import find_roles, take_roles
from annotate.ingestion.dates import Order, needs_order, parse_date, tell_order
from annotate.ingestion.duplicates import Known
from annotate.ingestion.files import Files, find_files, name_source, open_sources
from annotate.ingestion.options import Options
from annotate.ingestion.outlets import RESPELT, respell_outlets
from annotate.ingestion.record import FileRecord, Reading
from annotate.ingestion.rows import FIRST, read_rows
from annotate.ingestion.source import MOST, Row, Source, Unclear, Unreadable
from schemas.checks import Rejected
from schemas.errors import FramingError
from schemas.tables import Articles, conform, plain
from schemas.text.canonical import are_storable, canonicalise, identify
from schemas.wording import count, enumerate_some, inflect

__all__ = ["Ingested", "Portion", "ingest", "ingest_table", "read_portions"]

_NAMES = ("outlet", "author", "url", "language", "section")
# How far an article's length may be from the one that a news database states: each counts words in its own way.
_OFF = 0.1
# What a row that is set aside counts as, in characters.
_ROW = 100


@dataclass
class Ingested:
    """The articles, what was set aside and why, and what was done on the way."""

    articles: pl.DataFrame
    rejected: Rejected
    reading: Reading


@dataclass
class Portion:
    """Some articles of many; what was set aside on the way to them; how many rows both were, with those that were there twice;
    the bytes of the files that are behind."""

    articles: pl.DataFrame
    rejected: Rejected
    rows: int
    position: int


def ingest(paths: Iterable[str | Path], options: Options | None = None) -> Ingested:
    """Read files, folders (recursively) and globs into one table: `read_portions`, with everything in memory.

    Raises FramingError if there is no article.
    """
    files = find_files(paths)
    reading = files.start_reading()
    portions = list(read_portions(files, reading, options or Options(), longest=MOST))
    articles, rejected = (
        pl.concat([portion.articles for portion in portions], how="diagonal_relaxed"),
        [row for portion in portions for row in portion.rejected],
    )
    if not articles.height:
        raise nothing_found(files, rejected)
    respelt, changed = respell_outlets(articles.lazy())
    if changed:
        reading.cleaned[RESPELT] = changed
    return Ingested(respelt.collect(), rejected, reading)


def nothing_found(files: Files, rejected: Rejected) -> FramingError:
    """What to say where no file had an article."""
    were = inflect(len(rejected), "was set aside", "were set aside, the first")
    first = f"; {count(len(rejected), 'row')} {were}: {rejected[0]['reason']}" if rejected else ""
    where = enumerate_some([name_source(path) for path in files.paths], 3)
    return FramingError(f"no article with text was found{first}", where, "Check the files, and --text-column for tables")


def read_portions(files: Files, reading: Reading, options: Options, *, characters: int = 1 << 62, longest: int = MOST) -> Iterator[Portion]:
    """The articles of the files as portions of some `characters` of text, from files of any size, in bounded memory.

    A document is one article, titled by its name where it has no title; a table has one article a row; a download of a news database is
    split. article_id is the user's own (`article_id` or `id`), else a hash of url and text; the same article twice is kept once. The same files give
    the same portions. One bad row among millions stops nothing: it is set aside with a reason, also where its text is longer than `longest`
    characters, or its id stood for another text before. So is one file of several that cannot be read at all. A portion may be without articles.
    `reading` tells what became of each file.
    """
    known, behind, alone = Known(), 0, not files.are_several
    shelf = _Shelf()
    for source in open_sources(files, reading):
        for number, made in enumerate(_make_articles(source, options, longest, alone=alone), start=1):
            shelf.add(made, f"{source.name}, row {number}", source.record, known)
            if shelf.size >= characters:
                yield shelf.portion(behind + source.position)
                shelf = _Shelf()
        behind += source.size
    yield shelf.portion(behind)


def ingest_table(table: pl.DataFrame, options: Options | None = None) -> Ingested:
    """The same of a table that is there already, of which no row is set aside: whoever made it can mend it. Articles without an id of
    their own are numbered from 0, so that what is found in each is told by its place.

    Raises FramingError for a row without text, and where there is no such column.
    """
    options = options or Options()
    roles = find_roles(table.columns, options.columns, list(table.head(FIRST).iter_rows(named=True)))
    if "text" not in roles.columns:
        raise FramingError("has no column 'text'", "table", f"Name the one that holds the text: {enumerate_some(table.columns)}")
    reading, known, shelf = Reading(), Known(), _Shelf()
    record = reading.open("table", "")
    rows = [{"article_id": number} | take_roles(row, roles) for number, row in enumerate(table.iter_rows(named=True))]
    dates = _Dates(options.dates, (row.get("published") for row in rows), record)
    for number, row in enumerate(rows):
        shelf.add(_make(row, record, dates, options, MOST), f"row {number} of the table", record, known)
        if shelf.rejected:
            raise FramingError(shelf.rejected[0]["reason"], f"row {number} of the table", "Leave such rows out, or mend them")
    return Ingested(shelf.portion(0).articles, [], reading)


class _Shelf:
    """Where articles wait until they are a portion."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self.rejected: Rejected = []
        self._count = self._characters = 0

    @property
    def size(self) -> int:
        """In characters; what was set aside counts, too."""
        return self._characters + _ROW * len(self.rejected)

    def add(self, made: Row | str, where: str, record: FileRecord, known: Known) -> None:
        """Add an article, or why a row is none; once, if it comes twice."""
        record.rows, self._count = record.rows + 1, self._count + 1
        before = known.add(made["article_id"], made["text"]) if isinstance(made, dict) else None
        if before == "other" and isinstance(made, dict):
            made = f"article_id {made['article_id']!r} stood for another text before"
        if isinstance(made, str):
            record.set_aside["its article_id stood for another text before" if before else made] += 1
            self.rejected.append({"reason": made, "row": {"where": where}})
        elif before == "same":
            record.twice += 1
        else:
            record.articles += 1
            self._rows.append(made)
            self._characters += len(made["text"])

    def portion(self, position: int) -> Portion:
        # Column by column, which polars takes in a third of the time that rows take.
        names = dict.fromkeys(chain.from_iterable(self._rows))
        columns = [pl.Series(name, [row.get(name) for row in self._rows], strict=False) for name in names]
        table = pl.DataFrame(columns) if columns else Articles.create_empty()
        return Portion(conform(table, Articles, "ingest"), self.rejected, self._count, position)


class _Dates:
    """The dates of one file's column. Whether the day or the month comes first is decided once, by the first date that tells."""

    def __init__(self, order: Order | None, column: Iterable[object], record: FileRecord) -> None:
        self._order, self._column, self._record = order, column, record

    def read(self, value: object) -> datetime | None:
        if self._order is None and needs_order(value):
            self._order = self._find_order(value)
        return parse_date(value, self._order)

    def _find_order(self, value: object) -> Order:
        for other in self._column:
            if (order := tell_order(other)) is not None:
                first = "the day" if order == "dmy" else "the month"
                self._record.guess(f"{first} comes first in dates such as {value}, because there is {other}")
                return order
        raise Unclear(f"nothing tells whether the day or the month comes first in {value!r}", self._record.name, "Say --dates dmy or --dates mdy")


def _make_articles(source: Source, options: Options, longest: int, *, alone: bool) -> Iterator[Row | str]:
    """Each row of the file as an article, or why it is none."""
    rows, begun = read_rows(source, options), False
    dates = _Dates(options.dates, _dates_of(source, options), source.record)
    while True:
        try:
            row = next(rows, None)
        except FramingError as error:
            if alone or isinstance(error, Unclear):
                raise
            why = f"{error.what}{f'. {error.todo}' if error.todo else ''}"
            if begun:
                yield f"the rest of the file is lost: it {why}"
            else:
                source.record.skipped = why
            return
        if row is None:
            return
        begun = True
        yield row.reason if isinstance(row, Unreadable) else _make(row, source.record, dates, options, longest)


def _dates_of(source: Source, options: Options) -> Iterator[object]:
    """The column of dates, from the file's beginning."""
    again = Source(source.path, FileRecord(source.name, source.kind))
    yield from (row.get("published") for row in read_rows(again, options) if isinstance(row, dict))


def _make(raw: Mapping[str, object], record: FileRecord, dates: _Dates, options: Options, longest: int) -> Row | str:
    """The article that a row is, or why it is none."""
    text = raw.get("text")
    if not isinstance(text, str) or not text.strip():
        return "no text"
    if len(text) > longest:
        return f"longer than {longest:,} characters"
    row: Row = {name: value if isinstance(value, str) or name == "published" else plain(value) for name, value in raw.items()}
    if not are_storable((*row, *row.values())):
        return "half a surrogate pair, which no encoding can hold"
    if not options.raw:
        _clean(row, record)
    canonical = canonicalise(row["text"])
    if not canonical.text.strip():
        return "no text"
    for change, number in canonical.changes.items():
        record.clean(f"{change} removed or changed", number)
    row["text"] = canonical.text
    if isinstance(title := row.get("title"), str):
        # A headline is marked and scored, too: one line of canonical text.
        row["title"] = " ".join(canonicalise(title).text.split()) or None
    for name in _NAMES:
        if isinstance(row.get(name), str):
            # White space beside a name would make two outlets of one.
            row[name] = row[name].strip() or None
    row["outlet"] = row.get("outlet") or options.outlet
    _date(row, record, dates)
    if isinstance(stated := row.get("length_stated"), int) and abs(len(canonical.text.split()) - stated) > _OFF * stated:
        record.clean("articles that are shorter or longer than the file states, by more than a tenth")
    # An article without the one id may have the other; where no column was taken as the id, none is.
    own = next((row[name] for name in ("article_id", "id") if "article_id" in row and row.get(name) not in (None, "")), None)
    row["article_id"] = str(own) if own is not None else identify(canonical.text, row.get("url"))
    return row


def _clean(row: Row, record: FileRecord) -> None:
    """Take from title and text what is no text."""
    for name in ("title", "text"):
        if isinstance(row.get(name), str):
            row[name], done = clean_text(row[name])
            for what, number in done.items():
                record.clean(what, number)


def _date(row: Row, record: FileRecord, dates: _Dates) -> None:
    """Make a date of what is said of when it was published; what is none stays under another name."""
    written = row.get("published")
    row["published"] = None if written in (None, "") else dates.read(written)
    if row["published"] is None and written not in (None, ""):
        row.setdefault("published_before", str(written))
        record.clean("dates that cannot be read, kept as published_before")
