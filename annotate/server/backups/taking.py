"""Taking a backup: the database at one moment while the server writes, the uploads, and the server's secrets apart from them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from annotate.server.backups.digests import Content, digest_tables
from annotate.server.backups.dumps import dump
from annotate.server.backups.envelope import pack
from annotate.server.backups.folder import list_backups, name_backup, remember_folder, stage, superfluous
from annotate.server.backups.manifest import DUMP, MEDIA, SECRETS, SQLITE_COPY, Manifest, describe_files
from annotate.server.backups.opening import reachable
from annotate.server.backups.postgresql import open_server
from annotate.server.backups.sqlite import copy_file, open_file
from annotate.server.backups.versions import recorded_version
from annotate.server.credentials import write_private
from annotate.server.database import SQLITE, Database, read_database
from schemas.errors import FramingError
from schemas.files import STAGING, lock_file

__all__ = ["private_files", "settle", "take_backup", "thin_out"]

LOCK = ".lock"
# What a server makes anew: copies of exports, examples, the file that its Python loads, a cluster (whose content is dumped).
_FOLDERS = (MEDIA, "export", "test_data", "door", "postgres")
_FILES = ("*.log", "*.log.*", "*.lock", "*.pid", "*.sock", "*process*.json", ".*", f"{SQLITE}*", "backups.json", "database.json")


def take_backup(data: Path, folder: Path, passphrase: str | None = None, progress: Callable[[str], None] = lambda message: None) -> Path:
    """Write a backup of the data folder into a new folder within `folder`, and give its path.

    Two at once wait for each other. FramingError, with nothing left behind, if there is nothing to back up or it cannot be written.
    """
    database = read_database(data)
    if database.url is None and not (data / SQLITE).exists():
        raise FramingError("no Label Studio has its data here", data, "Name its data folder by --data")
    if folder.absolute().resolve().is_relative_to(data.absolute().resolve()):
        raise FramingError("lies in the data folder, and would be lost with it", folder, "Name another folder by --to")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with lock_file(folder / LOCK):
            made = _next_second(folder)
            with stage(folder) as staging, reachable(data) as there:
                manifest = _write_content(there, staging, made, passphrase, progress)
                manifest.write(staging)
                settle(staging)
                target = folder / name_backup(made)
                staging.rename(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FramingError(f"cannot write here ({reason}); nothing was left", folder, "Make room, or name another folder by --to") from error
    with suppress(OSError):
        # A data folder that may only be read is backed up as well.
        remember_folder(data, folder)
    return target


def thin_out(folder: Path) -> int:
    """Delete the backups that `superfluous` names; how many."""
    try:
        with lock_file(folder / LOCK):
            gone = superfluous(list_backups(folder), datetime.now(UTC))
            for backup in gone:
                # Renamed first: a backup that is half deleted must not look like one.
                doomed = backup.path.rename(folder / f"{STAGING}{backup.path.name}")
                shutil.rmtree(doomed)
    except OSError as error:
        raise FramingError(f"old backups cannot be deleted ({error.strerror or error})", folder, "Delete them by hand") from error
    return len(gone)


def private_files(data: Path) -> Iterator[Path]:
    """The small files that make a data folder this server's: credentials, keys and ledger, people, and what else stands there and is no log."""
    for path in sorted(data.iterdir()):
        if path.is_symlink() or any(path.match(pattern) for pattern in _FILES):
            continue
        if path.is_file():
            yield path
        elif path.is_dir() and path.name not in _FOLDERS:
            yield from private_files(path)


def settle(folder: Path) -> None:
    """Have everything in the folder written to the disk, so that a power cut after a rename finds it there."""
    for path in (folder, *folder.rglob("*")):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _copy_media(source: Path, target: Path) -> None:
    """Copy the files of the folder, if there is one; a link is not followed, and what is deleted meanwhile is left out."""
    target.mkdir(mode=0o700)
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if path.is_file() and not path.is_symlink():
            copy.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(path, copy)
            except FileNotFoundError:
                continue
            copy.chmod(0o600)


def _next_second(folder: Path) -> datetime:
    """Now, and if that is a backup's name already, a second later."""
    while (folder / name_backup(made := datetime.now(UTC).replace(microsecond=0))).exists():
        time.sleep(0.1)
    return made


def _write_content(database: Database, staging: Path, made: datetime, passphrase: str | None, progress: Callable[[str], None]) -> Manifest:
    progress("copying the database")
    engine_version, tables = _write_database(database, staging, progress)
    # After the database: what a row names was uploaded before the row was written.
    progress("copying uploads")
    _copy_media(database.data / MEDIA, staging / MEDIA)
    secret = {path.relative_to(database.data).as_posix(): path.read_bytes() for path in private_files(database.data)}
    write_private(staging / SECRETS, pack(secret, passphrase))
    return Manifest(
        made=made,
        toolkit=version("framing-toolkit"),
        label_studio=recorded_version(database.data),
        engine="sqlite" if database.url is None else "postgresql",
        engine_version=engine_version,
        tables=tables,
        files=describe_files(staging, [path.relative_to(staging).as_posix() for path in staging.rglob("*") if path.is_file()]),
    )


def _write_database(database: Database, staging: Path, progress: Callable[[str], None]) -> tuple[str, dict[str, Content]]:
    if database.url is None:
        copy_file(database.data / SQLITE, staging / SQLITE_COPY)
        (staging / SQLITE_COPY).chmod(0o600)
        with open_file(staging / SQLITE_COPY) as copy:
            return copy.version, digest_tables(copy, progress)
    with open_server(database) as store:
        dump(database, store.snapshot(), staging / DUMP)
        (staging / DUMP).chmod(0o600)
        return store.version, digest_tables(store, progress)
