"""What a coder said, in the columns in which a score folder says what a model found."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from exports.tables.gold import tabulate_gold
from schemas.coders import take_for_gold
from schemas.dataset import Dataset

__all__ = ["tabulate_coder"]


def tabulate_coder(dataset: Dataset, work: pl.DataFrame) -> pl.DataFrame:
    """article_id and figures (words, `density_<label>`, `title_density_<label>`, `<question>_<value>` ...) of the articles that a coder answered:
    its rows (Annotations) are taken for a verdict, so all is counted as `tabulate_gold` counts what people decided. Null where it did not answer."""
    # Columns that the articles came with may have the name of a figure.
    bare = dataset.articles.select("article_id", pl.col("^title$"), "text")
    return tabulate_gold(take_for_gold(replace(dataset, articles=bare), work))[0].select(pl.exclude("title"))
