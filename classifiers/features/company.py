"""The company words keep: vectors of words from the user's own texts, labelled or not (Firth 1957: "by the company it keeps").

Words that stand between the same neighbours get similar vectors, so a head that learns what "slammed" means learns
something of "blasted". Vectors are only used while training: what a head learns of the vectors is folded into one weight
for each known word, which an analyst can read and scoring can add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from classifiers.features.documents import Batch
from classifiers.features.words import Feature, word_features
from schemas.arrays import Floats

__all__ = ["Company", "learn_company"]

MINIMUM, REACH, DIMENSIONS = 3, 2, 100
# Contexts are smoothed so that rare ones do not look too informative (Levy, Goldberg and Dagan 2015, section 3.1).
SMOOTHING = 0.75


@dataclass(frozen=True)
class Company:
    """One vector of length one for each known word: `vectors` is words x dimensions."""

    words: tuple[str, ...]
    vectors: Floats

    @property
    def features(self) -> tuple[Feature, ...]:
        return tuple(Feature("company", word) for word in self.words)


def learn_company(batches: Sequence[Batch]) -> Company:
    """Vectors by singular value decomposition of positive pointwise mutual information (Levy and Goldberg 2014).

    Neighbours up to REACH tokens away count, the nearer the more. The same texts give the same vectors.
    """
    sequences = [sequence for batch in batches for sequence in _fold_documents(batch)]
    counts = Counter(word for sequence in sequences for word in sequence)
    words = sorted(word for word, count in counts.items() if count >= MINIMUM)
    if len(words) <= 2:
        return Company((), np.zeros((0, 1)))
    association = _associate(_count_neighbours(sequences, words))
    left, strengths, _ = randomized_svd(association, min(DIMENSIONS, len(words) - 1), random_state=0, n_iter=4)
    vectors = left * np.sqrt(strengths)
    return Company(tuple(words), vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


def _fold_documents(batch: Batch) -> Iterator[list[str]]:
    """The words of each document, as features have them."""
    folded = [word_features(word)[0].term for word in batch.words]
    for number in range(len(batch)):
        yield [folded[i] for i in batch.ids[batch.rows(number)].tolist()]


def _count_neighbours(sequences: Sequence[Sequence[str]], words: Sequence[str]) -> sparse.csr_matrix:
    number = {word: i for i, word in enumerate(words)}
    gap = [-1] * REACH
    flat = np.array([i for sequence in sequences for i in [*(number.get(word, -1) for word in sequence), *gap]], dtype=np.int64)
    total = sparse.csr_matrix((len(words), len(words)))
    for distance in range(1, REACH + 1):
        left, right = flat[:-distance], flat[distance:]
        both = (left >= 0) & (right >= 0)
        pairs = sparse.csr_matrix((np.full(int(both.sum()), 1 / distance), (left[both], right[both])), shape=total.shape)
        total = total + pairs + pairs.T
    return total


def _associate(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    table = counts.tocoo()
    rows, contexts = np.asarray(counts.sum(axis=1)).ravel(), np.asarray(counts.sum(axis=0)).ravel() ** SMOOTHING
    information = np.log(table.data * contexts.sum() / (rows[table.row] * contexts[table.col]))
    positive = information > 0
    return sparse.csr_matrix((information[positive], (table.row[positive], table.col[positive])), shape=counts.shape)
