"""`python -m benchmarks.coders RUNS BABE`: what language models answered to BABE's question, as coders whose outlet shares people correct."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import polars as pl
import typer
from numpy.typing import NDArray

from annotate.corpora import CORPORA
from benchmarks.estimates import CODED, holds, mean_of
from benchmarks.outlets import LEAST
from exports.estimates import Estimate, code_articles, estimate_groups, fill_unanswered, list_measures
from exports.tables.coders import tabulate_coder
from schemas.dataset import Dataset, read_dataset
from schemas.tables import Annotations, conform

MEASURE, QUESTION = "bias_Biased", "bias"
ANSWERS = {"1": "Biased", "0": "Non-biased"}
HEADS = {
    "macro-F1": ("macro_f1", 3),
    "unanswered": ("unanswered", 0),
    "naive": ("naive_error", 3),
    "corrected": ("corrected_error", 4),
    "codes alone": ("human_error", 4),
    "covers": ("corrected_covers", 3),
    "alone": ("human_covers", 3),
    "again": ("corrected_covers_again", 3),
    "alone again": ("human_covers_again", 3),
    "width": ("width", 2),
    "weight": ("weight", 2),
    "bought": ("bought", 1),
}


@dataclass(frozen=True)
class Run:
    """A coder's answers, as the table that a coder's rows are."""

    name: str
    work: pl.DataFrame
    unanswered: int


def main(
    runs: Annotated[Path, typer.Argument(help="The folder of babe-zero-shot.csv and babe-4-shot.csv (Horych et al. 2025).")],
    babe: Annotated[Path, typer.Argument(help="A dataset folder: BABE as `framing import babe` wrote it.")],
    draws: Annotated[int, typer.Option(min=1, help="Samples of 40 sentences from each outlet.")] = 400,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here, too.")] = None,
) -> None:
    """Macro-F1 of each run, and the error of outlet shares: naive, corrected, and of the codes alone."""
    figures: dict[str, Any] = {"draws": draws}
    for name, dataset in {
        "the labels beside the answers": read_edition(runs),
        "the labels of the dataset": keep_asked(runs, read_dataset(babe)),
    }.items():
        began = time.perf_counter()
        wanted = list_measures(dataset.require_codebook(name))[MEASURE]
        coded = code_articles(dataset, [wanted]).select("article_id", coded=MEASURE).drop_nulls()
        articles = dataset.articles.select("article_id", group="outlet").join(coded, on="article_id")
        rows = [
            measure(run, tabulate_coder(dataset, run.work).select("article_id", predicted=wanted.predicted()), articles, draws)
            for run in read_runs(runs, dataset)
        ]
        table = pl.DataFrame(rows)
        figures[name] = table.to_dicts()
        show(name, dataset, table)
        print(f"{time.perf_counter() - began:.0f} seconds")
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def read_edition(runs: Path) -> Dataset:
    """The sentences and labels that stand beside the answers: a later edition of BABE than the one that its authors' folder has."""
    return CORPORA["babe"](runs / "babe-zero-shot.csv").dataset()


def keep_asked(runs: Path, dataset: Dataset) -> Dataset:
    """The dataset without the sentences that no model was asked of."""
    asked = pl.concat(pl.read_csv(path, columns=["text"]) for path in runs.glob("babe-*.csv"))
    return replace(dataset, articles=dataset.articles.join(asked, on="text", how="semi", maintain_order="left"))


def read_runs(runs: Path, dataset: Dataset) -> Iterator[Run]:
    """Every column of answers of every file, as far as the sentences are in the dataset (by their text)."""
    ids = dataset.articles.select("article_id", "text").unique("text", keep="first", maintain_order=True)
    for path in sorted(runs.glob("babe-*.csv")):
        answers = pl.read_csv(path, infer_schema=False).join(ids, on="text", maintain_order="left")
        for column in answers.columns[answers.columns.index("label_opinion") + 1 : -1]:
            name = f"{column.removesuffix('_label')} {path.stem.removeprefix('babe-')}"
            given = answers.select("article_id", value=pl.col(column).replace_strict(ANSWERS, default=None)).drop_nulls()
            work = given.with_columns(annotator=pl.lit(name), label=pl.lit(QUESTION), origin=pl.lit("import"))
            yield Run(name, conform(work, Annotations, path).select(Annotations.column_names()), answers.height - given.height)


def measure(run: Run, said: pl.DataFrame, articles: pl.DataFrame, draws: int) -> dict[str, Any]:
    """A row of the table, of what it `said` of the sentences (article_id, predicted). Outlets of fewer than 100 count in macro-F1 alone."""
    articles = articles.join(said, on="article_id", how="left")
    known = articles.filter(pl.len().over("group") >= LEAST, pl.col("group").is_not_null()).with_columns(seen=False).sort("group", "article_id")
    facts = {"run": run.name, "macro_f1": macro_f1(articles.drop_nulls("predicted")), "unanswered": run.unanswered}
    finite = summarise(known, (estimate_sample(known, rows) for rows in draw_samples(known, draws)))
    again = summarise(known, (estimate_sample(known, rows) for rows in draw_samples(known, draws, again=True)))
    return facts | finite | {f"{name}_again": found for name, found in again.items()}


def macro_f1(answered: pl.DataFrame) -> float:
    said, true = answered["predicted"].to_numpy(), answered["coded"].to_numpy()
    return mean_of(2 * ((said == value) & (true == value)).sum() / ((said == value).sum() + (true == value).sum()) for value in (0.0, 1.0))


def draw_samples(known: pl.DataFrame, draws: int, *, again: bool = False) -> Iterator[NDArray[np.intp]]:
    """Rows of the sentences, those of each outlet together, the first 40 of which are coded. `again`: the outlet is taken for its writing in
    general and its sentences are drawn from it, with replacement; else they are all there is."""
    chance = np.random.default_rng(0)
    outlets = [np.flatnonzero((known["group"] == outlet).to_numpy()) for outlet in known["group"].unique(maintain_order=True)]
    for _ in range(draws):
        yield np.concatenate([chance.choice(rows, len(rows), replace=again) for rows in outlets])


def estimate_sample(known: pl.DataFrame, rows: NDArray[np.intp]) -> dict[str | None, Estimate]:
    sample = known[rows].with_columns(coded=pl.when(pl.int_range(pl.len()).over("group") < CODED).then("coded"))
    return estimate_groups(fill_unanswered(sample), "share")


def summarise(known: pl.DataFrame, samples: Iterable[Mapping[str | None, Estimate]]) -> dict[str, float]:
    """Mean absolute error of each mean, how often each interval covers, what was bought of an outlet's codes, over outlets and samples."""
    truth = dict(known.group_by("group").agg(pl.col("coded").mean()).iter_rows())
    found = [(each, truth[outlet]) for estimates in samples for outlet, each in estimates.items()]
    row: dict[str, float] = {}
    for name in ("naive", "human", "corrected"):
        means = [(mean, true) for each, true in found if (mean := getattr(each, name)) is not None]
        row[f"{name}_error"] = mean_of(abs(mean.value - true) for mean, true in means)
        row[f"{name}_covers"] = mean_of(holds(mean, true) for mean, true in means)
    width = mean_of(1 - (each.narrower or 0.0) for each, _ in found)
    return row | {"width": width, "bought": mean_of(each.bought for each, _ in found), "weight": mean_of(each.weight for each, _ in found)}


def show(name: str, dataset: Dataset, table: pl.DataFrame) -> None:
    print(f"\n{name}: {dataset.articles.height:,} sentences, of outlets with {LEAST} or more")
    print(f"{'run':24}" + "".join(f"{head:>12}" for head in HEADS))
    mean = table.select(pl.lit("mean").alias("run"), pl.exclude("run").cast(pl.Float64).mean())
    for row in [*table.sort("macro_f1", descending=True).to_dicts(), *mean.to_dicts()]:
        print(f"{row['run']!s:24}" + "".join(f"{float(row[column]):12.{places}f}" for column, places in HEADS.values()))
    for head in ("covers", "again"):
        column = table[HEADS[head][0]].to_numpy()
        print(f"{head}: {column.min():.3f} to {column.max():.3f}, mean {column.mean():.3f}")
    worst = (table["corrected_error"] - table["human_error"]).to_numpy().max()
    print(f"corrected above the codes alone by {worst:.4f} at most")


if __name__ == "__main__":
    typer.run(main)
