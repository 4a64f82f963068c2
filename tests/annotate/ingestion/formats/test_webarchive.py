"""Each page of a web archive is an article; what else was fetched is counted."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from annotate.ingestion.formats.webarchive import OTHERS, read_warc
from annotate.ingestion.source import Source, Unreadable
from schemas.errors import FramingError

Make = Callable[..., Source]
WORDS = "The mayor said on Monday that the harbour of the town would be shut for good, and nobody was asked. " * 4


def make_page(number: int) -> bytes:
    return f"<html><head><title>Café {number}</title></head><body><article><h1>Café {number}</h1><p>{WORDS}</p></article></body></html>".encode()


def make_record(kind: str, url: str, block: bytes) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype={kind}\r\n"
    return f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def fetch(url: str, body: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", more: str = "") -> bytes:
    return make_record("response", url, f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body)


def make_archive(count: int = 3, *, gzipped: bool = False) -> bytes:
    """As crawlers write it: each record is packed by itself, if any is."""
    records = [
        make_record("warcinfo", "", b"software: test\r\n"),
        *(fetch(f"https://example.org/{number}", make_page(number)) for number in range(count)),
        fetch("https://example.org/packed", gzip.compress(make_page(99)), more="Content-Encoding: gzip\r\n"),
        fetch("https://example.org/a.png", b"\x89PNG", kind="image/png"),
        fetch("https://example.org/gone", make_page(404), status="404 Not Found"),
    ]
    return b"".join(gzip.compress(record) if gzipped else record for record in records)


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_pages_are_articles(make_source: Make, name: str) -> None:
    source = make_source(name, make_archive(gzipped=name.endswith(".gz")))
    rows = list(read_warc(source))
    assert [(row["title"], row["url"]) for row in rows if isinstance(row, dict)] == [
        *((f"Café {number}", f"https://example.org/{number}") for number in range(3)),
        ("Café 99", "https://example.org/packed"),
    ]
    assert all(isinstance(row, dict) and WORDS.strip() in row["text"] for row in rows)
    assert source.record.cleaned == {OTHERS: 3}


def test_a_damaged_record_costs_itself(make_source: Make) -> None:
    whole = make_archive()
    place = whole.index(b"WARC/1.0", whole.index(b"/1\r\n") - 400)
    broken = whole[:place] + b"JUNK/1.0" + whole[place + 8 :]
    rows = list(read_warc(make_source("a.warc", broken)))
    assert [row.reason.split(" of the")[0] for row in rows if isinstance(row, Unreadable)] == ["what follows record 2"]
    assert [row["title"] for row in rows if isinstance(row, dict)] == ["Café 0", "Café 2", "Café 99"]


def test_a_length_that_is_none_costs_its_record(make_source: Make) -> None:
    whole = make_archive()
    place = whole.index(b"Content-Length: ", whole.index(b"/1\r\n"))
    broken = whole[:place] + b"Content-Lxngth: " + whole[place + 16 :]
    rows = list(read_warc(make_source("a.warc", broken)))
    assert [row["title"] for row in rows if isinstance(row, dict)] == ["Café 0", "Café 2", "Café 99"]
    assert sum(isinstance(row, Unreadable) for row in rows) >= 1


def test_an_archive_that_is_cut_off_says_so(make_source: Make) -> None:
    whole = make_archive()
    rows = list(read_warc(make_source("a.warc", whole[: whole.index(b"</article>", whole.index(b"/1\r\n"))])))
    assert [row["title"] for row in rows if isinstance(row, dict)] == ["Café 0"]
    assert isinstance(rows[-1], Unreadable)
    assert "cut off, or damaged, in or after record 3" in rows[-1].reason


def test_what_is_no_archive_says_so(make_source: Make) -> None:
    for data in (bytes(300), b"Some words"):
        with pytest.raises(FramingError, match=r"is damaged, or is not \.warc"):
            list(read_warc(make_source("a.warc", data)))
    assert all(isinstance(row, Unreadable) for row in read_warc(make_source("b.warc", b"WARC/1.0\r\n")))
