"""What stops a file that is no plain text is said in one line."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable

import pytest

from annotate.ingestion.formats import opening
from annotate.ingestion.formats.opening import Package, describe_damage, read_bytes
from annotate.ingestion.source import Source
from schemas.errors import FramingError

Make = Callable[..., Source]


def test_bytes_are_unpacked(make_source: Make) -> None:
    assert read_bytes(make_source("a.rtf.gz", gzip.compress(b"Words"))) == b"Words"
    with pytest.raises(FramingError, match="Is it cut off"):
        read_bytes(make_source("b.rtf.gz", gzip.compress(b"Words" * 100)[:-12]))


def test_more_than_an_article_is_not_read(make_source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST", 100)
    with pytest.raises(FramingError, match="is larger than 100 bytes"):
        read_bytes(make_source("a.rtf", b"x" * 101))


def test_a_package_gives_its_files_by_name(make_source: Make) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("a/b.xml", "<a>words</a>")
    with Package(make_source("a.epub", file.getvalue())) as package:
        assert "a/b.xml" in package
        assert "a" not in package
        assert package.read("a/b.xml") == b"<a>words</a>"
        assert package.parse("a/b.xml").text == "words"
        with pytest.raises(FramingError, match=r"it has no c\.xml"):
            package.read("c.xml")


def test_a_part_that_is_too_large_is_not_unpacked(make_source: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_LARGE", 10)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("a.xml", b"x" * 11)
    with Package(make_source("a.epub", file.getvalue())) as package, pytest.raises(FramingError, match="is larger than 10 bytes unpacked"):
        package.read("a.xml")


def test_a_package_with_a_password_says_so(make_source: Make) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("a.xml", b"x")
    data = bytearray(file.getvalue())
    # The sign that a file is locked, in both of its heads.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with Package(make_source("a.epub", bytes(data))) as package, pytest.raises(FramingError, match="locked by a password"):
        package.read("a.xml")


def test_damage_names_what_a_file_seems_to_be(make_source: Make) -> None:
    assert "seems to be .pdf" in str(describe_damage(make_source("a.docx", b"%PDF-1.7")))
    assert "made by an older Office" in str(describe_damage(make_source("b.docx", b"\xd0\xcf\x11\xe0" + bytes(9))))
    assert str(describe_damage(make_source("c.docx", bytes(9)), "because\nof this")).startswith(
        "c.docx: is damaged, or is not .docx (because of this)"
    )
