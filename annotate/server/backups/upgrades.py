"""A backup before another version of Label Studio is started: no version takes the changes of a later one back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from annotate.server.backups.envelope import read_passphrase
from annotate.server.backups.folder import find_folder
from annotate.server.backups.taking import take_backup
from annotate.server.backups.versions import is_later, recorded_version
from annotate.server.database import SQLITE, read_database
from annotate.server.embedded import VERSION
from schemas.errors import FramingError

__all__ = ["backup_before_upgrade"]


def backup_before_upgrade(data: Path, version: str = VERSION, progress: Callable[[str], None] = lambda message: None) -> Path | None:
    """To be called before this version of Label Studio is started on the data folder: if another one ran there, a backup is taken first, and its
    path given. FramingError, before anything is touched, if a later version ran there, or the backup cannot be taken."""
    before = recorded_version(data)
    if before == version or (read_database(data).url is None and not (data / SQLITE).exists()):
        return None
    if is_later(before, version):
        todo = "Update the toolkit, or restore the backup that was taken before the upgrade"
        raise FramingError(f"was last opened by Label Studio {before}, which is later than {version}", data, todo)
    return take_backup(data, find_folder(data), read_passphrase(None), progress)
