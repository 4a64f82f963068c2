"""What the user sees: progress and notices on standard error, results on standard output, and, where asked, figures as JSON.

How much is said, and where figures go, is decided once for a command (`telling`), by options that every command has (`framing.manners`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path, PurePath
from typing import Any

from schemas.errors import FramingError, printable

__all__ = ["STANDARD_OUTPUT", "notice", "progress", "record", "result", "result_lines", "show_text", "telling", "waiting", "write_json"]

STANDARD_OUTPUT = "-"


@dataclass
class _Telling:
    """How a command speaks, and what it has said so far."""

    quiet: bool = False
    json_to: str | None = None
    lines: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    recorded: bool = False


_TELLING: ContextVar[_Telling | None] = ContextVar("telling", default=None)


@contextmanager
def telling(*, quiet: bool, json_to: str | None) -> Iterator[None]:
    """In this block a command speaks: not at all if `quiet`, and in JSON, too, if there is a file (or STANDARD_OUTPUT) for it.

    FramingError if that is a folder.
    """
    from typer import Exit

    if json_to is not None and Path(json_to).is_dir():
        raise FramingError("is a folder", json_to, "Name a file after --json, or - to print the figures")
    token = _TELLING.set(_Telling(quiet, json_to))
    try:
        yield
        _record_words()
    except Exit:
        # A command that answers by its exit code has answered.
        _record_words()
        raise
    finally:
        _TELLING.reset(token)


def _record_words() -> None:
    """What was said, of a command that has no figures."""
    how = _how()
    if not how.recorded:
        record({"lines": how.lines})


def _how() -> _Telling:
    # Outside of a command, as in a thread that answers others, nothing was asked for.
    return _TELLING.get() or _Telling()


def _is_silent() -> bool:
    return _how().quiet or not sys.stderr.isatty()


@contextmanager
def progress(what: str, *, of_bytes: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, and nothing where standard error is a file. Yields `update(done, total)`."""
    if _is_silent():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    count = DownloadColumn() if of_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), count, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def waiting(what: str) -> Iterator[Callable[[str], None]]:
    """A spinner on a terminal. Yields `update(message)`."""
    if _is_silent():
        yield lambda message: None
        return
    from rich.console import Console

    with Console(stderr=True).status(what) as spinner:
        yield spinner.update


def result(line: str) -> None:
    """A line that says what was done or found. Names in it may be other people's strings."""
    how, said = _how(), printable(line, limit=2000)
    how.lines.append(said)
    if not how.quiet and how.json_to != STANDARD_OUTPUT:
        print(said, flush=True)


def show_text(text: str) -> None:
    """A file's text, as it stands: what a command was asked to print, so that it is printed whatever else is said."""
    if _how().json_to != STANDARD_OUTPUT:
        print(text, end="")


def result_lines(text: str) -> None:
    """A text of our own making, line by line."""
    for line in text.rstrip("\n").split("\n"):
        result(line)


def notice(line: str) -> None:
    """Something the user should know, on standard error, so that it does not get into a pipe."""
    how, said = _how(), printable(line, limit=994)
    how.notices.append(said)
    if not how.quiet:
        print(f"note: {said}", file=sys.stderr)


def record(figures: Mapping[str, Any]) -> None:
    """The figures of a command, once, with the notices so far: written as JSON where --json says."""
    how = _how()
    how.recorded = True
    if how.json_to is None:
        return
    data = {"notices": how.notices, **figures}
    if how.json_to == STANDARD_OUTPUT:
        print(_dump(data), flush=True)
    else:
        write_json(Path(how.json_to), data)


def write_json(path: Path, data: Any) -> None:
    """A JSON file, whole or not at all."""
    from schemas.files import replace_file

    with replace_file(path) as temporary:
        temporary.write_text(_dump(data) + "\n", encoding="utf-8")


def _dump(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """Paths, dates and times are written as they are read, numbers of numpy as numbers; anything else is a fault of ours."""
    if isinstance(value, PurePath | date | time):
        return str(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
