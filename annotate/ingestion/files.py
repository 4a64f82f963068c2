"""Files to read articles from: found by path, folder and glob, opened as text whatever their encoding and packing."""

from __future__ import annotations

import codecs
import glob
import gzip
import io
import os
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from annotate.ingestion.encoding import guess_encoding, looks_binary
from schemas.errors import FramingError

__all__ = ["DAMAGES", "KINDS", "PACKINGS", "TABLES", "Source", "find_files", "kind_of"]

# Files of one article each, and tables with one article a row; these may also be packed, as .gz or .zst.
TEXTS, TABLES = (".txt", ".md", ".html", ".htm"), (".jsonl", ".csv", ".parquet")
KINDS = (*TEXTS, *TABLES)
PACKINGS = (".gz", ".zst")
_PACKABLE = tuple(kind for kind in KINDS if kind != ".parquet")
_CHUNK = 1 << 20
# What a file that is cut off or damaged may raise while it is read.
DAMAGES = (OSError, EOFError, zlib.error, zstandard.ZstdError)


def kind_of(path: Path) -> str | None:
    """What the file is by its name, one of KINDS; None if it is nothing that can be read."""
    kind = path.suffix.lower()
    if kind in PACKINGS:
        inner = Path(path.stem).suffix.lower()
        return inner if inner in _PACKABLE else None
    return kind if kind in KINDS else None


@dataclass
class Source:
    """A file that is being read. `position` is how many of its bytes are behind; `notices` counts what its user should know."""

    path: Path
    notices: Counter[str] = field(default_factory=Counter)
    position: int = 0

    def __post_init__(self) -> None:
        self.kind = kind_of(self.path) or ""
        try:
            self.size = self.path.stat().st_size
        except OSError as error:
            raise FramingError(f"cannot be read ({error.strerror})", self.path) from error
        if self.size == 0:
            raise FramingError("is empty", self.path, "Remove it, or put an article in it")

    def open_text(self, newline: str = "") -> io.TextIOBase:
        """The file as text, with line ends as they are, and lines that end at `newline` (at any usual one if empty). What cannot be
        decoded raises UnicodeError.

        UTF-8 is believed; only where it fails, and the whole file is looked at for that, is the encoding guessed, and a notice
        says so. Raises FramingError for files that hold no text.
        """
        encoding = self._find_encoding()
        return io.TextIOWrapper(cast(BinaryIO, self._open_bytes()), encoding=encoding, newline=newline)

    def _open_bytes(self) -> io.BufferedIOBase:
        raw, packing = _Watched(self), self.path.suffix.lower()
        if packing == ".gz":
            return gzip.open(cast(BinaryIO, raw))
        if packing == ".zst":
            return io.BufferedReader(_Unpacked(raw), _CHUNK)
        return io.BufferedReader(raw, _CHUNK)

    def _find_encoding(self) -> str:
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            with self._open_bytes() as file:
                first = chunk = file.read(4 * _CHUNK)
                try:
                    if looks_binary(decoder.decode(chunk)):
                        raise FramingError("is a binary file, not text", self.path, "Convert it to text, or leave it out")
                    while chunk:
                        chunk = file.read(_CHUNK)
                        decoder.decode(chunk, final=not chunk)
                    return "utf-8"
                except UnicodeDecodeError:
                    # What is not UTF-8 may begin late.
                    return guess_encoding(self.path, first if chunk is first else first + chunk, self.notices)
        except DAMAGES as error:
            raise FramingError(f"cannot be read ({error})", self.path, "Is it cut off? Download it again") from error


class _Watched(io.RawIOBase):
    """A file's bytes, that tells its source how far it was read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._file = source.path.open("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self._file.readinto(buffer) or 0
        self._source.position = self._file.tell()
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class _Unpacked(io.RawIOBase):
    """The bytes that a file of zstandard frames holds. zstandard's own reader takes a frame that is cut off for a whole one."""

    def __init__(self, packed: io.RawIOBase) -> None:
        self._packed, self._rest, self._ready, self._inside = packed, b"", memoryview(b""), False
        self._frame = zstandard.ZstdDecompressor().decompressobj()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            # Little at a time: what comes of it may be a thousand times as much.
            data, self._rest = self._rest or self._packed.read(1 << 12) or b"", b""
            if not data:
                if self._inside:
                    raise EOFError("it ends inside a frame")
                return 0
            self._ready, self._inside = memoryview(self._frame.decompress(data)), True
            if self._frame.eof:
                self._rest, self._inside = self._frame.unused_data, False
                self._frame = zstandard.ZstdDecompressor().decompressobj()
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def close(self) -> None:
        self._packed.close()
        super().close()


def find_files(paths: Iterable[str | Path]) -> list[Path]:
    """The readable files that paths, folders and globs stand for, each once. FramingError for what is not there."""
    found: list[Path] = []
    for name in paths:
        path = Path(name)
        if path.is_dir():
            inside = _inside(path)
            if not inside:
                raise FramingError("this folder holds no file that can be read", path, f"Readable: {' '.join(KINDS)}")
            found += inside
        elif path.exists():
            if kind_of(path) is None:
                raise FramingError(f"files of kind {path.suffix or '(none)'!r} cannot be read", path, f"Readable: {' '.join(KINDS)}")
            found.append(path)
        else:
            # A link that leads nowhere is matched too, and is no file.
            # Path.glob takes no absolute pattern.
            matches = sorted(match for match in glob.glob(str(name), recursive=True) if Path(match).exists())  # noqa: PTH207
            if not matches:
                raise FramingError("no such file or folder", name, "Check the spelling; quote a glob")
            found += find_files(matches)
    return list(dict.fromkeys(found))


def _inside(folder: Path) -> list[Path]:
    # A dataset or score folder holds other tables and old copies beside its articles.
    articles = folder / "articles.parquet"
    if articles.is_file():
        return [articles]
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [path for name in names if not name.startswith(".") and kind_of(path := Path(place, name)) and path.is_file()]
    return sorted(found)
