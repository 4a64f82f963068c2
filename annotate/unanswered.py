"""What the codebook requires and annotators have left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from schemas.dataset import Dataset
from schemas.tables import ANSWER, SPAN

__all__ = ["find_unanswered"]

_READING = ["article_id", "annotator"]
_PLACE = [*_READING, "label", "part", "start", "end"]
_SCHEMA: dict[str, Any] = {
    "annotator": pl.String,
    "name": pl.String,
    "kind": pl.String,
    "missing": pl.Int64,
    "articles": pl.List(pl.String),
}


def find_unanswered(dataset: Dataset) -> pl.DataFrame:
    """One row for each annotator and required question or attribute (`name`) that they have left out: `missing` is of how many articles they
    have read, or of how many of their spans (`kind`: article or span), `articles` the ids of those in which that is.

    The labelling screen asks for answers, but what was read before they were required, came another way, or was set aside has none."""
    rows, codebook = dataset.annotations, dataset.codebook
    if rows is None or codebook is None:
        return pl.DataFrame(schema=_SCHEMA)
    readings = rows.select(_READING).unique()
    left = [
        _leave_out(readings, rows.filter(ANSWER, pl.col("label") == question.name), _READING, question.name, "article")
        for question in codebook.questions
        if question.required
    ]
    left += [
        _leave_out(
            rows.filter(SPAN, pl.col("label").is_in(attribute.labels or codebook.label_names)),
            rows.filter(pl.col("attribute") == attribute.name),
            _PLACE,
            attribute.name,
            "span",
        )
        for attribute in codebook.attributes
        if attribute.required
    ]
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *left]).sort("annotator", "name")


def _leave_out(asked: pl.DataFrame, said: pl.DataFrame, keys: Sequence[str], name: str, kind: str) -> pl.DataFrame:
    """Of each annotator what of `asked` has no row in `said`."""
    left = asked.join(said, on=keys, how="anti").group_by("annotator")
    counted = left.agg(missing=pl.len().cast(pl.Int64), articles=pl.col("article_id").unique().sort())
    return counted.select("annotator", pl.lit(name).alias("name"), pl.lit(kind).alias("kind"), "missing", "articles")
