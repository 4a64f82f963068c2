"""The texts of an article: what it says, and its headline. A span says in which of them it stands, and its offsets count there."""

from __future__ import annotations

import polars as pl

__all__ = ["PARTS", "TEXT", "TITLE", "fill_parts", "take_apart"]

PARTS = (TEXT, TITLE) = ("text", "title")


def take_apart(articles: pl.DataFrame) -> pl.DataFrame:
    """The articles with a row for each of their texts, `part` saying which it is: the headline's row, where there is a headline with words in
    it, stands behind that of its article, and has the headline as its `text`."""
    whole = articles.with_columns(part=pl.lit(TEXT))
    kind = articles.schema.get(TITLE, pl.Object())
    # A list, say, is no headline.
    if kind.is_nested() or kind == pl.Object:
        return whole
    titles = articles.with_columns(text=pl.col(TITLE).cast(pl.String), part=pl.lit(TITLE))
    order = pl.int_range(pl.len()).alias("_order")
    both = pl.concat([part.with_columns(order) for part in (whole, titles)])
    return both.filter((pl.col("part") == TEXT) | (pl.col("text").str.strip_chars() != "")).sort("_order", maintain_order=True).drop("_order")


def fill_parts(table: pl.DataFrame) -> pl.DataFrame:
    """A table of spans or answers with its column `part`: what does not say where it stands is about the text, as all was before headlines
    were read."""
    if "part" not in table.columns:
        return table.with_columns(part=pl.lit(TEXT))
    return table.with_columns(pl.col("part").cast(pl.String).fill_null(TEXT))
