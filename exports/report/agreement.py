"""How the annotators agreed: alpha of each label with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exports.plots.drawing import chart_of, draw_svg, interval_chart, shorten
from exports.report.figures import Figure, Section, Table, spread

__all__ = ["show_agreement"]

# Krippendorff 2004, Content Analysis, p. 241: rely on variables above the second, draw tentative conclusions above the first.
TENTATIVE, RELIABLE = 0.667, 0.8
MEASURES = ("alpha", "alpha_u", "f1_exact", "f1_partial")


def show_agreement(agreement: Mapping[str, Any], measured_on: str) -> Section | None:
    """A plot of alpha, and the table of all figures. None if there is nothing that two people have read."""
    rows = [(name, row) for kind in ("labels", "questions") for name, row in agreement.get(kind, {}).items()]
    names = shorten(name for name, _ in rows)
    plotted = [{"name": names[name], "mean": row["alpha"], "low": row["low"], "high": row["high"]} for name, row in rows]
    plotted = [row for row in plotted if row["mean"] is not None]
    if not plotted:
        return None
    import altair

    limits = chart_of([{"at": TENTATIVE}, {"at": RELIABLE}]).mark_rule(strokeDash=[4, 3], color="#7a7f85").encode(x=altair.X("at:Q"))
    table = [[name, *(cell for measure in MEASURES for cell in _cells(row, measure))] for name, row in rows]
    header = [column for title in ("alpha", "over units", "exact F1", "partial F1") for column in (title, "95 % interval")]
    figure = Figure(
        "agreement",
        "Krippendorff's alpha of each label and question",
        "For each label a point and the line of its interval; the same figures are in the table below",
        draw_svg(limits + interval_chart(plotted, "alpha")),
        Table(["", *header], table),
        f"Over tokens (labels) and articles (questions), with 95 % intervals over articles. Dashed: {TENTATIVE} allows tentative conclusions, "
        f"{RELIABLE:.3f} is reliable, by convention; tagging loaded language is usually below both.",
    )
    return Section("agreement", "How the annotators agreed", [f"Measured on {measured_on}."], [figure])


def _cells(row: Mapping[str, Any], measure: str) -> tuple[float | None, str]:
    prefix = "" if measure == "alpha" else f"{measure}_"
    return row.get(measure), spread(row.get(f"{prefix}low"), row.get(f"{prefix}high"))
