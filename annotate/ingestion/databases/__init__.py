"""News databases: files of many articles, recognised by their own marks and split."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from annotate.ingestion.databases.factiva import recognise_factiva, split_factiva
from annotate.ingestion.databases.nexis import recognise_nexis, split_nexis
from annotate.ingestion.databases.nexis_uni import recognise_nexis_uni, split_nexis_uni
from annotate.ingestion.databases.pages import split_html
from annotate.ingestion.databases.proquest import recognise_proquest, split_proquest
from annotate.ingestion.source import Row, Unreadable
from schemas.errors import FramingError

__all__ = ["DATABASES", "Database", "find_database", "split_html"]


class Database(NamedTuple):
    """A database's shape of files: whether a text has it, and the articles of one that has."""

    name: str
    recognises: Callable[[str], bool]
    split: Callable[[str], Iterator[Row | Unreadable]]


DATABASES = (
    Database("ProQuest", recognise_proquest, split_proquest),
    Database("Factiva", recognise_factiva, split_factiva),
    Database("Nexis", recognise_nexis, split_nexis),
    Database("Nexis Uni", recognise_nexis_uni, split_nexis_uni),
)

# Lines that only a database writes. Where they stand several times in a text of no known shape, it is no article.
_MARKS = {
    "Nexis": re.compile(
        r"^[^\S\n]*(?:(?:LENGTH|LÄNGE|LONGUEUR|Length|Länge|Longueur):\s\d[\d.,]* (?:words|Wörter|mots)|(?:LOAD-DATE|Load-Date):[^\S\n]+\S.{0,40}"
        r"|\d+ of \d+ DOCUMENTS?|End of Document)[^\S\n]*$",
        re.MULTILINE,
    ),
    "Factiva": re.compile(r"^[^\S\n]*(?:AN[\s|]+)?Document [A-Z][A-Z0-9]{5,11}\d{8}[a-z0-9]{6,12}[\s|]*$", re.MULTILINE),
    "ProQuest": re.compile(r"^[^\S\n]*(?:ProQuest[^\n:]{0,40}: ?\d{6,}|Document \d+ of \d+)[^\S\n]*$", re.MULTILINE),
    "Europresse": re.compile(r"^.{0,60}news·\d{8}·\w+·.{0,80}$", re.MULTILINE),
}
# Without one of these no text is worth a closer look.
_WORDS = [
    "ocument",
    "okument",
    "OCUMENT",
    "ProQuest",
    "news·",
    "LENGTH:",
    "LÄNGE:",
    "LONGUEUR:",
    "ength:",
    "änge:",
    "ongueur:",
    "oad-Date:",
    "LOAD-DATE:",
]
_SEVERAL = 3


def find_database(text: str, where: object = None) -> Database | None:
    """The shape of this text, by the marks in the whole of it; None for an ordinary one.

    Raises FramingError, about `where`, for what is a database's, and of no shape that is known.
    """
    if not any(word in text for word in _WORDS):
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for database in DATABASES:
        if database.recognises(text):
            return database
    for name, mark in _MARKS.items():
        if sum(1 for _ in mark.finditer(text)) >= _SEVERAL:
            raise FramingError(
                f"looks like a download of {name}, whose shape is not known here", where, "Use --one-article to take the file as one article"
            )
    return None
