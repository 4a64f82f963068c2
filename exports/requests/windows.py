"""Long articles in windows that join without a gap, cut where a paragraph or a sentence ends."""

from __future__ import annotations

import re
from bisect import bisect_right

from schemas.text.sentences import split_sentences
from schemas.text.tokens import Span

__all__ = ["WINDOW", "cut_windows"]

# Characters; some 2,500 tokens of English, which small models of small memory can still read together with a codebook.
WINDOW = 10_000
_PARAGRAPH, _WORD = re.compile(r"\n\s*"), re.compile(r"\s+")


def cut_windows(text: str, size: int = WINDOW, language: str | None = None) -> list[Span]:
    """Windows of at most `size` characters, each beginning where the one before ends, the last ending with the text. Each ends with a paragraph,
    if that leaves it at least half full, else with a sentence, else with a word, else where it is full."""
    if len(text) <= size:
        return [Span(0, len(text))]
    paragraphs = [found.end() for found in _PARAGRAPH.finditer(text)]
    sentences = [sentence.start for sentence in split_sentences(text, language)]
    windows, start = [], 0
    while len(text) - start > size:
        full = start + size
        end = _last(paragraphs, start + size // 2, full) or _last(sentences, start, full) or _last_word(text, start, full) or full
        windows.append(Span(start, end))
        start = end
    return [*windows, Span(start, len(text))]


def _last(places: list[int], above: int, full: int) -> int | None:
    """The last of the places that is above one and not behind the other."""
    at = bisect_right(places, full) - 1
    return places[at] if at >= 0 and places[at] > above else None


def _last_word(text: str, start: int, full: int) -> int | None:
    ends = [found.end() for found in _WORD.finditer(text, start + 1, full)]
    return ends[-1] if ends else None
