"""A file is read as text whatever its packing and encoding, and what is wrong with it is one error that names it."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from annotate.ingestion.record import FileRecord
from annotate.ingestion.source import Source
from schemas.errors import FramingError

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.compress,
}
TEXT = "The “port” shut.\r\nCafé 🚢\rand\nmore. "


def put(folder: Path, name: str, data: bytes) -> Source:
    (folder / name).write_bytes(data)
    return Source(folder / name, FileRecord(name, ".txt"))


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_is_the_same_however_it_is_packed_and_its_line_ends_stay(tmp_path: Path, packing: str, encoding: str) -> None:
    source = put(tmp_path, f"a.txt{packing}", PACKERS[packing](TEXT.encode(encoding)))
    with source.open_text() as file:
        assert file.read().removeprefix("\ufeff") == TEXT
    assert source.position == source.size


@pytest.mark.parametrize("packing", PACKERS)
def test_a_stray_byte_is_read_and_counted_in_packed_files_too(tmp_path: Path, packing: str) -> None:
    source = put(tmp_path, f"a.txt{packing}", PACKERS[packing]((TEXT * 30).encode() + b"Caf\xe9"))
    with source.open_text() as file:
        assert file.read() == TEXT * 30 + "Café"
    assert source.record.cleaned.total() == 1


@pytest.mark.parametrize("packing", [packing for packing in PACKERS if packing])
def test_a_packed_file_that_is_cut_off_is_an_error_that_names_it(tmp_path: Path, packing: str) -> None:
    packed = PACKERS[packing]("".join(f"{number * number} " for number in range(9_000)).encode())
    source = put(tmp_path, f"a.txt{packing}", packed[: len(packed) * 2 // 3])
    with pytest.raises(FramingError, match="cut off"):
        source.open_text()


def test_the_first_bytes_are_those_inside_of_the_packing(tmp_path: Path) -> None:
    assert put(tmp_path, "a.txt.gz", gzip.compress(b"PK\x03\x04 and more")).read_head(4) == b"PK\x03\x04"
    assert put(tmp_path, "a.txt", b"ab").read_head(4) == b"ab"


def test_an_empty_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="empty"):
        put(tmp_path, "a.txt", b"")


def test_telling_the_encoding_of_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    source = put(tmp_path, "a.txt", (TEXT * 100).encode() * 5_000 + b"Caf\xe9")
    tracemalloc.start()
    with source.open_text() as file:
        file.readline()
    assert tracemalloc.get_traced_memory()[1] < 12 << 20 < source.size
    tracemalloc.stop()
