"""Restoring a backup: into an empty data folder, and for PostgreSQL an empty database; all of it, or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from annotate.server.backups.dumps import load
from annotate.server.backups.envelope import unpack
from annotate.server.backups.folder import stage
from annotate.server.backups.manifest import MEDIA, SECRETS, Manifest, check_files, read_manifest
from annotate.server.backups.opening import fresh_cluster
from annotate.server.backups.postgresql import open_server
from annotate.server.backups.proving import check_content
from annotate.server.backups.sqlite import open_file
from annotate.server.backups.taking import settle
from annotate.server.backups.versions import is_later, record_version
from annotate.server.database import SQLITE, Database, remember_database
from annotate.server.embedded import VERSION
from annotate.server.locks import lock_machine
from schemas.errors import FramingError
from schemas.files import digest_text

__all__ = ["refuse_used", "restore"]


def restore(
    backup: Path, data: Path, database: Database | None = None, passphrase: str | None = None, progress: Callable[[str], None] = lambda message: None
) -> Manifest:
    """Make `data` what it was when the backup was taken, with everybody's ids, names and times; `database` is the empty PostgreSQL that a backup of
    one goes into; without it, the folder has a cluster of its own.

    FramingError, with nothing changed, if the folder or the database is not empty, the backup is not whole, the passphrase not the one, or Label
    Studio was later than the one that this toolkit starts.
    """
    manifest = read_manifest(backup)
    _refuse(manifest, backup, data, database)
    progress("reading the files of the backup")
    check_files(backup, manifest)
    private = unpack(backup / SECRETS, passphrase)
    try:
        target = data.absolute()
        target.parent.mkdir(parents=True, exist_ok=True)
        with lock_machine(f"restore-{digest_text(str(target))[:16]}.lock"), stage(target.parent, target.name) as staging:
            # What the manifest does not name was put there later, by whomever.
            for name in (name for name in manifest.files if name.startswith(f"{MEDIA}/")):
                _write(staging / name, backup / name)
            for name, content in private.items():
                _write(staging / name, content)
            record_version(staging, manifest.label_studio)
            with _restored(backup, manifest, staging, database, progress):
                settle(staging)
                staging.rename(data)
    except OSError as error:
        raise FramingError(
            f"cannot write here ({error.strerror or error}); nothing was changed", data, "Make room, or name another --data"
        ) from error
    return manifest


def refuse_used(database: Database) -> None:
    """FramingError unless there is no table in the PostgreSQL database."""
    with open_server(database) as store:
        if found := store.tables():
            raise FramingError(f"is not empty (it has {len(found)} tables)", database.shown, "Name an empty database")


def _refuse(manifest: Manifest, backup: Path, data: Path, database: Database | None) -> None:
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise FramingError("is not empty, and a backup is restored into a folder of its own", data, "Name a new folder by --data")
    if is_later(manifest.label_studio):
        raise FramingError(f"is of Label Studio {manifest.label_studio}, and this toolkit starts {VERSION}", backup, "Update the toolkit")
    if manifest.engine == "sqlite" and database is not None:
        todo = "Restore it without --database, then `framing labelstudio move` it"
        raise FramingError("is of an SQLite database", backup, todo)
    if database is not None:
        refuse_used(database)


@contextmanager
def _restored(backup: Path, manifest: Manifest, staging: Path, database: Database | None, progress: Callable[[str], None]) -> Iterator[None]:
    """The database is there, and is as it was, within the block; what fails in it takes it away again."""
    progress("restoring the database")
    if manifest.engine == "sqlite":
        shutil.copyfile(backup / manifest.database, staging / SQLITE)
        (staging / SQLITE).chmod(0o600)
        with open_file(staging / SQLITE) as store:
            check_content(store, manifest.tables, backup, progress)
        yield
        return
    if database is None:
        with fresh_cluster(staging) as own:
            load(backup / manifest.database, own)
            with open_server(own) as store:
                check_content(store, manifest.tables, backup, progress)
        yield
        return
    load(backup / manifest.database, database)
    try:
        with open_server(database) as store:
            check_content(store, manifest.tables, backup, progress)
        remember_database(replace(database, data=staging))
        yield
    except BaseException:
        with open_server(database, write=True) as store:
            store.drop()
        raise


def _write(path: Path, content: bytes | Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    if isinstance(content, Path):
        shutil.copyfile(content, path)
    else:
        path.write_bytes(content)
