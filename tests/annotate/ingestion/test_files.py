"""Files are found by path, folder and glob, and are text whatever their encoding and packing."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from pathlib import Path

import pytest
import zstandard

from annotate.ingestion import files as sources
from annotate.ingestion.files import KINDS, Source, find_files, kind_of
from schemas.errors import FramingError

FRENCH = "Le café du maire était fermé. Le préfet a déclaré la réforme honteuse."
CHINESE = "市长关闭了旧港口，批评者称之为耻辱。四百人失去了工作。"


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def pack(content: bytes, packing: str) -> bytes:
    return gzip.compress(content) if packing == ".gz" else zstandard.compress(content) if packing == ".zst" else content


def read(path: Path, notices: Counter[str] | None = None) -> str:
    with Source(path, Counter() if notices is None else notices).open_text() as file:
        return file.read()


# What is found


def test_a_folder_is_read_to_its_depths_without_hidden_or_unreadable_files(tmp_path: Path) -> None:
    for name in ("b.txt", "deep/er/a.MD", ".hidden.txt", ".git/x.txt", "deep/.cache/y.txt", "photo.png"):
        put(tmp_path, name, name)
    assert find_files([tmp_path]) == [tmp_path / "b.txt", tmp_path / "deep" / "er" / "a.MD"]


def test_a_folder_is_read_with_what_is_packed_in_it(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "b.csv.zst", "c.txt.GZ", "photo.png.gz", "d.parquet.zst", "e.gz"):
        put(tmp_path, name, name)
    assert [path.name for path in find_files([tmp_path])] == ["a.jsonl.gz", "b.csv.zst", "c.txt.GZ"]


def test_a_folder_named_through_its_parent_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "news/a.txt", "A text.")
    put(tmp_path, "work/x", "")
    monkeypatch.chdir(tmp_path / "work")
    assert [path.name for path in find_files(["../news"])] == ["a.txt"]


def test_a_folder_inside_a_hidden_one_is_read_when_it_is_named(tmp_path: Path) -> None:
    path = put(tmp_path, ".local/news/a.txt", "A text.")
    assert find_files([path.parent]) == [path]


def test_a_folder_with_a_name_like_a_file_is_a_folder_and_its_files_are_found(tmp_path: Path) -> None:
    path = put(tmp_path, "news.txt/a.txt", "A text.")
    assert find_files([tmp_path]) == [path]
    assert find_files([path.parent]) == [path]


def test_a_folder_of_a_dataset_is_its_articles_alone(tmp_path: Path) -> None:
    for name in ("articles.parquet", "annotations.parquet", "notes.txt", "old/articles.parquet"):
        put(tmp_path, name, name)
    assert find_files([tmp_path]) == [tmp_path / "articles.parquet"]


def test_a_glob_stands_for_its_matches_each_once(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "sub/c.txt", "d.csv"):
        put(tmp_path, name, "text")
    assert [path.name for path in find_files([str(tmp_path / "*.txt"), tmp_path / "a.txt"])] == ["a.txt", "b.txt"]
    assert [path.name for path in find_files([str(tmp_path / "**" / "*.txt")])] == ["a.txt", "b.txt", "c.txt"]


def test_paths_are_read_in_the_order_they_are_named_and_each_once(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        put(tmp_path, name, "text")
    assert [path.name for path in find_files([tmp_path / "c.txt", tmp_path, tmp_path / "a.txt"])] == ["c.txt", "a.txt", "b.txt"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    path = put(tmp_path, "a[1].txt", "text")
    put(tmp_path, "a1.txt", "other")
    assert find_files([str(path)]) == [path]


@pytest.mark.parametrize("name", ["missing.txt", "*.nothing", "photo.png", "empty", "README", "photo.png.gz", "a.parquet.zst", "a.gz"])
def test_what_cannot_be_found_or_read_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    for unreadable in ("photo.png", "README", "photo.png.gz", "a.parquet.zst", "a.gz"):
        put(tmp_path, unreadable, "text")
    with pytest.raises(FramingError) as caught:
        find_files([str(tmp_path / name)])
    assert caught.value.where == str(tmp_path / name)


def test_a_link_that_leads_nowhere_is_an_error_of_ours_and_is_not_found_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    with pytest.raises(FramingError):
        find_files([tmp_path / "a.txt"])
    path = put(tmp_path, "b.txt", "text")
    assert find_files([tmp_path]) == [path]


def test_every_kind_of_file_that_can_be_read_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(FramingError) as caught:
        find_files([put(tmp_path, "a.docx", "x")])
    assert caught.value.todo is not None
    assert all(kind in caught.value.todo for kind in KINDS)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", ".txt"),
        ("A.JSONL", ".jsonl"),
        ("2026.03.02 port.csv", ".csv"),
        ("a.jsonl.gz", ".jsonl"),
        ("a.CSV.ZST", ".csv"),
        ("a.html.zst", ".html"),
        ("a.parquet", ".parquet"),
        ("a.parquet.gz", None),
        ("a.gz", None),
        ("a.txt.gz.gz", None),
        ("a.txt.bz2", None),
        ("txt", None),
    ],
)
def test_the_kind_of_a_file_is_read_off_its_name_also_through_its_packing(name: str, kind: str | None) -> None:
    assert kind_of(Path(name)) == kind


# What is opened


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_a_file_is_the_text_that_was_written_whatever_its_packing(tmp_path: Path, packing: str) -> None:
    text = 'The “port” shut 🚢\r\nand\rstayed\n"shut".\0'
    notices: Counter[str] = Counter()
    assert read(put(tmp_path, f"a.txt{packing}", pack(text.encode(), packing)), notices) == text
    assert not notices


@pytest.mark.parametrize("packing", [".gz", ".zst"])
def test_files_packed_in_several_pieces_are_read_to_the_last(tmp_path: Path, packing: str) -> None:
    pieces = [f"piece {number}, " * 20_000 for number in range(5)]
    path = put(tmp_path, f"a.txt{packing}", b"".join(pack(piece.encode(), packing) for piece in pieces))
    assert read(path) == "".join(pieces)


@pytest.mark.parametrize("packing", [".gz", ".zst"])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_a_packed_file_that_is_cut_off_is_an_error_that_names_it(tmp_path: Path, packing: str, share: float) -> None:
    packed = pack("".join(f"{zlib.crc32(bytes([number % 251])) * number}\n" for number in range(50_000)).encode(), packing)
    path = put(tmp_path, f"a.txt{packing}", packed[: int(len(packed) * share)])
    with pytest.raises(FramingError) as caught:
        read(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt.gz", b"plain text"),
        ("a.txt.zst", b"plain text"),
        ("a.txt.gz", gzip.compress(b"text") + b"and something else"),
        ("a.txt.zst", zstandard.compress(b"text") + b"and something else"),
        ("a.txt.gz", gzip.compress(b"text")[:-8] + b"\1" * 8),
        ("a.txt.gz", gzip.compress(b"text")[:10] + b"\xff" * 20),
    ],
    ids=["no gz", "no zst", "more than gz", "more than zst", "wrong sum", "damaged gz"],
)
def test_a_file_that_is_not_packed_as_it_says_is_an_error_that_names_it(tmp_path: Path, name: str, content: bytes) -> None:
    path = put(tmp_path, name, content)
    with pytest.raises(FramingError) as caught:
        read(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_other_encodings_are_guessed_through_any_packing_and_the_guess_is_said(tmp_path: Path, packing: str, encoding: str) -> None:
    path = put(tmp_path, f"a.txt{packing}", pack(FRENCH.encode(encoding), packing))
    notices: Counter[str] = Counter()
    assert read(path, notices) == FRENCH
    ((notice, count),) = notices.items()
    assert count == 1
    assert str(path) in notice
    assert "guess" in notice


def test_what_is_not_utf_8_only_after_megabytes_of_ascii_is_guessed_all_the_same(tmp_path: Path) -> None:
    notices: Counter[str] = Counter()
    text = "The port shut. " * 350_000 + FRENCH
    assert read(put(tmp_path, "a.txt", text.encode("latin-1")), notices) == text
    assert len(notices) == 1


def test_utf_8_that_is_cut_between_two_chunks_inside_a_character_stays_utf_8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_CHUNK", 64)
    for padding in range(4):
        text = "x" * padding + "🚢" * 500
        assert read(put(tmp_path, "a.txt", text)) == text


@pytest.mark.parametrize("padding", ["", "x"])
def test_the_guess_does_not_hang_on_where_the_first_chunk_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, padding: str) -> None:
    monkeypatch.setattr(sources, "_CHUNK", 256)
    text = padding + CHINESE * 100
    assert read(put(tmp_path, "a.txt", text.encode("gb18030"))) == text


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
@pytest.mark.parametrize("content", [b"\0\1\2\3" * 40, b"\x89PNG\0\0\1\2\xff", FRENCH.encode("utf-16-le")], ids=["controls", "png", "no mark"])
def test_a_binary_file_is_refused_by_name_through_any_packing(tmp_path: Path, packing: str, content: bytes) -> None:
    path = put(tmp_path, f"a.txt{packing}", pack(content, packing))
    with pytest.raises(FramingError) as caught:
        read(path)
    assert caught.value.where == str(path)


def test_a_file_that_is_missing_or_empty_is_an_error_that_names_it(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.txt", put(tmp_path, "a.txt", "")):
        with pytest.raises(FramingError) as caught:
            Source(path)
        assert caught.value.where == str(path)


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_the_position_of_a_file_is_counted_in_its_own_bytes_however_it_is_packed(tmp_path: Path, packing: str) -> None:
    content = pack(b"The port shut.\n" * 10_000, packing)
    source = Source(put(tmp_path, f"a.txt{packing}", content))
    assert (source.position, source.size) == (0, len(content))
    with source.open_text() as file:
        file.read(1)
        assert 0 < source.position <= source.size
        file.read()
    assert source.position == source.size
