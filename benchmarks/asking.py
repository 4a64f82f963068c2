"""`python -m benchmarks.asking`: articles asked of a real inference server, stopped half-way and gone on with, and what became of them.

Without --endpoint it starts a server of its own, with a model of random weights (`benchmarks.inference`; needs xllamacpp and gguf).
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import polars as pl
import typer

from annotate.coders.kept import read_answers
from benchmarks.inference import serve_model
from benchmarks.process import run_framing
from framing.sample import read_sample
from schemas.checks import partition_quotes
from schemas.coders import read_coders
from schemas.dataset import Dataset, read_dataset, write_dataset

CODER = "asked"


def main(
    articles: Annotated[int, typer.Option(help="Articles to ask about.")] = 60,
    endpoint: Annotated[str | None, typer.Option(help="A server that is running. Default: one of our own.")] = None,
    model: Annotated[str, typer.Option(help="The name by which it knows the model.")] = "random",
    longest: Annotated[int, typer.Option(help="Tokens that an answer may have.")] = 400,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here, too.")] = None,
) -> None:
    """Ask, kill the process half-way, ask again; print what was counted."""
    with nullcontext(endpoint) if endpoint else serve_model() as address, TemporaryDirectory() as name:
        folder = Path(name) / "dataset"
        sample = read_sample()
        write_dataset(folder, Dataset(sample.articles.head(articles), codebook=sample.codebook))
        arguments = ["ask", str(folder), "--endpoint", address, "--model", model, "--coder", CODER, "--longest", str(longest), "--yes"]
        figures = ask_twice(folder, arguments, articles)
        dataset = read_dataset(folder)
        coders = read_coders(folder, dataset)
        assert coders is not None  # noqa: S101 - it was just written
        figures |= coders.described[CODER].counts | {"rows": coders.rows.height, "spans that are not in the text": _count_false(coders.rows, dataset)}
    for what, figure in figures.items():
        print(f"{what:34} {figure:.4g}")
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def ask_twice(folder: Path, arguments: list[str], articles: int) -> dict[str, Any]:
    """Seconds, and what was answered before the process was killed, after it, and more than once."""
    path = folder / "answers" / f"{CODER}-1.jsonl"
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", "from framing.main import run; run()", *arguments], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and (not path.exists() or path.read_bytes().count(b"\n") < articles // 2):
            time.sleep(0.01)
        process.kill()
    killed, before = time.perf_counter() - began, _names(path)
    seconds, megabytes = run_framing(arguments)
    after = _names(path)
    figures = {"seconds until it was killed": killed, "seconds of the rest": seconds, "megabytes": megabytes, "answered before": len(before)}
    return figures | {"answered after": len(after) - len(before), "answered more than once": len(after) - len(set(after))}


def _names(path: Path) -> list[str]:
    return [reply.name for reply in read_answers(path)]


def _count_false(rows: pl.DataFrame, dataset: Dataset) -> int:
    return partition_quotes(rows, dataset.articles)[1].height


if __name__ == "__main__":
    typer.run(main)
