"""The figures of articles that are to be corrected: those of a score folder, or of coders of a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from exports.tables.coders import tabulate_coder
from exports.tables.folders import is_scores
from exports.tables.scores import open_scores
from framing.provenance import find_model
from schemas.coders import read_coders, require_work
from schemas.dataset import Dataset, read_dataset
from schemas.errors import FramingError
from schemas.tables import count_copies, leave_out_copies, make_room
from schemas.wording import count, say_copies

__all__ = ["Figures", "open_coders", "open_figures", "open_scored"]


@dataclass(frozen=True)
class Figures:
    """What one source says of articles. `rows`: article_id, its figures in the columns of a score folder, `model`, then what the articles came with;
    a figure is null where a coder did not answer. `training` is what the model's folder says of its training articles, None if it does not;
    a coder has none."""

    name: str
    rows: pl.DataFrame
    where: object = "scores"
    training: pl.DataFrame | None = None
    is_coder: bool = False
    notices: tuple[str, ...] = ()

    @property
    def remedy(self) -> str:
        return "Import what this coder answered again" if self.is_coder else "Score the articles again"


def open_figures(
    folder: Path, gold: Path, dataset: Dataset, coders: Sequence[str] = (), model: Path | None = None, *, copies: bool = True
) -> list[Figures]:
    """The figures of a score folder, if it is one, then those of each coder, of the dataset in `folder`, else of the one in `gold`, which is at hand.
    `model`: the folder of the model that scored, if it has moved. Without `copies` each story is there once. FramingError if a folder is neither,
    or a coder is not there."""
    scored = is_scores(folder)
    if not scored and not coders:
        raise FramingError("is not a score folder", folder, "Make one with `framing score`, or name a coder of the dataset with --coder")
    if not scored and model is not None:
        raise FramingError("names the model of a score folder, which is not there", "--model", "Leave it out")
    found = [open_scored(folder, model, coders, copies=copies)] if scored else []
    home = gold if scored else folder
    return found + open_coders(home, dataset if home == gold else read_dataset(home), coders, copies=copies)


def open_scored(folder: Path, model: Path | None = None, coders: Sequence[str] = (), *, copies: bool = True) -> Figures:
    """The figures of a score folder, under a name that none of the `coders` has."""
    from classifiers import load_training

    opened = open_scores(folder)
    there = opened.select("articles")
    name = folder.resolve().name
    rows, said = _count_stories(there, folder, copies=copies)
    training = load_training(find_model(opened.run, folder, model))
    return Figures(f"{name} (scores)" if name in coders else name, rows, folder, training, notices=said)


def open_coders(folder: Path, dataset: Dataset, names: Sequence[str], *, copies: bool = True) -> list[Figures]:
    """The figures of coders of the dataset at hand, which came from `folder`."""
    if not names:
        return []
    dataset.require_codebook(folder)
    coders = read_coders(folder, dataset)
    articles, said = _count_stories(dataset.articles, folder, copies=copies)
    if coders is not None and coders.aside:
        said = (*said, f"{count(coders.aside, 'row')} of coders left out: the quote is not the text at these offsets, or there is no such article")
    found = []
    for name in dict.fromkeys(names):
        table = tabulate_coder(dataset, require_work(coders, name, folder)).drop("words")
        # Of what it was never asked it has no column, as a model has none of questions that it did not learn.
        figures = table.select("article_id", *(column for column in table.columns[1:] if table[column].count())).with_columns(model=pl.lit(name))
        own = make_room(articles.drop("text"), figures.columns)
        rows = own.select("article_id").join(figures, on="article_id", how="left", maintain_order="left").join(own, on="article_id")
        found.append(Figures(name, rows, f"{folder}, coder {name}", is_coder=True, notices=said))
    return found


def _count_stories(articles: pl.DataFrame, where: object, *, copies: bool) -> tuple[pl.DataFrame, tuple[str, ...]]:
    rows = articles if copies else leave_out_copies(articles, where)
    some = count_copies(articles)
    return rows, (say_copies(some, articles.height, counted=copies),) if some else ()
