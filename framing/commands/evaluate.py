"""framing evaluate: how good a model of this dataset would be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.console import notice, progress, record, result
from framing.options import DatasetFolder, epilog
from framing.recipes import Actors, Auxiliaries, DecideFor, Sources, Unlabelled, Vectors, make_recipe
from schemas.wording import count

if TYPE_CHECKING:
    import polars as pl

    from classifiers.training.recipe import Recipe
    from classifiers.training.targets import Task

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("evaluate", epilog=epilog("framing evaluate dataset --group outlet --json figures.json"))(evaluate)


def evaluate(
    dataset: DatasetFolder,
    folds: Annotated[int, typer.Option(min=2, help="Number of folds.")] = 5,
    group: Annotated[str, typer.Option(help="What must not stand on both sides of a fold: article, outlet, topic or url.")] = "article",
    unlabelled: Unlabelled = None,
    auxiliaries: Auxiliaries = None,
    sources: Sources = None,
    vectors: Vectors = None,
    actors: Actors = None,
    decide_for: DecideFor = "f1",
    curve: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the quality at 25 annotated articles and more, instead, to a .svg or .png; takes many trainings."),
    ] = None,
) -> None:
    """Cross-validate on grouped folds, with the floor and the human ceiling beside each figure.

    Where folds are grouped by outlet, models are trained for unseen sources, unless --sources says otherwise.
    """
    from classifiers import evaluate as cross_validate
    from classifiers import make_task
    from classifiers.model.sufficiency import say_little
    from framing.training import describe_data
    from schemas.dataset import read_dataset

    read = read_dataset(dataset)
    recipe = make_recipe(unlabelled, auxiliaries, sources or ("unseen" if group == "outlet" else "seen"), decide_for, vectors, actors)
    task = make_task(read, dataset)
    for line in say_little(describe_data(read, task), task.codebook.model_dump()):
        notice(line)
    if curve:
        _draw(curve, task, read.articles, group, recipe)
        return
    with progress("evaluating on folds") as update:
        figures = cross_validate(task, read.articles, folds=folds, group=group, recipe=recipe, progress=update)
    _show(figures)
    record(figures)
    result(f"{count(figures['articles'], 'article')}, {folds} folds by {group}, {count(figures['duplicates'], 'duplicate')} left out")


def _show(figures: Mapping[str, Any]) -> None:
    from classifiers.model.card import EVALUATION_HEADER, evaluation_rows

    rows = [["", *EVALUATION_HEADER[1:]], *evaluation_rows(figures)]
    name, *widths = (max(map(len, column)) for column in zip(*rows, strict=True))
    for row in rows:
        result(f"{row[0]:{name}}" + "".join(f"{cell:>{max(width, 8) + 1}}" for cell, width in zip(row[1:], widths, strict=True)))


def _draw(path: Path, task: Task, articles: pl.DataFrame, group: str, recipe: Recipe) -> None:
    import polars as pl

    from classifiers.evaluation.curve import measure_curve
    from exports.plots.curve import draw_curve, refuse_unknown_kind

    # Before the long work, not after it.
    refuse_unknown_kind(path)
    with progress("training on more and more articles") as update:
        table = measure_curve(task, articles, group=group, recipe=recipe, progress=update)
    draw_curve(table, path)
    record({"curve": table.to_dicts()})
    for row in table.filter(pl.col("articles") == pl.col("articles").max()).unique("measure", maintain_order=True).to_dicts():
        result(f"{row['measure']}: {row['value']:.3f} with all {count(row['articles'], 'article')}")
    result(f"learning curve -> {path}")
