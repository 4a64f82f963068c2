"""An archive as an analyst has it: a file on disk, scored by the command in a process of its own, with what that takes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks.corpus import make_articles
from benchmarks.process import run_framing

__all__ = ["score_archive"]

# Megabytes of text that are made; a larger archive has them several times, under other ids.
DISTINCT = 100.0


def score_archive(megabytes: float, model: Path | None) -> dict[str, float]:
    """Speed, and the most memory the process held (on Linux), with start-up, every new word, readability and writing."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        size = _write(folder / "articles.parquet", megabytes)
        arguments = ["score", str(folder / "articles.parquet"), "--out", str(folder / "scores"), *(["--model", str(model)] if model else [])]
        seconds, held = run_framing(arguments)
    return {"archive_megabytes": size, "archive_mb_per_s": size / seconds, "rss_mb_1gb" if size >= 1000 else "rss_mb": held}


def _write(path: Path, megabytes: float) -> float:
    texts = make_articles(min(megabytes, DISTINCT), seed=1)
    size = sum(len(text.encode()) for text in texts) / 1e6
    copies = max(1, round(megabytes / size))
    table = pl.LazyFrame({"text": texts}).with_row_index("n")
    named = [table.select(article_id=pl.format("a{}-{}", pl.lit(copy), "n"), text="text") for copy in range(copies)]
    pl.concat(named).sink_parquet(path, row_group_size=20_000)
    return size * copies
