"""framing quotes: who is quoted in articles, and what is said."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framing.console import notice, progress, record, result
from framing.options import Columns, OneArticle, Raw, TextColumn, epilog
from schemas.wording import count

if TYPE_CHECKING:
    from framing.quoting import QuotedFiles

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("quotes", epilog=epilog("framing quotes articles.parquet --out quotes.csv"))(quotes)


def quotes(
    articles: Annotated[list[str], typer.Argument(metavar="ARTICLES...", help="Files, folders, globs, datasets, or - for standard input.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The table to write: .csv, .jsonl or .parquet.")],
    text_column: TextColumn = None,
    columns: Columns = None,
    raw: Raw = False,
    one_article: OneArticle = False,
) -> None:
    """List every quotation: its words, whose voice it is (quoted, scare quotes, a name in marks, unclear), and the words that name the source.

    No model is needed. Offsets count in the article's text as `framing ingest` gives it.
    """
    from framing.memory import give_back_freed_memory

    give_back_freed_memory()
    from annotate.ingestion.options import make_options
    from framing.quoting import quote_files

    options = make_options(columns or [], text_column=text_column, raw=raw, one_article=one_article)
    with progress("looking for quotations", of_bytes=True) as update:
        found = quote_files(articles, out, options=options, progress=update)
    for line in found.notices:
        notice(line)
    record({"quotations": found.quotations, **asdict(found)})
    result(f"{_conclude(found)} -> {out}")


def _conclude(found: QuotedFiles) -> str:
    voices = ", ".join(f"{number} {voice}" for voice, number in found.voices.items() if number)
    unpaired = f"{count(found.unpaired_articles, 'article')} with marks that have no partner"
    return (
        f"{count(found.quotations, 'quotation')} in {count(found.articles, 'article')}"
        f"{f' ({voices})' if voices else ''}, {found.with_speaker} with a speaker; {unpaired}"
    )
