"""Spans per 1,000 words over time, outlet by outlet."""

from __future__ import annotations

import polars as pl

from exports.estimates import SHAKY
from exports.means import UNKNOWN, group_means, month_of, total_density
from exports.plots.panels import draw_months
from exports.report.figures import INTERVAL, Figure, Row, Section, Table, begin, lead, point, spread
from exports.report.findings import PER_WORDS, find_trend, tell_trend
from exports.report.outlets import name_wording, say_mean
from schemas.codebook import Codebook
from schemas.wording import count, inflect

__all__ = ["compare_months"]

# Outlets with a panel; the table has all outlets together, too.
MOST_PANELS = 8
ALL = "All outlets together"


def compare_months(articles: pl.DataFrame, codebook: Codebook) -> Section | None:
    """A panel for each of the largest outlets; None with fewer than two months."""
    density = total_density(codebook, articles.columns)
    dated = articles.select("outlet", month=month_of(pl.col("published")), figure=density).with_columns(pl.col("outlet").fill_null(UNKNOWN))
    undated = dated["month"].null_count()
    dated = dated.drop_nulls("month")
    if dated["month"].n_unique() < 2:
        return None
    sizes = dated.group_by("outlet").len().sort("len", "outlet", descending=[True, False])["outlet"].to_list()
    groups = sizes if len(sizes) > 1 else []
    parts = {str(name): part for (name,), part in dated.partition_by("outlet", as_dict=True).items()} | {ALL: dated}
    means = {name: sorted(group_means(parts[name], "month", pl.col("figure"))) for name in [*groups, ALL]}
    shown = groups[:MOST_PANELS] or [ALL]
    panels = {
        name if groups else "": [
            point(
                *(row.group, row.mean, row.low, row.high),
                f"{name}, {say_mean(row)}",
                lead(month=row.group, **({} if name == ALL else {"outlet": name})),
            )
            for row in means[name]
        ]
        for name in shown
    }
    what = name_wording(codebook)
    rows: list[Row] = [[name, row.group, row.articles, row.mean, spread(row.low, row.high)] for name, some in means.items() for row in some]
    intervals = any(point["low"] is not None for points in panels.values() for point in points)
    few = f"of fewer than {SHAKY} articles"
    drawn = f"Upright lines: {INTERVAL}s, not given {few}." if intervals else f"Without intervals, which are not given {few} a month."
    note = f"{begin(PER_WORDS)} in each month, mean over articles, not smoothed. {drawn}"
    figure = Figure(
        "months",
        f"How often {what} is used, month by month",
        Table(["outlet", "month", "articles", "own voice", INTERVAL], rows),
        note + (f" The {MOST_PANELS} outlets with the most articles." if len(groups) > MOST_PANELS else ""),
        lambda sheet: draw_months(panels, "", sheet),
        "For each outlet a line over months; the same figures are in the table below",
    )
    trend = find_trend(dated.rename({"outlet": "group"}))
    limits = [
        "A change may be one of what was published: another topic, another section. The change in the sentence is one within outlets, so more "
        "articles of one outlet do not make it; it is that of a straight line through all months.",
        *([f"{undated:,} of {count(articles.height, 'article')} {inflect(undated, 'has', 'have')} no date that could be read."] if undated else []),
    ]
    return Section("months", "Over time", [figure], tell_trend(trend, what), limits=limits)
