"""framing ingest: files to a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, result
from framing.options import epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("ingest", epilog=epilog("framing ingest articles/ more.csv --text-column body --out dataset"))(ingest)


def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files (.txt .md .html .jsonl .csv .parquet), folders or quoted globs.")],
    out: Annotated[Path, typer.Option(help="The dataset folder to write.")],
    text_column: Annotated[str, typer.Option(help="The column that holds the text, in tables.")] = "text",
    outlet: Annotated[str | None, typer.Option(help="Outlet of articles that name none.")] = None,
) -> None:
    """Read articles into a dataset folder, with their text made canonical once and for all."""
    from annotate.ingestion.articles import ingest as read_articles
    from schemas.dataset import Dataset, write_dataset

    found = read_articles(paths, text_column=text_column, outlet=outlet)
    if (out / "annotations.parquet").exists():
        from schemas.errors import FramingError

        raise FramingError("already holds annotations, which belong to its articles", out, "Ingest into another folder")
    write_dataset(out, Dataset(found.articles, rejected=found.rejected))
    for line in found.notices:
        notice(line)
    aside = f", {len(found.rejected)} rows set aside in rejected.jsonl" if found.rejected else ""
    result(f"{found.articles.height} articles -> {out}{aside}")
