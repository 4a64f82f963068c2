"""The files of a corpus: found, and read strictly. What cannot be read is an error that names its file."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import polars as pl

from annotate.ingestion.encoding import decode
from annotate.ingestion.formats import READERS
from annotate.ingestion.record import FileRecord
from annotate.ingestion.source import DAMAGES, Row, Source, Unreadable
from schemas.errors import FramingError

__all__ = ["TABLES", "find_files", "is_table", "read_json", "read_rows", "read_table", "read_text"]

# Files that have a row a line; of JSON and spreadsheets, which may hold anything, only those that are named outright.
TABLES = ("*.csv", "*.tsv", "*.jsonl", "*.ndjson", "*.parquet")
_NAMED = ("*.json", "*.xlsx", "*.xls", "*.ods", "*.arrow", "*.feather", "*.ipc")
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
    record = FileRecord(file.name)
    text = decode(file, record)
    if record.guesses or record.cleaned:
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
    record = FileRecord(file.name)
    text = decode(file, record).removeprefix("\ufeff")
    if separator not in text or "\0" in text:
        raise FramingError(f"is not a table separated by {separator!r}", file, "Download it again")
    _tell(record, notices)
    try:
        return pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        what = f"is not a table separated by {separator!r}, or is cut off ({str(error).splitlines()[0]})"
        raise FramingError(what, file, "Download it again") from error


def is_table(file: Path) -> bool:
    """Whether the file's name is one of a table."""
    return any(fnmatchcase(file.name.lower(), pattern) for pattern in (*TABLES, *_NAMED))


def read_rows(file: Path, notices: Counter[str]) -> Iterator[Row | Unreadable]:
    """The rows of a table as the reading of articles understands it: CSV and its kin, JSON a line, Parquet. What cannot be read stands in its
    place as Unreadable; what was guessed is told in the notices. FramingError for a file that is none."""
    reader = READERS.get(file.suffix.lower())
    if reader is None or not is_table(file):
        raise FramingError(f"files of kind {file.suffix or '(none)'!r} are no tables", file, f"Tables are: {' '.join((*TABLES, *_NAMED))}")
    record = FileRecord(str(file), file.suffix.lower())
    try:
        yield from reader(Source(file, record))
    except UnicodeError as error:
        raise FramingError("is neither UTF-8 nor in the encoding it seemed to have", file, "Save it as UTF-8") from error
    except DAMAGES as error:
        raise FramingError(f"cannot be read to its end ({error})", file, "Is it cut off? Download it again") from error
    _tell(record, notices)


def _tell(record: FileRecord, notices: Counter[str]) -> None:
    for guess in record.guesses:
        notices[f"{guess}: files"] += 1
    notices.update(record.cleaned)
