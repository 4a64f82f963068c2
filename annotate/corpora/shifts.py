"""Spans of a corpus that has no quotes to check their offsets by: whether they were shifted against their texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from schemas.errors import FramingError

__all__ = ["refuse_shifted"]

# Of 4,457 spans of PTC 4 begin or end inside a word; of shifted ones most do.
CUT_WORDS, ENOUGH = 0.5, 20


def refuse_shifted(path: Path, texts: Mapping[str, str], spans: Iterable[tuple[str, int, int]]) -> None:
    """Raise FramingError if most spans (article, start, end) begin or end inside a word."""
    cut = [_cuts_word(texts[article_id], start, end) for article_id, start, end in spans if article_id in texts]
    if len(cut) >= ENOUGH and sum(cut) > CUT_WORDS * len(cut):
        what = "most spans begin or end inside a word, so the labels do not belong to these texts"
        raise FramingError(what, path, "Were line ends converted? Unpack the corpus again as it is")


def _cuts_word(text: str, *places: int) -> bool:
    return any(0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum() for place in places)
