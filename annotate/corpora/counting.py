"""Spans that came without their words: whether their offsets count what they are said to count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from annotate.corpora.documents import Document, Documents, Mark
from schemas.parts import TEXT
from schemas.text.units import count_units, find_character

__all__ = ["set_miscounted_aside"]

REASON = "the offsets are counted in UTF-16 units, not in code points: read as code points most of those behind an emoji cut a word"


class Doubt(NamedTuple):
    """A mark that is other characters in UTF-16 units, and whether it cuts a word in either unit."""

    document: Document
    mark: Mark
    as_points: bool
    as_units: bool


def set_miscounted_aside(documents: Documents) -> None:
    """Take out the spans without a quote whose offsets would be other characters in UTF-16 units, if of all these more than half begin or
    end inside a word as code points, and fewer than half as many in UTF-16 units. Where people marked parts of words neither holds."""
    doubts = [doubt for document in documents.found for doubt in _doubt(document)]
    cut = sum(doubt.as_points for doubt in doubts)
    if 2 * cut <= len(doubts) or 2 * sum(doubt.as_units for doubt in doubts) >= cut:
        return
    for document, mark, *_ in doubts:
        document.marks.remove(mark)
        # Whoever marked something that was set aside has not marked nothing.
        document.readers = [reader for reader in document.readers if reader != mark.annotator]
        row = {"label": mark.label, "start": mark.start, "end": mark.end, "annotator": mark.annotator}
        documents.refuse(REASON, article_id=document.article_id, **row)


def _doubt(document: Document) -> Iterator[Doubt]:
    text = document.text
    if not isinstance(text, str) or not text or max(text) < "\U00010000":
        return
    begins = count_units(text, "UTF-16 units")
    # Up to the first character of two units both count the same.
    same = int(np.argmax(np.diff(begins) > 1))
    for mark in [mark for mark in document.marks if mark.part == TEXT]:
        start, end = mark.start, mark.end
        if mark.quote is None and type(start) is int and type(end) is int and 0 <= start < end <= begins[-1] and end > same:
            first, last = find_character(begins, start), find_character(begins, end)
            as_units = first is None or last is None or _cuts_word(text, first, last)
            yield Doubt(document, mark, end > len(text) or _cuts_word(text, start, end), as_units)


def _cuts_word(text: str, *places: int) -> bool:
    return any(0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum() for place in places)
