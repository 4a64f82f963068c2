"""Answers of a server as they come, a line each: none is half there, and who was asked what is written down beside them."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from annotate.coders.replies import DAMAGED, FAILED, Reply, read_replies
from schemas.coders import Coder
from schemas.dataset import write_lines
from schemas.errors import FramingError
from schemas.files import lock_file, replace_file
from schemas.parsing import read_json
from schemas.requests import read_name

__all__ = ["find_answered", "hold_answers", "keep_answers", "read_answers"]


@contextmanager
def hold_answers(path: Path) -> Iterator[None]:
    """Keep other processes from asking the same. FramingError if one is at it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    busy = FramingError("another process is asking the same", path, "Wait for it, or stop it first")
    with lock_file(path.with_suffix(".lock"), busy=busy):
        yield


@contextmanager
def keep_answers(path: Path) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Yields how a line is put behind the others: in one go, so that none is half there when the process ends."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def keep(line: dict[str, Any]) -> None:
        text = io.StringIO()
        write_lines(text, [line])
        data = text.getvalue().encode()
        if os.write(file, data) < len(data):
            raise FramingError("cannot write here (is the disk full?)", path, "Make room and run this again")

    try:
        yield keep
    finally:
        os.close(file)


def read_answers(path: Path) -> list[Reply]:
    """The lines in which a server said something to a request, whatever it was; what failed is to be asked again."""
    return [reply for reply in read_replies(path) if reply.reason not in (FAILED, DAMAGED)] if path.exists() else []


def find_answered(path: Path, coder: Coder, wanted: Iterable[str]) -> set[str]:
    """Which of the wanted requests were answered before; half a last line, as a machine that died may have left it, is taken away.

    FramingError if the answers that are there are another model's, to another prompt, or to windows of another length.
    """
    about = path.with_suffix(".json")
    if path.exists():
        _mend(path)
        _refuse_other(about, coder)
    with replace_file(about) as staged:
        staged.write_text(coder.model_dump_json(indent=2, exclude_none=True, exclude={"counts", "runs"}) + "\n", encoding="utf-8")
    names = {reply.name for reply in read_answers(path)}
    known = set(wanted)
    texts = {place[:2] for name in known if (place := read_name(name))}
    if any(place[:2] in texts for name in names - known if (place := read_name(name))):
        raise FramingError("has answers to windows of another length", path, "Give the same --window as before, or ask as another --run")
    return names & known


def _mend(path: Path) -> None:
    with path.open("r+b") as file:
        at = file.seek(0, os.SEEK_END)
        while at and (file.seek(at - 1), file.read(1))[1] != b"\n":
            at -= 1
        file.truncate(at)


def _refuse_other(about: Path, coder: Coder) -> None:
    try:
        known = Coder.model_validate(read_json(about))
    except (FileNotFoundError, ValidationError) as error:
        raise FramingError("is missing or damaged, and says what was asked", about, "Restore it, or remove the answers beside it") from error
    for what in ("model", "prompt_digest", "temperature"):
        if getattr(known, what) != getattr(coder, what):
            said = what.partition("_")[0]
            raise FramingError(f"has answers to another {said}", about.with_suffix(".jsonl"), "Ask as another --coder, or remove these answers")
