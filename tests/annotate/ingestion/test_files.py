"""Files are found by path, folder and glob, in archives and on standard input; what is not read is said."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest

from annotate.ingestion import files
from annotate.ingestion.files import find_files, open_sources
from annotate.ingestion.kinds import KINDS
from schemas.errors import FramingError


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def paths(given: list[object]) -> list[Path]:
    return find_files(given).paths  # type: ignore[arg-type]


# What is found


def test_a_folder_is_read_to_its_depths_without_hidden_or_unreadable_files(tmp_path: Path) -> None:
    for name in ("b.txt", "deep/er/a.MD", ".hidden.txt", ".git/x.txt", "deep/.cache/y.txt", "photo.png"):
        put(tmp_path, name, name)
    assert paths([tmp_path]) == [tmp_path / "b.txt", tmp_path / "deep" / "er" / "a.MD"]


def test_a_folder_is_read_with_what_is_packed_in_it(tmp_path: Path) -> None:
    for name in ("a.jsonl.gz", "b.csv.zst", "c.txt.GZ", "f.txt.bz2", "g.html.xz", "photo.png.gz", "d.parquet.zst", "e.gz"):
        put(tmp_path, name, name)
    assert [path.name for path in paths([tmp_path])] == ["a.jsonl.gz", "b.csv.zst", "c.txt.GZ", "f.txt.bz2", "g.html.xz"]


def test_a_folder_named_through_its_parent_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "news/a.txt", "A text.")
    put(tmp_path, "work/x", "")
    monkeypatch.chdir(tmp_path / "work")
    assert [path.name for path in paths(["../news"])] == ["a.txt"]


def test_a_folder_inside_a_hidden_one_is_read_when_it_is_named(tmp_path: Path) -> None:
    path = put(tmp_path, ".local/news/a.txt", "A text.")
    assert paths([path.parent]) == [path]


def test_a_folder_with_a_name_like_a_file_is_a_folder_and_its_files_are_found(tmp_path: Path) -> None:
    path = put(tmp_path, "news.txt/a.txt", "A text.")
    assert paths([tmp_path]) == [path]
    assert paths([path.parent]) == [path]


def test_a_folder_of_a_dataset_is_its_articles_alone(tmp_path: Path) -> None:
    for name in ("articles.parquet", "annotations.parquet", "notes.txt", "old/articles.parquet"):
        put(tmp_path, name, name)
    assert paths([tmp_path]) == [tmp_path / "articles.parquet"]


def test_a_glob_stands_for_its_matches_each_once(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "sub/c.txt", "d.csv"):
        put(tmp_path, name, "text")
    assert [path.name for path in paths([str(tmp_path / "*.txt"), tmp_path / "a.txt"])] == ["a.txt", "b.txt"]
    assert [path.name for path in paths([str(tmp_path / "**" / "*.txt")])] == ["a.txt", "b.txt", "c.txt"]


def test_paths_are_read_in_the_order_they_are_named_and_each_once(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        put(tmp_path, name, "text")
    assert [path.name for path in paths([tmp_path / "c.txt", tmp_path, tmp_path / "a.txt"])] == ["c.txt", "a.txt", "b.txt"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    path = put(tmp_path, "a[1].txt", "text")
    put(tmp_path, "a1.txt", "other")
    assert paths([str(path)]) == [path]


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
    assert paths([tmp_path]) == [path]


def test_every_kind_of_file_that_can_be_read_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(FramingError) as caught:
        find_files([put(tmp_path, "a.png", "x")])
    assert caught.value.todo is not None
    assert all(kind in caught.value.todo for kind in KINDS)


# What is not read


def test_what_stands_beside_articles_and_is_not_read_is_named_with_the_reason(tmp_path: Path) -> None:
    for name in ("a.txt", "README.md", "photo.png", ".DS_Store", "deep/LICENSE"):
        put(tmp_path, name, "text")
    found = find_files([tmp_path])
    assert [path.name for path in found.paths] == ["a.txt"]
    assert {Path(record.name).name: record.skipped.split(",")[0] for record in found.skipped if record.skipped} == {
        "README.md": "about the folder",
        "LICENSE": "about the folder",
        "photo.png": "of a kind that cannot be read",
        ".DS_Store": "hidden",
    }


def test_a_readme_that_is_named_is_read(tmp_path: Path) -> None:
    path = put(tmp_path, "README.md", "text")
    assert paths([path]) == [path]


def test_a_folder_of_which_nothing_can_be_read_says_what_is_in_it(tmp_path: Path) -> None:
    put(tmp_path, "photo.png", "x")
    with pytest.raises(FramingError, match=r"photo\.png"):
        find_files([tmp_path])


# Archives and standard input


def pack(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def test_the_files_in_an_archive_are_read_each_by_its_kind_and_others_named(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", a__txt=b"A text.", b__csv=b"text\nx", c__png=b"x", d__zip=b"PK", README__md=b"x")
    found = find_files([path])
    reading = found.start_reading()
    with_kinds = [(source.name, source.kind, source.path.read_bytes()) for source in open_sources(found, reading)]
    assert with_kinds == [(f"{path}/a.txt", ".txt", b"A text."), (f"{path}/b.csv", ".csv", b"text\nx")]
    assert reading.to_dict()["files_skipped"] == 3


def test_nothing_in_an_archive_is_written_where_its_name_says(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../../evil.txt", "A text.")
        archive.writestr("/tmp/evil-framing.txt", "Another.")
    found = find_files([tmp_path / "a.zip"])
    assert [source.path.read_text() for source in open_sources(found, found.start_reading())] == ["A text.", "Another."]
    assert not (tmp_path.parent.parent / "evil.txt").exists()
    assert not Path("/tmp/evil-framing.txt").exists()


def test_what_would_unpack_to_much_more_than_text_does_is_not_unpacked(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.zip", a__txt=b"\0" * (1 << 25), b__txt=b"A text.")
    found = find_files([path])
    reading = found.start_reading()
    assert [Path(source.name).name for source in open_sources(found, reading)] == ["b.txt"]
    assert "larger" in (reading.files[0].skipped or "")


@pytest.mark.parametrize("content", [b"PK\x03\x04 and then nothing", b"no archive", b"PK\x05\x06" + b"\0" * 10])
def test_a_damaged_archive_is_one_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    found = find_files([put(tmp_path, "a.zip", content)])
    with pytest.raises(FramingError) as caught:
        list(open_sources(found, found.start_reading()))
    assert caught.value.where == str(tmp_path / "a.zip")


def test_a_damaged_archive_among_others_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    found = find_files([put(tmp_path, "a.zip", b"no archive"), put(tmp_path, "b.txt", "A text.")])
    reading = found.start_reading()
    assert [source.path.name for source in open_sources(found, reading)] == ["b.txt"]
    assert [record.name for record in reading.files if record.skipped] == [str(tmp_path / "a.zip")]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"The port shut. Nobody, it seems, was told.\n", ".txt"),
        (b"id,text\n1,The port shut.\n", ".csv"),
        (b'{"text": "The port shut."}\n{"text": "It did."}\n', ".json"),
        (b"<!DOCTYPE html><p>The port shut.</p>", ".html"),
        (b"{\\rtf1 The port shut.}", ".rtf"),
    ],
)
def test_standard_input_is_what_its_first_bytes_say(content: bytes, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    files._standard_input.cache_clear()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    found = find_files(["-"])
    (source,) = open_sources(found, found.start_reading())
    assert (source.name, source.kind, source.path.read_bytes()) == ("standard input", kind, content)
    files._standard_input.cache_clear()
