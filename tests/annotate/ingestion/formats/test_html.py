"""A web page is its article, with what it says of itself, and who is quoted stays quoted."""

from __future__ import annotations

from pathlib import Path

from annotate.ingestion.formats.html import read_html
from annotate.ingestion.record import FileRecord
from annotate.ingestion.source import Row, Source

HEAD = """<title>Port | Post</title><meta property="og:site_name" content="Post">
<meta property="article:published_time" content="2025-06-17T10:00:00Z">
<meta property="og:url" content="https://post.example/port">"""
BODY = """<article><h1>Port</h1><p>The harbour master of the small town wrote a long letter to the council on Monday morning about the port.</p>
<blockquote><p>The port is shut, and nobody in this county will open it again before the winter is over.</p></blockquote>
<p>She said: <q>It is over for all of us here</q> and then left the hall with all of her friends.</p></article>"""


def read(folder: Path, page: str) -> Row:
    path = folder / "port.html"
    path.write_text(page, encoding="utf-8")
    (row,) = read_html(Source(path, FileRecord(str(path), ".html")))
    return row


def test_a_page_says_title_outlet_date_and_address(tmp_path: Path) -> None:
    row = read(tmp_path, f"<html><head>{HEAD}</head><body>{BODY}</body></html>")
    assert (row["title"], row["outlet"], row["published"], row["url"]) == ("Port", "Post", "2025-06-17", "https://post.example/port")


def test_quotations_of_tags_are_told_by_marks(tmp_path: Path) -> None:
    lines = str(read(tmp_path, f"<html><head>{HEAD}</head><body>{BODY}</body></html>")["text"]).splitlines()
    assert "“The port is shut, and nobody in this county will open it again before the winter is over.”" in lines
    assert "She said: “It is over for all of us here” and then left the hall with all of her friends." in lines


def test_a_page_in_which_no_article_is_found_is_read_whole(tmp_path: Path) -> None:
    row = read(tmp_path, "<p>Port <q>shut</q></p>")
    assert row["text"] == "Port “shut”"
    assert row["title"] == "port"


def test_a_page_without_words_has_no_text(tmp_path: Path) -> None:
    assert read(tmp_path, "<html><head><title>T</title></head><body><script>x</script></body></html>")["text"] is None
