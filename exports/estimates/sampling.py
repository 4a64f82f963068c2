"""From what a dataset says of its coded articles to weights and clusters: which of them were drawn, with which chance, and what comes together."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from exports.estimates.design import Design
from schemas.errors import FramingError
from schemas.tables import story

__all__ = ["METHOD", "PROBABILITY", "balance", "find_clusters", "find_sample"]

METHOD, PROBABILITY, RANDOM = "selected_by", "selection_probability", "random"


def find_sample(articles: pl.DataFrame, where: object) -> pl.DataFrame:
    """The articles that are a sample: article_id; `weight`, the inverse of the chance that each had, if the articles have the column
    `selection_probability`; and then `round`, the way in which it was drawn. All articles, if nothing says how they came here.

    Rounds of random draws from one outlet are one larger one: an article's chance is that of any of them to take it. A random article without a
    probability, from before there were any, has that of the others of its outlet, or else their mean. FramingError if one is no probability.
    """
    if PROBABILITY not in articles.columns:
        by_lot = articles.filter(pl.col(METHOD) == RANDOM) if METHOD in articles.columns else articles
        return by_lot.select("article_id")
    chances = articles[PROBABILITY]
    if (
        not (chances.dtype.is_numeric() or chances.dtype == pl.Null)
        or not chances.drop_nulls().cast(pl.Float64).is_between(0, 1, closed="right").all()
    ):
        raise FramingError("has values that are no probabilities, above 0 and at most 1", f"{where}, column {PROBABILITY}", "Mend or empty them")
    way = pl.col(METHOD) if METHOD in articles.columns else pl.lit(None, pl.String)
    outlet = pl.col("outlet") if "outlet" in articles.columns else pl.lit(None, pl.String)
    rows = articles.select("article_id", round=way.fill_null(""), outlet=outlet, chance=pl.col(PROBABILITY).cast(pl.Float64))
    rows = rows.filter(pl.col("chance").is_not_null() | (pl.col("round") == RANDOM))
    any_round = 1 - (1 - pl.col("chance").drop_nulls().unique()).product()
    united = rows.filter(pl.col("round") == RANDOM, pl.col("chance").is_not_null()).group_by("outlet").agg(any=any_round)
    rows = rows.join(united, on="outlet", how="left", nulls_equal=True, maintain_order="left")
    usual = pl.coalesce("any", pl.col("any").mean(), pl.lit(1.0))
    chance = pl.when(pl.col("round") == RANDOM).then(usual).otherwise("chance")
    return rows.select("article_id", "round", weight=1 / chance)


def balance(weights: NDArray[np.float64], rounds: pl.Series) -> NDArray[np.float64]:
    """The weights, each round's brought to a sum that goes with how many articles it is worth: rounds are samples of the same articles, and the one
    that is worth more says more."""
    parts = weights.copy()
    for name in rounds.unique():
        here = (rounds == name).to_numpy()
        parts[here] *= Design.of(weights[here]).size / weights[here].sum()
    return parts


def find_clusters(*tables: pl.DataFrame) -> pl.DataFrame:
    """article_id and `cluster` (a number): articles of one story (`copy_of`) or of one page (`url`) are together, also if only by a third."""
    empty = pl.lit(None, pl.String)
    rows = pl.concat(
        table.select("article_id", story=story(table).cast(pl.String), url=pl.col("url").cast(pl.String) if "url" in table.columns else empty)
        for table in tables
    ).unique("article_id", keep="first", maintain_order=True)
    # What has no page is a page by itself.
    ranks = rows.select(pl.col("story").rank("dense"), page=pl.coalesce("u" + pl.col("url"), "i" + pl.col("story")).rank("dense"))
    codes = [ranks[name].cast(pl.Int64).to_numpy() - 1 for name in ranks.columns]
    size = int(codes[0].max(initial=-1)) + 1
    links = coo_array((np.ones(rows.height), (codes[0], codes[1] + size)), shape=(size + int(codes[1].max(initial=-1)) + 1,) * 2)
    _, parts = connected_components(links, directed=False)
    return rows.select("article_id", cluster=pl.Series(parts[codes[0]].astype(np.int64)))
