"""From the options of train and evaluate to the recipe of a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from classifiers.training.recipe import Recipe

__all__ = ["Auxiliaries", "DecideFor", "Sources", "Unlabelled", "Vectors", "make_recipe"]

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
Vectors = Annotated[
    Path | None,
    typer.Option(
        "--vectors",
        metavar="FILE",
        help="Word vectors of the articles' language: text of word2vec or GloVe, .npy with a .txt of the words, or .parquet. "
        "Default: those that ship for English; for other languages what the texts themselves show.",
    ),
]
DecideFor = Annotated[
    str,
    typer.Option(
        "--decide-for",
        metavar="f1|accuracy|precision=0.8",
        help="What the answers to a question of several are decided for: F1 of each, the most that are right, or so many right of those given.",
    ),
]


def make_recipe(
    unlabelled: Sequence[str] | None, auxiliaries: Sequence[Path] | None, sources: str | None, decide_for: str, vectors: Path | None = None
) -> Recipe:
    """Read what the options name. FramingError for what cannot be read, or taught."""
    from classifiers.features.vectors import read_vectors
    from classifiers.training.aims import read_aim
    from classifiers.training.recipe import Recipe
    from classifiers.training.targets import make_task
    from schemas.dataset import read_dataset
    from schemas.errors import FramingError

    if sources not in (None, *SOURCES):
        raise FramingError(f"sources are {' or '.join(SOURCES)}, not {sources!r}", "--sources")
    aim = read_aim(decide_for)
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
    return Recipe(sources == "unseen", tuple(texts), tasks, read_vectors(vectors) if vectors else None, aim)
