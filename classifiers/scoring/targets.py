"""Whom each span is about: the actors named near it, ranked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from classifiers.features.candidates import NOBODY, Candidates, Cues, columns_of, cues_of_words, find_candidates, weigh
from classifiers.model.model import Stage
from schemas.arrays import Floats, Integers, Places
from schemas.codebook import Actor
from schemas.text.actors import Mentions
from schemas.text.quotations import Quotations
from schemas.text.reading import Texts
from schemas.text.vocabulary import Vocabulary

__all__ = ["TargetTable", "Targets", "rank", "weigh_candidates"]


class Targets(NamedTuple):
    """Of each span the number of the likeliest actor, NOBODY if it is likelier none of those named near by, and how probable that is."""

    actors: Places
    probabilities: Floats


class TargetTable:
    """What a ranker needs to know of words: what each is to a name beside it."""

    def __init__(self, ranker: Stage, actors: Sequence[Actor]) -> None:
        self._ranker, self._actors = ranker, actors
        self._cues: Cues = np.zeros(0, dtype=np.int8)

    def rank(
        self, vocabulary: Vocabulary, texts: Texts, quotations: Quotations, ids: Integers, firsts: Places, lasts: Places, mentions: Mentions
    ) -> Targets:
        """Of spans that are ranges of the texts' tokens, whose words have the numbers `ids`."""
        self._cues = np.concatenate([self._cues, cues_of_words(vocabulary.words_from(len(self._cues)))])
        candidates = find_candidates(texts, quotations, self._cues[ids], firsts, lasts, mentions, self._actors)
        return rank(candidates, weigh_candidates(candidates, self._ranker.weights))


def weigh_candidates(candidates: Candidates, weights: Floats) -> Floats:
    """The share of each candidate among those of its span."""
    return weigh(*columns_of(candidates), candidates.firsts, weights)


def rank(candidates: Candidates, shares: Floats, *, named: bool = False) -> Targets:
    """The likeliest of each span's candidates, all names of an actor counting together; where somebody has to be `named`, nobody only if there is
    no other."""
    sizes = np.diff(candidates.firsts)
    spans = np.repeat(np.arange(len(sizes)), sizes)
    number = int(candidates.actors.max(initial=NOBODY)) + 2
    keys, which = np.unique(spans * number + candidates.actors + 1, return_inverse=True)
    of_span, actors, sums = keys // number, keys % number - 1, np.bincount(which, shares, len(keys))
    order = np.lexsort((-sums, (actors == NOBODY) & named, of_span))
    best = order[np.searchsorted(of_span[order], np.arange(len(sizes)))]
    return Targets(actors[best], sums[best])
