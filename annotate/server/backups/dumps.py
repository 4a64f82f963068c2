"""Dumps of a PostgreSQL database, written and read by its own programs."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from annotate.server.database import Database, connect
from annotate.server.postgres import find_program, run_program
from schemas.errors import FramingError

__all__ = ["dump", "load", "scratch_database"]

_SCRATCH = "framing_scratch_"


def dump(database: Database, snapshot: str, target: Path) -> None:
    """Write what the snapshot sees into the file."""
    options = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments", f"--snapshot={snapshot}", f"--file={target}"]
    _run("pg_dump", options, database, target)


def load(path: Path, database: Database) -> None:
    """Read the dump into an empty database: all of it, or nothing."""
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={database.parts['database']}"]
    _run("pg_restore", [*options, str(path)], database, path)


@contextmanager
def scratch_database(cluster: Database) -> Iterator[Database]:
    """An empty database in the same cluster, which is gone at the end. FramingError if its user may not make one."""
    name = f"{_SCRATCH}{secrets.token_hex(6)}"
    with connect(cluster) as connection:
        _remove_left(cluster)
        # Neither can stand in a transaction, nor be given as a value; the name is ours.
        connection.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        scratch = replace(cluster, url=urlunsplit(urlsplit(cluster.url or "")._replace(path=f"/{quote(name)}")), own=False)
        try:
            # Whoever clears what a killed one left sees by the connection that this one is in use.
            with connect(scratch):
                yield scratch
        finally:
            connection.run(f"DROP DATABASE IF EXISTS {name}")


def _remove_left(cluster: Database) -> None:
    left = f"SELECT datname FROM pg_database d WHERE datname LIKE '{_SCRATCH}%' AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)"
    with connect(cluster) as connection:
        names = [str(name) for (name,) in connection.run(left)]
    for name in names:
        if re.fullmatch(rf"{_SCRATCH}[0-9a-f]+", name):
            with suppress(FramingError), connect(cluster) as connection:
                connection.run(f"DROP DATABASE IF EXISTS {name}")


def _run(program: str, options: list[str], database: Database, path: Path) -> None:
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "database": "PGDATABASE"}
    environment = os.environ | {names[key]: str(value) for key, value in database.parts.items()}
    done = run_program(find_program(program), list(options), check=False, environment=environment)
    if done.returncode:
        lines = (done.stderr or "it was ended").splitlines()
        said = [line for line in lines if "error:" in line] or lines
        raise FramingError(f"{program} failed ({said[0].removeprefix(f'{program}: ')})", path, "Nothing was changed")
