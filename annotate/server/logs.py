"""Logs that others write and that must not fill a disk."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["LARGEST", "last_line", "open_log", "trim_log", "trim_logs_now_and_then"]

LARGEST, SECONDS = 10_000_000, 600.0


def open_log(path: Path, *, anew: bool = False) -> BinaryIO:
    """A log to write to, which nobody else may read: addresses in it say who did what. What stands in it stays, unless it is begun `anew`."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    return path.open("wb" if anew else "ab")


def last_line(said: str | Path) -> str:
    """What a program said last, or what stands last in its log."""
    text = said.read_text(encoding="utf-8", errors="replace") if isinstance(said, Path) else said
    return (text.strip().splitlines() or ["it said nothing"])[-1]


def trim_log(path: Path, largest: int = LARGEST) -> bool:
    """Begin a log anew that has more bytes than this; what it held stays beside it, as its one copy (NAME.1). Whoever writes to it goes on: they
    append. What a disk refuses is left for the next time."""
    with suppress(OSError):
        if path.stat().st_size <= largest:
            return False
        copy = path.with_name(f"{path.name}.1")
        with open_log(copy, anew=True) as kept, path.open("rb") as log:
            shutil.copyfileobj(log, kept)
        os.truncate(path, 0)
        return True
    return False


def trim_logs_now_and_then(paths: Sequence[Path]) -> None:
    """See to these logs for as long as the process lives."""

    def see() -> None:
        while True:
            for path in paths:
                trim_log(path)
            threading.Event().wait(SECONDS)

    threading.Thread(target=see, name="logs", daemon=True).start()
