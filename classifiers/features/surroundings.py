"""A span and the sentence around it, to say what its wording is to somebody or something: words inside it, before it and after it, the nearer the
more, and those of the whole sentence, wherever they stand.

Each word counts by itself and by its vector, with a weight of its own for each of these places, so "X attacked" and "attacked X" are told apart.
NewsMTSC, stance of a named target, macro-F1: words of the sentence .569, with their vectors .610, and with the places .676. Words at the
edges, parts of words, clauses, negation and voice gave nothing beside them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from classifiers.features.documents import Batch
from classifiers.features.spans import DILUTION
from classifiers.features.window import Block, Stream, WindowSpace
from classifiers.features.words import Feature, company_features, company_terms
from schemas.arrays import Floats, Integers, Places
from schemas.text.kernel import kernel
from schemas.text.reading import Texts
from schemas.text.tokens import Span

__all__ = ["PLACES", "SENTENCE", "SURROUNDING_KINDS", "SurroundingSpace", "list_surroundings", "make_surrounding_space", "reach_of_spans"]

PLACES = ("inside", "before", "after", "sentence")
INSIDE, BEFORE, AFTER, SENTENCE = range(len(PLACES))
# What a word is called there.
SURROUNDING_KINDS = ("inside word", "word before", "word after", "word of sentence")
# A word so many tokens further away counts half. At 2 and at 8: .672 and .667 on NewsMTSC.
HALVING = 4.0
# Tokens on either side; what is taken for a sentence may be a whole article.
REACH = 50


@dataclass(frozen=True)
class SurroundingSpace:
    """The columns of spans with their surroundings: words place by place, then words for their company, place by place."""

    words: Stream
    company: Stream

    @cached_property
    def blocks(self) -> list[Block]:
        words: list[Block] = [([Feature(kind, feature.term) for feature in self.words.features], 0) for kind in SURROUNDING_KINDS]
        return [*words, *[(self.company.features, 0)] * len(PLACES)]

    @property
    def width(self) -> int:
        return len(PLACES) * (len(self.words.features) + len(self.company.features))

    def matrix(self, batch: Batch, spans: Sequence[Span]) -> scipy.sparse.csr_matrix:
        """spans (ranges of the batch's tokens) x columns."""
        firsts, lasts = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        which, tokens, places, weights = list_surroundings(firsts, lasts, *reach_of_spans(batch.read, firsts, lasts))
        used, ids = np.unique(batch.ids[tokens], return_inverse=True)
        words = [batch.words[i] for i in used]
        counts = scipy.sparse.csr_matrix((weights, (len(spans) * places + which, ids)), shape=(len(PLACES) * len(spans), len(words)))
        by_place = [counts[len(spans) * place : len(spans) * (place + 1)] for place in range(len(PLACES))]
        blocks = [some @ indicators for indicators in (self.words.indicators(words), self.company.indicators(words)) for some in by_place]
        return scipy.sparse.csr_matrix(scipy.sparse.hstack(blocks, format="csr"))


def make_surrounding_space(window: WindowSpace) -> SurroundingSpace:
    words = tuple(feature for feature in window.words.features if feature.kind == "word")
    return SurroundingSpace(Stream(company_features, words, (0,), company_terms), window.company)


def reach_of_spans(read: Texts, firsts: Places, lasts: Places) -> tuple[Places, Places]:
    """The first token, and the one after the last, of the sentences that each span stands in, at most REACH beyond it."""
    bounds = read.tokens_of_sentences
    begins = bounds[np.searchsorted(bounds, firsts, side="right") - 1]
    ends = bounds[np.searchsorted(bounds, lasts)]
    return np.maximum(begins, firsts - REACH), np.minimum(ends, lasts + REACH)


@kernel
def list_surroundings(firsts: Places, lasts: Places, begins: Places, ends: Places) -> tuple[Integers, Places, Integers, Floats]:
    """What counts of each span and its surroundings: the number of the span, a token, the number of its place, and how much it counts there.

    Spans have the tokens from `firsts` to before `lasts`, their surroundings those from `begins` to before `ends`.
    """
    total = 2 * (ends - begins).sum()
    which, tokens = np.empty(total, np.int32), np.empty(total, np.int64)
    places, weights = np.empty(total, np.int32), np.empty(total)
    at = 0
    for span in range(len(firsts)):
        first, last = firsts[span], lasts[span]
        inside, share = math.pow(last - first, -DILUTION), 1 / math.sqrt(ends[span] - begins[span])
        for token in range(begins[span], ends[span]):
            if token < first:
                place, weight = BEFORE, math.pow(0.5, (first - 1 - token) / HALVING)
            elif token < last:
                place, weight = INSIDE, inside
            else:
                place, weight = AFTER, math.pow(0.5, (token - last) / HALVING)
            which[at : at + 2], tokens[at : at + 2] = span, token
            places[at], weights[at] = place, weight
            places[at + 1], weights[at + 1] = SENTENCE, share
            at += 2
    return which, tokens, places, weights
