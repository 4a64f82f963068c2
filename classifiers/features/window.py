"""The linear window: features of the tokens around a place, each with a weight of its own for each position.

One way of adding up serves training and scoring: the weights of all features of a distinct token fold into one small row,
and a place is the sum of the rows of the tokens around it. No matrix of places by features is ever made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
import scipy

from classifiers.features.documents import SITUATIONS, Batch
from classifiers.features.words import (
    Feature,
    character_features,
    company_features,
    company_terms,
    runs_of_characters,
    situation_features,
    word_features,
)
from schemas.arrays import Floats, Integers, Places

__all__ = ["NEARNESS", "NEIGHBOURS", "Block", "Stream", "WindowSpace", "WindowView", "make_window_space", "space_of"]

# Columns that stand side by side: features, and the position they are looked at (none in a bag).
Block = tuple[Sequence[Feature], int | None]
FeaturesOf = Callable[[str], Sequence[Feature]]
Table: TypeAlias = "scipy.sparse.csr_matrix | Floats"

NEIGHBOURS = (-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5)
# While training, a feature counts less the further it stands from the token: a neighbour is weaker evidence. With .75, .55, .45, .4 and .35 beside
# the token, average precision of the first stage is .002 lower on a third of BABE and .003 on a third of PTC.
NEARNESS = {0: 1.0, 1: 0.65, 2: 0.4, 3: 0.3, 4: 0.25, 5: 0.2}


@dataclass(frozen=True)
class Stream:
    """One thing that every row has (its word, its situation), the features of it, and the positions looked at."""

    features_of: FeaturesOf
    features: tuple[Feature, ...]
    positions: tuple[int, ...]
    # Where all features are of one kind: their terms alone, which are quicker to find.
    terms_of: Callable[[str], Sequence[str]] | None = None

    @cached_property
    def index(self) -> dict[Feature, int]:
        return {feature: i for i, feature in enumerate(self.features)}

    @cached_property
    def _finder(self) -> tuple[Callable[[str], Sequence[Any]], Callable[[Any], int | None]]:
        if self.terms_of is None:
            return self.features_of, self.index.get
        return self.terms_of, {feature.term: i for i, feature in enumerate(self.features)}.get

    def indicators(self, items: Sequence[str]) -> scipy.sparse.csr_matrix:
        """items x features, how often the item has the feature; features not in this stream are left out."""
        columns, ends = self._find(items)
        # A feature that an item has twice stands there twice, which sums make a two.
        matrix = scipy.sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(items), len(self.features)))
        matrix.sum_duplicates()
        return matrix

    def weigh(self, items: Sequence[str], weights: Floats) -> Floats:
        """items x outputs: what the features of each item are worth together, by `weights` of features x outputs."""
        columns, ends = self._find(items)
        total, begins = np.zeros((len(items), weights.shape[1])), np.array(ends)
        some = np.flatnonzero(begins[1:] > begins[:-1])
        if len(some):
            total[some] = np.add.reduceat(weights[columns], begins[some], axis=0)
        return total

    def find(self, item: str) -> list[int]:
        """The places, among the features of this stream, of those that the item has."""
        traits_of, find = self._finder
        return [place for place in map(find, traits_of(item)) if place is not None]

    def _find(self, items: Sequence[str]) -> tuple[list[int], list[int]]:
        """The places of all items' features, one item after the other, and where each item's begin and the last's end."""
        places: list[int] = []
        ends = [0]
        for item in items:
            places += self.find(item)
            ends.append(len(places))
        return places, ends

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.features) * len(self.positions)

    @property
    def blocks(self) -> list[Block]:
        return [(self.features, position) for position in self.positions]


@dataclass(frozen=True)
class WindowSpace:
    """The columns of the window: those of each stream in turn, position by position."""

    words: Stream
    characters: Stream
    company: Stream
    situations: Stream

    @property
    def streams(self) -> tuple[Stream, ...]:
        return self.words, self.characters, self.company, self.situations

    @property
    def width(self) -> int:
        return sum(stream.width for stream in self.streams)

    @property
    def blocks(self) -> list[Block]:
        return [block for stream in self.streams for block in stream.blocks]

    @property
    def columns(self) -> list[tuple[Feature, int | None]]:
        """Every column by itself: for looking at, as a model may have a million."""
        return [(feature, position) for features, position in self.blocks for feature in features]

    def split(self, weights: Floats) -> list[Floats]:
        """Of one weight for each column, those of each stream: positions x features."""
        ends = np.cumsum([stream.width for stream in self.streams])
        return [part.reshape(len(stream.positions), -1) for stream, part in zip(self.streams, np.split(weights, ends[:-1]), strict=True)]

    def weights_at_token(self, weights: Floats) -> dict[Feature, float]:
        """Of one weight for each column, what each feature of a token itself weighs."""
        parts = zip(self.streams, self.split(weights), strict=True)
        return {
            feature: weight
            for stream, part in parts
            for feature, weight in zip(stream.features, part[stream.positions.index(0)].tolist(), strict=True)
        }


class WindowView:
    """A batch seen through the window: a matrix of tokens x columns that is never made, only multiplied.

    With `vectors` (words of the company x dimensions) the columns of the company are not its words but the dimensions of their vectors.
    """

    def __init__(self, space: WindowSpace, batch: Batch, vectors: Floats | None = None) -> None:
        self.rows = len(batch.ids)
        # The item that stands at each position of each row (positions x rows), once for the streams of words and once for that of situations.
        self._beside = [
            _look_around(batch, batch.ids, NEIGHBOURS, 0),
            _look_around(batch, batch.situations, space.situations.positions, SITUATIONS.index("edge")),
        ]
        # For each stream: items x features (or dimensions), the same turned round, and where its positions stand among which of those.
        self._tables: list[tuple[Table, Table, int, slice]] = []
        for stream in space.streams:
            around = int(stream is space.situations)
            indicators: Table = stream.indicators(SITUATIONS if around else batch.words)
            if vectors is not None and stream is space.company:
                indicators = indicators @ vectors
            turned = indicators.T if isinstance(indicators, np.ndarray) else scipy.sparse.csr_matrix(indicators.T)
            first = 0 if around else NEIGHBOURS.index(stream.positions[0])
            self._tables.append((indicators, turned, around, slice(first, first + len(stream.positions))))

    def at(self, rows: Places) -> WindowView:
        """The same of these rows only."""
        chosen = copy(self)
        chosen.rows, chosen._beside = len(rows), [beside[:, rows] for beside in self._beside]
        return chosen

    def scores(self, weights: Floats) -> Floats:
        """The matrix times `weights`, one for each column."""
        begin, total = 0, np.zeros(self.rows)
        # Positions x items. What all features of an item score together is added before it is looked up, which is most of the work.
        of_items = [np.zeros((len(beside), items)) for beside, items in zip(self._beside, self._items, strict=True)]
        for indicators, _, around, positions in self._tables:
            here = of_items[around][positions]
            end = begin + len(here) * indicators.shape[1]
            here += (indicators @ weights[begin:end].reshape(len(here), -1).T).T
            begin = end
        for scores, ids in zip(chain(*of_items), chain(*self._beside), strict=True):
            total += scores.take(ids)
        return total

    def gather(self, residuals: Floats) -> Floats:
        """The transposed matrix times `residuals` (one for each row): one sum for each column."""
        of_items = [
            np.array([np.bincount(ids, weights=residuals, minlength=items) for ids in beside])
            for beside, items in zip(self._beside, self._items, strict=True)
        ]
        return np.concatenate([(turned @ of_items[around][positions].T).T.ravel() for _, turned, around, positions in self._tables])

    @property
    def _items(self) -> list[int]:
        """How many items there are of each kind: words, and situations."""
        return [self._tables[0][0].shape[0], len(SITUATIONS)]


def _look_around(batch: Batch, ids: Integers, positions: Sequence[int], outside: int) -> Places:
    return np.array([batch.beside(ids, position, outside) for position in positions], dtype=np.intp)


def make_window_space(batches: Sequence[Batch], company: Iterable[Feature] = (), minimum: int = 2) -> WindowSpace:
    """The space of all features that occur at least `minimum` times in the batches, and of words whose company is known."""
    frequencies = [np.bincount(batch.ids, minlength=len(batch.words)).tolist() for batch in batches]
    for batch, frequency in zip(batches, frequencies, strict=True):
        # Each document has two ends, and beyond both stands the edge.
        frequency[0] = 2 * len(batch)

    def frequent(features_of: FeaturesOf) -> list[Feature]:
        counts: Counter[Feature] = Counter()
        for batch, frequency in zip(batches, frequencies, strict=True):
            for word, count in zip(batch.words, frequency, strict=True):
                for feature in set(features_of(word)):
                    counts[feature] += count
        return sorted(feature for feature, count in counts.items() if count >= minimum)

    situations = [feature for situation in SITUATIONS for feature in situation_features(situation)]
    return space_of(frequent(word_features), frequent(character_features), company, situations)


def space_of(words: Iterable[Feature], characters: Iterable[Feature], company: Iterable[Feature], situations: Iterable[Feature]) -> WindowSpace:
    return WindowSpace(
        Stream(word_features, tuple(words), NEIGHBOURS),
        Stream(character_features, tuple(characters), (0,), runs_of_characters),
        Stream(company_features, tuple(company), NEIGHBOURS, company_terms),
        Stream(situation_features, tuple(situations), (-1, 0, 1)),
    )
