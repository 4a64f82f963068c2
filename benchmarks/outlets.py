"""BABE's larger outlets, each scored by a model that has learned from the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from annotate.corpora import CORPORA
from classifiers import make_task, score, train
from classifiers.training.recipe import Recipe
from exports.estimates import Measure, code_articles, list_measures
from schemas.dataset import Dataset

__all__ = ["LEAST", "MEASURES", "score_outlets"]

LEAST = 100
MEASURES = ("bias_Biased", "density")


def score_outlets(babe: Path, cache: Path) -> tuple[list[Measure], dict[str, pl.DataFrame]]:
    """The measures, and for each outlet a table with article_id and, of each measure, the classifier's figure and the coded one
    (`coded_<measure>`). Models are trained once and their scores kept in `cache`: some half a minute for each outlet."""
    dataset = CORPORA["babe"](babe).dataset()
    known = list_measures(dataset.require_codebook(babe))
    measures = [known[name] for name in MEASURES]
    coded = code_articles(dataset, measures).select("article_id", pl.exclude("article_id").name.prefix("coded_"))
    sizes = dataset.articles["outlet"].drop_nulls().value_counts().filter(pl.col("count") >= LEAST).sort("outlet")
    tables = {}
    for outlet in sizes["outlet"]:
        kept = cache / f"{outlet}.parquet"
        if not kept.exists():
            cache.mkdir(parents=True, exist_ok=True)
            _score_unseen(dataset, outlet).write_parquet(kept)
        scores = pl.read_parquet(kept).select("article_id", *(measure.predicted() for measure in measures))
        tables[outlet] = scores.join(coded, on="article_id", maintain_order="left")
    return measures, tables


def _score_unseen(dataset: Dataset, outlet: str) -> pl.DataFrame:
    own = dataset.articles.filter(pl.col("outlet") == outlet)
    gold, annotations = (table.join(own, on="article_id", how="anti") for table in (dataset.gold, dataset.annotations) if table is not None)
    others = dataset.articles.filter(pl.col("outlet").ne_missing(outlet))
    model = train(make_task(replace(dataset, articles=others, gold=gold, annotations=annotations)), Recipe(unseen_sources=True))
    return score(model, own).articles
