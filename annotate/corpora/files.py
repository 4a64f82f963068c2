"""The files of a corpus: found, and read strictly. What cannot be read is an error that names its file."""

from __future__ import annotations

import json
import os
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import polars as pl

from annotate.ingestion.encoding import decode
from schemas.errors import FramingError

__all__ = ["find_files", "read_json", "read_table", "read_text"]

# A corpus lies in folders of folders, and no deeper: who gives a whole disk by mistake shall not get a bit of everything on it.
DEPTH = 2


def find_files(path: Path, *patterns: str) -> list[Path]:
    """The file itself, or the files in a folder and up to DEPTH folders below it whose names fit; hidden ones are left out.

    Raises FramingError if there is nothing at `path`.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise FramingError("no such file or folder", path, "Check the spelling")
    found: list[Path] = []
    for folder, below, names in os.walk(path):
        depth = len(Path(folder).relative_to(path).parts)
        # Archives made on a Mac hold a hidden twin of each file, with the same ending and something else in it.
        below[:] = [name for name in below if not name.startswith(".")] if depth < DEPTH else []
        fitting = [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]
        found += [Path(folder, name) for name in fitting if not name.startswith(".")]
    return sorted(file for file in found if file.is_file())


def read_text(file: Path) -> str:
    """A text as it is, to which offsets belong. FramingError if it is not UTF-8: a guess would shift every offset."""
    guesses = Counter[str]()
    text = decode(file, guesses)
    if guesses:
        raise FramingError("is not UTF-8, as the files of this corpus are", file, "Download it again")
    return text


def read_json(file: Path) -> Any:
    """What a JSON file holds. FramingError if it is cut off or something else."""
    try:
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise FramingError(f"is not JSON, or is cut off ({error})", file, "Download it again") from error
    except OSError as error:
        raise FramingError(f"cannot be read ({error.strerror})", file) from error


def read_table(file: Path, separator: str, notices: Counter[str]) -> pl.DataFrame:
    """A table whose cells are all text, so that ids and codes stay what they are. FramingError if it is damaged."""
    text = decode(file, notices).removeprefix("\ufeff")
    try:
        return pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        what = f"is not a table separated by {separator!r}, or is cut off ({str(error).splitlines()[0]})"
        raise FramingError(what, file, "Download it again") from error
