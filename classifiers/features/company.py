"""The company words keep (Firth 1957: "by the company it keeps"): vectors of words, learned from the user's own texts or read from a file.

Words that stand between the same neighbours get similar vectors, so a head that learns what "slammed" means learns
something of "blasted", although it stands in no training text. Vectors are only used while training: what a head learns of them is folded
into one weight for each known word and place, which an analyst can read and scoring can add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from classifiers.features.documents import Batch
from classifiers.features.words import Feature, company_features, word_features
from schemas.arrays import Flags, Floats

__all__ = ["Company", "join_companies", "learn_company", "make_company"]

MINIMUM, REACH, DIMENSIONS = 3, 2, 100
COMMON = 20_000
# Characters of a word of somebody else's list.
LONGEST = 100
LANDMARKS, SHARPNESS = 110, 10.0
# Contexts are smoothed so that rare ones do not look too informative (Levy, Goldberg and Dagan 2015, section 3.1).
SMOOTHING = 0.75


@dataclass(frozen=True)
class Company:
    """One vector of length one for each known word, the most frequent first: `vectors` is words x dimensions. `origin`: which vectors these are,
    to say in a model's card; nothing of those that were learned from the texts at hand."""

    words: tuple[str, ...]
    vectors: Floats
    origin: str = ""

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        return tuple(Feature("company", word) for word in self.words)

    @cached_property
    def with_likeness(self) -> Company:
        """The same, with how like each word is to each of LANDMARKS words beside its vector, so that what is linear in them need not be linear in
        the vectors: a head can learn of a corner of the space and leave the rest alone (BABE words by page: token F1 .545 without, .553 with)."""
        if len(self.words) <= LANDMARKS:
            return self
        # Spread over words that are neither everywhere nor rare.
        places = np.linspace(min(100, len(self.words) // 10), min(COMMON, len(self.words)) - 1, LANDMARKS).astype(int)
        nearness = np.exp(SHARPNESS * (self.vectors @ self.vectors[places].T - 1))
        return replace(self, vectors=np.hstack([self.vectors, nearness / np.linalg.norm(nearness, axis=1, keepdims=True)]))

    def of(self, words: Iterable[str]) -> Company:
        """Of those among these words alone."""
        rows = np.flatnonzero(self._are(words))
        return replace(self, words=tuple(self.words[i] for i in rows.tolist()), vectors=self.vectors[rows])

    def common(self, words: Iterable[str]) -> Company:
        """The same, with vectors of zeros for what is neither among these words nor among the first COMMON: heads of many outputs, with a
        weight for each, would fill most of a model's folder with words that hardly occur."""
        kept = self._are(words)
        kept[:COMMON] = True
        return replace(self, vectors=self.vectors * kept[:, None])

    def _are(self, words: Iterable[str]) -> Flags:
        met = {word_features(word)[0].term for word in words}
        return np.array([word in met for word in self.words], dtype=np.bool_)


def make_company(words: Sequence[str], vectors: Floats) -> Company:
    """From words as others write them, the most frequent first: of those that features take for one word the first counts. What they take for
    no word is left out: others count the 's of a possessive as one."""
    numbers: dict[str, int] = {}
    for number, word in enumerate(words):
        for _, term in company_features(word):
            if 0 < len(term) <= LONGEST:
                numbers.setdefault(term, number)
    some = np.asarray(vectors, dtype=float)[list(numbers.values())]
    return Company(tuple(numbers), some / np.maximum(np.linalg.norm(some, axis=1, keepdims=True), 1e-9))


def join_companies(first: Company, second: Company) -> Company:
    """The words of either; the dimensions of both, zero where one does not know a word."""
    words = tuple(dict.fromkeys((*first.words, *second.words)))
    places = {word: i for i, word in enumerate(words)}
    vectors = np.zeros((len(words), first.vectors.shape[1] + second.vectors.shape[1]))
    vectors[: len(first.words), : first.vectors.shape[1]] = first.vectors
    vectors[[places[word] for word in second.words], first.vectors.shape[1] :] = second.vectors
    return Company(words, vectors)


def learn_company(batches: Sequence[Batch]) -> Company:
    """Vectors by singular value decomposition of positive pointwise mutual information (Levy and Goldberg 2014).

    Neighbours up to REACH tokens away count, the nearer the more. The same texts give the same vectors.
    """
    sequences = [sequence for batch in batches for sequence in _fold_documents(batch)]
    counts = Counter(word for sequence in sequences for word in sequence)
    words = sorted((word for word, count in counts.items() if count >= MINIMUM), key=lambda word: (-counts[word], word))
    if len(words) <= 2:
        return Company((), np.zeros((0, 1)))
    association = _associate(_count_neighbours(sequences, words))
    # Imported here, for it takes its time, and who looks up vectors needs none of it.
    from sklearn.utils.extmath import randomized_svd

    left, strengths, _ = randomized_svd(association, min(DIMENSIONS, len(words) - 1), random_state=0, n_iter=4)
    vectors = left * np.sqrt(strengths)
    return make_company(words, vectors)


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
