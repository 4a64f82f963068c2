"""From the options of train and evaluate to the recipe of a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from classifiers.training.recipe import Recipe
    from schemas.dataset import Dataset

__all__ = ["Actors", "Auxiliaries", "DecideFor", "Sources", "Unlabelled", "Vectors", "make_recipe"]

SOURCES = ("seen", "unseen")

Unlabelled = Annotated[
    list[str] | None,
    typer.Option(
        "--unlabelled", metavar="ARTICLES", help="More texts of yours, without labels, to learn from which words keep like company. Repeatable."
    ),
]
Auxiliaries = Annotated[
    list[str] | None,
    typer.Option(
        "--auxiliary",
        metavar="DATASET[@CODER]",
        help="Another corpus, of any codebook: its span scores become evidence, and its answers to the same questions are learned from. "
        "With @CODER not what people said of it, but a coder: a language model's work as a teacher. Repeatable.",
    ),
]
Sources = Annotated[
    str | None,
    typer.Option(
        "--sources", metavar="seen|unseen", help="Whether the articles to be scored come from outlets of the training data (seen) or from others."
    ),
]
Actors = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Those whom the articles name (`framing actors`), to learn from how the target of a span is named near it, beside the codebook's own.",
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
    unlabelled: Sequence[str] | None,
    auxiliaries: Sequence[str] | None,
    sources: str | None,
    decide_for: str,
    vectors: Path | None = None,
    actors: Path | None = None,
) -> Recipe:
    """Read what the options name. FramingError for what cannot be read, or taught."""
    from classifiers.features.vectors import read_vectors
    from classifiers.training.aims import read_aim
    from classifiers.training.recipe import Recipe
    from classifiers.training.targets import make_task
    from schemas.codebook import load_actors
    from schemas.errors import FramingError

    if sources not in (None, *SOURCES):
        raise FramingError(f"sources are {' or '.join(SOURCES)}, not {sources!r}", "--sources")
    aim = read_aim(decide_for)
    texts: list[str] = []
    if unlabelled:
        from annotate.ingestion.articles import ingest

        texts = ingest(unlabelled).articles["text"].to_list()
    tasks = {}
    for said in auxiliaries or []:
        name, dataset = _read_auxiliary(said)
        if name in tasks:
            raise FramingError(f"two auxiliary datasets are called {name!r}", said, "Rename one of the folders")
        tasks[name] = make_task(dataset, said)
    return Recipe(sources == "unseen", tuple(texts), tasks, read_vectors(vectors) if vectors else None, aim, load_actors(actors) if actors else ())


def _read_auxiliary(said: str) -> tuple[str, Dataset]:
    """What it is called, and the dataset; of a coder that is named, with this coder's work in the place of gold."""
    from schemas.coders import read_coders, require_work, take_for_gold
    from schemas.dataset import read_dataset

    folder, sign, name = said.rpartition("@")
    if not sign or Path(said).exists():
        return Path(said).absolute().name, read_dataset(Path(said))
    dataset = read_dataset(Path(folder))
    work = require_work(read_coders(Path(folder), dataset), name, folder)
    return f"{Path(folder).absolute().name}@{name}", take_for_gold(dataset, work)
