"""The database behind a data folder's Label Studio: SQLite in the folder, or PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit, urlunsplit

from annotate.server.credentials import write_private
from schemas.errors import FramingError
from schemas.extras import needing
from schemas.parsing import read_json

if TYPE_CHECKING:
    from pg8000.native import Connection

__all__ = ["SQLITE", "Database", "connect", "read_database", "remember_database"]

SQLITE = "label_studio.sqlite3"
_FILE = "database.json"


@dataclass(frozen=True)
class Database:
    """`url`: postgresql://user:password@host:port/name; None for SQLite in the folder `data`. `own`: whether it is a cluster that the toolkit made in
    the folder, and starts and stops."""

    data: Path
    url: str | None = None
    own: bool = False

    def __repr__(self) -> str:
        return f"Database({str(self.data)!r}, {self.shown!r})"

    @property
    def shown(self) -> str:
        """What may be shown of it: never the password."""
        if self.url is None:
            return str(self.data / SQLITE)
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return "its address"
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))

    @property
    def parts(self) -> dict[str, Any]:
        """host, port, user, password and database of a PostgreSQL, as its drivers take them. FramingError if the address says less."""
        try:
            parts = urlsplit(self.url or "")
            port = parts.port or 5432
        except ValueError:
            parts, port = urlsplit(""), 0
        if parts.query:
            raise FramingError("settings behind a ? are not taken over", self.shown, "Leave them out of the address")
        name = unquote(parts.path.strip("/"))
        if parts.scheme not in ("postgresql", "postgres") or not parts.hostname or not parts.username or not name or not port:
            raise FramingError("is not the address of a PostgreSQL database", self.shown, "As in postgresql://user:password@host:5432/name")
        user, password = unquote(parts.username), unquote(parts.password or "")
        return {"host": parts.hostname, "port": port, "user": user, "password": password, "database": name}

    def environment(self) -> dict[str, str]:
        """What tells Label Studio of it."""
        if self.url is None:
            return {"LABEL_STUDIO_DJANGO_DB": "sqlite"}
        names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "database": "NAME"}
        return {"LABEL_STUDIO_DJANGO_DB": "default"} | {f"LABEL_STUDIO_POSTGRE_{names[key]}": str(value) for key, value in self.parts.items()}


def read_database(data: Path) -> Database:
    """The database that this folder's server was last started with; SQLite if nothing else was ever said."""
    path = data / _FILE
    try:
        found = read_json(path)
    except FileNotFoundError:
        return Database(data)
    if not isinstance(found, dict) or not isinstance(found.get("url"), str) or not isinstance(found.get("own"), bool):
        raise FramingError("is damaged", path, "Restore it from a backup")
    return Database(data, found["url"], found["own"])


def remember_database(database: Database) -> None:
    """Keep it for the next start, in a file that its owner alone can read: its address holds the password."""
    write_private(database.data / _FILE, json.dumps({"url": database.url, "own": database.own}, indent=2))


@contextmanager
def connect(database: Database, name: str | None = None, patience: float | None = None) -> Iterator[Connection]:
    """A connection to a PostgreSQL database, or to the one of another `name` in the same cluster, outside of any transaction.

    FramingError if it does not let us in, refuses a statement, or is silent for more than `patience` seconds, if they are given.
    """
    with needing("PostgreSQL", database.shown):
        from pg8000.exceptions import DatabaseError, InterfaceError
        from pg8000.native import Connection
    parts = database.parts | ({"database": name} if name else {})
    try:
        connection = Connection(**parts, application_name="framing", timeout=patience)
    except (DatabaseError, InterfaceError, OSError) as error:
        raise FramingError(f"does not let us in ({_reason(error)})", database.shown, "Start it, or correct address, user and password") from error
    try:
        connection.run("SET TIME ZONE 'UTC'; SET datestyle TO ISO; SET client_min_messages TO warning; SET search_path TO public")
        yield connection
    except (DatabaseError, InterfaceError, UnicodeEncodeError) as error:
        raise FramingError(f"the database refused ({_reason(error)}); nothing was changed", database.shown) from error
    finally:
        with suppress(DatabaseError, InterfaceError, OSError):
            connection.close()


def _reason(error: Exception) -> str:
    told: Any = error.args[0] if error.args else ""
    if isinstance(told, dict):
        return ": ".join(str(told[key]) for key in ("M", "D", "W") if key in told)[:300]
    return str(error).splitlines()[0] if str(error) else type(error).__name__
