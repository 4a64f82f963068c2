"""Which version of Label Studio a data folder's database was last opened by: a later one changes the tables, and none changes them back."""

from __future__ import annotations

import re
from pathlib import Path

from annotate.server.credentials import write_private
from annotate.server.embedded import VERSION
from schemas.errors import FramingError
from schemas.parsing import read_text

__all__ = ["is_later", "record_version", "recorded_version"]

_FILE = "version.txt"
# What ran on folders of before versions were recorded. It never changes.
_FIRST = "1.23.2"


def recorded_version(data: Path) -> str:
    """The version that last ran on this data folder; where nothing was recorded, the one that there was until then."""
    try:
        return read_text(data / _FILE, largest=100).strip() or _FIRST
    except (FileNotFoundError, NotADirectoryError, FramingError):
        return _FIRST


def record_version(data: Path, version: str = VERSION) -> None:
    """Remember that this version runs on the data folder now."""
    write_private(data / _FILE, f"{version}\n")


def is_later(version: str, than: str = VERSION) -> bool:
    """Whether a database of the one version is beyond the other. What is no version is not."""
    one, other = (tuple(map(int, re.findall(r"\d+", text)[:3])) for text in (version, than))
    return one > other
