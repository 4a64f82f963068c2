"""The sample that ships: synthetic articles of fictional outlets, tagged by two synthetic annotators."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from schemas.codebook import load_actors, load_codebook
from schemas.dataset import Dataset
from schemas.files import digest_text
from schemas.tables import Annotations, Articles, conform
from schemas.text.actors import count_mentions

__all__ = ["ACTORS", "ANNOTATORS", "ARTICLES", "is_held_out", "read_sample"]

HERE = Path(__file__).parent
ARTICLES = HERE / "articles.jsonl"
# What an annotator says of a span stands beside it, under the attribute's name.
ANNOTATIONS = HERE / "annotations.jsonl"
ACTORS = HERE / "actors.toml"
ANNOTATORS = ("ada", "ben")
# Of the codebook with which it was annotated; later ones ask for more.
VERSION = "1.1.0"


def is_held_out(article_id: str) -> bool:
    """Whether an article is of the quarter that no choice of how models are made was ever judged by. The starter model learns from it, too."""
    return digest_text(article_id)[0] in "0123"


def read_sample(first: int | None = None, *, actors: bool = False) -> Dataset:
    """The sample's articles (or the first so many) with both annotators' work, as a dataset that `write_dataset` can write; with `actors`, those
    whom these articles name are in its codebook."""
    codebook = load_codebook().model_copy(update={"version": VERSION, "notes": False})
    read = pl.read_ndjson(ANNOTATIONS, infer_schema_length=None).with_columns(origin=pl.lit("import"), codebook_version=pl.lit(codebook.stamp))
    asked = [attribute.name for attribute in codebook.attributes]
    spans = read.filter(pl.col("start").is_not_null())
    said = spans.drop("value").unpivot(asked, index=spans.drop("value", *asked).columns, variable_name="attribute").drop_nulls("value")
    annotations = pl.concat([read.drop(asked), said], how="diagonal")
    articles = conform(pl.read_ndjson(ARTICLES), Articles, ARTICLES).head(first if first is not None else annotations.height)
    annotations = annotations.filter(pl.col("article_id").is_in(articles["article_id"].implode()))
    if actors:
        known = load_actors(ACTORS)
        named = {name for text in articles["text"] for name in count_mentions(text, known)}
        codebook = codebook.with_actors([actor for actor in known if actor.name in named], ACTORS)
    return Dataset(articles, conform(annotations, Annotations, ANNOTATIONS), None, codebook)
