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
# The kinds of features whose term is a word: the word itself, and the word for its vector.
WORDS = ("word", "company")


def known_words(model: Model) -> frozenset[str]:
    """The words, as `word_features` writes them, for which some head has a weight: of their own, or by what their vectors say."""
    window, bag = model.window, model.bag
    placed = _weighed([model.spans, *model.auxiliaries.values()], window.width)
    parts = np.split(placed, np.cumsum([stream.width for stream in window.streams])[:-1])
    in_bags = _weighed([model.sentences, *model.questions.values()], len(bag.columns))
    known = _words(bag.columns, in_bags)
    for stream, part in zip(window.streams, parts, strict=True):
        # A word may be known beside a span only.
        anywhere: Flags = part.reshape(len(stream.positions), -1).max(axis=0, initial=False)
        known |= _words(stream.features, anywhere)
    return frozenset(known)


def is_unseen(word: str, known: frozenset[str]) -> bool:
    """Whether neither a weight of its own nor a vector tells the model anything of this word. Numbers and marks are strangers to nobody."""
    return word[:1].isalpha() and word_features(word)[0].term not in known


def shortest_article(words: int, training: pl.DataFrame | None) -> int | None:
    """The words of the shortest training article (`load_training`) if a text of `words` has fewer than half of that, so that no answer
    about it means anything; None if it has not, or the model does not know."""
    if training is None or "words" not in training.columns or (known := training["words"].drop_nulls()).is_empty():
        return None
    shortest = int(known.sort()[0])
    return shortest if words < SHORT * shortest else None


def _weighed(heads: Sequence[Head | None], columns: int) -> Flags:
    """For each column, whether any of the heads weighs it."""
    flags = np.zeros(columns, dtype=np.bool_)
    for head in heads:
        if head is not None:
            flags |= (head.weights != 0).any(axis=1)
    return flags


def _words(features: Sequence[Feature], weighed: Flags) -> set[str]:
    return {feature.term for feature, some in zip(features, weighed.tolist(), strict=True) if some and feature.kind in WORDS}
