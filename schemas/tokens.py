"""Tokens and sentences as offsets: the one tokeniser, for agreement, training and scoring alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Span", "count_words", "split_sentences", "tokenise"]


class Span(NamedTuple):
    """Half-open range of Unicode code points: text[start:end]."""

    start: int
    end: int


# A word keeps its inner apostrophes and hyphens (don't, so-called); any other visible character stands alone.
_TOKEN = re.compile(r"\w+(?:['’\-‑]\w+)*|[^\w\s]")

_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*(?=\s)|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Capt|Lt|Sgt|Sen|Rep|Gov|St|Jr|Sr|vs|etc|approx|No|Inc|Ltd|Co|Corp|Jan|Feb|Mar"
    r"|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[ap]\.m|[ei]\.[eg])|\b[A-Z](?:\.[A-Z])*)\.$"
)


def tokenise(text: str) -> list[Span]:
    """Words and single marks, in order; white space belongs to none."""
    return [Span(*match.span()) for match in _TOKEN.finditer(text)]


def count_words(text: str, tokens: Iterable[Span]) -> int:
    """How many of the text's tokens are words and not marks."""
    return sum(text[token.start].isalnum() for token in tokens)


def split_sentences(text: str) -> list[Span]:
    """Sentences, in order, without surrounding white space. A line end always ends a sentence.

    A full stop ends one unless it closes an abbreviation or initials, or the next word goes on in lower case.
    """
    sentences: list[Span] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if "\n" in match.group() or _ends_sentence(text, start, match):
            _append_stripped(sentences, text, start, match.end())
            start = match.end()
    _append_stripped(sentences, text, start, len(text))
    return sentences


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    after = text[match.end() :].lstrip() if match.end() + 80 > len(text) else text[match.end() : match.end() + 80].lstrip()
    if after[:1].islower():
        return False
    return match.group() != "." or not _ABBREVIATION.search(text, max(start, match.end() - 12), match.end())


def _append_stripped(sentences: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        begin = start + len(piece) - len(piece.lstrip())
        sentences.append(Span(begin, begin + len(stripped)))
