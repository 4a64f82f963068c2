"""What a database's content comes to: of each table the number of its rows, and a digest that does not depend on their order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from annotate.server.backups.rows import Row, Store, Table, Value

__all__ = ["Content", "Tally", "differences", "digest_table", "digest_tables"]

_BYTES = 32


class Content(BaseModel):
    """A table's number of rows and their digest, in hex."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: int = Field(ge=0)
    digest: str


def digest_tables(store: Store, progress: Callable[[str], None] = lambda message: None) -> dict[str, Content]:
    """The content of each table. Equal content has equal digests in SQLite and in PostgreSQL, where the tables have the same columns."""
    contents = {}
    for name, table in store.tables().items():
        progress(f"reading {name}")
        contents[name] = digest_table(store, table)
    return contents


def digest_table(store: Store, table: Table) -> Content:
    """The content of one table."""
    tally = Tally(table)
    for _ in tally.watch(store.read(table)):
        pass
    return tally.content


class Tally:
    """Adds up the digests of a table's rows as they pass, one in memory at a time."""

    def __init__(self, table: Table) -> None:
        order = sorted(range(len(table.columns)), key=lambda place: table.columns[place].name)
        self._means = [(_mean_json if table.columns[place].kind == "json" else _mean, place) for place in order]
        self._rows, self._total = 0, _digest(json.dumps([table.columns[place].name for place in order]))

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows as they are."""
        for row in rows:
            # A sum, and not XOR: two equal rows would cancel each other out.
            self._total += _digest(json.dumps([mean(row[place]) for mean, place in self._means], sort_keys=True, separators=(",", ":")))
            self._rows += 1
            yield row

    @property
    def content(self) -> Content:
        """What has passed."""
        return Content(rows=self._rows, digest=f"{self._total % (1 << 8 * _BYTES):064x}")


def differences(wanted: Mapping[str, Content], found: Mapping[str, Content]) -> list[str]:
    """In words, the tables that are not the same."""
    said = []
    for name in sorted(wanted.keys() | found.keys()):
        one, other = wanted.get(name), found.get(name)
        if one is None or other is None:
            said.append(f"the table {name} is {'missing' if other is None else 'not in it'}")
        elif one.rows != other.rows:
            said.append(f"{name} has {other.rows:,} rows and not {one.rows:,}")
        elif one != other:
            said.append(f"rows of {name} differ")
    return said


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=_BYTES).digest())


def _mean(value: Value) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _mean_json(value: Value) -> Any:
    """What the JSON says: PostgreSQL keeps neither the order of keys nor how a number was written."""
    if not isinstance(value, str):
        return _mean(value)
    try:
        return [json.loads(value, parse_float=_number)]
    except (ValueError, RecursionError):
        return value


def _number(text: str) -> int | float:
    """A whole number is the same with an exponent or a fraction of zeros; others are what a program would read."""
    if "e" not in text and "E" not in text:
        whole, _, fraction = text.partition(".")
        return int(whole) if not fraction.strip("0") else float(text)
    from decimal import Decimal

    number = Decimal(text)
    # Beyond what a double holds, nothing that Label Studio wrote can stand there.
    return int(number) if abs(number.adjusted()) < 400 and number == number.to_integral_value() else float(text)
