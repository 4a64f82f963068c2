"""What a document says of itself, as a row."""

from __future__ import annotations

from collections.abc import Mapping

from annotate.ingestion.formats.text import name_of
from annotate.ingestion.source import Row, Source

__all__ = ["count_once", "make_document"]

# What word processors put in the title of a document that has none.
_NO_TITLES = ("microsoft word - ", "untitled", "document1", "powerpoint presentation")
# Who stands as author where a program was the only one; of the last, whose template is of 2013, the date is none either.
_NO_AUTHORS = frozenset({"windows user", "user", "unknown", "admin", "administrator", "python-docx"})
_TEMPLATE = "python-docx"


def make_document(source: Source, text: str, said: Mapping[str, str | None]) -> Row:
    """The row of a document of one article. `said`: title, author, language, when it was published, and when the file was made; each where the
    document has it. Titles and authors that a program put there by itself are none. A file is mostly made when somebody saved it, and that
    is no day of publication: it stands in a column of its own."""
    title, author, published, made = (" ".join((said.get(name) or "").split()) for name in ("title", "author", "published", "made"))
    if title.lower().startswith(_NO_TITLES):
        title = ""
    if author.lower() == _TEMPLATE:
        made = ""
    row = {
        "title": title or name_of(source),
        "text": text,
        "author": author if author.lower() not in _NO_AUTHORS and author else None,
        "published": published or None,
        "language": said.get("language") or None,
    }
    return row | ({"file_made": made} if made else {})


def count_once(source: Source, what: str, count: int) -> None:
    """Count what was left out of a document of one article. Its text may be asked for twice, and is the same."""
    if what not in source.record.cleaned:
        source.record.clean(what, count)
