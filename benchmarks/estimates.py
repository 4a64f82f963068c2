"""`python -m benchmarks.estimates`: how often the intervals of estimates hold, in simulated studies and on BABE."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import polars as pl
import typer

from benchmarks.designs import study_designs
from benchmarks.outlets import score_outlets
from benchmarks.ratios import study_ratios
from benchmarks.regressions import study_regressions
from benchmarks.studies import Cell, list_cells
from exports.estimates import Estimate, Mean, correct, subtract

BABE = Path(__file__).parents[2] / "shared" / "data" / "babe"
CACHE = Path(tempfile.gettempdir()) / "framing-benchmark-babe"
LOW, HIGH = 0.93, 0.97
CODED = 40
SHOWN = ("articles", "truth", "naive", "naive_error", "human_error", "corrected_error", "human", "corrected", "wald", "width", "bought")


def main(
    studies: Annotated[int, typer.Option(min=100, help="Simulated studies of each kind.")] = 1000,
    draws: Annotated[int, typer.Option(min=1, help="Samples of 40 sentences from each outlet of BABE.")] = 400,
    babe: Annotated[Path, typer.Option(help="The folder with BABE's label files; that part is left out if it is not there.")] = BABE,
    cache: Annotated[Path, typer.Option(help="Where the scores of BABE's outlets are kept.")] = CACHE,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here, too.")] = None,
) -> None:
    """Coverage and width of the intervals; error of the means."""
    began = time.perf_counter()
    cells, differences = simulate(studies)
    figures: dict[str, Any] = {"studies": studies, "cells": cells.to_dicts(), "differences": differences.to_dicts()}
    show_simulation(cells, differences)
    designs = simulate_designs(max(studies // 2, 100))
    regressions = pl.DataFrame(list(study_regressions(max(studies // 2, 100))))
    ratios = pl.DataFrame(list(study_ratios(max(studies // 3, 100), summarise)))
    figures |= {"designs": designs.to_dicts(), "regressions": regressions.to_dicts(), "ratios": ratios.to_dicts()}
    show_designs(designs)
    show_regressions(regressions)
    show_ratios(ratios)
    print(f"{time.perf_counter() - began:.0f} seconds")
    if babe.is_dir():
        outlets = measure_outlets(babe, cache, draws)
        figures |= {"draws": draws, "babe": outlets.to_dicts()}
        show_outlets(outlets)
    else:
        print(f"BABE is not in {babe}: left out")
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def simulate(studies: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A row for each kind of study, and one for the difference of each kind and the next where only their settings differ."""
    chance = np.random.default_rng(0)
    rows: list[dict[str, Any]] = []
    apart: list[dict[str, Any]] = []
    previous: tuple[Cell, list[Estimate]] | None = None
    for cell in list_cells():
        coded, predicted = cell.draw(chance, (studies, cell.n + cell.uncoded))
        found = [correct(y[: cell.n], f[: cell.n], f[cell.n :], cell.kind) for y, f in zip(coded, predicted, strict=True)]
        facts = describe(cell)
        rows.append(facts | summarise(found, cell.truth))
        if previous and describe(previous[0]) | {"setting": cell.setting} == facts:
            limits = [subtract(one, other) for one, other in zip(previous[1], found, strict=True)]
            truth = previous[0].truth - cell.truth
            within = [each.low <= truth <= each.high for each in limits if each.low is not None and each.high is not None]
            apart.append(facts | {"coverage": mean_of(within)})
        previous = cell, found
    return pl.DataFrame(rows), pl.DataFrame(apart)


def simulate_designs(studies: int) -> pl.DataFrame:
    """A row for each design and kind of study."""
    rows = [{"design": name} | describe(cell) | summarise(found, truth) for name, cell, truth, found in study_designs(studies)]
    return pl.DataFrame(rows)


def describe(cell: Cell) -> dict[str, Any]:
    return {"kind": cell.kind, "n": cell.n, "uncoded": cell.uncoded, "setting": cell.setting, "classifier": cell.classifier}


def summarise(found: Sequence[Estimate], truth: float) -> dict[str, float]:
    """Over the studies that have an interval: coverage, the mean width against the human one, root mean squared error against it, ..."""
    given = [each for each in found if each.human and each.human.width is not None]
    humans = [each.human for each in given if each.human]
    corrected = [each.corrected for each in given if each.corrected]
    return {
        "none": 1 - len(given) / len(found),
        "human": mean_of(holds(mean, truth) for mean in humans),
        "corrected": mean_of(holds(mean, truth) for mean in corrected),
        "wald": mean_of(abs(mean.value - truth) <= 1.96 * (mean.se or 0.0) for mean in corrected),
        "width": sum(mean.width or 0.0 for mean in corrected) / sum(mean.width or 0.0 for mean in humans),
        "error": (sum((mean.value - truth) ** 2 for mean in corrected) / sum((mean.value - truth) ** 2 for mean in humans)) ** 0.5,
        "used": mean_of(each.weight > 0 for each in given),
    }


def holds(mean: Mean, truth: float) -> bool:
    return mean.low is not None and mean.high is not None and mean.low <= truth <= mean.high


def mean_of(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def show_simulation(cells: pl.DataFrame, differences: pl.DataFrame) -> None:
    for by in (["kind", "n"], ["kind", "classifier"], ["kind", "setting"]):
        print(f"\n{by[1]:26} kinds   human  corrected  (lowest)  outside   Wald   width   error    used")
        for keys, part in cells.filter((pl.col("n") > 10) | (by[1] == "n")).group_by(by, maintain_order=True):
            show_pooled(" ".join(map(str, keys)), part)
    print("\nkinds outside of 93 to 97 %, of 20 coded articles or more:")
    outside = cells.filter(pl.col("n") > 10).filter(~pl.col("corrected").is_between(LOW, HIGH))
    for row in outside.sort("corrected").iter_rows(named=True):
        facts = f"{row['kind']}, {row['n']} of {row['n'] + row['uncoded']}, {row['setting']}, {row['classifier']}"
        print(f"{facts:56} {row['corrected']:.3f} (human {row['human']:.3f}, width {row['width']:.2f})")
    print("\ndifferences of two groups:")
    for keys, part in differences.group_by("kind", "n", maintain_order=True):
        coverage = part["coverage"].to_numpy()
        print(", ".join(map(str, keys)), f"{coverage.mean():.3f} ({coverage.min():.3f} to {coverage.max():.3f})")


def show_pooled(name: str, part: pl.DataFrame) -> None:
    mean = part.select(pl.col(pl.Float64).mean()).row(0, named=True)
    coverage = part["corrected"].to_numpy()
    below, above = int((coverage < LOW).sum()), int((coverage > HIGH).sum())
    print(
        f"{name:26} {part.height:5}   {mean['human']:.3f}      {mean['corrected']:.3f}     {coverage.min():.3f}  {below:3}/{above:3}"
        f"  {mean['wald']:.3f}   {mean['width']:.3f}   {mean['error']:.3f}   {mean['used']:.3f}"
    )


def show_designs(designs: pl.DataFrame) -> None:
    print("\ndesign, kind, n             kinds   human  corrected  (lowest)  outside   Wald   width   error    used")
    for keys, part in designs.group_by("design", "kind", "n", maintain_order=True):
        show_pooled(", ".join(map(str, keys)), part)


def show_regressions(regressions: pl.DataFrame) -> None:
    print("\nregressions: link, n, design     human  corrected  (lowest coefficient)  naive   width   no solution")
    for keys, part in regressions.group_by("link", "n", "design", maintain_order=True):
        mean = part.select(pl.col(pl.Float64).mean()).row(0, named=True)
        name, lowest = ", ".join(map(str, keys)), float(part["lowest"].to_numpy().min())
        figures = f"{mean['human']:.3f}      {mean['corrected']:.3f}  {lowest:.3f}                 {mean['naive']:.3f}"
        print(f"{name:32} {figures}   {mean['width']:.3f}   {mean['none']:.3f}")


def show_ratios(ratios: pl.DataFrame) -> None:
    for by in (["design", "n"], ["model"], ["present"], ["share"]):
        print(f"\nshares of spans: {', '.join(by):10} kinds   human  corrected  (lowest)  outside   Wald   width   error    used")
        for keys, part in ratios.group_by(by, maintain_order=True):
            show_pooled(", ".join(map(str, keys)), part.with_columns(pl.col("present", "share").cast(pl.String)))
    print(f"of these kinds no interval in {mean_of(ratios['none']):.3f} of all studies")


def measure_outlets(babe: Path, cache: Path, draws: int) -> pl.DataFrame:
    """For each measure and outlet the mean absolute error of three means, and coverage of two intervals, over samples of its sentences."""
    measures, tables = score_outlets(babe, cache)
    rows = []
    for measure in measures:
        for outlet, table in tables.items():
            known = table.filter(pl.col(f"coded_{measure.name}").is_not_null())
            coded, predicted = known[f"coded_{measure.name}"].to_numpy(), known[measure.name].to_numpy()
            chance, truth = np.random.default_rng(0), float(coded.mean())
            orders = [chance.permutation(len(coded)) for _ in range(draws)]
            found = [correct(coded[o[:CODED]], predicted[o[:CODED]], predicted[o[CODED:]], measure.kind) for o in orders]
            errors = {
                f"{name}_error": mean_of(abs(mean.value - truth) for each in found if (mean := getattr(each, name)) is not None)
                for name in ("naive", "human", "corrected")
            }
            facts = {"measure": measure.name, "outlet": outlet, "articles": len(coded), "truth": truth, "naive": float(predicted.mean())}
            bought = mean_of(each.bought for each in found)
            rows.append(facts | errors | summarise(found, truth) | {"bought": bought})
    return pl.DataFrame(rows)


def show_outlets(outlets: pl.DataFrame) -> None:
    for measure in outlets["measure"].unique(maintain_order=True):
        part = outlets.filter(pl.col("measure") == measure)
        print(f"\n{measure:14}" + "".join(f"{name:>17}" for name in SHOWN))
        mean = part.select(pl.lit("mean").alias("outlet"), pl.exclude("outlet", "measure").cast(pl.Float64).mean())
        for row in [*part.to_dicts(), *mean.to_dicts()]:
            print(f"{row['outlet']:14}" + "".join(f"{row[name]:17.4g}" for name in SHOWN))


if __name__ == "__main__":
    typer.run(main)
