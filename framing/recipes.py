"""From the options of train and evaluate to the recipe of a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from classifiers.training.recipe import Recipe

__all__ = ["Auxiliaries", "Sources", "Unlabelled", "make_recipe"]

SOURCES = ("seen", "unseen")

Unlabelled = Annotated[
    list[str] | None,
    typer.Option(
        "--unlabelled", metavar="ARTICLES", help="More texts of yours, without labels, to learn from which words keep like company. Repeatable."
    ),
]
Auxiliaries = Annotated[
    list[Path] | None,
    typer.Option("--auxiliary", metavar="DATASET", help="Another corpus, of any codebook: its span scores become evidence. Repeatable."),
]
Sources = Annotated[
    str | None,
    typer.Option(
        "--sources", metavar="seen|unseen", help="Whether the articles to be scored come from outlets of the training data (seen) or from others."
    ),
]


def make_recipe(unlabelled: Sequence[str] | None, auxiliaries: Sequence[Path] | None, sources: str | None) -> Recipe:
    """Read what the options name. FramingError for what cannot be read, or taught."""
    from classifiers.training.recipe import Recipe
    from classifiers.training.targets import make_task
    from schemas.dataset import read_dataset
    from schemas.errors import FramingError

    if sources not in (None, *SOURCES):
        raise FramingError(f"sources are {' or '.join(SOURCES)}, not {sources!r}", "--sources")
    texts: list[str] = []
    if unlabelled:
        from annotate.ingestion.articles import ingest

        texts = ingest(unlabelled).articles["text"].to_list()
    tasks = {}
    for folder in auxiliaries or []:
        task, name = make_task(read_dataset(folder), folder), folder.absolute().name
        if not task.codebook.labels:
            raise FramingError(
                "its codebook has no labels, so there are no spans to learn from", folder, "Name a dataset with spans after --auxiliary"
            )
        if name in tasks:
            raise FramingError(f"two auxiliary datasets are called {name!r}", folder, "Rename one of the folders")
        tasks[name] = task
    return Recipe(sources == "unseen", tuple(texts), tasks)
