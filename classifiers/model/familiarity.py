"""Which texts a model has met: what it says of one full of strange words, or far shorter than any, is worth less."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from classifiers.features.words import Feature, word_features
from classifiers.model.model import Head, Model
from schemas.arrays import Flags

__all__ = ["is_unseen", "known_words", "shortest_article"]

# Answers are sums over an article's words; of less than this part of the shortest that was learned from they are out of all proportion.
SHORT = 0.5


def known_words(model: Model) -> frozenset[str]:
    """The words, as `word_features` writes them, for which some head has a weight of their own."""
    words, bag = model.window.words, model.bag.words.features
    anywhere = _weighed([model.spans, *model.auxiliaries.values()], words.width)
    in_bags = _weighed([model.sentences, *model.questions.values()], len(bag))
    # Position after position: a word may be known beside a span only.
    return frozenset().union(_words(bag, in_bags), *(_words(words.features, flags) for flags in np.split(anywhere, len(words.positions))))


def is_unseen(word: str, known: frozenset[str]) -> bool:
    """Whether the model has no weight for this very word. Numbers and marks are strangers to nobody."""
    return word[:1].isalpha() and word_features(word)[0].term not in known


def shortest_article(words: int, training: pl.DataFrame | None) -> int | None:
    """The words of the shortest training article (`load_training`) if a text of `words` has fewer than half of that, so that no answer
    about it means anything; None if it has not, or the model does not know."""
    if training is None or "words" not in training.columns or (known := training["words"].drop_nulls()).is_empty():
        return None
    shortest = int(known.sort()[0])
    return shortest if words < SHORT * shortest else None


def _weighed(heads: Sequence[Head | None], columns: int) -> Flags:
    """For each of the first columns, whether any of the heads weighs it."""
    flags = np.zeros(columns, dtype=np.bool_)
    for head in heads:
        if head is not None:
            flags |= (head.weights[:columns] != 0).any(axis=1)
    return flags


def _words(features: Sequence[Feature], weighed: Flags) -> set[str]:
    return {feature.term for feature, some in zip(features, weighed.tolist(), strict=True) if some and feature.kind == "word"}
