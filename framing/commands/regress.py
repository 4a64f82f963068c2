"""framing regress: a regression on what people coded and a classifier found, corrected."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.console import notice, record, result
from framing.options import ScoredBy, WithoutCopies, epilog, refuse_other_tables
from schemas.errors import FramingError, printable

if TYPE_CHECKING:
    from exports.estimates.regression import Link
    from framing.regressing import Regressed

__all__ = ["register"]

WIDTH, COLUMNS = 34, (10, 20, 8, 10, 10)


def register(app: typer.Typer) -> None:
    app.command("regress", epilog=epilog("framing regress scores --gold dataset --of frames_Economic --on outlet --on time --out table.tex"))(regress)


def regress(
    folder: Annotated[Path, typer.Argument(metavar="SCORES|DATASET", help="A score folder; or a dataset, with --coder.")],
    gold: Annotated[Path, typer.Option(metavar="DATASET", help="A dataset folder with gold for a sample of the articles.")],
    on: Annotated[
        list[str], typer.Option("--on", metavar="COLUMN", help="outlet, any column of your own, month, year, or time (in months). Repeatable.")
    ],
    of: Annotated[
        str | None, typer.Option(metavar="MEASURE", help="density, density_LABEL or QUESTION_VALUE. Default: density, else the first question.")
    ] = None,
    coder: Annotated[str | None, typer.Option(metavar="NAME", help="A coder of the dataset, instead of scores.")] = None,
    logistic: Annotated[bool, typer.Option("--logistic/--linear", help="Of a share: log-odds, or points. Default: linear.")] = False,
    reference: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=LEVEL", help="The level that others are compared with. Default: the most frequent. Repeatable."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv|.tex", help="Write the table to this file.")] = None,
    model: ScoredBy = None,
    without_copies: WithoutCopies = False,
) -> None:
    """Regress what articles say on what they are, without the classifier's bias, by those that people coded.

    Beside the corrected coefficients stand those of the codes alone (human) and of the classifier alone (naive).
    """
    from framing.regressing import regress_folder

    refuse_other_tables(out, ".csv", ".tex")
    link: Link = "logistic" if logistic else "linear"
    references = dict(_read_reference(each) for each in reference or [])
    found = regress_folder(folder, gold, of, on, coder=coder, link=link, references=references, model=model, copies=not without_copies)
    for line in found.notices:
        notice(line)
    _show(found)
    if out:
        _write_table(found, out)
        result(f"{found.measure.name} -> {out}")
    record(_describe(found))


def _read_reference(text: str) -> tuple[str, str]:
    column, sign, level = text.partition("=")
    if not sign or not column:
        raise FramingError("is not COLUMN=LEVEL", f"--reference {text}", "Write it so: --reference outlet=Gazette")
    return column, level


def _show(found: Regressed) -> None:
    from framing.regressing import describe, say_p

    result(describe(found))
    _row("", "corrected", "95 % interval", "p", "human", "naive")
    fit = found.fits["corrected"]
    for k, term in enumerate(found.terms):
        low, high = (limits[k] for limits in fit.limits)
        others = (f"{value:+.3g}" if (value := found.fits[kind].coefficients[k]) == value else "-" for kind in ("human", "naive"))
        _row(str(term), f"{fit.coefficients[k]:+.3g}", f"{low:+.3g} to {high:+.3g}", say_p(fit.p[k]), *others)


def _row(name: str, *cells: str) -> None:
    result(f"{printable(name, WIDTH - 1):{WIDTH}}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, COLUMNS, strict=True)))


def _describe(found: Regressed) -> dict[str, Any]:
    from framing.regressing import describe

    return {
        "of": found.measure.name,
        "source": found.source,
        "on": list(found.on),
        "link": found.link,
        "articles": found.articles,
        "coded": found.coded,
        "clusters": found.clusters,
        "coded_clusters": found.coded_clusters,
        "design": found.design,
        "references": dict(found.references),
        "caption": describe(found),
        "coefficients": found.to_frame().to_dicts(),
        "notices": list(found.notices),
    }


def _write_table(found: Regressed, out: Path) -> None:
    from exports.formats.csv import write_table
    from framing.regressing import typeset_table
    from schemas.files import replace_file

    if out.suffix == ".csv":
        write_table(found.to_frame(), out)
    else:
        with replace_file(out) as temporary:
            temporary.write_text(typeset_table(found), encoding="utf-8")
