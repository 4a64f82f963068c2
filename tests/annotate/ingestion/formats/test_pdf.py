"""The text of a PDF is paragraphs again, without what repeats on its pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pypdfium2
import pytest

from annotate.ingestion.formats.pdf import join_lines, read_pdf, strip_running, text_of
from annotate.ingestion.source import Source
from schemas.errors import FramingError

Make = Callable[..., Source]


def make_pdf(pages: Sequence[Sequence[str]], said: str = "") -> bytes:
    """A PDF of lines of text."""

    def set_lines(lines: Sequence[str]) -> bytes:
        shown = " ".join("({}) Tj T*".format(line.replace("(", r"\(").replace(")", r"\)")) for line in lines)
        content = f"BT /F1 11 Tf 14 TL 50 740 Td {shown} ET".encode("cp1252")
        return b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content)

    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(), font]
    for number, lines in enumerate(pages):
        resources = f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R"
        objects += [f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {resources} >>".encode(), set_lines(lines)]
    objects.append(f"<< {said} >>".encode())
    data, places = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, size - 1, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table) + trailer


PAGES = [
    [
        "Daily Herald 1",
        "The mayor said on Monday that the so-called reform was a dis-",
        "grace for the town and that he would not be part of it any",
        "more.",
    ],
    ["Daily Herald 2", "“It is over”, he said."],
    ["Daily Herald 3", "The port shut. (For now.)"],
]


def test_pages_become_paragraphs(make_source: Make) -> None:
    source = make_source("a.pdf", make_pdf(PAGES, "/Title (Port shuts) /Author (Jane Doe) /CreationDate (D:20250607080900Z)"))
    (row,) = read_pdf(source)
    assert row == {
        "title": "Port shuts",
        "text": "The mayor said on Monday that the so-called reform was a disgrace for the town and that he would not be part of it any more.\n"
        "“It is over”, he said.\nThe port shut. (For now.)",
        "author": "Jane Doe",
        "published": None,
        "file_made": "2025-06-07",
        "language": None,
    }
    assert source.record.cleaned == {
        "running heads and feet of pages taken off": 3,
        "words put together that were parted at the ends of lines": 1,
    }
    assert text_of(source) == row["text"]
    assert sum(source.record.cleaned.values()) == 4, "the same document read again has no more heads"


def test_heads_and_feet_are_told_by_repeating() -> None:
    pages = [["Herald", f"{number}", f"Words {'abc'[number]}", f"- {number} -"] for number in range(3)]
    assert strip_running(pages) == [["Words a"], ["Words b"], ["Words c"]]
    assert strip_running([["One", "two"], ["Three"]]) == [["One", "two"], ["Three"]]
    assert strip_running([["Only page 1"]]) == [["Only page 1"]]
    assert strip_running([]) == []


def test_a_line_goes_on_where_it_is_full_and_no_sentence_ends() -> None:
    lines = ["Short head", "A line that is as long as", "its neighbours are here.", "Another one that goes on", "to its end."]
    text, hyphens = join_lines(lines)
    assert text == "Short head\nA line that is as long as its neighbours are here.\nAnother one that goes on to its end."
    assert hyphens == 0
    assert join_lines(["the part-", "ed end.", "Anglo-", "Saxon"]) == ("the parted end.\nAnglo-\nSaxon", 1)
    assert join_lines([]) == ("", 0)


def test_pictures_of_pages_are_no_text(make_source: Make) -> None:
    with pytest.raises(FramingError, match=r"is pictures of pages, without text\. Recognise its text"):
        list(read_pdf(make_source("a.pdf", make_pdf([[], []]))))
    source = make_source("b.pdf", make_pdf([["Words."], []]))
    assert text_of(source) == "Words."
    assert source.record.cleaned == {"pages without text (pictures?)": 1}


@pytest.mark.parametrize("data", [b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF", bytes(3000), make_pdf(PAGES)[:60]])
def test_a_damaged_file_says_so(make_source: Make, data: bytes) -> None:
    with pytest.raises(FramingError, match=r"a\.pdf: is damaged, or is not \.pdf"):
        list(read_pdf(make_source("a.pdf", data)))


def test_another_kind_of_file_is_named(make_source: Make) -> None:
    with pytest.raises(FramingError, match=r"is not \.pdf: it seems to be \.html"):
        list(read_pdf(make_source("a.pdf", "<!doctype html><p>Log in first</p>")))


def test_pages_that_pdfium_makes_are_read(make_source: Make, tmp_path: object) -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 200)
    source_path = make_source("a.pdf", b"-").path
    document.save(source_path)
    document.close()
    with pytest.raises(FramingError, match="pictures of pages"):
        text_of(make_source("a.pdf"))
