"""Bringing back what was deleted on a running server: a project, a task or an annotation out of a backup, with all that belongs to it.

Which rows those are is told by the foreign keys of the database: what refers to the row that is asked for, to those, and so on; and what these
refer to and is gone as well. A row that is there is left as it is.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from annotate.server.backups.folder import find_folder, list_backups
from annotate.server.backups.manifest import MEDIA, Manifest, check_files, read_manifest
from annotate.server.backups.opening import open_store, reachable
from annotate.server.backups.proving import scratch
from annotate.server.backups.rows import Row, Store, Table, Value
from annotate.server.database import Database
from schemas.errors import FramingError

__all__ = ["Thing", "Undeleted", "undelete"]

Thing = Literal["project", "task", "annotation"]
_TABLES: dict[Thing, str] = {"project": "project", "task": "task", "annotation": "task_completion"}
# Of each table, the keys of rows.
_Keys = dict[str, set[Value]]


@dataclass
class Undeleted:
    """How many rows of which table were brought `back`, and how many were `there` and left alone; uploaded files that were copied back."""

    backup: Path
    back: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    files: int = 0


def undelete(data: Path, thing: Thing, name: str, backup: Path | None = None, progress: Callable[[str], None] = lambda message: None) -> Undeleted:
    """Bring back the project (by number or title), task or annotation (by number) of the server of this data folder, in one transaction: with its
    numbers, authors and times. It comes out of `backup`, or else out of the latest one that has it.

    FramingError, with nothing changed, if no backup has it, or the number is another one's now.
    """
    with reachable(data) as database:
        for path in [backup] if backup is not None else _newest_first(find_folder(data)):
            progress(f"looking into {path.name}")
            manifest = read_manifest(path)
            # Its other files are looked at if they are brought back.
            check_files(path, manifest, [manifest.database])
            with scratch(path, manifest, database) as copy, open_store(copy) as source:
                if (key := _find(source, thing, name)) is None:
                    continue
                done, uploads = _bring_back(source, database, _TABLES[thing], key, path, manifest)
            done.files = _copy_uploads(path, data, uploads)
            return done
    raise FramingError(f"no backup has this {thing}", name, "Name another number or title, or a backup by --from")


def _newest_first(folder: Path) -> list[Path]:
    found = [backup.path for backup in reversed(list_backups(folder))]
    if not found:
        raise FramingError("there is no backup here", folder, "Name one by --from")
    return found


def _find(source: Store, thing: Thing, name: str) -> Value:
    """The key of what is asked for; None if it is not there."""
    table = source.tables().get(_TABLES[thing])
    if table is None or table.key is None:
        raise FramingError("is not a database of Label Studio", thing, "Use another backup")
    keys = table.only([table.key])
    # More digits than a key can have.
    if name.isdecimal() and len(name) < 19 and (found := [key for (key,) in source.read(keys, table.key, [int(name)])]):
        return found[0]
    found = [key for (key,) in source.read(keys, "title", [name])] if thing == "project" else []
    if len(found) > 1:
        raise FramingError(f"is the title of {len(found)} projects", name, f"Name one by its number: {', '.join(map(str, sorted(map(str, found))))}")
    return found[0] if found else None


def _bring_back(source: Store, database: Database, root: str, key: Value, backup: Path, manifest: Manifest) -> tuple[Undeleted, list[str]]:
    # Those who work on the server wait while we write: what takes long is found out before.
    with open_store(database) as now:
        tables = _common(source, now)
        _refuse_another(source, now, tables[root], key)
    wanted = _descend(source, tables, {root: {key}})
    with open_store(database) as now:
        missing = {name: keys - _present(now, tables[name], keys) for name, keys in wanted.items()}
        gone = _ascend(source, now, tables, missing)
    done, named = Undeleted(backup), set[str]()
    done.there.update({name: left for name, keys in wanted.items() if (left := len(keys - missing[name]))})
    with open_store(database, write=True) as target:
        for name, keys in gone.items():
            if keys:
                rows = source.read(tables[name], tables[name].key, list(keys))
                done.back[name] = target.add(tables[name], _watch(rows, manifest, named))
        _count_anew(source, target, tables, gone, done)
        uploads = [name for name in sorted(named) if not (database.data / name).exists()]
        # Before the rows are kept.
        check_files(backup, manifest, uploads)
    return done, uploads


def _common(source: Store, target: Store) -> dict[str, Table]:
    """The tables that both have, each with the columns that both have."""
    others = target.tables()
    both = {name: table.only(column.name for column in others[name].columns) for name, table in source.tables().items() if name in others}
    return {name: table for name, table in both.items() if table.key is not None}


def _refuse_another(source: Store, target: Store, table: Table, key: Value) -> None:
    """A database that was set back gives a number to a second row."""
    if any(column.name == "created_at" for column in table.columns):
        one, other = (list(store.read(table.only(["created_at"]), table.key, [key])) for store in (source, target))
        if other and one != other:
            raise FramingError("is another one's number on the server now", f"{table.name} {key!r}", "Restore the backup into a folder of its own")


def _descend(source: Store, tables: dict[str, Table], start: _Keys, only: Callable[[Table], bool] = lambda table: True) -> _Keys:
    """The rows at the start, and all that refer to them, or to those."""
    found: _Keys = {name: set(keys) for name, keys in start.items()}
    fresh = start
    while fresh:
        later: _Keys = {}
        for table in filter(only, tables.values()):
            for link in table.links:
                if parents := fresh.get(link.table):
                    rows = source.read(table.only([table.key or ""]), link.column, list(parents))
                    new = {key for (key,) in rows} - found.get(table.name, set())
                    if new:
                        found.setdefault(table.name, set()).update(new)
                        later.setdefault(table.name, set()).update(new)
        fresh = later
    return found


def _ascend(source: Store, target: Store, tables: dict[str, Table], missing: _Keys) -> _Keys:
    """What is missing, with what that refers to and is missing, too, and what only links those to others."""
    found: _Keys = {name: set(keys) for name, keys in missing.items()}
    fresh: _Keys = missing
    while any(fresh.values()):
        parents: _Keys = {}
        for name, keys in fresh.items():
            for link in tables[name].links:
                if link.table in tables and keys:
                    links = source.read(tables[name].only([link.column]), tables[name].key, list(keys))
                    parents.setdefault(link.table, set()).update(value for (value,) in links if value is not None)
        new = {name: keys - found.get(name, set()) for name, keys in parents.items()}
        new = {name: keys - _present(target, tables[name], keys) for name, keys in new.items() if keys}
        linked = _descend(
            source, tables, {name: keys for name, keys in new.items() if keys}, lambda table: len(table.columns) == len(table.links) + 1
        )
        fresh = {name: keys - found.get(name, set()) for name, keys in linked.items()}
        fresh = {name: keys - _present(target, tables[name], keys) for name, keys in fresh.items() if keys}
        for name, keys in fresh.items():
            found.setdefault(name, set()).update(keys)
    return found


def _present(target: Store, table: Table, keys: Iterable[Value]) -> set[Value]:
    return {key for (key,) in target.read(table.only([table.key or ""]), table.key, list(keys))}


def _watch(rows: Iterable[Row], manifest: Manifest, uploads: set[str]) -> Iterator[Row]:
    """The rows as they pass, noting which uploaded files they name."""
    for row in rows:
        uploads.update(name for value in row if isinstance(value, str) and (name := f"{MEDIA}/{value}") in manifest.files)
        yield row


def _count_anew(source: Store, target: Store, tables: dict[str, Table], gone: _Keys, done: Undeleted) -> None:
    """A task that was there all the time counts what it has, and has changed now: else `pull` would not look at it again."""
    touched: set[int] = set()
    for name in ("task_completion", "prediction"):
        if name in tables and gone.get(name) and done.back[name]:
            rows = source.read(tables[name].only(["task_id"]), tables[name].key, list(gone[name]))
            touched |= {task for (task,) in rows if isinstance(task, int)} - {task for task in gone.get("task", ()) if isinstance(task, int)}
    if not touched:
        return
    which, now = ", ".join(map(str, sorted(touched))), datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    counted = "(SELECT count(*) FROM {} c WHERE c.task_id = task.id{})".format
    target.change(
        f"UPDATE task SET total_annotations = {counted('task_completion', ' AND NOT c.was_cancelled')}, "
        f"cancelled_annotations = {counted('task_completion', ' AND c.was_cancelled')}, "
        f"total_predictions = {counted('prediction', '')}, updated_at = '{now}' WHERE id IN ({which})"
    )
    # As Label Studio decides whether a task is done.
    skipped = "(SELECT skip_queue FROM project p WHERE p.id = task.project_id) = 'IGNORE_SKIPPED'"
    target.change(
        f"UPDATE task SET is_labeled = (total_annotations + CASE WHEN {skipped} THEN cancelled_annotations ELSE 0 END >= overlap) "
        f"WHERE id IN ({which})"
    )


def _copy_uploads(backup: Path, data: Path, missing: list[str]) -> int:
    try:
        for name in missing:
            (data / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(backup / name, data / name)
            (data / name).chmod(0o600)
    except OSError as error:
        todo = "Make room, and copy them out of the backup by hand"
        raise FramingError(f"cannot write here ({error.strerror or error}); the rows are back, uploaded files are not", data / MEDIA, todo) from error
    return len(missing)
