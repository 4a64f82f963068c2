"""Tables and rows of an SQLite file."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from annotate.server.backups.rows import Column, Kind, Link, Row, Store, Table, Value, plain, portions, quoted
from schemas.errors import FramingError

__all__ = ["copy_file", "given_numbers", "open_file"]

# Label Studio holds the file for moments; a copy of a large one takes longer.
PATIENCE_SECONDS = 60.0
# A JSON column is a text that SQLite is told to check.
_CHECKED = re.compile(r'JSON_VALID\("((?:[^"]|"")+)"\)', re.IGNORECASE)
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


class _File(Store):
    engine = "sqlite"
    version = sqlite3.sqlite_version

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tables: dict[str, Table] | None = None

    def tables(self) -> dict[str, Table]:
        if self._tables is None:
            listed = self._connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
            self._tables = {name: self._describe(name, sql) for name, sql in sorted(listed)}
        return self._tables

    def read(self, table: Table, column: str | None = None, among: Sequence[Value] = ()) -> Iterator[Row]:
        names = ", ".join(quoted(one.name) for one in table.columns)
        kinds = [one.kind for one in table.columns]
        statement = f"SELECT {names} FROM {quoted(table.name)}"
        if column is None:
            asked = [self._connection.execute(statement)]
        else:
            where = f"{statement} WHERE {quoted(column)} IN "
            asked = (self._connection.execute(f"{where}({', '.join('?' * len(part))})", part) for part in portions(among))  # type: ignore[assignment]
        for cursor in asked:
            for row in cursor:
                yield tuple(map(plain, kinds, row))

    def add(self, table: Table, rows: Iterable[Row]) -> int:
        names, kinds = ", ".join(quoted(one.name) for one in table.columns), [one.kind for one in table.columns]
        statement = f"INSERT INTO {quoted(table.name)} ({names}) VALUES ({', '.join('?' * len(kinds))}) ON CONFLICT DO NOTHING"
        before = self._connection.total_changes
        self._connection.executemany(statement, (tuple(map(_stored, kinds, row)) for row in rows))
        return self._connection.total_changes - before

    def change(self, statement: str) -> None:
        self._connection.execute(statement)

    def _describe(self, name: str, sql: str) -> Table:
        checked = {found.replace('""', '"') for found in _CHECKED.findall(sql or "")}
        # Hidden columns are those of virtual tables (1), and what SQLite computes (2, 3).
        every = self._connection.execute(f"PRAGMA table_xinfo({quoted(name)})").fetchall()
        listed = [row for row in every if row[6] == 0]
        columns = tuple(Column(row[1], "json" if row[1] in checked else _kind(row[2])) for row in listed)
        keys = [row[1] for row in listed if row[5]]
        links = tuple(Link(row[3], row[2]) for row in self._connection.execute(f"PRAGMA foreign_key_list({quoted(name)})"))
        return Table(name, columns, keys[0] if len(keys) == 1 else None, links, frozenset(row[1] for row in every if row[6] > 1))


@contextmanager
def open_file(path: Path, *, write: bool = False) -> Iterator[Store]:
    """Open the SQLite file as `opening.open_store` does. FramingError if it is damaged, or no SQLite file, or refuses what is written."""
    try:
        with closing(sqlite3.connect(_address(path), uri=True, timeout=PATIENCE_SECONDS, isolation_level=None)) as connection:
            # What is no text in UTF-8 is kept as it is, too.
            connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            if write:
                connection.execute("PRAGMA defer_foreign_keys = ON")
            try:
                yield _File(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
    except (sqlite3.Error, UnicodeEncodeError) as error:
        raise say(error, path) from error


def copy_file(source: Path, target: Path) -> None:
    """Copy the database as it is at one moment, while others write to it; they wait for as long as it takes.

    FramingError if it is damaged, or the copy cannot be written.
    """
    try:
        # What a killed server left half written is undone first, which a reader may not.
        with closing(sqlite3.connect(_address(source), uri=True, timeout=PATIENCE_SECONDS)) as one, closing(sqlite3.connect(target)) as other:
            # In one go: a copy in steps begins anew with each thing that is written meanwhile.
            one.backup(other)
            other.execute("PRAGMA journal_mode = DELETE")
            if (found := other.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise FramingError(f"is damaged ({found})", source, "Restore a backup of it")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            raise OSError(errno.ENOSPC, str(error)) from error
        raise say(error, source) from error


def given_numbers(path: Path) -> dict[str, int]:
    """The highest key that each table ever gave to a row, be that still there or not."""
    with closing(sqlite3.connect(_address(path), uri=True)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
            return {}
        return dict(connection.execute("SELECT name, seq FROM sqlite_sequence"))


def say(error: sqlite3.Error | UnicodeEncodeError, path: Path) -> FramingError:
    """The error in one line."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_DAMAGED):
        return FramingError(f"is damaged, or no SQLite database ({error})", path, "Restore a backup of it")
    return FramingError(f"the database refused ({error}); nothing was changed", path)


def _address(path: Path) -> str:
    # Never one that is made because it was not there.
    return f"file:{quote(str(path.absolute()))}?mode={'rw' if os.access(path, os.W_OK) else 'ro'}"


def _kind(declared: str) -> Kind:
    """What Django means by the type that it declares."""
    name = declared.lower()
    exact: dict[str, Kind] = {"bool": "boolean", "boolean": "boolean", "datetime": "time", "date": "date", "char(32)": "uuid", "blob": "bytes"}
    if name in exact:
        return exact[name]
    if name.startswith(("decimal", "numeric")):
        return "decimal"
    return "integer" if "int" in name else "real" if name.startswith(("real", "double", "float")) else "text"


def _stored(kind: Kind, value: Value) -> Value:
    """The value as Django writes it here."""
    if kind == "time" and isinstance(value, str):
        return value.replace("T", " ").removesuffix("Z").removesuffix(".000000")
    return value
