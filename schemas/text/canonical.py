"""Canonical text: made once, when an article enters, and never again, so that offsets stay true."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from schemas.errors import FramingError
from schemas.files import digest_text

__all__ = ["CanonicalText", "are_storable", "canonicalise", "fold_words", "identify"]


class CanonicalText(NamedTuple):
    """The text, and how many characters of each kind were changed on the way."""

    text: str
    changes: dict[str, int]


def canonicalise(raw: str) -> CanonicalText:
    """LF line ends, Unicode NFC, no byte-order marks, no NUL.

    Label Studio counts code points of exactly what it is sent, so the text must not change after this.
    Raises FramingError for a lone surrogate: no file format can hold one.
    """
    changes: dict[str, int] = {}
    # What is plain ASCII, and Python knows that of a text, is composed and can be stored.
    plain = raw.isascii()
    if not plain:
        try:
            raw.encode()
        except UnicodeEncodeError as error:
            raise FramingError(f"half a surrogate pair at character {error.start}", todo="Repair the text's encoding") from error
    text = raw
    for name, character in (("byte-order mark", "\ufeff"), ("NUL", "\0"), ("carriage return", "\r")):
        if character in text:
            changes[name] = text.count(character)
            text = text.replace("\r\n", "\n").replace("\r", "\n") if character == "\r" else text.replace(character, "")
    if not plain and not unicodedata.is_normalized("NFC", text):
        normal = unicodedata.normalize("NFC", text)
        changes["composed to NFC"] = abs(len(text) - len(normal)) or 1
        text = normal
    return CanonicalText(text, changes)


def identify(text: str, url: str | None = None) -> str:
    """The article_id of an article that brings none of its own: a hash of its address and canonical text."""
    # The separator cannot be part of either, so two different pairs never hash the same bytes.
    return digest_text(f"{url or ''}\0{text}")[:16]


def are_storable(parts: Iterable[object]) -> bool:
    """Whether an encoding can hold all of them that are text: half a surrogate pair can be stored nowhere, in a title or an address no more
    than in a text."""
    for part in parts:
        if isinstance(part, str) and not part.isascii():
            try:
                part.encode()
            except UnicodeEncodeError:
                return False
    return True


def fold_words(text: str) -> str:
    """The words of a text alone, by which copies are told: marks, spaces and case do not tell two texts apart."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip() or text
