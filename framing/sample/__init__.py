"""The sample that ships: synthetic articles of fictional outlets, tagged by two synthetic annotators."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from schemas.codebook import load_codebook
from schemas.dataset import Dataset
from schemas.tables import Annotations, Articles, conform

__all__ = ["ANNOTATORS", "ARTICLES", "read_sample"]

HERE = Path(__file__).parent
ARTICLES = HERE / "articles.jsonl"
ANNOTATIONS = HERE / "annotations.jsonl"
ANNOTATORS = ("ada", "ben")


def read_sample() -> Dataset:
    """All sample articles with both annotators' work, as a dataset that `write_dataset` can write."""
    codebook = load_codebook()
    annotations = pl.read_ndjson(ANNOTATIONS, infer_schema_length=None).with_columns(origin=pl.lit("import"), codebook_version=pl.lit(codebook.stamp))
    return Dataset(conform(pl.read_ndjson(ARTICLES), Articles, ARTICLES), conform(annotations, Annotations, ANNOTATIONS), None, codebook)
