"""What a database holds, said alike for SQLite and PostgreSQL: its tables, the links between them, and rows of plain values.

The same content has the same rows in both: truth values are bool, times are ISO 8601 in UTC with microseconds, a uuid is 32 hexadecimal digits, a
decimal has no trailing zeros, JSON is its text (which `digests` reads by what it means). What a database computes by itself is left out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Literal

__all__ = ["Column", "Kind", "Link", "Row", "Store", "Table", "Value", "plain", "portions", "quoted"]

Kind = Literal["boolean", "integer", "real", "decimal", "text", "json", "time", "date", "uuid", "bytes"]
Value = bool | int | float | str | bytes | None
Row = tuple[Value, ...]
# How many values one statement asks for: SQLite takes some thousand at most.
ASKED = 500


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind


@dataclass(frozen=True)
class Link:
    """A foreign key: what stands in `column` is the key of a row of `table`."""

    column: str
    table: str


@dataclass(frozen=True)
class Table:
    """A table with its columns in the order in which rows have them, its primary key if that is one column, and what it refers to.
    `computed`: names of further columns, whose values the database makes of the others."""

    name: str
    columns: tuple[Column, ...]
    key: str | None
    links: tuple[Link, ...]
    computed: frozenset[str] = frozenset()

    def only(self, names: Iterable[str]) -> Table:
        """The same with these columns alone, in the order that they have in it."""
        wanted = set(names)
        return replace(self, columns=tuple(column for column in self.columns if column.name in wanted))


class Store(ABC):
    """An open database, in one transaction."""

    engine: Literal["sqlite", "postgresql"]
    version: str

    @abstractmethod
    def tables(self) -> dict[str, Table]:
        """The tables by name."""

    @abstractmethod
    def read(self, table: Table, column: str | None = None, among: Sequence[Value] = ()) -> Iterator[Row]:
        """The rows, a few hundred at a time in memory; those alone that have one of the values `among` in `column`, if that is named."""

    @abstractmethod
    def add(self, table: Table, rows: Iterable[Row]) -> int:
        """Put the rows in, but for those whose key or another unique value is there already; how many went in."""

    @abstractmethod
    def change(self, statement: str) -> None:
        """Run a statement that both engines understand."""


def plain(kind: Kind, value: Value) -> Value:
    """A value as a database gives it, as every database would."""
    if value is None:
        return None
    if kind == "boolean" and isinstance(value, int):
        return bool(value)
    if kind == "real" and isinstance(value, int):
        return float(value)
    if kind == "time" and isinstance(value, str):
        return _time(value)
    if kind == "uuid" and isinstance(value, str):
        return value.replace("-", "").lower()
    return _decimal(value) if kind == "decimal" else value


def quoted(name: str) -> str:
    """A name of a table or column as it stands in a statement."""
    return '"' + name.replace('"', '""') + '"'


def portions(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values, as many at a time as one statement asks for."""
    return (values[start : start + ASKED] for start in range(0, len(values), ASKED))


def _time(text: str) -> str:
    day, _, clock = text.replace("T", " ").partition(" ")
    for zone in ("Z", "+00:00", "+00"):
        clock = clock.removesuffix(zone)
    whole, _, fraction = clock.partition(".")
    return f"{day}T{whole}.{fraction[:6]:0<6}Z"


def _decimal(value: Value) -> Value:
    try:
        return format(Decimal(str(value)).normalize(), "f")
    except InvalidOperation:
        return value
