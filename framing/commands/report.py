"""framing report: scores or a dataset as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, result
from framing.options import ModelFolder, epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("report", epilog=epilog("framing report scores --model model --out report.html"))(report)


def report(
    folder: Annotated[Path, typer.Argument(metavar="SCORES|DATASET", help="A score folder or a dataset folder.")],
    out: Annotated[Path, typer.Option(help="The HTML file to write.")],
    model: ModelFolder = None,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
) -> None:
    """Write a report that opens offline: outlets compared, articles with highlighted spans, how good the model is."""
    from framing.reporting import report_folder

    for line in report_folder(folder, out, model, title):
        notice(line)
    result(f"report -> {out}")
