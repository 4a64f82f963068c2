"""Rich text is read in its own code page, and shows what its reader would see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from annotate.ingestion.formats.rtf import looks_like_rtf, read_rtf, text_of
from annotate.ingestion.formats.word import NOTES
from annotate.ingestion.source import Source
from schemas.errors import FramingError

Make = Callable[..., Source]


def test_marks_and_letters_are_what_they_stand_for(make_source: Make) -> None:
    rtf = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times;}}\f0 "
    rtf += r"\ldblquote Rotten\rdblquote , he said: it\rquote s caf\'e9\par \u8211? \u-10179?\u-8704? done.}"
    assert text_of(make_source("a.rtf", rtf)) == "“Rotten”, he said: it’s café\n– 😀 done."


def test_the_code_page_of_the_file_counts(make_source: Make) -> None:
    escaped = r"{\rtf1\ansi\ansicpg1251\deff0 \'cf\'f0\'e8\'e2\'e5\'f2}"
    assert text_of(make_source("a.rtf", escaped)) == "Привет"
    bare = r"{\rtf1\ansi\ansicpg1251\deff0 Привет}".encode("cp1251")
    assert text_of(make_source("b.rtf", bare)) == "Привет"


def test_a_code_page_that_nobody_knows_is_said(make_source: Make) -> None:
    source = make_source("a.rtf", r"{\rtf1\ansi\ansicpg9999 caf\'e9}")
    assert text_of(source) == "café"
    assert "cp9999" in source.record.guesses[0]


def test_what_it_says_of_itself_is_kept(make_source: Make) -> None:
    rtf = r"{\rtf1\ansi{\info{\title Port \'e0 vendre}{\author Jane Doe}{\creatim\yr2025\mo6\dy7\hr8\min9}}Words.\par}"
    (row,) = read_rtf(make_source("a.rtf", rtf))
    assert row == {"title": "Port à vendre", "text": "Words.", "author": "Jane Doe", "published": None, "language": None, "file_made": "2025-06-07"}
    (row,) = read_rtf(make_source("Port shuts.rtf", r"{\rtf1 Words.}"))
    assert (row["title"], row["published"]) == ("Port shuts", None)


def test_links_keep_their_words_and_deleted_ones_go(make_source: Make) -> None:
    link = r'{\field{\*\fldinst{HYPERLINK "https://example.org/x"}}{\fldrslt{\ul see here}}}'
    rtf = rf"{{\rtf1\ansi Go and {link}.{{\deleted\revauthdel1 no}} {{\footnote A note.}}End\par}}"
    source = make_source("a.rtf", rtf)
    assert text_of(source) == "Go and see here. End"
    assert source.record.cleaned[NOTES] == 1


def test_cells_of_a_table_are_parted_by_tabs(make_source: Make) -> None:
    rtf = r"{\rtf1\ansi Before\par\trowd\cellx1\cellx2 Doe\cell 12\cell\row After | bar\par}"
    assert text_of(make_source("a.rtf", rtf)) == "Before\nDoe\t12\nAfter | bar"


def test_pictures_are_not_text(make_source: Make) -> None:
    digits = "\n".join("89504e470d0a1a0a" * 8 for _ in range(5000))
    assert text_of(make_source("a.rtf", rf"{{\rtf1\ansi A{{\pict\pngblip {digits}}} face\par}}")) == "A face"


@pytest.mark.parametrize("data", [rb"{\rtf1\ansi Words that are cut", b"Words alone.", bytes(3000), b"{\\rtf1" + b"\\uc" * 5 + b"}"])
def test_what_is_no_rich_text_says_so(make_source: Make, data: bytes) -> None:
    with pytest.raises(FramingError, match=r"a\.rtf: is damaged, or is not \.rtf"):
        text_of(make_source("a.rtf", data))


def test_rich_text_is_told_by_its_first_signs() -> None:
    assert looks_like_rtf("\ufeff {\\rtf1\\ansi x}")
    assert not looks_like_rtf("The file begins with {\\rtf1")
