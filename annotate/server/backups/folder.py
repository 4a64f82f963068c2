"""The folder that a server's backups are in: one folder each, named by its time in UTC."""

from __future__ import annotations

import glob
import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from annotate.server.backups.manifest import MANIFEST
from annotate.server.credentials import write_private
from annotate.server.postgres import stop_cluster
from schemas.errors import FramingError
from schemas.files import STAGING
from schemas.parsing import read_json

__all__ = ["Backup", "find_folder", "latest_proven", "list_backups", "mark_proven", "name_backup", "remember_folder", "stage", "superfluous"]

DAYS, WEEKS = 7, 4
_FORMAT = "%Y-%m-%dT%H-%M-%SZ"
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ")
_PROVED, _PLACE = "proved.json", "backups.json"


@dataclass(frozen=True)
class Backup:
    """`made` in UTC; `proven`: whether it was restored once, and was then what had been backed up."""

    path: Path
    made: datetime
    proven: bool


def name_backup(made: datetime) -> str:
    return made.strftime(_FORMAT)


def list_backups(folder: Path) -> list[Backup]:
    """The backups in the folder, oldest first."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if _NAME.fullmatch(path.name) and (path / MANIFEST).exists():
            try:
                made = datetime.strptime(path.name, _FORMAT).replace(tzinfo=UTC)
            except ValueError:
                continue
            found.append(Backup(path, made, (path / _PROVED).exists()))
    return found


def latest_proven(folder: Path) -> datetime | None:
    """Of which moment (UTC) the latest backup is that was proved by restoring it; None if none was."""
    return max((backup.made for backup in list_backups(folder) if backup.proven), default=None)


def mark_proven(backup: Path) -> None:
    """Write beside the manifest that the backup was proved now."""
    write_private(backup / _PROVED, json.dumps({"proved": datetime.now(UTC).isoformat(timespec="seconds")}))


def find_folder(data: Path) -> Path:
    """Where this data folder's last backup went; else the folder beside it that is the default."""
    try:
        found = read_json(data / _PLACE)
        return Path(found["to"])
    except (FileNotFoundError, NotADirectoryError, FramingError, KeyError, TypeError):
        return data.absolute().with_name(f"{data.absolute().name}-backups")


def remember_folder(data: Path, folder: Path) -> None:
    write_private(data / _PLACE, json.dumps({"to": str(folder.absolute())}))


def superfluous(backups: list[Backup], now: datetime) -> list[Backup]:
    """Those that need not be kept. Kept are the latest of each of the last 7 days and of each of the last 4 weeks, the latest one, and the latest
    proven one."""
    kept: set[Path] = set()
    by_day = {backup.made.date(): backup for backup in backups}
    by_week = {backup.made.isocalendar()[:2]: backup for backup in backups}
    kept |= {by_day[day].path for i in range(DAYS) if (day := (now - timedelta(days=i)).date()) in by_day}
    kept |= {by_week[week].path for i in range(WEEKS) if (week := (now - timedelta(weeks=i)).isocalendar()[:2]) in by_week}
    kept |= {backup.path for backup in backups[-1:]}
    kept |= {backup.path for backup in [one for one in backups if one.proven][-1:]}
    return [backup for backup in backups if backup.path not in kept]


@contextmanager
def stage(folder: Path, name: str = "") -> Iterator[Path]:
    """A new folder in this one, for what is called so when it is whole, and is renamed then. The caller has a lock: what is here already under such
    a name was left by one who was killed, with its cluster of PostgreSQL, and is cleared away."""
    prefix = f"{STAGING}{name}-" if name else STAGING
    for left in folder.glob(f"{glob.escape(prefix)}{'?' * 8 if name else '*'}"):
        stop_cluster(left)
        shutil.rmtree(left)
    staging = folder / f"{prefix}{secrets.token_hex(4)}"
    staging.mkdir(mode=0o700)
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)
