"""Downloads that are web pages: of Factiva, ProQuest, Nexis as it was, and Europresse."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from annotate.ingestion.databases.europresse import Element, split_europresse
from annotate.ingestion.databases.factiva import recognise_factiva, split_factiva
from annotate.ingestion.databases.lines import missing_end
from annotate.ingestion.databases.nexis import recognise_nexis, split_nexis
from annotate.ingestion.databases.proquest import SEPARATOR, recognise_proquest, split_proquest
from annotate.ingestion.source import Row, Unreadable
from schemas.extras import needing

__all__ = ["split_html"]

_BLOCKS = {"p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "article", "section", "header", "body", "blockquote", "text"}
_SILENT = {"style", "script", "head", "title", "meta"}
_FACTIVA, _PROQUEST = "articleParagraph", "ProQuest document ID"


def split_html(html: str) -> Iterator[Row | Unreadable] | None:
    """The articles of a page that a news database made; None for any other page."""
    makers: tuple[tuple[tuple[str, ...], Callable[[Element], Iterator[Row | Unreadable] | None]], ...] = (
        ((_FACTIVA,), _split_factiva_page),
        (("DocPublicationName",), split_europresse),
        ((_PROQUEST,), _split_proquest_page),
        (("<DOCFULL>", "DOCUMENT"), _split_nexis_page),
    )
    for marks, split in makers:
        if all(mark in html for mark in marks):
            return split(_parse(html))
    return None


def _parse(html: str) -> Element:
    with needing("reading the pages of news databases"):
        from lxml.html import HTMLParser, document_fromstring
    # A page is text already, whatever encoding it says it has.
    return document_fromstring(html.encode("utf-8"), parser=HTMLParser(encoding="utf-8", huge_tree=True))


def flatten(root: Element) -> str:
    """The words of a page: what stands as a block is a paragraph, with an empty line after it; a line that is broken is two."""
    pieces: list[str] = []
    # Elements to be entered, and what is to be said when they are left; pages may be nested deeper than Python calls.
    waiting: list[Element | str] = [root]
    while waiting:
        element = waiting.pop()
        if isinstance(element, str):
            pieces.append(element)
            continue
        kind = element.tag if isinstance(element.tag, str) else ""
        after = " ".join((element.tail or "").split("\n")) if element is not root else ""
        if kind in _SILENT or not kind:
            waiting.append(after)
            continue
        edge = "\n\n" if kind in _BLOCKS else "\n" if kind == "br" else ""
        waiting += [after, "" if kind == "br" else edge, *reversed(element)]
        pieces += [edge, (element.text or "").replace("\n", " ")]
    lines = [" ".join(line.split()) for line in "".join(pieces).split("\n")]
    return "\n".join(line for place, line in enumerate(lines) if line or (place and lines[place - 1]))


def _with_class(root: Element, name: str) -> list[Element]:
    return list(root.xpath(f".//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"))


def _split_factiva_page(page: Element) -> Iterator[Row | Unreadable] | None:
    articles = [(article, _write_factiva(article)) for article in _with_class(page, "article")]
    return _read_factiva(articles) if any(recognise_factiva(text) for _, text in articles) else None


def _write_factiva(article: Element) -> str:
    """An article of a page as it is in a file of lines; where facts stand under codes, they are a table."""
    rows = article.xpath(".//tr[td[contains(concat(' ', @class, ' '), ' index ')]]")
    return "\n\n".join(f"{flatten(row[0]).strip()}\t{flatten(row[-1]).strip()}" for row in rows if len(row) > 1) or flatten(article)


def _read_factiva(articles: list[tuple[Element, str]]) -> Iterator[Row | Unreadable]:
    for article, text in articles:
        title = " ".join(article.xpath("string(.//*[contains(@class, 'Headline')][1])").split())
        author = " ".join(article.xpath("string(.//*[@class='author'][1])").split())
        # A page says which is the title and which the author.
        known = {name: value for name, value in (("title", title), ("author", author)) if value}
        for row in list(split_factiva(text)) or missing_end(title):
            yield row | known if isinstance(row, dict) else row


def _split_proquest_page(page: Element) -> Iterator[Row | Unreadable] | None:
    for mark in page.xpath("//a[starts-with(@name, 'DocID')]"):
        mark.tag, mark.text = "div", SEPARATOR
    text = flatten(page)
    return split_proquest(text) if recognise_proquest(text) else None


def _split_nexis_page(page: Element) -> Iterator[Row | Unreadable] | None:
    text = flatten(page)
    return split_nexis(text) if recognise_nexis(text) else None
