"""A file that is being read: its bytes and its text, whatever its packing and encoding."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import zstandard

from annotate.ingestion.encoding import Encoding, find_encoding
from annotate.ingestion.record import FileRecord
from schemas.errors import FramingError

__all__ = ["DAMAGES", "MOST", "Row", "Source", "Unclear", "Unreadable"]

Row = dict[str, Any]
# Characters that a line of JSON, a cell of CSV or a file of one article may have.
MOST = 1 << 26
_CHUNK = 1 << 20
_UNPACKERS: dict[str, Callable[[BinaryIO], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
# What a file that is cut off or damaged may raise while it is read.
DAMAGES = (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError)


class Unclear(FramingError):
    """Something of a file that only its user can say: reading does not go on without an answer, as it does past a file that is damaged."""


class Unreadable(NamedTuple):
    """A row that is none, why, and what to do."""

    reason: str
    todo: str


@dataclass
class Source:
    """A file that is being read. `path` is where its bytes are, `name` what its user calls it (a file in a .zip is unpacked elsewhere);
    `position` is how many of its bytes are behind; `record` what becomes of it."""

    path: Path
    record: FileRecord
    position: int = 0

    def __post_init__(self) -> None:
        self.name, self.kind = self.record.name, self.record.kind
        try:
            self.size = self.path.stat().st_size
        except OSError as error:
            raise FramingError(f"cannot be read ({error.strerror})", self.name) from error
        if self.size == 0:
            raise FramingError("is empty", self.name, "Remove it, or put an article in it")

    def open_text(self, newline: str = "") -> io.TextIOBase:
        """The file as text, with line ends as they are, and lines that end at `newline` (at any usual one if empty).

        UTF-8 is believed, also where a few bytes are none; only where most are not, and the whole file is looked at for that, is the
        encoding guessed, and the record says so. Raises FramingError for files that hold no text.
        """
        encoding = self._encoding
        return io.TextIOWrapper(cast(BinaryIO, self.open_bytes()), encoding.name, encoding.errors, newline)

    @cached_property
    def whole(self) -> str:
        """All of a document's text, up to one character more than may be: looked at for what it is, and then taken."""
        with self.open_text() as file:
            return file.read(MOST + 1)

    def read_head(self, size: int) -> bytes:
        """The first bytes, unpacked."""
        with self.open_bytes() as file:
            return file.read(size)

    def open_bytes(self) -> io.BufferedReader:
        """The file's bytes, unpacked."""
        raw, packing = _Watched(self), self.path.suffix.lower()
        if packing in _UNPACKERS:
            return io.BufferedReader(cast(io.RawIOBase, _UNPACKERS[packing](cast(BinaryIO, raw))), _CHUNK)
        if packing == ".zst":
            return io.BufferedReader(_Unpacked(raw), _CHUNK)
        return io.BufferedReader(raw, _CHUNK)

    @cached_property
    def _encoding(self) -> Encoding:
        """Told from the whole file, once: some are opened several times until it is known what they are."""
        try:
            return find_encoding(self.open_bytes, self.name, self.record)
        except DAMAGES as error:
            raise FramingError(f"cannot be read ({error})", self.name, "Is it cut off? Download it again") from error


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
