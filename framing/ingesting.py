"""From files to a dataset's articles, portion by portion, in memory that does not grow with them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from framing.memory import trim_memory
from schemas.checks import Rejected
from schemas.dataset import keep_lost_articles, refuse_annotated, write_lines, write_reading
from schemas.files import replace_files

if TYPE_CHECKING:
    from annotate.ingestion.articles import Portion
    from annotate.ingestion.options import Options
    from annotate.ingestion.record import Reading

__all__ = ["IngestedFiles", "ingest_files"]

# Characters of text in what is held at a time.
PORTION = 4_000_000
# Rows of a table that are written, and later read, at a time: with the usual quarter of a million, memory would grow with the archive.
ROWS = 4_000


@dataclass(frozen=True)
class IngestedFiles:
    """How many articles there are, how many of them are copies of another one, and what became of each file."""

    articles: int
    copies: int
    reading: Reading


def ingest_files(paths: Sequence[str], out: Path, options: Options, progress: Callable[[int, int], None] = lambda done, total: None) -> IngestedFiles:
    """Write the articles in the files as a dataset: articles.parquet, rejected.jsonl and reading.json, all or none; `progress` counts bytes.

    FramingError if there is no article, and for a folder whose articles are annotated already.
    """
    from annotate.ingestion.articles import nothing_found, read_portions
    from annotate.ingestion.copies import Sketches
    from annotate.ingestion.files import find_files
    from annotate.ingestion.outlets import RESPELT, respell_outlets

    files = find_files(paths)
    refuse_annotated(out)
    total, reading, sketches = sum(path.stat().st_size for path in files.paths), files.start_reading(), Sketches()
    first: Rejected = []
    with replace_files(out) as staging:
        parts = staging / "parts"
        parts.mkdir()

        def shelve(number: int, portion: Portion) -> None:
            """Write a part, and remember what its articles are like: mostly outside of Python's lock, so the next part is read meanwhile."""
            if portion.articles.height:
                portion.articles.write_parquet(parts / f"{number:06}.parquet", compression="uncompressed")
            for article_id, text in portion.articles.select("article_id", "text").iter_rows():
                sketches.add(article_id, text)
            trim_memory()

        with (staging / "rejected.jsonl").open("w", encoding="utf-8", newline="\n") as rejected, ThreadPoolExecutor(1) as other:
            shelved: Future[None] | None = None
            for number, portion in enumerate(read_portions(files, reading, options, characters=PORTION)):
                if shelved is not None:
                    shelved.result()
                shelved = other.submit(shelve, number, portion)
                write_lines(rejected, portion.rejected)
                first = first or portion.rejected
                progress(portion.position, total)
            if shelved is not None:
                shelved.result()
        if not reading.total("articles"):
            raise nothing_found(files, first)
        copies = sketches.find_copies()
        copy_of = pl.col("article_id").replace_strict(list(copies), list(copies.values()), default=None, return_dtype=pl.String)
        articles = pl.concat([pl.scan_parquet(path, glob=False) for path in sorted(parts.iterdir())], how="diagonal_relaxed")
        articles, respelt = respell_outlets(articles)
        if respelt:
            reading.cleaned[RESPELT] = respelt
        articles.with_columns(copy_of=copy_of if copies else pl.lit(None, pl.String)).sink_parquet(
            staging / "articles.parquet", compression="zstd", compression_level=1, row_group_size=ROWS
        )
        shutil.rmtree(parts)
        keep_lost_articles(out, staging)
        write_reading(staging, reading.to_dict())
    return IngestedFiles(reading.total("articles"), len(copies), reading)
