"""Groups compared as they should be: by the means that people's codes correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exports.estimates import FEWEST, Estimate, Mean, Measure, name_group, remark
from exports.plots.drawing import draw_svg, interval_chart, shorten
from exports.report.figures import Figure, Row, Section, Table, spread

__all__ = ["show_estimates", "tabulate_shares"]

MOST_SHOWN, MOST_NAMED = 20, 50
SERIES = ("corrected", "naive")


def show_estimates(estimates: Mapping[str | None, Estimate], by: str, measure: str, kind: str, notices: Sequence[str]) -> Section:
    """Corrected means beside those of the model and of people alone, and what the model was worth. Groups in their order."""
    names = shorten(name_group(group, by) for group in estimates)
    shown = [(names[name_group(group, by)], found) for group, found in estimates.items() if found.coded][:MOST_SHOWN]
    rows = [
        row
        for name, found in shown
        for row in (_point(name, SERIES[0], found.corrected, drawn=True), _point(name, SERIES[1], found.naive, drawn=False))
    ]
    table: list[Row] = [
        [
            name_group(group, by),
            found.coded + found.uncoded,
            found.coded,
            found.naive.value,
            found.human.value if found.human else None,
            found.corrected.value if found.corrected else None,
            spread(found.corrected.low, found.corrected.high) if found.corrected else "uncorrected",
            round(found.bought),
        ]
        for group, found in estimates.items()
    ]
    what = "share of articles" if kind == "share" else "spans per 1,000 words"
    figure = Figure(
        f"corrected-{measure}",
        f"{measure.replace('_', ' ')}, by {by}",
        f"For each {by} the corrected mean with the line of its 95 % interval, and the naive mean; the same figures are in the table below",
        draw_svg(interval_chart(rows, f"{what}, mean over articles", share=kind == "share", series=SERIES)),
        Table([by, "articles", "coded", "naive", "human", "corrected", "95 % interval", "bought"], table),
        f"Mean over articles; the line is a 95 % interval, not given of fewer than {FEWEST} coded articles. The table has the uncoded groups, too.",
    )
    text = [
        "The means of a model are biased, and its scores do not show by how much. Here the articles that people coded correct them. Naive is the "
        "model's own mean, human that of the coded articles alone, corrected uses both; “bought” is how many more articles people would have had to "
        "code to be as sure without the model.",
        *remark(estimates, by, MOST_NAMED),
        *(f"{line[0].upper()}{line[1:]}." for line in notices),
    ]
    return Section("corrected", f"Corrected by people: {measure}", text, [figure])


def tabulate_shares(estimates: Mapping[str, Mapping[str | None, Estimate]], shares: Sequence[Measure], by: str) -> list[Figure]:
    """For each attribute a table of groups by actors: the corrected share of each value. `shares`: one after the other, with their estimates by
    name. None of attributes of which people said nothing anywhere."""
    by_attribute: dict[str, dict[str, dict[str, Mapping[str | None, Estimate]]]] = {}
    for share in shares:
        if (about := share.about) is not None and about.value is not None:
            by_attribute.setdefault(about.attribute, {}).setdefault(about.actor, {})[about.value] = estimates[share.name]
    return [
        _tabulate(attribute, actors, by)
        for attribute, actors in by_attribute.items()
        if any(each.coded for values in actors.values() for found in values.values() for each in found.values())
    ]


def _tabulate(attribute: str, actors: Mapping[str, Mapping[str, Mapping[str | None, Estimate]]], by: str) -> Figure:
    rows: list[Row] = []
    values = list(next(iter(actors.values())))
    for actor, found in actors.items():
        # Of one actor all values are known of the same groups.
        for group, first in sorted(found[values[0]].items(), key=lambda row: (-row[1].coded, row[0] or "")):
            shares = [found[value][group].corrected for value in values]
            cells = [cell for mean in shares for cell in ((mean.value, spread(mean.low, mean.high)) if mean else (None, "uncorrected"))]
            rows.append([actor, name_group(group, by), first.coded + first.uncoded, first.coded, *cells])
    header = ["actor", by, "articles", "coded", *(cell for value in values for cell in (value, "95 % interval"))]
    return Figure(
        f"corrected-{attribute}",
        f"{attribute} by {by} and actor, corrected by people",
        "",
        "",
        Table(header, rows),
        f"Shares of the spans about an actor with a {attribute}, in the outlet's own voice, of the actors that most spans are about. Articles and "
        f"coded are those with such spans. Intervals are over articles, not given of fewer than {FEWEST} coded ones; where none is coded, shares are "
        "uncorrected, and not shown.",
    )


def _point(name: str, series: str, mean: Mean | None, *, drawn: bool) -> dict[str, str | float | None]:
    return {
        "name": name,
        "series": series,
        "mean": mean.value if mean else None,
        "low": mean.low if mean and drawn else None,
        "high": mean.high if mean and drawn else None,
    }
