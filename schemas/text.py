"""Canonical text: made once, when an article enters, and never again, so that offsets stay true."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from schemas.errors import FramingError
from schemas.files import digest_text

__all__ = ["CanonicalText", "canonicalise", "identify"]


class CanonicalText(NamedTuple):
    """The text, and how many characters of each kind were changed on the way."""

    text: str
    changes: dict[str, int]


def canonicalise(raw: str) -> CanonicalText:
    """LF line ends, Unicode NFC, no byte-order marks, no NUL.

    Label Studio counts code points of exactly what it is sent, so the text must not change after this.
    Raises FramingError for a lone surrogate: no file format can hold one.
    """
    try:
        raw.encode()
    except UnicodeEncodeError as error:
        raise FramingError(f"half a surrogate pair at character {error.start}", todo="Repair the text's encoding") from error
    changes = {"byte-order mark": raw.count("\ufeff"), "NUL": raw.count("\0"), "carriage return": raw.count("\r")}
    text = raw.replace("\ufeff", "").replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    if not unicodedata.is_normalized("NFC", text):
        normal = unicodedata.normalize("NFC", text)
        changes["composed to NFC"] = abs(len(text) - len(normal)) or 1
        text = normal
    return CanonicalText(text, {kind: count for kind, count in changes.items() if count})


def identify(text: str, url: str | None = None) -> str:
    """The article_id of an article that brings none of its own: a hash of its address and canonical text."""
    # The separator cannot be part of either, so two different pairs never hash the same bytes.
    return digest_text(f"{url or ''}\0{text}")[:16]
