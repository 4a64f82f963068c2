"""An archive as an analyst has it: a file on disk, scored by the command in a process of its own, with what that takes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks.corpus import make_articles

__all__ = ["score_archive"]

# Megabytes of text that are made; a larger archive has them several times, under other ids.
DISTINCT = 100.0
# The process says at its end what it held at most. What a parent is told of its children counts the parent, too: a new
# process begins as a copy of it.
_COMMAND = """
import atexit, pathlib, re
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: pathlib.Path({peak!r}).write_text(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]))
from framing.main import run
run()
"""


def score_archive(megabytes: float, model: Path | None) -> dict[str, float]:
    """Speed, and the most memory the process held (on Linux), with start-up, every new word, readability and writing."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        size = _write(folder / "articles.parquet", megabytes)
        peak = folder / "peak"
        command = [sys.executable, "-c", _COMMAND.format(peak=str(peak)), "score", str(folder / "articles.parquet"), "--out", str(folder / "scores")]
        began = time.perf_counter()
        subprocess.run([*command, *(["--model", str(model)] if model else [])], check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        megabytes_held = int(peak.read_text()) / 1024
    return {"archive_megabytes": size, "archive_mb_per_s": size / seconds, "rss_mb_1gb" if size >= 1000 else "rss_mb": megabytes_held}


def _write(path: Path, megabytes: float) -> float:
    texts = make_articles(min(megabytes, DISTINCT), seed=1)
    size = sum(len(text.encode()) for text in texts) / 1e6
    copies = max(1, round(megabytes / size))
    table = pl.LazyFrame({"text": texts}).with_row_index("n")
    named = [table.select(article_id=pl.format("a{}-{}", pl.lit(copy), "n"), text="text") for copy in range(copies)]
    pl.concat(named).sink_parquet(path, row_group_size=20_000)
    return size * copies
