"""Books, .epub: their chapters in the order in which they are read."""

from __future__ import annotations

import codecs
import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from annotate.ingestion.formats.metadata import make_document
from annotate.ingestion.formats.opening import Package, describe_damage
from annotate.ingestion.markup import read_markup
from annotate.ingestion.source import MOST, Row, Source
from schemas.errors import FramingError

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_epub", "text_of"]

_CONTAINER, _LOCKS = "META-INF/container.xml", "META-INF/encryption.xml"
_ENCODING = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_KINDS = ("application/xhtml+xml", "text/html")


def read_epub(source: Source) -> Iterator[Row]:
    with Package(source) as package:
        _, book = _open_book(source, package)
        said = {
            key: _find_said(book, name) for key, name in {"title": "title", "author": "creator", "published": "date", "language": "language"}.items()
        }
        yield make_document(source, _read_text(source, package), said)


def text_of(source: Source) -> str:
    """All text of an .epub, one paragraph a line."""
    with Package(source) as package:
        return _read_text(source, package)


def _read_text(source: Source, package: Package) -> str:
    chapters = _find_chapters(source, package)
    if _LOCKS in package and any(chapter.encode() in package.read(_LOCKS) for chapter in chapters):
        raise FramingError("is locked (DRM)", source.name, "Only the shop's own reader opens it")
    lines: list[str] = []
    room = MOST
    for chapter in chapters:
        data = package.read(chapter)
        room -= len(data)
        if room < 0:
            raise FramingError(f"has more than {MOST:,} characters", source.name, "Split it")
        lines.append(read_markup(_decode(data)))
    return "\n".join(filter(None, lines))


def _decode(page: bytes) -> str:
    """By what a chapter says it is; UTF-8 where it does not."""
    if page.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return page.decode("utf-16", errors="replace")
    said = _ENCODING.search(page[:1024])
    try:
        return page.decode(said[1].decode() if said else "utf-8", errors="replace")
    except LookupError:
        return page.decode(errors="replace")


def _open_book(source: Source, package: Package) -> tuple[str, _Element]:
    """The folder of the book's files in the package, and its list of them."""
    place = next((unquote(path) for path in package.parse(_CONTAINER).xpath("//*[local-name()='rootfile']/@full-path")), None)
    if place is None:
        raise describe_damage(source, "it does not say where the book is")
    return posixpath.dirname(place), package.parse(place)


def _find_chapters(source: Source, package: Package) -> list[str]:
    """Chapters by their names in the package: what is read one after the other, without tables of contents."""
    folder, book = _open_book(source, package)
    files = {
        item.get("id"): posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        for item in book.xpath("//*[local-name()='manifest']/*[local-name()='item']")
        if item.get("media-type") in _KINDS and "nav" not in (item.get("properties") or "").split()
    }
    spine = book.xpath("//*[local-name()='spine']/*[local-name()='itemref'][not(@linear='no')]/@idref")
    return [files[name] for name in dict.fromkeys(spine) if name in files]


def _find_said(book: _Element, name: str) -> str | None:
    return next((str(said) for said in book.xpath(f"//*[local-name()='metadata']/*[local-name()='{name}']/text()")), None)
