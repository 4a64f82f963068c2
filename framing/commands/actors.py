"""framing actors: whom articles name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, progress, record, result
from framing.options import Columns, OneArticle, Raw, Replace, TextColumn, epilog
from schemas.wording import count

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("actors", epilog=epilog("framing actors articles.parquet --out actors.toml"))(actors)


def actors(
    articles: Annotated[list[str], typer.Argument(metavar="ARTICLES...", help="Files, folders, globs, datasets, or - for standard input.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file of actors to write: .toml.")],
    n: Annotated[int, typer.Option("--n", min=1, max=10_000, help="How many to propose at most.")] = 100,
    text_column: TextColumn = None,
    columns: Columns = None,
    raw: Raw = False,
    one_article: OneArticle = False,
    replace: Replace = False,
) -> None:
    """Propose actors to count: the names that most articles have, with their short forms and abbreviations, to be pruned by hand.

    Names are told by their capitals, so scripts without capitals have none. Each comes with its figures and with what its kind was guessed by.
    """
    from framing.memory import give_back_freed_memory

    give_back_freed_memory()
    from annotate.ingestion.options import make_options
    from framing.naming import name_files

    options = make_options(columns or [], text_column=text_column, raw=raw, one_article=one_article)
    with progress("looking for names", of_bytes=True) as update:
        found = name_files(articles, out, most=n, options=options, replace=replace, progress=update)
    for line in found.notices:
        notice(line)
    record({"articles": found.articles, "actors": len(found.proposals), "out": out})
    result(f"{count(len(found.proposals), 'actor')} named in {count(found.articles, 'article')} -> {out}. Prune it by hand")
