"""framing estimate: means of groups, corrected by the articles that people coded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.console import notice, result, write_json
from framing.options import JsonFile, ScoredBy, WithoutCopies, epilog
from schemas.errors import FramingError, printable
from schemas.wording import enumerate_some

if TYPE_CHECKING:
    from exports.estimates import Difference, Estimate, Mean, Measure
    from framing.estimating import Estimated

__all__ = ["register"]

WIDTH, COLUMNS = 28, (9, 7, 8, 8, 10, 18, 8)


def register(app: typer.Typer) -> None:
    app.command("estimate", epilog=epilog("framing estimate scores --gold dataset --by outlet --out estimates.csv"))(estimate)


def estimate(
    scores: Annotated[Path, typer.Argument(metavar="SCORES", help="A score folder.")],
    gold: Annotated[Path, typer.Option(metavar="DATASET", help="A dataset folder with gold for a random sample of the articles.")],
    by: Annotated[str, typer.Option(help="The column that groups articles: outlet, author, any of your own; or month, year.")] = "outlet",
    measures: Annotated[
        list[str] | None,
        typer.Option(
            "--measure", metavar="NAME", help="density, density_LABEL or QUESTION_VALUE. Repeatable. Default: density, else the first question."
        ),
    ] = None,
    difference: Annotated[tuple[str, str] | None, typer.Option(metavar="GROUP GROUP", help="Two groups whose difference is wanted.")] = None,
    width: Annotated[
        float | None, typer.Option(min=0, help="How wide the 95 % interval may be: how many more articles are to be coded for it.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the whole table to this file.")] = None,
    json_file: JsonFile = None,
    model: ScoredBy = None,
    without_copies: WithoutCopies = False,
) -> None:
    """Estimate means of groups without the classifier's bias, by those of their articles that people coded.

    Beside the classifier's own mean (naive) and that of the coded articles alone (human) stands the corrected one, with a 95 %
    interval, and how many coded articles the classifier was worth (bought).
    """
    from exports.estimates import remark
    from framing.estimating import estimate_scores

    if out and (out.suffix != ".csv" or out.is_dir()):
        raise FramingError("is a folder" if out.is_dir() else "is no .csv file", out, "Name a .csv file after --out")
    found = estimate_scores(scores, gold, by, measures or (), model, copies=not without_copies)
    if difference:
        _refuse_unknown_groups(found, difference)
    for line in found.notices:
        notice(line)
    for measure in found.measures:
        estimates = found.estimates[measure.name]
        _show_table(measure, by, estimates)
        for line in remark(estimates, by):
            result(line)
        if width is not None:
            _plan(by, estimates, width)
        if difference:
            _show_difference(difference, _subtract(by, estimates, difference))
    if out:
        _write_table(found, out)
    if json_file:
        write_json(json_file, _describe(found, difference, width))
    if out or json_file:
        result(f"{', '.join(measure.name for measure in found.measures)} -> {', '.join(str(path) for path in (out, json_file) if path)}")


def _show_table(measure: Measure, by: str, estimates: dict[str | None, Estimate]) -> None:
    from exports.estimates import name_group

    unit = "spans per 1,000 words" if measure.kind == "density" else "share of articles"
    result(f"{printable(measure.name, 60)} by {printable(by, 30)}: {unit}, mean over articles")
    _row("", "articles", "coded", "naive", "human", "corrected", "95 % interval", "bought")
    for group, found in estimates.items():
        mean = found.corrected
        bought = f"{found.bought:.0f}" if mean and found.bought else "-"
        cells = (_figure(found.naive), _figure(found.human), _figure(mean), _interval(mean), bought)
        _row(name_group(group, by), str(found.coded + found.uncoded), str(found.coded), *cells)


def _row(name: str, *cells: str) -> None:
    result(f"{printable(name, WIDTH - 1):{WIDTH}}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, COLUMNS, strict=True)))


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
            result(f"{name}: {more} more articles to code for an interval of {width:g}, if they are like those coded so far.")
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
        result(f"{one} - {other}: {apart.value:+.3g}, but one of them is uncorrected: this may be the classifier's bias alone.")
    elif apart.low is None or apart.high is None:
        result(f"{one} - {other}: {apart.value:+.3g}, without an interval, since one of the two has none.")
    else:
        verdict = "they differ" if apart.low > 0 or apart.high < 0 else "they may not differ at all"
        result(f"{one} - {other}: {apart.value:+.3g}, 95 % interval {apart.low:+.3g} to {apart.high:+.3g}: {verdict}.")


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


def _write_table(found: Estimated, out: Path) -> None:
    from exports.formats.csv import write_csv
    from exports.formats.material import Material
    from schemas.files import replace_files

    with replace_files(out.parent) as staging:
        write_csv(Material({out.stem: found.to_frame()}), staging)
