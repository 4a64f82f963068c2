"""framing score: model and articles to scores."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, progress, record, result
from framing.options import Columns, Dates, ModelFolder, OneArticle, Raw, Replace, TextColumn, Trusted, epilog
from schemas.wording import count

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("score", epilog=epilog("framing score articles.parquet --out scores", "framing score - --out scores < articles.jsonl"))(score)


def score(
    articles: Annotated[list[str], typer.Argument(metavar="ARTICLES...", help="Files, folders, globs, datasets, or - for standard input.")],
    out: Annotated[Path, typer.Option(help="The score folder to write.")],
    model: ModelFolder = None,
    trusted: Trusted = None,
    text_column: TextColumn = None,
    columns: Columns = None,
    dates: Dates = None,
    raw: Raw = False,
    one_article: OneArticle = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes of this machine that score.")] = 1,
    cluster: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, whose workers score instead.")] = None,
    any_language: Annotated[
        bool, typer.Option("--any-language", help="Also score articles in languages that the model has not learned from.")
    ] = False,
    actors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Count mentions of the actors in this file, too: one that `framing actors` wrote.")
    ] = None,
    replace: Replace = False,
) -> None:
    """Find spans, score sentences and questions, count mentions of actors, and measure readability.

    Articles are scored part by part, from files of any size. A run that was stopped goes on where it was when the same command is given again.
    """
    from framing.memory import give_back_freed_memory

    give_back_freed_memory()
    from annotate.ingestion.options import make_options
    from framing.scoring import score_files

    options = make_options(columns or [], text_column=text_column, raw=raw, one_article=one_article, dates=dates)
    with progress("scoring", of_bytes=True) as update:
        scored = score_files(
            articles,
            out,
            model,
            trusted=trusted,
            options=options,
            workers=workers,
            cluster=cluster,
            any_language=any_language,
            actors=actors,
            replace=replace,
            progress=update,
        )
    for line in scored.notices:
        notice(line)
    record({"articles": scored.articles, "spans": scored.spans, "out": out})
    result(f"{count(scored.articles, 'article')}, {count(scored.spans, 'span')} -> {out}")
