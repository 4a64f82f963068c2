"""Who marked what where: the annotations table as one reading per text and annotator, over tokens. A headline is a text of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.parts import TEXT, take_apart
from schemas.spans import merge_spans
from schemas.text.tokens import Span, Tokens, tokens_of, touch

__all__ = ["ArticleReadings", "Marks", "Place", "Reading", "collect_readings"]

Marks = NDArray[np.bool_]
# The label of a span, and where it stands.
Place = tuple[str, Span]


@dataclass
class Reading:
    """What one annotator made of one text: spans by label, answers by question, and the values of attributes, by the place of their span and by
    name. Each may be empty.

    `marked` says whether the spans are known: there are some, or a row says that nothing was marked. Of somebody whose
    spans were set aside only the answers count. `origins` are those of the spans; `seconds`, `suggested`, `unsure` and `note` as in the table. These
    and the answers are about the article, and belong to the reading of its text: that of its headline has none, so that nothing counts twice.
    """

    marked: bool = False
    spans: dict[str, list[Span]] = field(default_factory=dict)
    answers: dict[str, set[str]] = field(default_factory=dict)
    attributes: dict[Place, dict[str, set[str]]] = field(default_factory=dict)
    origins: list[str] = field(default_factory=list)
    seconds: float | None = None
    suggested: str | None = None
    unsure: bool | None = None
    note: str | None = None

    def spans_of(self, label: str | None) -> list[Span]:
        """The spans of a label; of all labels if None."""
        if label is not None:
            return self.spans.get(label, [])
        return [span for spans in self.spans.values() for span in spans]


@dataclass
class ArticleReadings:
    """One text of an article (`part` says which), its tokens, and the reading of everybody who read it."""

    article_id: str
    text: str
    tokens: Tokens
    readings: dict[str, Reading] = field(default_factory=dict)
    part: str = TEXT

    @property
    def markers(self) -> dict[str, Reading]:
        """The readings whose spans are known, by annotator."""
        return {name: reading for name, reading in self.readings.items() if reading.marked}

    @property
    def size(self) -> int:
        """How many tokens it has."""
        return len(self.tokens.starts)

    def units(self, label: str | None) -> list[list[Span]]:
        """Of each marker, the runs of tokens (by their number) that the spans of this label touch; of all labels if
        None. A person's runs that overlap are joined; a span that touches no token is none."""
        found = []
        for reading in self.markers.values():
            spans = np.array(reading.spans_of(label), dtype=np.int64).reshape(-1, 2)
            firsts, lasts = touch(self.tokens, *spans.T)
            found.append(merge_spans((first, last) for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True) if first < last))
        return found

    def marks(self, label: str | None) -> Marks:
        """markers x tokens: whether the annotator's spans of this label (any label if None) touch the token."""
        units = self.units(label)
        marks = np.zeros((len(units), self.size), dtype=np.bool_)
        for row, runs in zip(marks, units, strict=True):
            for first, last in runs:
                row[first:last] = True
        return marks


def collect_readings(articles: pl.DataFrame, annotations: pl.DataFrame) -> list[ArticleReadings]:
    """Every text that somebody has read, in the order of the articles, a headline behind the text of its article; annotators by name."""
    collected: dict[tuple[str, str], dict[str, Reading]] = {}
    for row in annotations.sort("article_id", "annotator", maintain_order=True).iter_rows(named=True):
        reading = collected.setdefault((row["article_id"], row["part"]), {}).setdefault(row["annotator"], Reading())
        if row["attribute"] is not None:
            said = reading.attributes.setdefault((row["label"], Span(row["start"], row["end"])), {})
            said.setdefault(row["attribute"], set()).add(row["value"])
            continue
        if row["start"] is not None:
            reading.spans.setdefault(row["label"], []).append(Span(row["start"], row["end"]))
            reading.origins.append(row["origin"])
        elif row["label"] is not None:
            reading.answers.setdefault(row["label"], set()).add(row["value"])
        reading.marked |= row["value"] is None
        if row["part"] == TEXT:
            reading.seconds, reading.suggested, reading.unsure, reading.note = (row[name] for name in ("seconds", "suggested", "unsure", "note"))
    return [
        ArticleReadings(article, text, tokens_of(text), collected[article, part], part)
        for article, text, part in take_apart(articles).select("article_id", "text", "part").iter_rows()
        if (article, part) in collected
    ]
