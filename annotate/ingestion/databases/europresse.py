"""Downloads of Europresse: pages in which each article is an <article>, its facts in a header, each under a class of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from annotate.ingestion.databases.lines import make_row, missing_body, read_count
from annotate.ingestion.databases.vocabulary import DATE
from annotate.ingestion.source import Row, Unreadable

__all__ = ["Element", "split_europresse"]

# An element of lxml, which has no types.
Element = Any

_COUNT = re.compile(r"\d[\d\s.,]*(?:mots?|words?)\b", re.IGNORECASE)
_NUMBER = re.compile(r"news·\d{8}·\S+")
_TITLES = ("rdp__articletitle", "titreArticle", "titreArticleVisu")
_TEXTS = ("docOcurrContainer", "DocText")


def split_europresse(page: Element) -> Iterator[Row | Unreadable] | None:
    """The articles of a page; None if it has none."""
    articles = [article for article in page.iter("article") if _find(article, "DocPublicationName") is not None]
    return map(_read_article, articles) if articles else None


def _find(article: Element, name: str) -> Element | None:
    """The first element with this class."""
    return next(iter(article.xpath(f".//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]")), None)


def _say(element: Element | None) -> str:
    return " ".join(element.text_content().split()) if element is not None else ""


def _read_article(article: Element) -> Row | Unreadable:
    title = next(filter(None, (_say(_find(article, name)) for name in _TITLES)), None)
    body = next((element for name in _TEXTS if _say(element := _find(article, name))), None)
    if body is None:
        return missing_body(title)
    header = " ".join(_say(element) for element in article.xpath("./header/* | ./*[contains(@class, 'DocHeader')]"))
    date = DATE.search(_say(_find(article, "DocHeader"))) or DATE.search(header)
    count = _COUNT.search(header)
    number = _NUMBER.search(_say(article))
    here = next((link.get("href") for link in body.iter("a") if "est paru dans" in _say(link)), None)
    return make_row(
        _read_paragraphs(body),
        url=here,
        title=title,
        # "La Tribune, no. 7123": the number of the issue is no part of the name.
        outlet=re.split(r",\s*n[o°]\b", _say(_find(article, "DocPublicationName")))[0],
        author=_say(_find(article, "docAuthors")) or _say(_find(article, "sm-margin-bottomNews")),
        published=date[0].strip() if date else None,
        length_stated=read_count(count[0]) if count else None,
        database_id=number[0] if number else None,
    )


def _read_paragraphs(body: Element) -> list[str]:
    return [text for element in body.iter("p") if (text := _say(element))] or [_say(body)]
