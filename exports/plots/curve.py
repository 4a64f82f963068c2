"""The learning curve as a plot that a journal would print."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from exports.plots.drawing import refuse_without_library
from schemas.errors import FramingError
from schemas.files import replace_file

__all__ = ["FORMATS", "draw_curve", "refuse_unknown_kind"]

FORMATS = ("svg", "png")
TITLE = "next articles chosen"
# Okabe and Ito 2008: told apart by everybody; the dashes also tell them apart in print.
COLOURS, DASHES = ("#0072B2", "#D55E00", "#009E73"), ([1, 0], [6, 3], [2, 2])


def draw_curve(table: pl.DataFrame, path: Path) -> None:
    """Draw each measure against annotated articles, a panel for each, a line for each selection, a band of one spread.

    `table`: selection, articles, measure, value, spread. Written as .svg or .png, whole or not at all.
    """
    kind = refuse_unknown_kind(path)
    import altair

    rows = table.with_columns(low=pl.col("value") - pl.col("spread"), high=pl.col("value") + pl.col("spread")).to_dicts()
    base = altair.Chart(altair.InlineData(values=rows)).encode(
        x=altair.X("articles:Q", title="annotated articles", scale=altair.Scale(type="log", nice=False)),
        color=altair.Color("selection:N", title=TITLE, scale=altair.Scale(domain=_order(table), range=list(COLOURS))),
    )
    lines = base.mark_line(point=True).encode(
        y=altair.Y("value:Q", title=None, scale=altair.Scale(zero=False)),
        strokeDash=altair.StrokeDash("selection:N", title=TITLE, scale=altair.Scale(domain=_order(table), range=list(DASHES))),
    )
    bands = base.mark_area(opacity=0.12).encode(y=altair.Y("low:Q", title=None), y2="high:Q")
    chart = (bands + lines).properties(width=320, height=240).facet(altair.Facet("measure:N", title=None), columns=2)
    chart = chart.resolve_scale(y="independent").configure_axis(grid=True, gridColor="#eeeeee").configure_view(stroke=None)
    with replace_file(path) as temporary:
        options = {"scale_factor": 2} if kind == "png" else {}
        chart.save(str(temporary), format=kind, **options)


def refuse_unknown_kind(path: Path) -> str:
    """The kind of plot that the file's name asks for. FramingError if it cannot be drawn."""
    kind = path.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise FramingError(f"plots are written as {', '.join('.' + name for name in FORMATS)}, not {path.suffix or '(nothing)'!r}", path)
    refuse_without_library(path)
    return kind


def _order(table: pl.DataFrame) -> list[str]:
    return table["selection"].unique(maintain_order=True).to_list()
