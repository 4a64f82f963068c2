"""The rows of a file, one after the other: nothing but a file of one article is ever read whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from annotate.ingestion.columns import find_roles, take_roles
from annotate.ingestion.databases import find_database, split_html
from annotate.ingestion.formats import READERS, TEXTS
from annotate.ingestion.formats.rtf import looks_like_rtf
from annotate.ingestion.kinds import DOCUMENTS
from annotate.ingestion.options import Options
from annotate.ingestion.source import DAMAGES, MOST, Row, Source, Unreadable
from schemas.errors import FramingError
from schemas.wording import enumerate_some

__all__ = ["FIRST", "read_rows"]

# Rows by which it is told what the columns are for.
FIRST = 100
# Lines by which a .txt is told to be a table.
_LINES = 20


def read_rows(source: Source, options: Options) -> Iterator[Row | Unreadable]:
    """Rows with their columns under our names (options.ROLES), in order; what cannot be read stands in its place as Unreadable.

    Raises FramingError for a file that is not what its name says, is damaged, or has no column of texts, and where it cannot be told what a
    column is for.
    """
    try:
        rows = _open_rows(source, options)
        first = _take_first(rows)
        # What the user says of columns is said of tables.
        chosen = {} if source.kind in DOCUMENTS else options.columns
        roles = find_roles(_names_of(first), chosen, [row for row in first if isinstance(row, dict)])
        if "text" not in roles.columns and any(isinstance(row, dict) for row in first):
            names = enumerate_some(list(dict.fromkeys(str(name) for row in first if isinstance(row, dict) for name in row)))
            raise FramingError(f"has no column 'text' (there are: {names})", source.name, "Name the text's column with --text-column")
        for said in roles.said:
            source.record.guess(said)
        for row in chain(first, rows):
            yield take_roles(row, roles) if isinstance(row, dict) else row
    except FramingError as error:
        error.where = error.where or source.name
        raise
    except UnicodeError as error:
        raise FramingError("is neither UTF-8 nor in the encoding it seemed to have", source.name, "Save it as UTF-8") from error
    except DAMAGES as error:
        raise FramingError(f"cannot be read to its end ({error})", source.name, "Is it cut off? Download it again") from error


def _open_rows(source: Source, options: Options) -> Iterator[Row | Unreadable]:
    """The rows as the file has them; those of a news database's download are its articles."""
    if source.kind == ".txt":
        source.kind = _look_closer(source)
    if source.kind in TEXTS and not options.one_article:
        text = TEXTS[source.kind](source)
        split = split_html(text) if source.kind in (".html", ".htm") else None
        if split is None and (database := find_database(text, source.name)) is not None:
            source.record.guess(f"a download of {database.name}, split into its articles")
            split = database.split(text)
        if split is not None:
            return split
    return READERS[source.kind](source)


def _take_first(rows: Iterator[Row | Unreadable]) -> list[Row | Unreadable]:
    """FIRST rows, and as many more as are damaged before the first that is whole."""
    first: list[Row | Unreadable] = []
    for row in rows:
        first.append(row)
        if len(first) >= FIRST and (isinstance(row, dict) or len(first) == 100 * FIRST or any(isinstance(known, dict) for known in first[:FIRST])):
            break
    return first


def _look_closer(source: Source) -> str:
    """What a .txt is: spreadsheets save tables so, parted by tabs, and word processors rich text."""
    if looks_like_rtf(source.read_head(200).decode("latin-1")):
        source.record.guess("rich text, whatever its name says")
        return ".rtf"
    with source.open_text() as file:
        lines = [line for _ in range(_LINES) if (line := file.readline(MOST))]
    tabs = {line.rstrip("\r\n").count("\t") for line in lines}
    if len(lines) > 1 and min(tabs) == max(tabs) > 0 and "text" in find_roles(lines[0].strip().split("\t"), {}).columns:
        source.record.guess("a table parted by tabs, whatever its name says")
        return ".tsv"
    return ".txt"


def _names_of(rows: Sequence[Row | Unreadable]) -> list[str]:
    """The columns, and the keys of objects in them as paths."""
    names: dict[str, None] = {}
    for row in rows:
        if isinstance(row, dict):
            for name, value in row.items():
                names[str(name)] = None
                if isinstance(value, dict):
                    names.update(dict.fromkeys(f"{name}.{key}" for key in value))
    return list(names)
