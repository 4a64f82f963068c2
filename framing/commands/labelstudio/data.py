"""The option that names a server's data folder, and what is said of its backups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["DataFolder", "describe_backup"]

DataFolder = Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="The server's data folder. Default: in your user data directory.")]


def describe_backup(data: Path) -> str:
    """How old the last backup of this data folder is that was proved by restoring it."""
    from annotate.server.backups.folder import find_folder, latest_proven
    from schemas.wording import count

    made = latest_proven(find_folder(data))
    if made is None:
        return "none was proved yet: `framing labelstudio backup --verify`"
    age = max(datetime.now(UTC) - made, timedelta())
    old = count(age.days, "day") if age.days > 1 else count(age // timedelta(hours=1), "hour")
    return f"the last proven one is of {made:%Y-%m-%d %H:%M} UTC, {old} old"
