"""framing ingest: files to a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, progress, record, result
from framing.options import Columns, Dates, OneArticle, Raw, TextColumn, epilog
from schemas.wording import count, inflect

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("ingest", epilog=epilog("framing ingest articles/ more.csv --text-column body --out dataset"))(ingest)


def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files of any common kind, folders, quoted globs, or - for standard input.")],
    out: Annotated[Path, typer.Option(help="The dataset folder to write.")],
    text_column: TextColumn = None,
    columns: Columns = None,
    dates: Dates = None,
    outlet: Annotated[str | None, typer.Option(help="Outlet of articles that name none.")] = None,
    raw: Raw = False,
    one_article: OneArticle = False,
) -> None:
    """Read articles into a dataset folder, with their text made canonical once and for all.

    Documents (.txt .md .html .docx .odt .rtf .pdf .epub .eml), tables (.csv .tsv .xlsx .xls .ods .parquet .arrow .feather), feeds and records
    (.json .jsonl .ndjson .xml .warc), packed (.gz .zst .bz2 .xz .zip), and downloads of Nexis, Factiva and ProQuest, which are split into their
    articles. What was read, guessed, cleaned and set aside is in reading.json.
    """
    from annotate.ingestion.options import make_options
    from framing.ingesting import ingest_files

    options = make_options(columns or [], text_column=text_column, raw=raw, one_article=one_article, dates=dates, outlet=outlet)
    with progress("reading", of_bytes=True) as update:
        done = ingest_files(paths, out, options, update)
    for line in done.reading.notices():
        notice(line)
    if done.copies:
        seem = inflect(done.copies, "seems to be a copy of another one", "seem to be copies of others")
        notice(f"{count(done.copies, 'article')} {seem}; the column copy_of says of which")
    aside = sum(done.reading.gather("set_aside").values())
    record(done.reading.to_dict() | {"copies": done.copies, "out": out})
    result(f"{count(done.articles, 'article')} -> {out}" + (f", {count(aside, 'row')} set aside in rejected.jsonl" if aside else ""))
