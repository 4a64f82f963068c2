"""Bytes become text: UTF-8 wherever it can be, else a guess that is said aloud; what cannot be decoded costs itself."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.ingestion.encoding import decode, find_encoding
from annotate.ingestion.record import FileRecord
from schemas.errors import FramingError

TEXTS = {
    "latin-1": "Le café du maire était fermé. Le préfet a déclaré la réforme honteuse.",
    "cp1252": "The “reform” — a café’s nightmare — cost £400.",
    "mac-roman": "The mayor’s “reform” is a disgrace — he said. Café.",
    "cp1250": "Příliš žluťoučký kůň úpěl ďábelské ódy. Ministr řekl, že je to ostuda.",
    "cp1251": "Правительство объявило о новой реформе, и критики назвали её позором.",
    "koi8-r": "Правительство объявило о новой реформе, и критики назвали её позором. Министр сказал.",
    "cp1253": "Ο δήμαρχος είπε ότι το σχέδιο είναι ντροπή για όλους μας.",
    "cp1254": "Türkiye'de bugün İstanbul'da büyük bir gösteri düzenlendi, başkan şöyle dedi.",
    "gb18030": "政府宣布了一项新的改革，批评者称之为耻辱。部长说，火车每小时将运行两次。",
    "cp949": "정부는 새로운 개혁을 발표했고 비평가들은 이를 수치라고 불렀다.",
    "shift_jis": "市長は月曜日に会議で「新しい計画」について話しました。",
    "utf-16": "The “reform” cost 🚢.",
    "utf-16-le": "The “reform” cost £400, and nobody knows why.",
    "utf-16-be": "The “reform” cost £400, and nobody knows why.",
    "utf-32": "The “reform” cost £400.",
}
PADDING = "The port shut.\n" * 100_000


def read(data: bytes) -> tuple[str, FileRecord]:
    record = FileRecord("a.txt")
    return data.decode(*find_encoding(lambda: io.BytesIO(data), "a.txt", record)), record


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd")))
def test_utf_8_is_believed_without_a_word(text: str) -> None:
    found, record = read(text.encode())
    assert found == text
    assert record.is_plain


@pytest.mark.parametrize("encoding", TEXTS)
def test_other_encodings_are_guessed_and_the_guess_is_said(encoding: str) -> None:
    found, record = read(TEXTS[encoding].encode(encoding))
    assert found == TEXTS[encoding]
    (guess,) = record.guesses
    assert "not UTF-8" in guess


@pytest.mark.parametrize("encoding", ["cp1250", "mac-roman", "shift_jis", "cp1251"])
def test_what_is_not_ascii_is_looked_for_in_all_of_the_file(encoding: str) -> None:
    text = PADDING + f"{TEXTS[encoding]}\n" * 30 + PADDING
    assert read(text.encode(encoding))[0] == text


def test_hungarian_is_told_from_its_letters() -> None:
    text = "Árvíztűrő tükörfúrógép. A miniszter szerint ez szégyen, és mindenki tudja."
    assert read(text.encode("cp1250"))[0] == text


@pytest.mark.parametrize(("mark", "encoding"), [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")])
def test_utf_16_is_known_by_its_mark_whatever_its_byte_order(mark: bytes, encoding: str) -> None:
    assert read(mark + TEXTS["gb18030"].encode(encoding))[0] == TEXTS["gb18030"]


# Stray bytes


@pytest.mark.parametrize(("stray", "read_as"), [(b"Caf\xe9", "Café"), (b"\x93no\x94", "“no”"), (b"\x81", "\x81"), (b"\xe2\x80", "â€")])
def test_a_stray_byte_in_utf_8_is_read_by_cp1252_and_the_rest_stays(stray: bytes, read_as: str) -> None:
    found, record = read("The “port” shut.\n".encode() * 50 + stray + "\nThe café, too.".encode())
    assert found == "The “port” shut.\n" * 50 + read_as + "\nThe café, too."
    assert record.guesses == ["UTF-8 but for some bytes, the first in line 51: those are read as cp1252"]
    assert list(record.cleaned.values()) == [sum(byte > 127 for byte in stray)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_the_line_of_the_first_stray_byte_is_named_wherever_it_is(end: bytes) -> None:
    lines = ["The “port” shut.".encode()] * 100_000
    lines[99_990] = b"Caf\xe9"
    _, record = read(end.join(lines))
    assert "line 99,991:" in record.guesses[0]


@given(place=st.integers(0, 1 << 18), byte=st.integers(0, 255))
def test_a_changed_byte_changes_one_character(place: int, byte: int) -> None:
    text = "Le café — “fermé” 🚢.\n" * 11_000
    data = bytearray(text.encode())
    data[place] = byte
    found, _ = read(bytes(data))
    assert found[:100] == text[:100] or place < 200
    assert abs(len(found) - len(text)) <= 4
    assert found[-1000:] == text[-1000:]


def test_one_stray_byte_in_ascii_is_worth_no_guess() -> None:
    found, record = read(b"The port shut.\n" * 100 + b"Caf\xe9\n")
    assert found.endswith("Café\n")
    assert "line 101:" in record.guesses[0]


def test_cp1252_is_read_to_its_end_also_where_it_has_no_character() -> None:
    text = TEXTS["latin-1"] * 20
    assert read(text.encode("cp1252") + b"\x81")[0] == text + "\x81"


def test_utf_16_that_is_cut_inside_a_character_is_read_up_to_there() -> None:
    found, record = read((TEXTS["cp1252"] * 10).encode("utf-16")[:-1])
    assert found[:-1] == (TEXTS["cp1252"] * 10)[:-1]
    assert list(record.cleaned.values()) == [1]


# What the file says itself


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<html><head><meta charset="shift_jis">', "shift_jis"),
        ('<!doctype html><meta http-equiv="Content-Type" content="text/html; charset=windows-1250">', "cp1250"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>', "latin-1"),
        ("<meta charset=koi8-r>", "koi8-r"),
    ],
)
def test_the_encoding_that_a_page_declares_is_believed(head: str, encoding: str) -> None:
    text = f"{head}<p>{TEXTS[encoding]}</p>"
    found, record = read(text.encode(encoding))
    assert found == text
    assert "declares" in record.guesses[0]


@pytest.mark.parametrize("declared", ["utf-8", "utf-16", "shift_jis", "no-such", "hex", "ascii"])
def test_what_a_page_declares_is_not_believed_against_its_bytes(declared: str) -> None:
    text = f'<html><meta charset="{declared}"><p>{TEXTS["latin-1"]} {TEXTS["cp1252"]}</p>'
    assert read(text.encode())[0] == text
    assert read(text.encode("cp1252"))[0] == text


# What is no text


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xd8",
        bytes(range(256)) * 4,
        b"\0\1\2\3" * 50,
        b"\xff\xfe" + b"\x00\xd8" * 20,
        b"\x1b\x01\x02" * 30,
        b"\0" * 1000,
    ],
    ids=["png", "all bytes", "controls", "broken utf-16", "escapes", "zeros"],
)
def test_binary_files_are_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(FramingError, match=r"a\.txt"):
        decode(path, FileRecord("a.txt"))


def test_utf_16_that_turns_into_something_else_is_refused() -> None:
    with pytest.raises(FramingError, match="seemed to have"):
        read(("id,text\n" + "1,one\n" * 1_000).encode("utf-16") + b"\x00\xd8" * 200)


@pytest.mark.parametrize("text", ["A text of some length with one stray\0 character in it.", "First article.\fSecond article."])
def test_a_stray_nul_or_a_form_feed_does_not_make_a_text_binary(text: str) -> None:
    found, record = read(text.encode())
    assert found == text
    assert record.is_plain


def test_a_missing_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="cannot be read"):
        decode(tmp_path / "missing.txt", FileRecord("missing.txt"))


def test_a_folder_in_the_place_of_a_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="cannot be read"):
        decode(tmp_path, FileRecord("folder"))
