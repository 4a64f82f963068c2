"""What can be estimated: what the classifier says of an article, in the columns of its scores, and what people coded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from exports.estimates.intervals import Kind
from exports.tables.gold import tabulate_gold
from schemas.codebook import ABOUT, Codebook, Question
from schemas.dataset import Dataset

__all__ = ["TITLES", "TOTAL", "Measure", "code_articles", "list_measures"]

TOTAL, TITLES = "density", "title_density"


@dataclass(frozen=True)
class Measure:
    """A figure that each article has: spans of some labels, or about somebody, per 1,000 words in the outlet's own voice; or whether a question has
    an answer. A figure of headlines (`of_titles`) is null where an article has none.

    Its columns in the scores sum to the classifier's figure.
    """

    name: str
    kind: Kind
    columns: tuple[str, ...]
    question: Question | None = None
    of_titles: bool = False

    def predicted(self) -> pl.Expr:
        """The classifier's figure, from the articles table of scores."""
        return pl.sum_horizontal(*(pl.col(column).cast(pl.Float64) for column in self.columns), ignore_nulls=False).alias(self.name)


def list_measures(codebook: Codebook) -> dict[str, Measure]:
    """Every measure of a codebook by name, named as the columns of scores are: all labels together first, then each, then answers, then whom
    spans are about, then labels in headlines."""
    in_texts, in_titles = (_list_densities(codebook, name) for name in (TOTAL, TITLES))
    answers = [
        Measure(f"{question.name}_{value}", "share", (f"{question.name}_{value}",), question)
        for question in codebook.questions
        for value in question.value_names
    ]
    about = [Measure(name, "density", (name,)) for name in (f"{ABOUT}_{actor.name}" for actor in (codebook.actors if codebook.target else ()))]
    return {measure.name: measure for measure in (*in_texts, *answers, *about, *in_titles)}


def _list_densities(codebook: Codebook, total: str) -> list[Measure]:
    columns = [f"{total}_{label}" for label in codebook.label_names]
    every = {total: tuple(columns)} if columns else {}
    return [Measure(name, "density", some, of_titles=total == TITLES) for name, some in (every | {name: (name,) for name in columns}).items()]


def code_articles(dataset: Dataset, measures: Sequence[Measure]) -> pl.DataFrame:
    """article_id and a column for each measure: what gold says of every article that has gold, null where it was not coded for this."""
    coded, _ = tabulate_gold(dataset)
    return coded.select("article_id", *(measure.predicted() for measure in measures))
