"""What the labelling screen shows of an article: its text, and above it, where the codebook says so, its headline, as one text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotate.labelstudio.attributes import offer_actors, read_offers
from schemas.codebook import Codebook
from schemas.files import digest_text
from schemas.parts import TEXT, TITLE

__all__ = ["SHOWN", "Shown", "add_data", "read_data", "show"]

Row = dict[str, Any]
# Where a task's data has what is shown of its article; no column of articles.
SHOWN = "framing_shown"
# An empty line, so that the headline is a line of its own.
BETWEEN = "\n\n"


@dataclass(frozen=True)
class Shown:
    """One `text`, and where in it each part of the article stands that annotators read: [begin, end)."""

    text: str
    places: Mapping[str, tuple[int, int]]

    @property
    def digest(self) -> str:
        """What tells it from another: the words, and where each part stands."""
        return digest_text(json.dumps([self.text, sorted(self.places.items())]))

    def place(self, row: Row) -> Row | None:
        """A row whose offsets count in what is shown as one of the part that it stands in, with `part` and offsets there; answers are about the
        text. None for a span that is not within one part."""
        if row["start"] is None:
            return row | {"part": TEXT}
        for part, (begin, stop) in self.places.items():
            if begin <= row["start"] and row["end"] <= stop:
                return row | {"part": part, "start": row["start"] - begin, "end": row["end"] - begin}
        return None

    def shift(self, row: Mapping[str, Any]) -> Row | None:
        """The other way: a row of a part (the text, if it says none) with offsets into what is shown; None if its part is not shown."""
        if row["start"] is None:
            return dict(row)
        place = self.places.get(row.get("part") or TEXT)
        return {**row, "start": row["start"] + place[0], "end": row["end"] + place[0]} if place else None

    def find_touched(self, start: object, end: object) -> set[str]:
        """The parts that something between these offsets can be about; all, where they are none or in no part."""
        if type(start) is not int or type(end) is not int:
            return set(self.places)
        return {part for part, (begin, stop) in self.places.items() if start < stop and begin < end} or set(self.places)


def show(article: Mapping[str, Any], codebook: Codebook) -> Shown:
    """What is shown of an article (its columns, or the data of its task). A headline of white space alone is none."""
    text, title = str(article.get("text")), article.get("title")
    if not codebook.headlines or not isinstance(title, str) or not title.strip():
        return Shown(text, {TEXT: (0, len(text))})
    begin = len(title) + len(BETWEEN)
    return Shown(title + BETWEEN + text, {TEXT: (begin, begin + len(text)), TITLE: (0, len(title))})


def add_data(article: Mapping[str, Any], codebook: Codebook) -> dict[str, Any]:
    """What is added to a task's data for the labelling screen: what is shown, where that is not the text alone, and actors to choose from."""
    shown = show(article, codebook).text
    return ({SHOWN: shown} if codebook.headlines else {}) | offer_actors(shown, codebook)


def read_data(data: Mapping[str, Any], codebook: Codebook) -> dict[str, Any]:
    """A task's data without what `add_data` has added."""
    return {name: value for name, value in read_offers(data, codebook).items() if name != SHOWN or not codebook.headlines}
