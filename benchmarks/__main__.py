"""`python -m benchmarks`: the toolkit against what a competent user would write, side by side in one run."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "NUMBA_NUM_THREADS"):
    # One core for everybody, set before the libraries are loaded.
    os.environ.setdefault(_threads, "1")

import numpy as np
import typer

from benchmarks.archive import score_archive
from benchmarks.baseline import Baseline
from benchmarks.corpus import make_articles
from benchmarks.offline_textstat import readability
from classifiers.model.folder import load_model
from classifiers.model.model import Model
from classifiers.scoring.readability import Readability
from classifiers.scoring.scorer import Found, Scorer
from schemas.text.characters import code_points


def main(
    megabytes: Annotated[float, typer.Option(help="Text that the baselines score in each round.")] = 1.0,
    archive: Annotated[float, typer.Option(help="Megabytes that `framing score` reads from a file; 0 leaves it out.")] = 1000.0,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds, of which the medians count.")] = 5,
    model: Annotated[Path | None, typer.Option(help="A model folder; the starter model by default.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here, too.")] = None,
) -> None:
    """Score the same texts by turns, one core each."""
    loaded, texts = load_model(model), make_articles(megabytes)
    size = sum(len(text.encode()) for text in texts) / 1e6
    scorer, baseline = Scorer(loaded), Baseline(loaded)
    # Compiling, and the caches of both, are not what is measured.
    parity, same = compare(loaded, scorer.find(texts), baseline, texts)
    measure = Readability()
    measure_all(measure, texts)
    for text in texts[:20]:
        readability(text)
    figures: dict[str, Any] = {"megabytes": size, "rounds": rounds, "parity_max": parity, "spans_identical": same}
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "scoring": (lambda: scorer.find(texts), lambda: baseline.score(texts)),
        "readability": (lambda: measure_all(measure, texts), lambda: [readability(text) for text in texts]),
    }
    for name, pair in pairs.items():
        ours, theirs = zip(*[[clock(run) for run in pair] for _ in range(rounds)], strict=True)
        ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
        figures |= {
            f"{name}_mb_per_s": size / statistics.median(ours),
            f"{name}_baseline_mb_per_s": size / statistics.median(theirs),
            f"{name}_ratio": statistics.median(ratios),
            f"{name}_ratio_low": min(ratios),
            f"{name}_ratio_high": max(ratios),
        }
    if archive:
        figures |= score_archive(archive, model)
    for name, value in figures.items():
        typer.echo(f"{name:32} {value if isinstance(value, bool | int) else f'{value:.4g}'}")
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def compare(model: Model, found: Found, baseline: Baseline, texts: list[str]) -> tuple[float, bool]:
    """The largest difference between any two scores of a token, and whether all spans are the same."""
    expected = baseline.score(texts)
    parity = float(np.abs(np.concatenate(expected.tokens) - found.tokens).max())
    names = model.labels.outputs if model.labels else ()
    spans, read = found.spans, found.texts
    mine = [
        [
            (int(read.tokens.starts[spans.firsts[i]] - begin), int(read.tokens.ends[spans.lasts[i] - 1] - begin), names[found.labels[i]])
            for i in range(spans.first_spans[document], spans.first_spans[document + 1])
        ]
        for document, begin in enumerate(read.starts[:-1].tolist())
    ]
    return parity, mine == expected.spans


def measure_all(measure: Readability, texts: list[str]) -> object:
    return measure.measure(code_points("".join(texts)), np.concatenate([[0], np.cumsum([len(text) for text in texts])]))


def clock(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    typer.run(main)
