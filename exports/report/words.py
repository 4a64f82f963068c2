"""The words that drive each label: those that spans have most, weighed by what the model thinks of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from exports.plots.drawing import chart_of, draw_svg, in_order
from exports.report.figures import Figure, Row, Section, Table
from exports.words import DrivingWord, rank_words
from schemas.codebook import Codebook

if TYPE_CHECKING:
    import altair

__all__ = ["show_words"]

PLOTTED = 8


def show_words(spans: pl.DataFrame, codebook: Codebook, weights: Mapping[str, float] | None) -> Section | None:
    """The words in spans of each label, in the outlets' own voice. None if there are no spans.

    `weights`: as for `rank_words`; None if people marked the spans.
    """
    rows = rank_words(spans, codebook.label_names, weights)
    if not rows:
        return None
    what = "how many spans have the word, times its own weight in the model" if weights is not None else "how many spans have the word"
    table: list[Row] = [[word, label, times, *([weights[word], score] if weights is not None else [])] for label, word, times, score in rows]
    figure = Figure(
        "words",
        "Words in spans of each label",
        "For each label bars of its most telling words; the same figures are in the table below",
        draw_svg(_bars(rows, codebook, "spans with the word, times its weight" if weights is not None else "spans with the word")),
        Table(["word", "label", "spans", *(["weight", "added"] if weights is not None else [])], table),
        f"In the outlets' own voice. The bar: {what}.",
    )
    text = [
        "The words that did most for the spans of each label: those that many spans have, and that the model holds for loaded by themselves. Word "
        "ends, neighbours and the sentence add to it (the reader below says what made each span). Odd words at the top are what a model of few "
        "training articles has learned. Each label has a scale of its own."
        if weights is not None
        else "What the annotators marked most."
    ]
    return Section("words", "The words that drive each label", text, [figure])


def _bars(rows: Sequence[DrivingWord], codebook: Codebook, title: str) -> altair.ConcatChart:
    import altair

    panels = []
    for label in codebook.labels:
        shown = {word: score for name, word, _, score in rows if name == label.name}
        if shown:
            words = list(shown)[:PLOTTED]
            base = chart_of({"word": word, "score": shown[word]} for word in words).encode(
                y=altair.Y("word:N", sort=in_order(), title=None, axis=altair.Axis(grid=False, labelLimit=120)),
                x=altair.X("score:Q", title=None, axis=altair.Axis(tickCount=3)),
            )
            named = altair.TitleParams(label.name.replace("_", " "), fontSize=12, anchor="start", frame="bounds")
            panels.append(base.mark_bar(color=label.colour, height=13).properties(width=150, height=altair.Step(20), title=named))
    joined = altair.concat(*panels, columns=2, spacing=18).resolve_scale(x="independent", y="independent")
    chart: altair.ConcatChart = joined.properties(title=altair.TitleParams(title, fontSize=12, fontWeight="normal", anchor="start", orient="bottom"))
    return chart
