"""What the user sees: progress on standard error, one result line on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from schemas.errors import printable

__all__ = ["notice", "progress", "result", "result_lines", "waiting", "write_json"]


@contextmanager
def progress(what: str, *, of_bytes: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, and nothing where standard error is a file. Yields `update(done, total)`."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    count = DownloadColumn() if of_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), count, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def result(line: str) -> None:
    """The one line that says what was done. Names in it may be other people's strings."""
    print(printable(line, limit=2000))


def result_lines(text: str) -> None:
    """A text of our own making, line by line."""
    for line in text.rstrip("\n").split("\n"):
        print(printable(line, limit=2000))


def notice(line: str) -> None:
    """Something the user should know, on standard error, so that it does not get into a pipe."""
    print(printable(f"note: {line}", limit=1000), file=sys.stderr)


def write_json(path: Path, data: Any) -> None:
    """A JSON file, whole or not at all."""
    from schemas.files import replace_file

    with replace_file(path) as temporary:
        temporary.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@contextmanager
def waiting(what: str) -> Iterator[Callable[[str], None]]:
    """A spinner on a terminal. Yields `update(message)`."""
    if not sys.stderr.isatty():
        yield lambda message: None
        return
    from rich.console import Console

    with Console(stderr=True).status(what) as spinner:
        yield spinner.update
