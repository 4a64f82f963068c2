"""Second stages: what a score gains from the scores around it.

A token is likelier to be loaded in a loaded sentence, and a sentence in a loaded article (of answers see `features.answers`). Each
second stage is a logistic regression on a few named figures, fitted on out-of-fold logits, so it calibrates them, too: what comes
out is a probability.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from schemas.arrays import Floats, Integers, Places
from schemas.text.kernel import kernel

__all__ = [
    "ARTICLE",
    "ELSEWHERE",
    "OWN",
    "SHRINKAGE",
    "describe_tokens",
    "most_loaded",
    "others_mean",
    "sentence_columns",
    "sentence_context",
    "token_columns",
]

# A mean over few others is drawn to zero, as if there were this many more that say nothing.
SHRINKAGE = 2.0
# What stands beyond an article's ends is no span.
EDGE_LOGIT = -4.0
NEIGHBOURS, _PADDING = (-2, -1, 1, 2), 2
OWN, ARTICLE, ELSEWHERE = "own", "mean in article", "same word elsewhere"
# How many tokens to either side a wide look takes in.
REACH = 8
# Columns of what a token's sentence says; and all, beside those of the span heads' logits and the answers.
_BY_SENTENCE = 7
SHARED = len(NEIGHBOURS) + 1 + _BY_SENTENCE + 2
# In a longer sentence, comparing each token with each would take the square of its length.
_SHORT = 64
_LOGARITHMS = np.array([math.log1p(rank) for rank in range(_SHORT)])


def token_columns(auxiliaries: Sequence[str], answers: Sequence[str]) -> tuple[str, ...]:
    return (
        OWN,
        *(f"auxiliary {name}" for name in auxiliaries),
        *(f"neighbour {position:+d}" for position in NEIGHBOURS),
        f"neighbours, mean of {REACH}",
        "sentence",
        "token x sentence",
        "highest in sentence",
        "mean in sentence",
        "rank in sentence",
        "mean in sentence before",
        "mean in sentence after",
        ARTICLE,
        ELSEWHERE,
        *answers,
    )


def describe_tokens(
    logits: Floats,
    sentences: Floats,
    answers: Floats,
    lower: Integers,
    first_tokens: Places,
    first_sentences: Places,
    tokens_of_sentences: Places,
) -> Floats:
    """tokens x token_columns. `logits`: tokens x (span head, then auxiliary heads); `sentences`: one logit for each sentence; `answers`:
    documents x logits; `lower`: of each token the number of its lower-cased word. Nothing looks beyond its document."""
    # Made by numpy, which asks for large pages of memory: a kernel's own array of this size would take longer to get than to fill.
    figures = np.empty((len(logits), logits.shape[1] + SHARED + answers.shape[1]))
    _describe(figures, logits, sentences, answers, lower, first_tokens, first_sentences, tokens_of_sentences)
    return figures


@kernel
def _describe(
    figures: Floats,
    logits: Floats,
    sentences: Floats,
    answers: Floats,
    lower: Integers,
    first_tokens: Places,
    first_sentences: Places,
    tokens_of_sentences: Places,
) -> None:
    shared = logits.shape[1] + SHARED
    distinct = 0 if not len(lower) else lower.max() + 1
    # Of each word in the document: the sum of its logits, and how often it is there.
    sums, counts = np.zeros(distinct), np.zeros(distinct)
    for document in range(len(first_tokens) - 1):
        begin, end = first_tokens[document], first_tokens[document + 1]
        if begin == end:
            continue
        first, last = first_sentences[document], first_sentences[document + 1]
        _look_around(figures[begin:end], logits[begin:end], lower[begin:end], sums, counts)
        inside = figures[begin:end, shared - _BY_SENTENCE - 2 : shared - 2]
        _look_into_sentences(inside, logits[begin:end, 0].copy(), sentences[first:last], tokens_of_sentences[first : last + 1] - begin)
        for place in range(begin, end):
            for k in range(answers.shape[1]):
                figures[place, shared + k] = answers[document, k]


@kernel
def _look_around(figures: Floats, logits: Floats, lower: Integers, sums: Floats, counts: Floats) -> None:
    """Each token's own logits, those beside it, and those of its article. `sums` and `counts` are zero, before and after."""
    size, heads = logits.shape
    running, padded = np.zeros(size + 1), np.full(size + 2 * _PADDING, EDGE_LOGIT)
    for i in range(size):
        padded[i + _PADDING] = logits[i, 0]
        running[i + 1] = running[i] + logits[i, 0]
        sums[lower[i]] += logits[i, 0]
        counts[lower[i]] += 1
    article, wide = running[size] / size, heads + len(NEIGHBOURS)
    for i in range(size):
        for head in range(heads):
            figures[i, head] = logits[i, head]
        for k in range(len(NEIGHBOURS)):
            figures[i, heads + k] = padded[i + _PADDING + NEIGHBOURS[k]]
        first, last = max(i - REACH, 0), min(i + REACH + 1, size)
        figures[i, wide] = (running[last] - running[first]) / (last - first)
        figures[i, wide + _BY_SENTENCE + 1] = article
        figures[i, wide + _BY_SENTENCE + 2] = (sums[lower[i]] - logits[i, 0]) / counts[lower[i]]
    for i in range(size):
        sums[lower[i]] = counts[lower[i]] = 0.0


@kernel
def _look_into_sentences(figures: Floats, token: Floats, sentences: Floats, bounds: Places) -> None:
    """What its sentence, and those before and after, say of each token."""
    count = len(sentences)
    means = np.full(count, EDGE_LOGIT)
    for i in range(count):
        if bounds[i + 1] > bounds[i]:
            means[i] = _mean(token[bounds[i] : bounds[i + 1]])
    for i in range(count):
        begin, end = bounds[i], bounds[i + 1]
        if begin == end:
            continue
        highest, before, after = token[begin:end].max(), means[max(i - 1, 0)], means[min(i + 1, count - 1)]
        ranks = _ranks(token[begin:end])
        for place in range(begin, end):
            rank = ranks[place - begin]
            figures[place, 0], figures[place, 1], figures[place, 2] = sentences[i], token[place] * sentences[i], highest
            figures[place, 3], figures[place, 4], figures[place, 5], figures[place, 6] = (
                means[i],
                (_LOGARITHMS[rank] if rank < _SHORT else math.log1p(rank)),
                before,
                after,
            )


@kernel
def _mean(values: Floats) -> float:
    """One value after the other, which is the same sum in machine code and in Python."""
    total = 0.0
    for value in values:
        total += value
    return total / len(values)


@kernel
def _ranks(values: Floats) -> Places:
    """How many values are higher than each; of equal ones the first is the higher."""
    size = len(values)
    ranks = np.zeros(size, np.int64)
    if size > _SHORT:
        order = np.argsort(-values, kind="mergesort")
        for i in range(size):
            ranks[order[i]] = i
        return ranks
    # Each is compared with each before it, without a branch: for a sentence this is sooner done than sorting.
    for i in range(size):
        behind = 0
        for j in range(i):
            higher = int(values[j] >= values[i])
            behind += higher
            ranks[j] += 1 - higher
        ranks[i] = behind
    return ranks


def sentence_columns() -> tuple[str, ...]:
    return ("sentence", "other sentences")


def sentence_context(logits: Floats, articles: Places) -> Floats:
    """sentences x sentence_columns, from each sentence's own logit and the number of its article."""
    return np.column_stack([logits, others_mean(logits, articles)])


def most_loaded(counts: Sequence[int] | Places, sentences: Floats) -> Floats:
    """The highest logit of each document's sentences (`counts`: how many each has); EDGE_LOGIT where there is none."""
    highest, some = np.full(len(counts), EDGE_LOGIT), np.flatnonzero(counts)
    if len(some):
        highest[some] = np.maximum.reduceat(sentences, np.concatenate([[0], np.cumsum(counts)])[some])
    return highest


def others_mean(logits: Floats, groups: Places, shrinkage: float = SHRINKAGE) -> Floats:
    """For each row the mean logit of the other rows of its group, shrunken as if there were `shrinkage` more that are zero."""
    totals, counts = np.bincount(groups, weights=logits), np.bincount(groups)
    result: Floats = (totals[groups] - logits) / (counts[groups] - 1 + shrinkage)
    return result
