"""Moving a server from SQLite to PostgreSQL: the same version of Label Studio makes the tables, and every row is carried over as it is."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from annotate.server.backups.digests import Content, Tally, differences, digest_table
from annotate.server.backups.folder import stage
from annotate.server.backups.opening import fresh_cluster
from annotate.server.backups.postgresql import PostgresStore, open_server
from annotate.server.backups.restoring import refuse_used
from annotate.server.backups.rows import Store, Table
from annotate.server.backups.sqlite import given_numbers, open_file
from annotate.server.backups.versions import recorded_version
from annotate.server.credentials import create_credentials
from annotate.server.database import SQLITE, Database, read_database, remember_database
from annotate.server.embedded import LOCK_FILE, VERSION, environment, executable, place_door, running_address
from annotate.server.logs import last_line
from annotate.server.postgres import FOLDER as CLUSTER
from schemas.errors import FramingError
from schemas.files import lock_file

__all__ = ["carry_over", "move"]

# When each step was taken that made the tables: the same steps, and of either database its own days.
_STEPS = "django_migrations"


def move(data: Path, url: str | None = None, progress: Callable[[str], None] = lambda message: None) -> dict[str, Content]:
    """Carry the data folder's database over into the empty PostgreSQL database at `url`, or a cluster of the folder's own. With it the server is
    started from then on; the SQLite file stays in the folder under another name. The content of each table, which is the same in both.

    FramingError, with nothing changed, if the server runs, the target is not empty, or a row cannot be carried over.
    """
    if not data.is_dir():
        raise FramingError("no Label Studio has its data here", data, "Name its data folder by --data")
    with lock_file(data / LOCK_FILE):
        _refuse(data)
        contents = _into_own(data, progress) if url is None else _into(Database(data, url), progress)
        (data / SQLITE).rename(data / f"{SQLITE}.moved-{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}")
    return contents


def _into(target: Database, progress: Callable[[str], None]) -> dict[str, Content]:
    refuse_used(target)
    try:
        contents = _fill(target.data, target, progress)
        remember_database(target)
    except BaseException:
        with open_server(target, write=True) as store:
            store.drop()
        raise
    return contents


def _into_own(data: Path, progress: Callable[[str], None]) -> dict[str, Content]:
    """Made beside the data folder, which knows nothing of it until it is whole."""
    place = data.absolute()
    if (place / CLUSTER).exists():
        raise FramingError("is there already, although the server has its data in SQLite", place / CLUSTER, "Move it away")
    with stage(place.parent, place.name) as folder:
        with fresh_cluster(folder) as target:
            contents = _fill(data, target, progress)
        (folder / CLUSTER).rename(place / CLUSTER)
        if os.geteuid() == 0:
            # The cluster's user is another one, who has to come there.
            place.chmod(0o711)
        remember_database(replace(target, data=data))
    return contents


def _fill(data: Path, target: Database, progress: Callable[[str], None]) -> dict[str, Content]:
    progress("Label Studio makes its tables")
    _make_tables(target)
    return carry_over(data / SQLITE, target, progress)


def carry_over(source: Path, target: Database, progress: Callable[[str], None] = lambda message: None) -> dict[str, Content]:
    """Put every row of the SQLite file into the tables of the PostgreSQL database, in place of what is in them, and compare what they hold then."""
    with open_file(source) as old, open_server(target, write=True) as new:
        tables = _match(old, new, source)
        new.empty(new.tables()[name] for name in tables)
        wanted, found = {}, {}
        for name, table in tables.items():
            progress(f"carrying over {name}")
            passed = Tally(table)
            new.fill(table, passed.watch(old.read(table)))
            # Looked at before it is kept.
            wanted[name], found[name] = passed.content, digest_table(new, table)
        if said := differences(wanted, found):
            raise FramingError(f"would not hold the same rows ({said[0]}); nothing was changed", target.shown, "Report this with its whole text")
        new.go_on_after(given_numbers(source))
    return wanted


def _match(old: Store, new: PostgresStore, source: Path) -> dict[str, Table]:
    """The tables to carry over, with the columns that are not computed. FramingError unless both databases have the same ones."""
    before, after = old.tables(), new.tables()
    applied = [set(store.read(tables[_STEPS].only(["app", "name"]))) for store, tables in ((old, before), (new, after))]
    missing = sorted(before.keys() ^ after.keys())
    for name in before.keys() & after.keys():
        columns = [{column.name for column in table.columns} for table in (before[name], after[name])]
        missing += [f"{name}.{column}" for column in sorted((columns[0] ^ columns[1]) - after[name].computed)]
    if missing or applied[0] != applied[1]:
        reason = f"{missing[0]} is in one of the two only" if missing else "it has other migrations"
        raise FramingError(f"was not made by Label Studio {VERSION} ({reason})", source, "Start it once with this toolkit, then move it")
    return {name: table.only(column.name for column in after[name].columns) for name, table in before.items() if name != _STEPS}


def _refuse(data: Path) -> None:
    if (address := running_address(data)) is not None:
        raise FramingError("runs, and what is done meanwhile would be lost", address, "Stop it first: `framing labelstudio stop`")
    if (known := read_database(data)).url is not None:
        raise FramingError("is where this server's data is already", known.shown, "A PostgreSQL database is moved by backup and restore")
    if not (data / SQLITE).exists():
        raise FramingError("no Label Studio has its data here", data, "Name its data folder by --data")
    if (version := recorded_version(data)) != VERSION:
        raise FramingError(f"is of Label Studio {version}, and this toolkit starts {VERSION}", data, "Start it once with this toolkit, then move it")


def _make_tables(target: Database) -> None:
    """Label Studio brings its tables up to date before it does anything, and the least that it can be asked for is its version."""
    with tempfile.TemporaryDirectory(prefix="framing-tables-") as folder:
        settings = environment(Path(folder), 0, create_credentials(Path(folder))) | target.environment()
        place_door(Path(folder))
        done = subprocess.run([*executable(), "version"], env=settings, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise FramingError(
            f"Label Studio could not make its tables ({last_line(done.stderr)})", target.shown, "Correct that, and try again; nothing was changed"
        )
