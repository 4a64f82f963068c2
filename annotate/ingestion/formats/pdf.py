"""PDF: the text of its pages, as paragraphs again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from annotate.ingestion.formats.metadata import count_once, make_document
from annotate.ingestion.formats.opening import describe_damage
from annotate.ingestion.source import MOST, Row, Source
from schemas.errors import FramingError
from schemas.extras import needing

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

__all__ = ["read_pdf", "text_of"]

Page = list[str]
_HYPHENS = "\u00ad-\u2010"
# What PDFium gives for a hyphen at a line's end together with that end.
_PARTED = re.compile("[\ufffe\x02]\\s*")
_ENDS = re.compile(r"[.!?:\u2026\u3002][\"'\u2019\u201d\u00bb)\]\d]*$")
_DIGITS = re.compile(r"\d+")
_MADE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
# Lines at the head and foot of a page among which running ones are looked for, and on which share of pages these stand.
_EDGE, _MOST_PAGES = 3, 0.5
# A line so long, beside the usual longest of its document, was wrapped.
_FULL = 0.75
_WRONG_PASSWORD = 4


def read_pdf(source: Source) -> Iterator[Row]:
    with _open(source) as document:
        told = document.get_metadata_dict()
        text = _read_text(source, document)
    made = _MADE.match(told.get("CreationDate") or "")
    day = f"{made[1]}-{made[2]}-{made[3]}" if made else None
    yield make_document(source, text, {"title": told.get("Title"), "author": told.get("Author"), "made": day})


def text_of(source: Source) -> str:
    """All text of a .pdf, one paragraph a line.

    Raises FramingError if its pages are pictures.
    """
    with _open(source) as document:
        return _read_text(source, document)


def _open(source: Source) -> PdfDocument:
    with needing(f"reading {source.kind}", source.name):
        import pypdfium2
    try:
        return pypdfium2.PdfDocument(source.path)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _WRONG_PASSWORD:
            raise FramingError("is locked by a password", source.name, "Open it and save it without one") from error
        raise describe_damage(source) from error


def _read_text(source: Source, document: PdfDocument) -> str:
    pages = _read_pages(source, document)
    if not any(pages):
        raise FramingError("is pictures of pages, without text", source.name, "Recognise its text (OCR) first")
    count_once(source, "pages without text (pictures?)", sum(not page for page in pages))
    before = sum(map(len, pages))
    pages = strip_running(pages)
    count_once(source, "running heads and feet of pages taken off", before - sum(map(len, pages)))
    text, hyphens = join_lines([line for page in pages for line in page])
    count_once(source, "words put together that were parted at the ends of lines", hyphens)
    return text


def _read_pages(source: Source, document: PdfDocument) -> list[Page]:
    from pypdfium2 import PdfiumError

    pages: list[Page] = []
    room = MOST
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage().get_text_range()
            page.close()
        except PdfiumError as error:
            raise describe_damage(source, f"page {number + 1}: {error}") from error
        room -= len(text)
        if room < 0:
            raise FramingError(f"has more than {MOST:,} characters", source.name, "Split it")
        pages.append([line.strip() for line in _PARTED.sub("-\n", text).splitlines() if line.strip(" \t\0")])
    return pages


def strip_running(pages: Sequence[Page]) -> list[Page]:
    """The pages without the lines at their heads and feet that stand on most of them, whatever their numbers."""
    enough = max(2, _MOST_PAGES * sum(bool(page) for page in pages))
    for end in (1, -1):
        seen = Counter(line for page in pages for line in {_DIGITS.sub("#", line) for line in page[::end][:_EDGE]})
        kept: list[Page] = []
        for page in pages:
            lines = page[::end]
            while lines and len(page) - len(lines) < _EDGE and seen[_DIGITS.sub("#", lines[0])] >= enough:
                lines = lines[1:]
            kept.append(lines[::end])
        pages = kept
    return list(pages)


def join_lines(lines: Sequence[str]) -> tuple[str, int]:
    """Paragraphs, one a line, of lines as they were set, and how many words were put together again.

    A line goes on in the next one if it is about as long as lines are and does not end as a sentence does.
    """
    full = _FULL * sorted(map(len, lines))[len(lines) * 9 // 10] if lines else 0
    parts: list[str] = []
    hyphens = 0
    for line, after in zip(lines, [*lines[1:], ""], strict=False):
        if len(line) > 1 and line[-1] in _HYPHENS and line[-2].isalpha() and after[:1].islower():
            parts.append(line[:-1])
            hyphens += 1
        else:
            goes_on = after and len(line) >= full and not _ENDS.search(line)
            parts += [line, " " if goes_on else "\n"]
    return "".join(parts).rstrip(), hyphens
