"""The words that drive each label: those that spans have most, weighed by what the model thinks of them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from exports.means import UNKNOWN
from exports.plots.drawing import spot
from exports.plots.panels import draw_bars, draw_intervals
from exports.report.figures import INTERVAL, Figure, Row, Section, Table, in_context, plain, point, spread
from exports.words import contrast_words, rank_words
from schemas.codebook import Codebook
from schemas.text.voices import OWN_VOICES
from schemas.wording import count

__all__ = ["show_words"]

# Words of a panel; outlets whose words are told apart, and spans that one has to have for it.
PLOTTED, MOST_OUTLETS, FEWEST = 8, 8, 20


def show_words(spans: pl.DataFrame, articles: pl.DataFrame, codebook: Codebook, weights: Mapping[str, float] | None) -> Section | None:
    """The words in spans of each label, in the outlets' own voice, and those that tell outlets apart. None if there are no spans.

    `weights`: as for `rank_words`; None if people marked the spans.
    """
    driving = _show_driving(spans, codebook, weights)
    if driving is None:
        return None
    own = spans.filter(pl.col("voice").is_in(OWN_VOICES)).join(
        articles.select("article_id", group=pl.col("outlet").fill_null(UNKNOWN)), on="article_id", how="inner", maintain_order="left"
    )
    distinct = _show_distinct(own)
    limits = [
        "Words that did most for the spans of a label are those that many spans have and that the model holds for loaded by themselves; word ends, "
        "neighbours and the sentence add to it. Odd words at the top are what a model of few training articles has learned.",
        *(
            ["Words that tell outlets apart: each span is taken as one draw, and a topic that one outlet writes of alone is among them, too."]
            if distinct
            else []
        ),
    ]
    return Section("words", "Words", [driving, *([distinct] if distinct else [])], limits=limits if weights is not None else limits[1:])


def _show_driving(spans: pl.DataFrame, codebook: Codebook, weights: Mapping[str, float] | None) -> Figure | None:
    rows = rank_words(spans, codebook.label_names, weights)
    if not rows:
        return None
    table: list[Row] = [[word, plain(label), times, *([weights[word], score] if weights is not None else [])] for label, word, times, score in rows]
    panels = {
        plain(name): [
            {
                "name": row.word,
                "mean": row.score,
                "spot": spot(f"{row.word}: in {count(row.spans, 'span')} of {plain(name)}", in_context(row.word, label=name)),
            }
            for row in rows
            if row.label == name
        ][:PLOTTED]
        for name in codebook.label_names
        if any(row.label == name for row in rows)
    }
    what = "how many spans have the word, times its own weight in the model" if weights is not None else "how many spans have the word"
    leads = {(i, 0): in_context(row.word, label=row.label) for i, row in enumerate(rows)}
    return Figure(
        "words",
        "The words that did most for each label",
        Table(["word", "label", "spans", *(["weight", "added"] if weights is not None else [])], table, leads=leads),
        f"In the outlets' own voice. The bar: {what}; each label has a scale of its own.",
        lambda sheet: draw_bars(panels, "", sheet),
        "For each label bars of its most telling words; the same figures are in the table below",
    )


def _show_distinct(own: pl.DataFrame) -> Figure | None:
    """Words that each of the largest outlets has more often than all others; None where there are fewer than two outlets with enough spans."""
    sizes = own.group_by("group").len().filter(pl.col("len") >= FEWEST).sort("len", "group", descending=[True, False])
    if sizes.height < 2:
        return None
    rows = contrast_words(own)
    panels = {
        outlet: [
            point(
                *(row.word, row.log_odds, row.low, row.high),
                f"{row.word}: in {row.spans} of the spans of {outlet}, in {row.others} of all others",
                in_context(row.word, outlet=outlet),
            )
            for row in rows
            if row.group == outlet
        ][:PLOTTED]
        for outlet in sizes["group"].head(MOST_OUTLETS).to_list()
    }
    panels = {outlet: points for outlet, points in panels.items() if points}
    if not panels:
        return None
    table: list[Row] = [[row.word, row.group, row.spans, row.others, row.log_odds, spread(row.low, row.high)] for row in rows]
    return Figure(
        "distinctive-words",
        "The words that tell outlets apart",
        Table(
            ["word", "outlet", "its spans", "spans of others", "log-odds", INTERVAL],
            table,
            leads={(i, 0): in_context(row.word, outlet=row.group) for i, row in enumerate(rows)},
        ),
        f"Words that spans of an outlet have more often than those of all others: difference of log-odds with a prior (Monroe, Colaresi and Quinn "
        f"2008), and its {INTERVAL}. 1 is 2.7 times the odds. Outlets with fewer than {FEWEST} spans have no panel.",
        lambda sheet: draw_intervals(panels, "difference of log-odds", sheet, differences=True),
        f"For each outlet points with the lines of their {INTERVAL}s; the same figures are in the table below",
    )
