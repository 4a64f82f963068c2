"""What may be written over: only what this toolkit left there itself, unless the user says otherwise.

What a file is can be seen on its beginning: the first columns of a table, the origin that a project or a report names, or the first
bytes that all files of a kind have in common. It is no proof of who wrote it, and keeps nobody from taking away what is no result of ours.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import polars as pl

from schemas.errors import FramingError
from schemas.parsing import parse_json
from schemas.wording import count, enumerate_some

__all__ = ["GENERATOR", "refuse_others", "say_replaced", "tell_kind"]

# What the head of a report says of who made it, and the QDA formats of their origin.
GENERATOR = "framing-toolkit"
_MADE = re.compile(rb'<(Project|CodeBook|meta)\b[^>]*(?:origin|name="generator" content)="' + GENERATOR.encode() + rb'"')
BEGINNING, HEAD, LONGEST, COLUMNS = 11, 65_536, 8_000_000, 4


def refuse_others(targets: Mapping[Path, object], *, replace: bool, todo: str = "Choose another --out, or add --replace") -> None:
    """FramingError if one of the `targets` is there and is of another kind than what is about to stand there, unless `replace`.

    `targets` maps paths to kinds (`tell_kind`). Nothing is lost with an empty file.
    """
    others = [] if replace else [path for path, kind in targets.items() if path.is_file() and path.stat().st_size and tell_kind(path) != kind]
    if others:
        more = f" (and so are {count(len(others) - 1, 'other file')})" if others[1:] else ""
        raise FramingError(f"is there already{more}, is no earlier result of this command, and would be replaced", others[0], todo)


def say_replaced(paths: Iterable[Path]) -> list[str]:
    """What is to be said of those of the paths that are there, and are about to be replaced: a line, or none."""
    there = [path.name for path in paths if path.is_file()]
    were = "was" if len(there) == 1 else "were"
    return [f"{count(len(there), 'file')} of an earlier run {were} replaced: {enumerate_some(there, 8)}"] if there else []


def tell_kind(path: Path) -> object:
    """What tells files of one kind from others; None for a file that cannot be read."""
    with suppress(OSError, ValueError, KeyError, zlib.error, zipfile.BadZipFile, pl.exceptions.PolarsError):
        with path.open("rb") as file:
            start = file.read(HEAD)
            if start.startswith(b"{"):
                # A line of JSONL has a whole article in it.
                start += file.readline(LONGEST)
        if start.startswith(b"PAR1"):
            return tuple(pl.read_parquet_schema(path))[:COLUMNS]
        if start.startswith(b"PK"):
            with zipfile.ZipFile(path) as archive, archive.open("project.qde") as file:
                start = file.read(HEAD)
        elif start.startswith(b"x\x9c"):
            # A DocBin of spaCy; ours have the article's id beside each text.
            return b"article_id" in zlib.decompressobj().decompress(start, HEAD * 16)
        if found := _MADE.search(start):
            return found[1]
        return _tell_columns(start) or start[:BEGINNING]
    return None


def _tell_columns(start: bytes) -> tuple[str, ...]:
    """The first columns of a CSV or JSONL table that has the ids of articles in it; none of anything else."""
    line, whole, _ = start.partition(b"\n")
    if line.startswith(b"\xef\xbb\xbf"):
        return tuple(line.decode(errors="replace").split(",")[:COLUMNS])
    if whole and line.startswith(b"{"):
        with suppress(ValueError, FramingError):
            return tuple(parse_json(line.decode(), "line"))[:COLUMNS]
    return ()
