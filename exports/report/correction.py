"""Groups compared as they should be: by the means that people's codes correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exports.estimates import FEWEST, SHAKY, Estimate, Measure, name_group, remark
from exports.means import GroupMean
from exports.plots.panels import draw_intervals
from exports.report.figures import INTERVAL, Figure, Row, Section, Table, begin, lead, plain, point, rounded, spread
from exports.report.findings import PER_WORDS, tell_apart
from schemas.codebook import TOTAL
from schemas.wording import count, enumerate_some

__all__ = ["show_estimates", "tabulate_shares"]

MOST_SHOWN, MOST_NAMED = 20, 50


def show_estimates(estimates: Mapping[str | None, Estimate], by: str, measure: str, kind: str, notices: Sequence[str]) -> Section:
    """Corrected means beside those of the model and of people alone, and what the model was worth. Groups in their order."""
    shown = [(group, found) for group, found in estimates.items() if found.coded][:MOST_SHOWN]
    title = "Loaded language" if measure == TOTAL else begin(plain(measure.removeprefix(f"{TOTAL}_")))
    unit = "share of articles" if kind == "share" else PER_WORDS
    points = [_point(name_group(group, by), found, by, unit) for group, found in shown if found.corrected]
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
    figure = Figure(
        f"corrected-{measure}",
        f"{title}, by {by}",
        Table([by, "articles", "coded", "as the model counts", "people alone", "corrected", INTERVAL, "articles of coding saved"], table),
        f"{begin(unit)}, mean over articles. The line is a {INTERVAL}, not given of fewer than {FEWEST} coded articles. "
        f"{_say_shaky(estimates, by)}The table has the uncoded groups, too.",
        lambda sheet: draw_intervals({"": points}, unit, sheet, share=kind == "share"),
        f"For each {by} the corrected mean with the line of its {INTERVAL}, and the model's own mean; the same figures are in the table below",
        ("corrected by people", "as the model counts"),
    )
    known = [
        GroupMean(name_group(group, by), found.coded, found.corrected.value, found.corrected.low, found.corrected.high)
        for group, found in estimates.items()
        if found.corrected
    ]
    finding = tell_apart(known, title.lower(), by, f"{FEWEST} coded ones") if measure == TOTAL else ""
    limits = [
        "The means of a model are biased, and its scores do not show by how much. The articles that people coded correct them. Saved: how many more "
        "articles people would have had to code to be as sure without the model.",
        *remark(estimates, by, MOST_NAMED),
        *(f"{begin(line)}." for line in notices),
    ]
    coded = sum(found.coded for found in estimates.values())
    text = [f"Corrected by the {count(coded, 'article')} that people coded."]
    return Section(f"corrected-{measure}", f"{title}, corrected by people", [figure], finding, text, limits)


def _say_shaky(estimates: Mapping[str | None, Estimate], by: str) -> str:
    shaky = [name_group(group, by) for group, found in estimates.items() if 0 < found.coded < SHAKY]
    return f"Shaky, with fewer than {SHAKY} coded articles: {enumerate_some(shaky, 5)}. " if shaky else ""


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
    header = ["actor", by, "articles", "coded", *(cell for value in values for cell in (value, INTERVAL))]
    return Figure(
        f"corrected-{attribute}",
        f"{begin(plain(attribute))} by {by} and actor, corrected by people",
        Table(header, rows),
        f"Shares of the spans about an actor with a {attribute}, in the outlet's own voice, of the actors that most spans are about. Articles and "
        f"coded are those with such spans. Intervals are over articles, not given of fewer than {FEWEST} coded ones; where none is coded, shares are "
        "uncorrected, and not shown.",
    )


def _point(name: str, found: Estimate, by: str, unit: str) -> dict[str, str | float | None]:
    mean = found.corrected or found.naive
    sure = f", {INTERVAL} {spread(mean.low, mean.high)}" if mean.low is not None else ""
    figure = f"{rounded(mean.value)} {unit}" if unit == PER_WORDS else f"{mean.value:.2f}"
    said = f"{name}: {figure}{sure}, corrected by {count(found.coded, 'coded article')}"
    leads = lead(outlet=name) if by == "outlet" else ""
    return point(name, mean.value, mean.low, mean.high, said, leads, found.naive.value)
