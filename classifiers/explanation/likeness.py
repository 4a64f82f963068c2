"""How like words are to the vectors that a model learned from: what stands behind "words like it"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    """Vectors of length one of some words, by their place; a word without one is like itself alone."""

    places: dict[str, int]
    vectors: Floats

    def between(self, first: Sequence[str], second: Sequence[str]) -> Floats:
        """first x second: the cosine between each two words, zero where it is below or unknown; one for a word and itself."""
        cosines: Floats = np.maximum(self._of(first) @ self._of(second).T, 0.0)
        terms = np.array([word_term(word) for word in second], dtype=object)
        for i, word in enumerate(first):
            cosines[i, terms == word_term(word)] = 1.0
        return cosines

    def _of(self, words: Sequence[str]) -> Floats:
        found: Floats = self.vectors[[self.places.get(word_term(word), -1) for word in words]]
        return found


def read_likeness(model: Model, words: Iterable[str]) -> Likeness:
    """The vectors of these words, if the model learned from those that ship; others are in no model's folder, and then no word is like another."""
    wanted = sorted({term for word in words for term in company_terms(word)})
    learned = model.facts.get("training", {}).get("word_vectors") or []
    if not any(str(origin).startswith("GloVe 6B (") for origin in learned):
        return Likeness({}, np.zeros((1, 1)))
    with explain_damage(ENGLISH):
        table = scan_parquet(ENGLISH).filter(pl.col("word").is_in(wanted)).with_columns(pl.col("vector").cast(pl.List(pl.Float64))).collect()
    vectors = np.array(table["vector"].to_list(), dtype=float).reshape(table.height, -1)
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    # The last row is that of words without a vector.
    return Likeness(
        dict(zip(table["word"].to_list(), range(table.height), strict=True)), np.vstack([vectors / lengths, np.zeros((1, vectors.shape[1]))])
    )
