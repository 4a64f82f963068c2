"""framing export: a dataset or scores in other formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, result
from framing.options import epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("export", epilog=epilog("framing export dataset --to csv --out tables"))(export)


def export(
    folder: Annotated[Path, typer.Argument(metavar="DATASET|SCORES", help="A dataset folder or a score folder.")],
    to: Annotated[str, typer.Option(help="csv, jsonl or parquet.")],
    out: Annotated[Path, typer.Option(help="The folder to write the tables into.")],
) -> None:
    """Write the tables of a dataset or of scores, one file each."""
    from exports.formats import export as write
    from exports.tables import collect_tables

    files, losses = write(collect_tables(folder), to, out)
    for line in losses:
        notice(line)
    result(f"{', '.join(path.name for path in files)} -> {out}")
