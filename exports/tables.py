"""The tables of a dataset folder or a score folder, whichever it is."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from schemas.dataset import read_dataset, read_parquet
from schemas.errors import FramingError
from schemas.tables import ScoredSentences, ScoredSpans, conform

__all__ = ["collect_tables", "is_scores"]

SCORES = ("articles", "spans", "sentences")


def is_scores(folder: Path) -> bool:
    return (folder / "run.json").exists()


def collect_tables(folder: Path) -> dict[str, pl.DataFrame]:
    """Tables by name: articles, annotations, gold of a dataset; articles, spans, sentences of scores."""
    if is_scores(folder):
        scores = {name: read_parquet(folder / f"{name}.parquet") for name in SCORES}
        for name, schema in (("spans", ScoredSpans), ("sentences", ScoredSentences)):
            scores[name] = conform(scores[name], schema, folder / f"{name}.parquet")
        return scores
    if not (folder / "articles.parquet").exists():
        raise FramingError("is neither a dataset nor a score folder", folder, "Make one with `framing ingest`, `pull` or `score`")
    dataset = read_dataset(folder)
    tables = {"articles": dataset.articles, "annotations": dataset.annotations, "gold": dataset.gold}
    return {name: table for name, table in tables.items() if table is not None}
