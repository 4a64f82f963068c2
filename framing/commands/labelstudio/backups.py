"""framing labelstudio backup, verify, restore, move, undelete: work that cannot be lost."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.commands.labelstudio.data import DataFolder
from framing.console import notice, result, waiting
from framing.options import epilog
from schemas.wording import count

if TYPE_CHECKING:
    from annotate.server.backups.manifest import Manifest
    from annotate.server.backups.undeleting import Thing
    from annotate.server.database import Database

__all__ = ["register"]

_UNITS = {"m": 60, "h": 3600, "d": 86_400}

BackupFolder = Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder of one backup.")]
Passphrase = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help="Seal the server's secrets with the passphrase in this file's first line. FRAMING_BACKUP_PASSPHRASE does as well.",
    ),
]
OtherDatabase = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="postgresql://user:password@host:port/name. Default: what the data folder's server has."),
]


def register(group: typer.Typer) -> None:
    group.command("backup", epilog=epilog("framing labelstudio backup --to /mnt/backups", "framing labelstudio backup --every 6h --verify"))(backup)
    group.command("verify", epilog=epilog("framing labelstudio verify /mnt/backups/2026-11-30T08-00-00Z"))(verify)
    group.command("restore", epilog=epilog("framing labelstudio restore /mnt/backups/2026-11-30T08-00-00Z --data lab"))(restore)
    group.command("move", epilog=epilog("framing labelstudio move --to-database postgresql://lab:secret@localhost/lab"))(move)
    group.command("undelete", epilog=epilog('framing labelstudio undelete --project "Spring corpus"', "framing labelstudio undelete --task 1042"))(
        undelete
    )


def backup(
    data: DataFolder = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="Where backups are kept. Default: where the last one went, or beside the data folder.")
    ] = None,
    every: Annotated[
        str | None, typer.Option("--every", metavar="6h", help="Go on until stopped; of old ones 7 daily and 4 weekly are kept.")
    ] = None,
    thin: Annotated[bool, typer.Option("--thin", help="Of old ones keep 7 daily and 4 weekly, as --every does.")] = False,
    check: Annotated[bool, typer.Option("--verify", help="Prove each backup by restoring it into a scratch database.")] = False,
    passphrase_file: Passphrase = None,
) -> None:
    """Back up a server, also while people work: its database, uploads, and apart from them its secrets."""
    from annotate.server.backups.envelope import read_passphrase
    from annotate.server.backups.folder import find_folder
    from annotate.server.backups.proving import prove
    from annotate.server.backups.taking import take_backup, thin_out
    from annotate.server.credentials import default_data_folder
    from annotate.server.database import read_database
    from schemas.errors import FramingError

    seconds = _seconds(every)
    folder = data or default_data_folder()
    place, passphrase = to or find_folder(folder), read_passphrase(passphrase_file)
    first = True
    while True:
        begun = time.monotonic()
        try:
            with waiting("backing up") as update:
                made = take_backup(folder, place, passphrase, update)
                manifest = prove(made, read_database(folder), update) if check else None
            result(f"backup -> {made}" + (f"; proved: {_describe(manifest)}, each as it was" if manifest else ""))
            if (thin or seconds is not None) and (gone := thin_out(place)):
                result(f"{count(gone, 'old backup', 'was', 'were')} deleted")
        except FramingError as error:
            if first or seconds is None:
                raise
            # The next one may find a disk with room, or a database that answers again.
            notice(str(error))
        if seconds is None:
            return
        first = False
        time.sleep(max(0.0, begun + seconds - time.monotonic()))


def verify(path: BackupFolder, data: DataFolder = None, database: OtherDatabase = None) -> None:
    """Prove a backup: restore it into a scratch database, and compare every row and file with what was backed up."""
    from annotate.server.backups.proving import prove

    with waiting("proving the backup") as update:
        manifest = prove(path, _cluster(data, database), update)
    result(f"{path} is proved: {_describe(manifest)} and {count(len(manifest.files), 'file')}, each as it was")


def restore(
    path: BackupFolder,
    data: Annotated[Path, typer.Option("--data", metavar="FOLDER", help="The new data folder; it must be empty, or not be there.")],
    database: Annotated[
        str | None,
        typer.Option("--database", metavar="URL", help="For a backup of PostgreSQL: an empty database. Default: its own cluster."),
    ] = None,
    passphrase_file: Passphrase = None,
) -> None:
    """Make a server's data folder anew out of a backup, on this machine or another. Numbers, authors and times stay."""
    from annotate.server.backups.envelope import read_passphrase
    from annotate.server.backups.restoring import restore as put_back
    from annotate.server.database import Database
    from annotate.server.embedded import VERSION

    target = Database(data, database) if database else None
    with waiting("restoring") as update:
        manifest = put_back(path, data, target, read_passphrase(passphrase_file), update)
    result(f"{data} holds what was backed up on {manifest.made:%Y-%m-%d %H:%M} UTC: {_describe(manifest)}, compared one by one")
    if manifest.label_studio != VERSION:
        notice(f"the backup is of Label Studio {manifest.label_studio}: {VERSION} will bring the database up to date when it is started")


def move(
    to_database: Annotated[
        str | None,
        typer.Option("--to-database", metavar="URL", help="An empty one: postgresql://user:password@host:port/name. Default: a cluster of its own."),
    ] = None,
    data: DataFolder = None,
) -> None:
    """Move a server from SQLite to PostgreSQL, and start it with that from then on. Stop it first. To another machine: backup, then restore."""
    from annotate.server.backups.moving import move as carry
    from annotate.server.credentials import default_data_folder
    from annotate.server.database import read_database

    folder = data or default_data_folder()
    with waiting("moving") as update:
        contents = carry(folder, to_database, update)
    moved = f"{count(sum(content.rows for content in contents.values()), 'row')} in {count(len(contents), 'table')}"
    result(f"{moved} -> {read_database(folder).shown}, compared one by one; the SQLite file stays under another name")


def undelete(
    project: Annotated[str | None, typer.Option("--project", metavar="N|TITLE", help="A project with its tasks and all work.")] = None,
    task: Annotated[int | None, typer.Option("--task", metavar="N", help="A task with its annotations, drafts and predictions.")] = None,
    annotation: Annotated[int | None, typer.Option("--annotation", metavar="N", help="An annotation.")] = None,
    source: Annotated[Path | None, typer.Option("--from", metavar="BACKUP", help="Out of this backup. Default: the latest one that has it.")] = None,
    data: DataFolder = None,
) -> None:
    """Bring back what was deleted, into the running server: its rows with their numbers, authors and times. What is there is left alone."""
    from annotate.server.backups.undeleting import undelete as bring_back
    from annotate.server.credentials import default_data_folder
    from schemas.errors import FramingError

    asked: list[tuple[Thing, str]] = []
    asked += [("project", project)] if project is not None else []
    asked += [("task", str(task))] if task is not None else []
    asked += [("annotation", str(annotation))] if annotation is not None else []
    if len(asked) != 1:
        raise FramingError("one of --project, --task and --annotation is needed", "framing labelstudio undelete")
    with waiting("bringing back") as update:
        done = bring_back(data or default_data_folder(), *asked[0], source, update)
    back = ", ".join(f"{number:,} of {name}" for name, number in done.back.items() if number) or "no rows: all is there"
    result(f"out of {done.backup.name}: {back}" + (f"; {count(done.files, 'uploaded file')}" if done.files else ""))
    if there := ", ".join(f"{number:,} of {name}" for name, number in done.there.items()):
        notice(f"left as they are: {there}")


def _describe(manifest: Manifest) -> str:
    return f"{count(manifest.rows, 'row')} in {count(len(manifest.tables), 'table')}"


def _cluster(data: Path | None, url: str | None) -> Database:
    from annotate.server.credentials import default_data_folder
    from annotate.server.database import Database, read_database

    folder = data or default_data_folder()
    return Database(folder, url) if url else read_database(folder)


def _seconds(text: str | None) -> float | None:
    from schemas.errors import FramingError

    if text is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([mhd])", text.strip())
    if not found or float(found[1]) <= 0:
        raise FramingError("is no span of time", text, "As in 30m, 6h or 1d")
    return float(found[1]) * _UNITS[found[2]]
