"""framing evaluate: how good a model of this dataset would be."""

from __future__ import annotations

from typing import Annotated

import typer

from framing.console import progress, result, write_json
from framing.options import DatasetFolder, JsonFile, epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("evaluate", epilog=epilog("framing evaluate dataset --group outlet --json figures.json"))(evaluate)


def evaluate(
    dataset: DatasetFolder,
    folds: Annotated[int, typer.Option(min=2, help="Number of folds.")] = 5,
    group: Annotated[str, typer.Option(help="What must not stand on both sides of a fold: article, outlet, topic or url.")] = "article",
    json_file: JsonFile = None,
) -> None:
    """Cross-validate on grouped folds, with the floor and the human ceiling beside each figure."""
    from classifiers import evaluate as cross_validate
    from classifiers import make_task
    from classifiers.card import evaluation_rows
    from schemas.dataset import read_dataset

    read = read_dataset(dataset)
    with progress("evaluating on folds") as update:
        figures = cross_validate(make_task(read, dataset), read.articles, folds=folds, group=group, progress=update)
    result(f"{'':36} {'model':>8} {'spread':>8} {'floor':>8} {'human':>8}")
    for name, *cells in evaluation_rows(figures):
        result(f"{name:36} " + " ".join(f"{cell:>8}" for cell in cells))
    if json_file:
        write_json(json_file, figures)
    result(f"{figures['articles']} articles, {folds} folds by {group}, {figures['duplicates']} duplicates left out")
