"""Web pages: the article, without what stands around it."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.ingestion.formats.text import name_of, read_whole
from annotate.ingestion.markup import mark_quotations, read_markup
from annotate.ingestion.source import Row, Source
from schemas.extras import needing

__all__ = ["extract_article", "read_html"]


def read_html(source: Source) -> Iterator[Row]:
    yield extract_article(read_whole(source), source)


def extract_article(page: str | bytes, source: Source) -> Row:
    """The article of a page; `text` is None where it has none. Bytes are decoded as the page says."""
    with needing("reading HTML", source.name):
        import trafilatura
    page = trafilatura.utils.decode_file(page)
    # Of <q> and <blockquote> only their words would be left, and nobody would know whose they are.
    document = trafilatura.bare_extraction(mark_quotations(page), include_comments=False, with_metadata=True)
    found: Row = document if isinstance(document, dict) else document.as_dict() if document is not None else {}
    return {
        "title": found.get("title") or name_of(source),
        # A page so small that no article is found in it is one.
        "text": found.get("text") or read_markup(page) or None,
        "outlet": found.get("sitename"),
        "author": found.get("author"),
        "published": found.get("date"),
        "url": found.get("url"),
        "language": found.get("language"),
    }
