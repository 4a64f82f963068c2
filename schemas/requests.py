"""Articles as they are asked of a model: the name of a request, which leads back to its article and its place there, and the keys of an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.files import digest_text

__all__ = ["LABEL", "QUOTE", "SPANS", "Asked", "Place", "index_articles", "name_request", "read_name", "refuse_key"]

# {"spans": [{"quote": ..., "label": ...}], QUESTION: value or list of values}
SPANS, QUOTE, LABEL = "spans", "quote", "label"
# Hexadecimal digits of each digest; with two offsets a name keeps below the 64 characters that some servers allow.
DIGITS = 16
_NAME = re.compile(rf"([0-9a-f]{{{DIGITS}}})-([0-9a-f]{{{DIGITS}}})-(0|[1-9][0-9]{{0,11}})-([1-9][0-9]{{0,11}})")


class Place(NamedTuple):
    """What the name of a request says: the beginnings of the SHA-256 of the article's id and of its text, and the window, text[start:end]."""

    article: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Asked:
    """An article that can be asked, and the digest of its text as it stands in names."""

    article_id: str
    text: str
    digest: str


def name_request(article_id: str, text: str, start: int, end: int) -> str:
    """The `custom_id` of the request for text[start:end] of an article: at most 64 characters, the same whenever it is made."""
    return f"{_shorten(article_id)}-{_shorten(text)}-{start}-{end}"


def read_name(name: str) -> Place | None:
    """What a name says; None for a name of others."""
    found = _NAME.fullmatch(name)
    return Place(found[1], found[2], int(found[3]), int(found[4])) if found else None


def index_articles(articles: pl.DataFrame, where: object) -> Mapping[str, Asked]:
    """The articles by how names call them. FramingError if two would be called alike, which happens once in some billions of datasets."""
    index: dict[str, Asked] = {}
    for article_id, text in articles.select("article_id", "text").iter_rows():
        known = index.setdefault(_shorten(article_id), Asked(article_id, text, _shorten(text)))
        if known.article_id != article_id:
            raise FramingError(f"articles {known.article_id!r} and {article_id!r} have the same short digest", where, "Call one of them otherwise")
    return index


def refuse_key(codebook: Codebook, where: object) -> None:
    """FramingError for a question whose name an answer needs for something else."""
    if codebook.question(SPANS):
        raise FramingError(f"has a question {SPANS!r}, which is what answers call their spans", where, "Give the question another name")


def _shorten(text: str) -> str:
    return digest_text(text)[:DIGITS]
