"""Files to read articles from: found by path, folder, glob, in an archive, or on standard input."""

from __future__ import annotations

import atexit
import glob
import os
import re
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from annotate.ingestion.kinds import ARCHIVE, KINDS, kind_of, sniff, split_packing
from annotate.ingestion.record import FileRecord, Reading
from annotate.ingestion.source import Source
from schemas.errors import FramingError

__all__ = ["STANDARD_INPUT", "Files", "find_files", "is_address", "name_source", "open_sources"]

STANDARD_INPUT = "-"
_ADDRESS = re.compile(r"(https?|ftp)://\S+$", re.IGNORECASE)
# Files that stand in folders beside articles and are about them.
_ABOUT = ("readme", "license", "licence", "copying", "notice", "changelog", "contributing", "citation", "authors")
_READABLE = f"Readable: {' '.join(KINDS)}; packed as .gz .zst .bz2 .xz, too"
# What is unpacked of one file may be so many times its packed size, and so much in all: more is an attack.
_RATIO, _SMALL, _MOST_UNPACKED = 200, 1 << 24, 1 << 36


class Files(NamedTuple):
    """What can be read, each once, and what stands beside it and cannot."""

    paths: list[Path]
    skipped: list[FileRecord]

    @property
    def are_several(self) -> bool:
        """Whether one that cannot be read costs only itself."""
        return len(self.paths) > 1 or any(path.suffix.lower() == ARCHIVE for path in self.paths)

    def start_reading(self) -> Reading:
        return Reading(list(self.skipped))


def find_files(paths: Iterable[str | Path]) -> Files:
    """The files that paths, folders (recursively) and globs stand for. FramingError for what is not there, for a file that is named and is
    of no kind that can be read, and for a folder without one."""
    found, skipped = list[Path](), list[FileRecord]()
    for name in paths:
        path = Path(name)
        if str(name) == STANDARD_INPUT:
            found.append(_standard_input())
        elif is_address(str(name)):
            raise FramingError("is an address, and nothing is fetched from the network", name, "Save the page as an .html file, and give that")
        elif path.is_dir():
            inside = _look_inside(path, skipped)
            if not inside:
                beside = f"; it has {', '.join(record.name for record in skipped[:3])}" if skipped else ""
                raise FramingError(f"this folder holds no file that can be read{beside}", path, _READABLE)
            found += inside
        elif path.exists():
            if kind_of(path.name) is None:
                raise FramingError(f"files of kind {path.suffix or '(none)'!r} cannot be read", path, _READABLE)
            found.append(path)
        else:
            # A link that leads nowhere is matched too, and is no file.
            # Path.glob takes no absolute pattern.
            matches = sorted(match for match in glob.glob(str(name), recursive=True) if Path(match).exists())  # noqa: PTH207
            if not matches:
                raise FramingError("no such file or folder", name, "Check the spelling; quote a glob")
            matched = find_files(matches)
            found, skipped = found + matched.paths, skipped + matched.skipped
    return Files(list(dict.fromkeys(found)), skipped)


def is_address(name: str) -> bool:
    """Whether it is one of the web, and no path."""
    return _ADDRESS.match(name) is not None


def open_sources(files: Files, reading: Reading) -> Iterator[Source]:
    """Each file, opened; those in an archive one after the other, unpacked for as long as they are read."""
    for path in files.paths:
        if path.suffix.lower() == ARCHIVE:
            try:
                yield from _unpack(path, reading)
            except FramingError as error:
                if len(files.paths) == 1:
                    raise
                reading.skip(str(path), ARCHIVE, error.what)
        elif files.are_several and not path.stat().st_size:
            reading.skip(*_name_of(path), "empty")
        else:
            yield Source(path, reading.open(*_name_of(path)))


def name_source(path: Path) -> str:
    """What a file is called: by its path, or standard input."""
    return "standard input" if path.parent.name.startswith(_SPOOL) else str(path)


def _name_of(path: Path) -> tuple[str, str]:
    """What a file is called, and its kind."""
    return name_source(path), kind_of(path.name) or ""


def _look_inside(folder: Path, skipped: list[FileRecord]) -> list[Path]:
    # A dataset or score folder holds other tables and old copies beside its articles.
    articles = folder / "articles.parquet"
    if articles.is_file():
        return [articles]
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(place, name)
            if why := _why_not(name):
                skipped.append(FileRecord(str(path), path.suffix.lower() or "(none)", skipped=why))
            elif path.is_file():
                found.append(path)
    return found


def _why_not(name: str) -> str | None:
    """Why a file in a folder is not read; None if it is."""
    if name.startswith("."):
        return "hidden"
    if name.split(".", maxsplit=1)[0].lower() in _ABOUT:
        return "about the folder, by its name; name the file itself to read it"
    return None if kind_of(name) else "of a kind that cannot be read"


def _unpack(path: Path, reading: Reading) -> Iterator[Source]:
    """The files in a .zip. Their names are shown, and never used as places to write to."""
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(prefix="framing-zip-") as folder:
            room = _MOST_UNPACKED
            for number, member in enumerate(sorted(archive.infolist(), key=lambda member: member.filename)):
                name = f"{path}/{member.filename}"
                own = Path(member.filename).name
                if member.is_dir() or "__MACOSX" in member.filename:
                    continue
                kind = kind_of(own)
                if why := _why_not(own) or ("an archive in an archive" if kind == ARCHIVE else None):
                    reading.skip(name, Path(own).suffix.lower() or "(none)", why)
                    continue
                if not member.file_size:
                    reading.skip(name, kind or "", "empty")
                    continue
                room -= member.file_size
                if member.file_size > max(_SMALL, _RATIO * member.compress_size) or room < 0:
                    reading.skip(name, kind or "", "unpacked it would be much larger than any text packs")
                    continue
                place = Path(folder, f"{number}{''.join(split_packing(own))}")
                with archive.open(member) as packed, place.open("wb") as file:
                    shutil.copyfileobj(packed, file)
                yield Source(place, reading.open(name, kind or ""))
                place.unlink()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise FramingError(f"is damaged, or is not a .zip ({error})", path, "Pack it again, or unpack it first") from error
    except RuntimeError as error:
        raise FramingError("is locked by a password", path, "Unpack it first") from error


_SPOOL = "framing-input-"


@cache
def _standard_input() -> Path:
    """Standard input as a file, for as long as this process lives: it may have to be read twice."""
    folder = Path(tempfile.mkdtemp(prefix=_SPOOL))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "input"
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return path.rename(folder / f"input{sniff(path)}")
