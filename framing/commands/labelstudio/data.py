"""The option that names a server's data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["DataFolder"]

DataFolder = Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="The server's data folder. Default: in your user data directory.")]
