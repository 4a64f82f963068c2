"""Tables and rows of a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from annotate.server.backups.rows import Column, Kind, Link, Row, Store, Table, Value, plain, portions, quoted
from annotate.server.database import Database, connect

if TYPE_CHECKING:
    from pg8000.native import Connection

__all__ = ["PostgresStore", "open_server"]

# Rows that are in memory at a time: each may hold an article.
FETCHED = 200
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("int2", "int4", "int8"), "integer"),
    **dict.fromkeys(("float4", "float8"), "real"),
    **dict.fromkeys(("json", "jsonb"), "json"),
    **dict.fromkeys(("timestamptz", "timestamp"), "time"),
    "bool": "boolean",
    "numeric": "decimal",
    "date": "date",
    "uuid": "uuid",
    "bytea": "bytes",
}
# What the driver gives as it is meant; of all else the text is asked for, whose form PostgreSQL promises.
_PLAIN: tuple[Kind, ...] = ("boolean", "integer", "real", "bytes")
_COLUMNS = """
SELECT c.relname, a.attname, t.typname, a.attgenerated <> '', coalesce(a.attnum = ANY (i.indkey) AND i.indnkeyatts = 1, false)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum"""
_LINKS = """
SELECT c.relname, a.attname, p.relname
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.contype = 'f' AND cardinality(k.conkey) = 1 AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2"""
_SERIALS = """
SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL"""


class PostgresStore(Store):
    engine = "postgresql"

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.version = str(connection.run("SHOW server_version")[0][0])
        self._tables: dict[str, Table] | None = None
        self._numbers = count()

    def tables(self) -> dict[str, Table]:
        if self._tables is None:
            columns: dict[str, list[Column]] = {}
            computed: dict[str, set[str]] = {}
            keys: dict[str, str] = {}
            for table, column, kind, generated, key in self.connection.run(_COLUMNS):
                columns.setdefault(table, [])
                if generated:
                    computed.setdefault(table, set()).add(column)
                else:
                    columns[table].append(Column(column, _KINDS.get(kind, "text")))
                if key:
                    keys[table] = column
            links: dict[str, list[Link]] = {}
            for table, column, parent in self.connection.run(_LINKS):
                links.setdefault(table, []).append(Link(column, parent))
            self._tables = {
                name: Table(name, tuple(found), keys.get(name), tuple(links.get(name, ())), frozenset(computed.get(name, ())))
                for name, found in columns.items()
            }
        return self._tables

    def read(self, table: Table, column: str | None = None, among: Sequence[Value] = ()) -> Iterator[Row]:
        from pg8000.native import literal

        kinds = [one.kind for one in table.columns]
        names = ", ".join(quoted(one.name) + ("" if one.kind in _PLAIN else "::text") for one in table.columns)
        statement = f"SELECT {names} FROM {quoted(table.name)}"
        if column is None:
            asked = [statement]
        else:
            asked = [f"{statement} WHERE {quoted(column)} IN ({', '.join(map(literal, part))})" for part in portions(among)]
        for one in asked:
            # Several may be read at once, table within table.
            cursor = f"reading_{next(self._numbers)}"
            self.connection.run(f"DECLARE {cursor} NO SCROLL CURSOR FOR {one}")
            while rows := self.connection.run(f"FETCH {FETCHED} FROM {cursor}"):
                for row in rows:
                    yield tuple(map(plain, kinds, row))
            self.connection.run(f"CLOSE {cursor}")

    def add(self, table: Table, rows: Iterable[Row]) -> int:
        names = ", ".join(quoted(column.name) for column in table.columns)
        self.change(f"CREATE TEMPORARY TABLE incoming AS SELECT {names} FROM {quoted(table.name)} WITH NO DATA")
        self.connection.run(f"COPY incoming ({names}) FROM STDIN", stream=map(_line, rows))
        self.change(f"INSERT INTO {quoted(table.name)} ({names}) SELECT {names} FROM incoming ON CONFLICT DO NOTHING")
        added = int(self.connection.row_count)
        self.change("DROP TABLE incoming")
        self.go_on_after({}, only=table.name)
        return added

    def fill(self, table: Table, rows: Iterable[Row]) -> None:
        """Put the rows into a table that is empty."""
        names = ", ".join(quoted(column.name) for column in table.columns)
        self.connection.run(f"COPY {quoted(table.name)} ({names}) FROM STDIN", stream=map(_line, rows))

    def empty(self, tables: Iterable[Table]) -> None:
        """Delete the rows of these tables."""
        self.change(f"TRUNCATE {', '.join(quoted(table.name) for table in tables)}")

    def go_on_after(self, given: dict[str, int], only: str | None = None) -> None:
        """Let each table (or one) count on after its highest key and the highest that was ever `given`: a number is one row's for ever."""
        for table, column, sequence in self.connection.run(_SERIALS):
            if only is None or table == only:
                highest = self.connection.run(f"SELECT coalesce(max({quoted(column)}), 0) FROM {quoted(table)}")[0][0]
                last, used = self.connection.run(f"SELECT last_value, is_called FROM {sequence}")[0]
                if (wanted := max(int(highest), given.get(table, 0))) > (last if used else 0):
                    self.connection.run("SELECT setval(CAST(:sequence AS regclass), :last)", sequence=sequence, last=wanted)

    def drop(self) -> None:
        """Remove all tables, and what belongs to them."""
        for name in self.tables():
            self.change(f"DROP TABLE IF EXISTS {quoted(name)} CASCADE")
        self._tables = None

    def snapshot(self) -> str:
        """The name under which another connection sees what this one sees, while it lasts."""
        return str(self.connection.run("SELECT pg_export_snapshot()")[0][0])

    def change(self, statement: str) -> None:
        self.connection.run(statement)


@contextmanager
def open_server(database: Database, *, write: bool = False) -> Iterator[PostgresStore]:
    """Open the PostgreSQL database as `opening.open_store` does. FramingError if it does not answer, or refuses what is written."""
    with connect(database) as connection:
        connection.run("BEGIN" if write else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield PostgresStore(connection)
        # What fails before is undone by the database as the connection ends.
        connection.run("COMMIT")


def _line(row: Row) -> str:
    """A row as COPY reads it."""
    return "\t".join(map(_field, row)) + "\n"


def _field(value: Value) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
