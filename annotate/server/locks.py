"""One at a time on this machine: what two commands must not do at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from schemas.errors import FramingError
from schemas.files import digest_text, lock_file

__all__ = ["lock_machine", "lock_project"]


@contextmanager
def lock_project(address: str, title: str) -> Iterator[None]:
    """Wait until no other command of this machine writes to the project, and keep others out."""
    with lock_machine(f"project-{digest_text(f'{address} {title.strip()}')[:16]}.lock"):
        yield


@contextmanager
def lock_machine(name: str, *, busy: FramingError | None = None) -> Iterator[None]:
    """Hold the lock of this name, for this user and machine; it ends with the process. Waits for it, or raises `busy`."""
    folder = Path(platformdirs.user_cache_dir("framing-toolkit", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    with lock_file(folder / name, busy=busy):
        yield
