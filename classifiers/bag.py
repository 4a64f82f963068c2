"""Sentences and articles as bags: their words, and what the span head found in them.

A bag is a sum over its tokens divided by their number, so a score is a ratio of running sums, and a long article is not
surer of everything than a short one (as it would be if divided by the root; measured equal within the spread of folds).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.documents import Batch
from classifiers.features import Feature, word_features
from classifiers.window import Floats

__all__ = ["SUMMARY", "BagSpace", "Segment", "article_segments", "make_bag_space", "sentence_segments"]

# Shares of words are small numbers; this brings them near one, where the penalty on weights is meant to act.
SCALE = 20.0

# A range of the batch's rows.
Segment = slice

SUMMARY = tuple(
    Feature("spans", term) for term in ("highest probability", "second highest", "third highest", "mean probability", "share above a half")
)


@dataclass(frozen=True)
class BagSpace:
    """The columns of the bag matrix: words, then the summary of the span head."""

    words: tuple[Feature, ...]

    @property
    def columns(self) -> list[Feature]:
        return [*self.words, *SUMMARY]

    def matrix(self, batch: Batch, segments: Sequence[Segment], probabilities: Floats) -> sparse.csr_matrix:
        """segments x columns. `probabilities` are the span head's, one for each row of the batch."""
        column_of = self._columns_of_words(batch)
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for row, segment in enumerate(segments):
            found = column_of[batch.ids[segment]]
            counts = Counter(found[found >= 0].tolist())
            rows += [row] * len(counts)
            columns += counts.keys()
            values += [SCALE * count / max(len(found), 1) for count in counts.values()]
        bags = sparse.csr_matrix((values, (rows, columns)), shape=(len(segments), len(self.words)))
        summary = np.array([_summarise(probabilities[segment]) for segment in segments]).reshape(len(segments), len(SUMMARY))
        return sparse.csr_matrix(sparse.hstack([bags, sparse.csr_matrix(summary)], format="csr"))

    def _columns_of_words(self, batch: Batch) -> NDArray[np.int64]:
        index = {feature: i for i, feature in enumerate(self.words)}
        return np.array([index.get(word_features(word)[0], -1) for word in batch.words], dtype=np.int64)


def make_bag_space(batch: Batch, segments: Sequence[Segment], minimum: int = 2) -> BagSpace:
    """The space of words that at least `minimum` of the segments have."""
    feature_of = [word_features(word)[0] if word[:1].isalpha() else None for word in batch.words]
    counts: Counter[Feature] = Counter()
    for segment in segments:
        counts.update({feature for word in batch.ids[segment].tolist() if (feature := feature_of[word])})
    return BagSpace(tuple(sorted(feature for feature, count in counts.items() if count >= minimum)))


def sentence_segments(batch: Batch) -> list[Segment]:
    """The rows of each sentence, of all documents in order."""
    segments = []
    for number, document in enumerate(batch.documents):
        begin = int(batch.begins[number])
        for sentence in document.sentences:
            inside = document.tokens_between(sentence.start, sentence.end)
            segments.append(slice(begin + inside.start, begin + inside.stop))
    return segments


def article_segments(batch: Batch) -> list[Segment]:
    return [batch.rows(number) for number in range(len(batch.documents))]


def _summarise(probabilities: Floats) -> list[float]:
    if not len(probabilities):
        return [0.0] * len(SUMMARY)
    highest = np.sort(probabilities)[::-1]
    top = [float(highest[i]) if i < len(highest) else 0.0 for i in range(3)]
    return [*top, float(probabilities.mean()), float((probabilities > 0.5).mean())]
