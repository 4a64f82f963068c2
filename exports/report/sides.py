"""What two coders marked in one text, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from exports.report.figures import plain

__all__ = ["Contested", "Piece", "Remark", "Side", "lay_side_by_side"]

# Coders of an article that can be chosen: the text is in the page twice for each. Characters of a text, of which those that nobody marked go
# first, and of a note.
MOST_CODERS, LONGEST, LONGEST_NOTE = 6, 4_000, 600
GAP = "…"


class Piece(NamedTuple):
    """A part of a text; where it is marked, in which colour and as what."""

    text: str
    colour: str = ""
    labels: str = ""


class Side(NamedTuple):
    """What a coder made of a text."""

    coder: str
    pieces: list[Piece]


class Remark(NamedTuple):
    """What a coder said of the article: that they were unsure, or a note."""

    coder: str
    words: str


class Contested(NamedTuple):
    """A text on which coders differ: who are shown first, on the `left` and on the `right`, by number among `sides`; `more` coders are not shown."""

    title: str
    sides: list[Side]
    left: int
    right: int
    more: int
    remarks: list[Remark]


def lay_side_by_side(contested: Sequence[Mapping[str, Any]], colours: Mapping[str, str]) -> Iterator[Contested]:
    """Each of these articles, as agreement has them, with the marks of its coders, the two who are furthest apart among the first. Paragraphs that
    nobody marked are left out of long texts."""
    for found in contested:
        marks: Mapping[str, Sequence[Mapping[str, Any]]] = found["annotators"]
        coders = sorted(sorted(marks, key=lambda name: name not in found["furthest"])[:MOST_CODERS])
        text: str = found["text"]
        kept = _choose_paragraphs(text, [(mark["start"], mark["end"]) for name in coders for mark in marks[name]])
        sides = [Side(name, list(_cut(text, kept, marks[name], colours))) for name in coders]
        left, right = (coders.index(name) for name in found["furthest"])
        remarks = [Remark(name, "was unsure.") for name in found["unsure"]]
        remarks += [
            Remark(name, f"noted: {note if len(note) <= LONGEST_NOTE else f'{note[:LONGEST_NOTE]}{GAP}'}") for name, note in found["notes"].items()
        ]
        yield Contested(found["title"] or found["article_id"], sides, left, right, len(marks) - len(coders), remarks)


def _choose_paragraphs(text: str, marked: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where paragraphs begin and end, of long texts those with a mark."""
    if len(text) <= LONGEST:
        return [(0, len(text))]
    ends = [i + 1 for i, sign in enumerate(text) if sign == "\n"]
    paragraphs = zip([0, *ends], [*ends, len(text)], strict=True)
    return [(begin, end) for begin, end in paragraphs if any(start < end and stop > begin for start, stop in marked)]


def _cut(text: str, kept: Sequence[tuple[int, int]], marks: Sequence[Mapping[str, Any]], colours: Mapping[str, str]) -> Iterator[Piece]:
    before = 0
    for begin, end in kept:
        if begin > before:
            yield Piece(f"{GAP}\n")
        edges = sorted({begin, end} | {edge for mark in marks for edge in (mark["start"], mark["end"]) if begin < edge < end})
        for first, last in pairwise(edges):
            labels = [mark["label"] for mark in marks if mark["start"] <= first and mark["end"] >= last]
            yield Piece(text[first:last], colours.get(labels[0], "#888888"), ", ".join(map(plain, labels))) if labels else Piece(text[first:last])
        before = end
    if before < len(text):
        yield Piece(GAP)
