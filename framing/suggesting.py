"""From a model and articles to suggestions: what `framing push --model` and `framing serve` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from annotate.labelstudio import Suggestions

if TYPE_CHECKING:
    from classifiers.model.model import Model
    from classifiers.scoring.articles import Scores

__all__ = ["load_version", "make_suggestions", "name_version", "suggest_by"]

# An answer is suggested when it is more likely right than wrong.
LIKELY = 0.5


def suggest_by(model: Model, digest: str, articles: pl.DataFrame) -> Suggestions:
    """What the model finds in the articles."""
    from classifiers import score

    return make_suggestions(model, name_version(model, digest), articles, score(model, articles, digest))


def make_suggestions(model: Model, version: str, articles: pl.DataFrame, scores: Scores) -> Suggestions:
    """Scores as suggestions: spans, and likely answers. An article's score is how sure the model is of its sentences: the mean
    over them of the larger of p and 1 - p."""
    spans = scores.spans.select("article_id", "label", "start", "end", quote="text", value=pl.lit(None, pl.String), probability="probability")
    sure = scores.sentences.group_by("article_id").agg(score=pl.max_horizontal("probability", 1 - pl.col("probability")).mean())
    every = articles.select("article_id").join(sure, on="article_id", how="left", maintain_order="left").with_columns(pl.col("score").fill_null(1.0))
    return Suggestions(version, pl.concat([spans, _answers(model, scores)]), every)


def name_version(model: Model, digest: str) -> str:
    """How the model is called in Label Studio: its title and the beginning of its digest."""
    return f"{model.facts.get('title') or model.codebook.title} ({digest[:12]})"


def _answers(model: Model, scores: Scores) -> pl.DataFrame:
    tables = []
    for question in model.codebook.questions:
        if question.name not in model.questions:
            continue
        columns = {f"{question.name}_{value}": value for value in question.value_names if f"{question.name}_{value}" in scores.articles.columns}
        long = scores.articles.select("article_id", *columns).unpivot(index="article_id", variable_name="value", value_name="probability")
        likely = long.with_columns(pl.col("value").replace_strict(columns, return_dtype=pl.String)).filter(pl.col("probability") > LIKELY)
        tables.append(likely.with_columns(label=pl.lit(question.name)))
    empty = {"article_id": pl.String, "label": pl.String, "start": pl.Int64, "end": pl.Int64, "quote": pl.String, "value": pl.String}
    none = pl.DataFrame(schema=empty | {"probability": pl.Float64})
    return pl.concat([none, *tables], how="diagonal_relaxed").select(none.columns)


def load_version(model: Path | None) -> tuple[Model, str]:
    """The model of a folder (the starter model if None) and its digest."""
    from classifiers import load_model, model_digest

    return load_model(model), model_digest(model)
