"""How like words are to the vectors that a model learned from: what stands behind "words like it"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from classifiers.features.vectors import ENGLISH
from classifiers.features.words import company_terms, word_term
from classifiers.model.model import Model
from schemas.arrays import Floats
from schemas.parquet import explain_damage, scan_parquet

__all__ = ["Likeness", "read_likeness"]


@dataclass(frozen=True)
class Likeness:
    """Vectors of length one of some words, by their place; a word without one is like no other."""

    places: dict[str, int]
    vectors: Floats

    def of(self, words: Iterable[str]) -> Floats:
        """words x dimensions: their vectors, whose products are cosines; zeros for a word without one."""
        found: Floats = self.vectors[[self.places.get(word_term(word), -1) for word in words]]
        return found


# No word is like another.
_NONE = Likeness({}, np.zeros((1, 1)))


def read_likeness(model: Model, words: Iterable[str]) -> Likeness:
    """The vectors of these words, if the model learned from those that ship; others are in no model's folder, and then no word is like another."""
    wanted = sorted({term for word in words for term in company_terms(word)})
    learned = model.facts.get("training", {}).get("word_vectors") or []
    if not any(str(origin).startswith("GloVe 6B (") for origin in learned):
        return _NONE
    with explain_damage(ENGLISH):
        table = scan_parquet(ENGLISH).filter(pl.col("word").is_in(wanted)).with_columns(pl.col("vector").cast(pl.List(pl.Float64))).collect()
    if not table.height:
        return _NONE
    vectors = table["vector"].explode().to_numpy().reshape(table.height, -1)
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    # The last row is that of words without a vector.
    return Likeness(
        dict(zip(table["word"].to_list(), range(table.height), strict=True)), np.vstack([vectors / lengths, np.zeros((1, vectors.shape[1]))])
    )
