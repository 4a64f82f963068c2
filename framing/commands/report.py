"""framing report: scores or a dataset as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, record, result
from framing.options import Replace, ScoredBy, WithoutCopies, epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("report", epilog=epilog("framing report scores --gold dataset --out report.html"))(report)


def report(
    folder: Annotated[Path, typer.Argument(metavar="SCORES|DATASET", help="A score folder or a dataset folder.")],
    out: Annotated[Path, typer.Option(help="The HTML file to write.")],
    model: ScoredBy = None,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    gold: Annotated[
        Path | None, typer.Option(metavar="DATASET", help="For scores: a dataset with gold for a random sample, which corrects the means.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="With --gold: the column that groups articles, or month, or year; or several, as outlet,month. Default: outlet."),
    ] = None,
    without_copies: WithoutCopies = False,
    readable: Annotated[int, typer.Option(min=0, help="How many articles the reader has the text of; all are listed.")] = 2000,
    replace: Replace = False,
) -> None:
    """Write a report that opens offline: outlets compared, articles with highlighted spans and why, how good the model is.

    Of a dataset: how far the annotation is, and how the annotators agree.
    """
    from framing.grouping import join_dimensions
    from framing.reporting import report_folder

    group = join_dimensions(by) if by else None
    lines = report_folder(folder, out, model, title, gold=gold, by=group, readable=readable, copies=not without_copies, replace_other=replace)
    for line in lines:
        notice(line)
    record({"report": out})
    result(f"report -> {out}")
