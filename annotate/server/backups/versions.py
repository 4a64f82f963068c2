"""Which version of Label Studio a data folder's database was last opened by: a later one changes the tables, and none changes them back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from annotate.server.credentials import write_private
from annotate.server.embedded import VERSION
from schemas.errors import FramingError
from schemas.parsing import read_text

__all__ = ["backup_before_upgrade", "is_later", "record_version", "recorded_version"]

_FILE = "version.txt"


def recorded_version(data: Path) -> str:
    """The version that last ran on this data folder; the toolkit's own where nothing was recorded, since no other one was ever started."""
    try:
        return read_text(data / _FILE, largest=100).strip() or VERSION
    except (FileNotFoundError, NotADirectoryError, FramingError):
        return VERSION


def record_version(data: Path, version: str = VERSION) -> None:
    """Remember that this version runs on the data folder now."""
    write_private(data / _FILE, f"{version}\n")


def is_later(version: str, than: str = VERSION) -> bool:
    """Whether a database of the one version is beyond the other. What is no version is not."""
    one, other = (tuple(map(int, re.findall(r"\d+", text)[:3])) for text in (version, than))
    return one > other


def backup_before_upgrade(data: Path, version: str = VERSION, progress: Callable[[str], None] = lambda message: None) -> Path | None:
    """To be called before this version of Label Studio is started on the data folder: if another one ran there, a backup is taken first, and its
    path given. FramingError, before anything is touched, if a later version ran there, or the backup cannot be taken."""
    from annotate.server.backups.folder import find_folder
    from annotate.server.backups.taking import take_backup
    from annotate.server.database import SQLITE, read_database

    before = recorded_version(data)
    if before == version or (read_database(data).url is None and not (data / SQLITE).exists()):
        return None
    if is_later(before, version):
        todo = "Update the toolkit, or restore the backup that was taken before the upgrade"
        raise FramingError(f"was last opened by Label Studio {before}, which is later than {version}", data, todo)
    return take_backup(data, find_folder(data), progress=progress)
