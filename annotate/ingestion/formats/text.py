"""Plain text and Markdown: a file is one article, or what a news database delivered of many."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.ingestion.kinds import PACKINGS
from annotate.ingestion.source import Row, Source, Unreadable

__all__ = ["MARK", "name_of", "read_markdown", "read_text", "read_whole"]

# The byte-order mark, which is no part of a text.
MARK = "\ufeff"


def read_whole(source: Source) -> str:
    return source.whole


def read_text(source: Source) -> Iterator[Row | Unreadable]:
    yield {"title": name_of(source), "text": read_whole(source)}


def read_markdown(source: Source) -> Iterator[Row]:
    # The text stays as it is, signs and all: offsets must point into what the user has.
    text = read_whole(source)
    heading = next((line.removeprefix("# ").strip() for line in text.removeprefix(MARK).splitlines() if line.startswith("# ")), name_of(source))
    yield {"title": heading, "text": text}


def name_of(source: Source) -> str:
    """The file's name without what says its kind and packing: a title where there is no other."""
    name = source.name.rsplit("/", 1)[-1]
    for ending in (*PACKINGS, source.kind):
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return name
