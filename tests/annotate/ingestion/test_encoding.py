"""Bytes become text, or an error; a guess is said aloud."""

from __future__ import annotations

import codecs
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.ingestion.encoding import decode
from schemas.errors import FramingError

FRENCH = "Le café du maire était fermé. Le préfet a déclaré la réforme honteuse."
RUSSIAN = "Правительство объявило о новой реформе, и критики назвали её позором. Министр сказал, что поезда будут ходить дважды в час."
CHINESE = "政府宣布了一项新的改革，批评者称之为耻辱。部长说，火车每小时将运行两次。"


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd")))
def test_utf_8_is_believed_without_a_word(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("utf8") / "a.txt"
    path.write_bytes(text.encode())
    notices: Counter[str] = Counter()
    assert decode(path, notices) == text
    assert not notices


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "latin-1"),
        ("The “reform” — a café’s nightmare — cost £400.", "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (CHINESE, "gb18030"),
        ("The “reform” cost 🚢.", "utf-16"),
    ],
)
def test_other_encodings_are_guessed_and_the_guess_is_said(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    notices: Counter[str] = Counter()
    assert decode(path, notices) == text
    ((notice, count),) = notices.items()
    assert count == 1
    assert str(path) in notice
    assert "guess" in notice


@pytest.mark.parametrize(("mark", "encoding"), [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")])
def test_utf_16_is_known_by_its_mark_whatever_its_byte_order(tmp_path: Path, mark: bytes, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(mark + CHINESE.encode(encoding))
    assert decode(path, Counter()) == CHINESE


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xd8",
        bytes(range(256)) * 4,
        b"\0\1\2\3" * 50,
        "plain text".encode("utf-16-le"),
        b"\xff\xfe" + b"\x00\xd8" * 20,
        b"\x1b\x01\x02" * 30,
    ],
    ids=["png", "all bytes", "controls", "utf-16 without mark", "broken utf-16", "escapes"],
)
def test_binary_files_are_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(FramingError, match=r"a\.txt"):
        decode(path, Counter())


def test_a_stray_nul_in_a_text_does_not_make_it_binary(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"A text of some length with one stray\0 character in it.")
    assert "stray\0" in decode(path, Counter())


def test_a_missing_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="cannot be read"):
        decode(tmp_path / "missing.txt", Counter())


def test_a_folder_in_the_place_of_a_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="cannot be read"):
        decode(tmp_path, Counter())
