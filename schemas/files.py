"""Files that are either whole or not there: everything is staged first and renamed last."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import polars as pl

from schemas.errors import FramingError
from schemas.wording import count, inflect

__all__ = ["FAILURES", "digest_file", "digest_text", "lock_file", "measure_file", "replace_file", "replace_files", "unwritable"]

STAGING, UNCHANGED = ".partial-", "nothing was changed"
ABANDONED_SECONDS = 24 * 3600
# How often a staging folder is cleared away while somebody still writes into it.
ATTEMPTS = 20
# polars says "compute error" when a disk is full.
FAILURES = (OSError, pl.exceptions.ComputeError)


@contextmanager
def replace_files(folder: Path, *, left: str = UNCHANGED) -> Iterator[Path]:
    """Yield a staging folder; on success each file in it replaces its namesake in `folder`.

    What can fail (a full disk, a kill) fails while staging, when nothing of the user's has been touched; the renames at
    the end need no space. Files of other names in `folder` are left alone. Whether namesakes may be replaced is
    for the caller to know. `left` is how things are if it fails before the first rename.
    """
    staging = folder / f"{STAGING}{os.getpid()}-{secrets.token_hex(4)}"
    created, renamed = False, 0
    try:
        if folder.exists() and not folder.is_dir():
            raise FramingError("is a file, and a folder is to be written there", folder, "Name another folder")
        created = not folder.exists()
        staging.mkdir(parents=True)
        _remove_abandoned(folder)
        yield staging
        targets = {path: folder / path.relative_to(staging) for path in sorted(staging.rglob("*")) if path.is_file()}
        _refuse_blocked(targets.values())
        for path, target in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
            renamed += 1
    except FAILURES as error:
        raise unwritable(
            error, folder, f"{renamed} of {count(len(targets), 'file')} {inflect(renamed, 'was', 'were')} replaced" if renamed else left
        ) from error
    finally:
        _clear(staging)
        with suppress(OSError):
            if created and not any(folder.iterdir()):
                folder.rmdir()


@contextmanager
def replace_file(path: Path, *, left: str = UNCHANGED) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it replaces `path`. `left` is how things are if it fails."""
    temporary = path.with_name(f"{STAGING}{os.getpid()}-{secrets.token_hex(4)}{path.suffix}")
    try:
        _refuse_blocked([path])
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except FAILURES as error:
        raise unwritable(error, path, left) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def measure_file(path: Path) -> int:
    """Bytes of a file that can be read to its end. FileNotFoundError where there is none, FramingError for what is no file: a folder, a link to
    itself, a device or a pipe, which would keep a reader waiting."""
    try:
        state = path.stat()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise FramingError(f"cannot be read ({error.strerror})", path, "Restore it from a copy, or make it again") from error
    if not stat.S_ISREG(state.st_mode):
        kind = "a folder" if stat.S_ISDIR(state.st_mode) else "a device or a pipe"
        raise FramingError(f"cannot be read (it is {kind}, and a file is wanted)", path, "Restore it from a copy, or make it again")
    return state.st_size


def digest_text(text: str) -> str:
    """SHA-256 of the UTF-8 text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of the file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unwritable(error: Exception, path: Path, left: str = UNCHANGED) -> FramingError:
    """What to say when one of FAILURES was met while writing; `left` is how things are now."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error).splitlines()[0]
    return FramingError(f"cannot write here ({reason}); {left}", path, "Make room or choose another --out")


@contextmanager
def lock_file(path: Path, *, shared: bool = False, busy: FramingError | None = None) -> Iterator[None]:
    """Hold a lock that nobody else has, or that only others who want it `shared` have; it ends with the process, however that ends. Waits for it, or
    raises `busy`.

    Where the system has no such locks (Windows), there is none.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    with path.open("w") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError:
            if busy is None:
                raise
            raise busy from None
        yield


def _refuse_blocked(targets: Iterable[Path]) -> None:
    # Found before the first rename, so that either all files are replaced or none.
    for target in targets:
        if target.is_dir():
            raise FramingError("is a folder, and a file is to be written there; nothing was changed", target, "Remove it, or choose another --out")


def _clear(staging: Path) -> None:
    # A thread of polars that was interrupted may still be writing there.
    for _ in range(ATTEMPTS):
        shutil.rmtree(staging, ignore_errors=True)
        if not os.path.lexists(staging):
            return
        time.sleep(0.05)


def _remove_abandoned(folder: Path) -> None:
    # A killed run leaves its staging folder. A young one may belong to a run that is still going.
    for path in folder.glob(f"{STAGING}*"):
        if path.is_dir() and time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
