"""framing estimate: means of groups as a classifier or coders see them, corrected by the articles that people coded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.console import notice, record, result
from framing.options import ScoredBy, WithoutCopies, epilog, refuse_other_tables
from schemas.errors import FramingError, printable
from schemas.wording import count, enumerate_some

if TYPE_CHECKING:
    from exports.estimates import Difference, Estimate, Mean, Measure
    from framing.estimating import Estimated

__all__ = ["register"]

WIDTH, END, COLUMNS = 28, 9, (9, 7, 8, 8, 10, 18, 8)
HEADS = ("articles", "coded", "naive", "human", "corrected", "95 % interval", "bought")
# Of the table of several sources: its columns, and what the codes without any of them are called.
SUMS, ALONE = (9, 9, 9, 9), "coded articles alone"


def register(app: typer.Typer) -> None:
    examples = (
        "framing estimate scores --gold dataset --by outlet --out estimates.csv",
        "framing estimate dataset --coder gpt --coder llama --gold dataset --by outlet",
        'framing estimate scores --gold dataset --measure stance --about "United States"',
    )
    app.command("estimate", epilog=epilog(*examples))(estimate)


def estimate(
    scores: Annotated[Path, typer.Argument(metavar="SCORES|DATASET", help="A score folder; or a dataset folder, of which coders are named.")],
    gold: Annotated[Path, typer.Option(metavar="DATASET", help="A dataset folder with gold for a random sample of the articles.")],
    coders: Annotated[
        list[str] | None,
        typer.Option("--coder", metavar="NAME", help="Correct what this coder said: of DATASET, or beside SCORES of that with gold. Repeatable."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            help="The column that groups articles: outlet (the default), author, any of your own; month, year; or several, as outlet,month."
        ),
    ] = None,
    measures: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            metavar="NAME",
            help="density, density_LABEL, title_density or QUESTION_VALUE; or, with --about, an attribute such as stance, of which each value's "
            "share is wanted. Repeatable. Default: density, else the first question.",
        ),
    ] = None,
    about: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ACTOR", help="Spans about this actor of the codebook, as --measure about_ACTOR; or whose shares are wanted. Repeatable."
        ),
    ] = None,
    difference: Annotated[tuple[str, str] | None, typer.Option(metavar="GROUP GROUP", help="Two groups whose difference is wanted.")] = None,
    width: Annotated[
        float | None, typer.Option(min=0, help="How wide the 95 % interval may be: how many more articles are to be coded for it.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the whole table to this file.")] = None,
    model: ScoredBy = None,
    without_copies: WithoutCopies = False,
) -> None:
    """Estimate means of groups without the bias of a classifier or coder, by those of their articles that people coded.

    Beside its own mean (naive) and that of the coded articles alone (human) stands the corrected one, with a 95 % interval, and how
    many coded articles the classifier or coder was worth (bought). Several of them are shown side by side.
    """
    from exports.formats.csv import write_table
    from framing.attributing import estimate_asked
    from framing.estimating import gather_notices, join_frames
    from framing.grouping import join_dimensions

    refuse_other_tables(out, ".csv")
    group = join_dimensions(by or ["outlet"])
    sources = estimate_asked(scores, gold, coders or (), group, measures or (), about or (), model, copies=not without_copies)
    first = next(iter(sources.values()))
    if difference:
        for found in sources.values():
            _refuse_unknown_groups(found, difference)
    for line in gather_notices(sources):
        notice(line)
    for measure in first.measures:
        estimates = {name: found.estimates[measure.name] for name, found in sources.items()}
        if len(sources) > 1:
            _show_comparison(measure, group, estimates)
        else:
            _show_table(measure, group, first.estimates[measure.name])
        for name, each in estimates.items():
            _say(name if len(sources) > 1 or coders else None, group, each, difference, width)
    if out:
        write_table(join_frames(sources), out)
        result(f"{', '.join(measure.name for measure in first.measures)} -> {out}")
    record(_describe_all(sources, difference, width))


def _say(name: str | None, by: str, estimates: dict[str | None, Estimate], difference: tuple[str, str] | None, width: float | None) -> None:
    """What the figures are worth, in sentences. `name` is that of a coder, or of one of several sources."""
    from exports.estimates import remark

    who = "The classifier" if name is None else printable(name, 60)
    for line in remark(estimates, by, who=who):
        result(line)
    if width is not None:
        _plan(by, estimates, width)
    if difference:
        _show_difference(difference, _subtract(by, estimates, difference))


def _show_table(measure: Measure, by: str, estimates: Mapping[str | None, Estimate]) -> None:
    from exports.estimates import name_group

    result(_head(measure, by))
    _row("", *HEADS)
    for group, found in estimates.items():
        _estimate_row(name_group(group, by), found)


def _head(measure: Measure, by: str) -> str:
    return f"{printable(measure.name, 60)} by {printable(by, 30)}: {printable(measure.unit, 160)}"


def _show_comparison(measure: Measure, by: str, sources: Mapping[str, Mapping[str | None, Estimate]]) -> None:
    """What each source was worth over all groups; then the groups, with a row for each source."""
    from exports.estimates import compare_sources, find_groups, name_group

    result(_head(measure, by))
    rows = compare_sources(sources)
    _row(f"over {count(rows[0].groups, 'group')}", "coded", "weight", "width", "bought", columns=SUMS)
    for row in rows:
        width = "-" if row.width is None else f"{row.width:.3g}"
        if row.source is None:
            _row(ALONE, str(row.coded), "-", width, "-", columns=SUMS)
        else:
            _row(row.source, str(row.coded), f"{row.weight:.2f}", width, f"{row.bought:.0f}", columns=SUMS)
    for group in find_groups(sources.values()):
        there = {name: found[group] for name, found in sources.items() if group in found}
        _row(name_group(group, by), *HEADS)
        fullest = max(there.values(), key=lambda each: each.coded)
        _row(f"  {ALONE}", "", str(fullest.coded), "-", _figure(fullest.human), "-", _interval(fullest.human), "-")
        for name, each in there.items():
            _estimate_row(f"  {name}", each)


def _row(name: str, *cells: str, columns: Sequence[int] = COLUMNS) -> None:
    result(f"{_fit(name):{WIDTH}}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, columns, strict=True)))


def _fit(name: str) -> str:
    """The name with its end, which is what tells the months of an outlet apart."""
    whole = printable(name, 200)
    return whole if len(whole) < WIDTH else f"{whole[: WIDTH - END - 2]}…{whole[-END:]}"


def _estimate_row(name: str, found: Estimate) -> None:
    mean = found.corrected
    bought = f"{found.bought:.0f}" if mean and found.bought else "-"
    cells = (_figure(found.naive), _figure(found.human), _figure(mean), _interval(mean), bought)
    _row(name, str(found.coded + found.uncoded), str(found.coded), *cells)


def _figure(mean: Mean | None) -> str:
    return f"{mean.value:.3g}" if mean else "-"


def _interval(mean: Mean | None) -> str:
    return "-" if mean is None or mean.low is None or mean.high is None else f"{mean.low:.3g} to {mean.high:.3g}"


def _plan(by: str, estimates: dict[str | None, Estimate], width: float) -> None:
    from exports.estimates import name_group, plan_coding

    for group, found in estimates.items():
        more, name = plan_coding(found, width), printable(name_group(group, by), 40)
        if found.corrected is None or found.corrected.width is None:
            result(f"{name}: code some 20 articles, drawn at random, before more can be said.")
        elif more is None:
            result(f"{name}: an interval of {width:g} is out of reach: coding all the others ({found.uncoded}) would not do.")
        elif more:
            result(f"{name}: {count(more, 'more article')} to code for an interval of {width:g}, if they are like those coded so far.")
        else:
            result(f"{name}: its interval is no wider than {width:g} now.")


def _refuse_unknown_groups(found: Estimated, pair: tuple[str, str]) -> None:
    from exports.estimates import name_group

    for estimates in found.estimates.values():
        known = [name_group(group, found.by) for group in estimates]
        for name in pair:
            if name not in known:
                raise FramingError(f"there is no {found.by} {name!r}", "--difference", f"There are: {enumerate_some(known)}")


def _subtract(by: str, estimates: dict[str | None, Estimate], pair: tuple[str, str]) -> Difference:
    from exports.estimates import name_group, subtract

    # A group that is called like those without one comes first.
    named = {name_group(group, by): found for group, found in sorted(estimates.items(), key=lambda item: item[0] is not None)}
    return subtract(*(named[name] for name in pair))


def _show_difference(pair: tuple[str, str], apart: Difference) -> None:
    one, other = (printable(name, 40) for name in pair)
    if not apart.corrected:
        result(f"{one} - {other}: {apart.value:+.3g}, but one of them is uncorrected: this may be bias alone.")
    elif apart.low is None or apart.high is None:
        result(f"{one} - {other}: {apart.value:+.3g}, without an interval, since one of the two has none.")
    else:
        verdict = "they differ" if apart.low > 0 or apart.high < 0 else "they may not differ at all"
        result(f"{one} - {other}: {apart.value:+.3g}, 95 % interval {apart.low:+.3g} to {apart.high:+.3g}: {verdict}.")


def _describe_all(sources: Mapping[str, Estimated], pair: tuple[str, str] | None, width: float | None) -> dict[str, Any]:
    """The figures of one source as they always were; of several, each as if it were alone, and what each was worth."""
    from dataclasses import asdict

    from exports.estimates import compare_sources

    described = {name: _describe(found, pair, width) for name, found in sources.items()}
    if len(sources) == 1:
        return next(iter(described.values()))
    measures = next(iter(sources.values())).measures
    compared = [
        {"measure": measure.name, **asdict(row)}
        for measure in measures
        for row in compare_sources({name: found.estimates[measure.name] for name, found in sources.items()})
    ]
    return {"sources": described, "comparison": compared}


def _describe(found: Estimated, pair: tuple[str, str] | None, width: float | None) -> dict[str, Any]:
    from dataclasses import asdict

    from exports.estimates import describe_estimate, plan_coding

    measures: dict[str, Any] = {}
    for measure in found.measures:
        estimates = found.estimates[measure.name]
        planned = {group: {"more": plan_coding(each, width)} if width is not None else {} for group, each in estimates.items()}
        rows = [{"group": group, **describe_estimate(each), **planned[group]} for group, each in estimates.items()]
        measures[measure.name] = {"kind": measure.kind, "groups": rows}
        if pair:
            measures[measure.name]["difference"] = {"groups": list(pair), **asdict(_subtract(found.by, estimates, pair))}
    return {"by": found.by, "width": width, "measures": measures, "notices": list(found.notices)}
