"""Tokens and sentences as offsets: the one tokeniser, for agreement, training and scoring alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["ABBREVIATIONS", "CLOSERS", "ENDERS", "JOINERS", "LOOK_AHEAD", "LOOK_BACK", "Span", "count_words", "split_sentences", "tokenise"]


class Span(NamedTuple):
    """Half-open range of Unicode code points: text[start:end]."""

    start: int
    end: int


# A word keeps its inner apostrophes and hyphens (don't, so-called); any other visible character stands alone.
JOINERS = "'’-‑"
_TOKEN = re.compile(rf"\w+(?:[{re.escape(JOINERS)}]\w+)*|[^\w\s]")

ENDERS, CLOSERS = ".!?…。！？", "\"'”’»)]"
ABBREVIATIONS = (
    *("Mr", "Mrs", "Ms", "Dr", "Prof", "Gen", "Col", "Capt", "Lt", "Sgt", "Sen", "Rep", "Gov", "St", "Jr", "Sr", "vs", "etc", "approx", "No"),
    *("Inc", "Ltd", "Co", "Corp", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec"),
    *("a.m", "p.m", "i.e", "e.g"),
)
_SENTENCE_END = re.compile(rf"[{re.escape(ENDERS)}]+[{re.escape(CLOSERS)}]*(?=\s)|\n+")
_ABBREVIATION = re.compile(rf"(?:\b(?:{'|'.join(map(re.escape, ABBREVIATIONS))})|\b[A-Z](?:\.[A-Z])*)\.$")
# How far an abbreviation reaches back from its full stop, and how far the next word may be from it.
LOOK_BACK, LOOK_AHEAD = 12, 80


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
    if text[match.end() : match.end() + LOOK_AHEAD].lstrip()[:1].islower():
        return False
    return match.group() != "." or not _ABBREVIATION.search(text, max(start, match.end() - LOOK_BACK), match.end())


def _append_stripped(sentences: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        begin = start + len(piece) - len(piece.lstrip())
        sentences.append(Span(begin, begin + len(stripped)))
