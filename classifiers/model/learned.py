"""The articles that a model has learned from (training.parquet), and what models that had not seen them say of them."""

from __future__ import annotations

from pathlib import Path

import dataframely as dy
import polars as pl

from schemas.codebook import READABILITY, READABILITY_COUNTS, TOTAL, Codebook
from schemas.errors import FramingError
from schemas.parquet import read_parquet
from schemas.tables import conform

__all__ = ["Learned", "read_learned"]

COUNTS = ("tokens", "words", "title_words", "sentences", "unpaired_marks", *READABILITY_COUNTS)


class Learned(dy.Schema):
    """article_id, text_digest (`digest_text` of the text, 16 signs) and the fold that left the article out; behind them figures, as a score
    folder's articles have them."""

    article_id = dy.String(primary_key=True, min_length=1)
    text_digest = dy.String(regex=r"^[0-9a-f]{16}$")
    fold = dy.Int64(nullable=True, min=0)


def read_learned(path: Path, codebook: Codebook) -> pl.DataFrame:
    """The table of a file, with the figures that scoring by this codebook gives. FramingError if it is damaged, or a figure is none."""
    table = conform(read_parquet(path), Learned, path)
    shares = {"unseen_words", *(f"{question.name}_{value}" for question in codebook.questions for value in question.value_names)}
    densities = {name for label in codebook.label_names for name in (f"density_{label}", f"density_{label}_quoted", f"title_density_{label}")}
    amounts = {*COUNTS, "words_per_sentence", TOTAL, *densities}
    figures = [name for name in table.columns if name in shares | amounts or name in READABILITY]
    for name in figures:
        column = table[name]
        if column.dtype == pl.Null:
            continue
        if not column.dtype.is_numeric():
            raise FramingError(f"column {name!r} holds no numbers", path, "Train the model again")
        low, high = 0 if name in shares | amounts else -1e9, 1 if name in shares else 1e9
        if not column.is_null().to_numpy().all() and not column.drop_nulls().is_between(low, high).all():
            raise FramingError(f"column {name!r} holds numbers that cannot be ({low:g} to {high:g} can)", path, "Train the model again")
    return table.select(*Learned.columns(), *figures)
