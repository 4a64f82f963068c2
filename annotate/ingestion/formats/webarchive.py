"""Web archives, .warc: each page that was fetched."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader
from typing import TYPE_CHECKING

from annotate.ingestion.formats.html import extract_article
from annotate.ingestion.formats.opening import describe_damage
from annotate.ingestion.source import DAMAGES, MOST, Row, Source, Unreadable
from schemas.extras import needing

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

__all__ = ["OTHERS", "read_warc"]

OTHERS = "records of a web archive that are no pages left out"
_START = b"WARC/"
_PAGES = ("text/html", "application/xhtml+xml")
_LINE = 1 << 16
_TODO = "Fetch it again, or leave it out"


def read_warc(source: Source) -> Iterator[Row | Unreadable]:
    """A damaged record costs itself alone: the next one is found by its first line."""
    with needing(f"reading {source.kind}", source.name):
        from warcio.exceptions import ArchiveLoadFailed
        from warcio.recordloader import ArcWarcRecordLoader
        from warcio.statusandheaders import StatusAndHeadersParserException
    loader, number = ArcWarcRecordLoader(), 0
    with source.open_bytes() as file:
        if not file.peek(len(_START)).startswith(_START):
            raise describe_damage(source)
        while True:
            try:
                line = _skip_to_start(file)
                if not line:
                    return
                if not line.startswith(_START):
                    yield Unreadable(f"what follows record {number} of the web archive is no record", _TODO)
                    continue
                number += 1
                record = loader.parse_record_stream(file, statusline=line, known_format="warc")
                page = _read_page(record)
                _skip_rest(record)
            except (ArchiveLoadFailed, StatusAndHeadersParserException, ValueError, AttributeError):
                yield Unreadable(f"record {number} of the web archive is damaged", _TODO)
                continue
            except DAMAGES:
                yield Unreadable(f"the web archive is cut off, or damaged, in or after record {number}", "Download it again")
                return
            if page is None:
                source.record.clean(OTHERS)
            elif len(page) > MOST:
                yield Unreadable(f"record {number} of the web archive is longer than {MOST:,} bytes", "Leave it out")
            else:
                yield extract_article(page, source) | {"url": record.rec_headers.get_header("WARC-Target-URI")}


def _skip_to_start(file: BufferedReader) -> bytes:
    """The next line that is not empty. If no record starts with it, all until one does is behind, too; b"" at the end."""
    while line := file.readline(_LINE):
        if not line.strip():
            continue
        if not line.startswith(_START):
            while file.peek(len(_START))[: len(_START)] != _START and file.readline(_LINE):
                pass
        return line
    return b""


def _skip_rest(record: ArcWarcRecord) -> None:
    """Read to a record's end, so that the next one is where it should be. Raises EOFError if the file ends before."""
    rest = record.raw_stream
    while rest.read(1 << 20):
        pass
    if rest.limit:
        raise EOFError


def _read_page(record: ArcWarcRecord) -> bytes | None:
    """The HTML of a page that was there; None for what is none."""
    if record.length is None:
        raise ValueError("nothing tells where it ends")
    http = record.http_headers
    if record.rec_type != "response" or http is None or http.get_statuscode() != "200":
        return None
    if (http.get_header("Content-Type") or "").split(";")[0].strip().lower() not in _PAGES:
        return None
    page: bytes = record.content_stream().read(MOST + 1)
    return page
