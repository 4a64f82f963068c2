"""What can be estimated: what the classifier says of an article, in the columns of its scores, and what people coded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from exports.estimates.intervals import Kind
from schemas.codebook import Codebook, Question
from schemas.dataset import Dataset
from schemas.tokens import count_words, tokenise
from schemas.voice import find_quotations, voice_of

__all__ = ["TOTAL", "Measure", "code_articles", "list_measures"]

TOTAL = "density"


@dataclass(frozen=True)
class Measure:
    """A figure that each article has: spans of some labels per 1,000 words in the outlet's own voice, or whether a question has an answer.

    Its columns in the scores sum to the classifier's figure.
    """

    name: str
    kind: Kind
    columns: tuple[str, ...]
    labels: tuple[str, ...] = ()
    question: Question | None = None
    value: str = ""

    def predicted(self) -> pl.Expr:
        """The classifier's figure, from the articles table of scores."""
        return pl.sum_horizontal(*(pl.col(column).cast(pl.Float64) for column in self.columns), ignore_nulls=False).alias(self.name)


def list_measures(codebook: Codebook) -> dict[str, Measure]:
    """Every measure of a codebook by name, named as the columns of scores are: all labels together first, then each, then answers."""
    labels = tuple(codebook.label_names)
    of_labels = [Measure(f"{TOTAL}_{label}", "density", (f"{TOTAL}_{label}",), (label,)) for label in labels]
    total = [Measure(TOTAL, "density", tuple(measure.name for measure in of_labels), labels)] if labels else []
    answers = [
        Measure(f"{question.name}_{value}", "share", (f"{question.name}_{value}",), question=question, value=value)
        for question in codebook.questions
        for value in question.value_names
    ]
    return {measure.name: measure for measure in (*total, *of_labels, *answers)}


def code_articles(dataset: Dataset, measures: Sequence[Measure]) -> pl.DataFrame:
    """article_id and a column for each measure: what gold says of every article that has gold; null where it was not coded for this.

    An article was coded for spans if gold has a span of it, or the row that says "read, and marked nothing"; for a question of one
    answer if one won; for a question of several if anybody answered it, since none may have won (as in training).
    """
    gold = dataset.require_gold("dataset")
    coded = dataset.articles.join(gold, on="article_id", how="semi", maintain_order="left").select("article_id")
    spans = _count_spans(dataset, gold)
    for measure in measures:
        rows = _densities(spans, measure) if measure.question is None else _answers(dataset, gold, measure.question, measure.value)
        coded = coded.join(rows.select("article_id", pl.col("figure").alias(measure.name)), on="article_id", how="left", maintain_order="left")
    return coded


def _count_spans(dataset: Dataset, gold: pl.DataFrame) -> pl.DataFrame:
    """For each article that was read for spans its words, and the labels of the spans in its own voice."""
    read = gold.filter(pl.col("start").is_not_null() | pl.col("label").is_null())
    grouped = read.group_by("article_id", maintain_order=True).agg("label", "start", "end")
    rows = []
    for article, text, labels, starts, ends in (
        grouped.join(dataset.articles, on="article_id").select("article_id", "text", "label", "start", "end").iter_rows()
    ):
        quotations = find_quotations(text)
        spans = [span for span in zip(labels, starts, ends, strict=True) if span[0] is not None]
        own = [label for label, start, end in spans if voice_of(start, end, quotations) != "quoted"]
        rows.append((article, count_words(text, tokenise(text)), own))
    return pl.DataFrame(rows, schema={"article_id": pl.String, "words": pl.Int64, "labels": pl.List(pl.String)}, orient="row")


def _densities(spans: pl.DataFrame, measure: Measure) -> pl.DataFrame:
    counted = pl.col("labels").list.eval(pl.element().is_in(measure.labels)).list.sum()
    return spans.select("article_id", figure=1000.0 * counted / pl.max_horizontal("words", 1))


def _answers(dataset: Dataset, gold: pl.DataFrame, question: Question, value: str) -> pl.DataFrame:
    decided = gold.filter(pl.col("label") == question.name, pl.col("value").is_not_null())
    answered = decided.select("article_id")
    if question.choice == "multiple" and dataset.annotations is not None:
        votes = dataset.annotations.filter(pl.col("label") == question.name, pl.col("value").is_not_null())
        answered = pl.concat([answered, votes.select("article_id").join(gold, on="article_id", how="semi")])
    given = decided.filter(pl.col("value") == value)["article_id"].unique()
    return answered.unique(maintain_order=True).with_columns(figure=pl.col("article_id").is_in(given.implode()).cast(pl.Float64))
