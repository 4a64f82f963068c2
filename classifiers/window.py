"""The linear window: features of the tokens around a place, each with a weight of its own for each position.

The same sum is done in two ways. Training needs a matrix with a row for each token. Scoring folds the weights of all
features of a distinct token into one small row (a weight per position and output) and adds rows up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.documents import SITUATIONS, Batch, Integers
from classifiers.features import Feature, character_features, situation_features, word_features

__all__ = ["Column", "Floats", "Stream", "WindowSpace", "make_window_space", "space_of"]

Floats = NDArray[np.float64]
Column = tuple[Feature, int]

WORD_POSITIONS = (-2, -1, 0, 1, 2)
CHARACTER_POSITIONS = (0,)
SITUATION_POSITIONS = (-1, 0, 1)
# While training, a feature counts less the further it stands from the token: a neighbour is weaker evidence, and with a
# few hundred spans its weights are mostly noise. Average precision out of fold on the sample articles .42 -> .44.
NEARNESS = {0: 1.0, 1: 0.5, 2: 0.25}


@dataclass(frozen=True)
class Stream:
    """One thing that every row has (its word, its situation), the features of it, and the positions looked at."""

    features_of: Callable[[str], list[Feature]]
    features: tuple[Feature, ...]
    positions: tuple[int, ...]

    def indicators(self, items: Sequence[str]) -> sparse.csr_matrix:
        """items x features, ones where the item has the feature; features not in this stream are left out."""
        index = {feature: i for i, feature in enumerate(self.features)}
        rows: list[int] = []
        columns: list[int] = []
        for row, item in enumerate(items):
            for feature in self.features_of(item):
                if (column := index.get(feature)) is not None:
                    rows.append(row)
                    columns.append(column)
        return sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(items), len(self.features)))

    @property
    def columns(self) -> list[Column]:
        return [(feature, position) for position in self.positions for feature in self.features]


@dataclass(frozen=True)
class WindowSpace:
    """The columns of the window: those of each stream in turn, position by position."""

    words: Stream
    characters: Stream
    situations: Stream

    @property
    def columns(self) -> list[Column]:
        return [column for stream in (self.words, self.characters, self.situations) for column in stream.columns]

    @property
    def nearness(self) -> Floats:
        """How much each column counts while training; folded into the weights afterwards."""
        voices = len(self.situations.columns)
        return np.array([NEARNESS[abs(position)] for _, position in self.columns[:-voices]] + [1.0] * voices)

    def matrix(self, batch: Batch) -> sparse.csr_matrix:
        """rows of the batch x columns, ones where the feature is there. Rows of edges are included."""
        blocks = []
        for stream, ids, items in self._streams(batch):
            indicators = stream.indicators(items)
            blocks += [indicators[np.roll(ids, -position)] for position in stream.positions]
        return sparse.csr_matrix(sparse.hstack(blocks, format="csr"))

    def scores(self, batch: Batch, weights: Floats) -> Floats:
        """rows x outputs: `matrix(batch) @ weights`, without the matrix. `weights` is columns x outputs."""
        total = np.zeros((len(batch.ids), weights.shape[1]))
        begin = 0
        for stream, ids, items in self._streams(batch):
            indicators = stream.indicators(items)
            size = len(stream.features)
            for position in stream.positions:
                table = indicators @ weights[begin : begin + size]
                total += table[np.roll(ids, -position)]
                begin += size
        return total

    def _streams(self, batch: Batch) -> list[tuple[Stream, Integers, Sequence[str]]]:
        # Rolling wraps around the ends of the batch, where only edges are: PADDING is as wide as the window.
        return [(self.words, batch.ids, batch.words), (self.characters, batch.ids, batch.words), (self.situations, batch.situations, SITUATIONS)]


def make_window_space(batch: Batch, minimum: int = 2) -> WindowSpace:
    """The space of all features that occur at least `minimum` times in the batch."""
    frequency = np.bincount(batch.ids, minlength=len(batch.words)).tolist()

    def frequent(features_of: Callable[[str], list[Feature]]) -> list[Feature]:
        counts: Counter[Feature] = Counter()
        for word, count in zip(batch.words, frequency, strict=True):
            for feature in set(features_of(word)):
                counts[feature] += count
        return sorted(feature for feature, count in counts.items() if count >= minimum)

    situations = [feature for situation in SITUATIONS for feature in situation_features(situation)]
    return space_of(frequent(word_features), frequent(character_features), situations)


def space_of(words: Iterable[Feature], characters: Iterable[Feature], situations: Iterable[Feature]) -> WindowSpace:
    return WindowSpace(
        Stream(word_features, tuple(words), WORD_POSITIONS),
        Stream(character_features, tuple(characters), CHARACTER_POSITIONS),
        Stream(situation_features, tuple(situations), SITUATION_POSITIONS),
    )
