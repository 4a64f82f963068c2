"""Second stages: what a score gains from the scores around it.

A token is likelier to be loaded in a loaded sentence, a sentence in a loaded article, an answer in an article whose page
has others like it. Each second stage is a logistic regression on a few named figures, fitted on out-of-fold logits, so
it calibrates them, too: what comes out is a probability.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from classifiers.features.documents import Batch
from schemas.arrays import Floats, Integers, Places
from schemas.text.kernel import kernel
from schemas.text.reading import Texts

__all__ = [
    "ARTICLE",
    "ELSEWHERE",
    "OTHER_PARTS",
    "OWN",
    "SHARED",
    "SHRINKAGE",
    "answer_columns",
    "answer_context",
    "answer_figures",
    "describe_document",
    "most_loaded",
    "others_mean",
    "places_of",
    "sentence_columns",
    "sentence_context",
    "token_columns",
    "token_context",
]

# A mean over few others is drawn to zero, as if there were this many more that say nothing.
SHRINKAGE = 2.0
# What stands beyond an article's ends is no span.
EDGE_LOGIT = -4.0
NEIGHBOURS = (-2, -1, 1, 2)
OWN, ARTICLE, ELSEWHERE = "own", "mean in article", "same word elsewhere"
# How the figures of the other parts of a page are called, behind the names of the article's own.
OTHER_PARTS = ", other parts"
# How many tokens to either side a wide look takes in.
REACH = 8
# Columns of a token beside those of the span heads' logits and the answers.
SHARED = len(NEIGHBOURS) + 10
# Sorting a longer sentence by insertion would take the square of its length.
_SHORT = 64


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


def token_context(batch: Batch, logits: Floats, sentences: Floats, answers: Floats) -> Floats:
    """tokens of the batch x token_columns. `logits`: tokens x (span head, then auxiliary heads); `sentences`: one logit for each
    sentence; `answers`: documents x logits. Nothing looks beyond its document."""
    figures = np.empty((len(logits), SHARED + logits.shape[1]))
    describe_tokens(figures, logits, sentences, batch.lower, *places_of(batch.read))
    return np.hstack([figures, answers[batch.documents]])


def places_of(read: Texts) -> tuple[Places, Places, Places]:
    """Where documents have their first tokens and sentences, and sentences their first tokens: what kernels of a batch want to know."""
    return read.tokens.firsts, read.sentences.firsts, read.tokens_of_sentences


@kernel
def describe_tokens(
    figures: Floats, logits: Floats, sentences: Floats, lower: Integers, first_tokens: Places, first_sentences: Places, tokens_of_sentences: Places
) -> None:
    """Fill `figures`: tokens x token_columns, but for the answers."""
    distinct = 0 if not len(lower) else lower.max() + 1
    # Of each word in the document: the sum of its logits, and how often it is there.
    sums, counts = np.zeros(distinct), np.zeros(distinct)
    for document in range(len(first_tokens) - 1):
        begin, end = first_tokens[document], first_tokens[document + 1]
        first, last = first_sentences[document], first_sentences[document + 1]
        bounds = tokens_of_sentences[first : last + 1] - begin
        describe_document(figures[begin:end], logits[begin:end], sentences[first:last], lower[begin:end], bounds, sums, counts)


@kernel
def describe_document(figures: Floats, logits: Floats, sentences: Floats, lower: Integers, bounds: Places, sums: Floats, counts: Floats) -> None:
    """Fill `figures` of one document, whose sentence s has the tokens bounds[s] to bounds[s + 1]. `sums` and `counts` are zero for each
    of its words, before and after."""
    size, heads = logits.shape
    if size == 0:
        return
    token, after = logits[:, 0].copy(), heads + len(NEIGHBOURS)
    for i in range(size):
        sums[lower[i]] += token[i]
        counts[lower[i]] += 1
    running = np.zeros(size + 1)
    for i in range(size):
        running[i + 1] = running[i] + token[i]
    article = running[size] / size
    for i in range(size):
        for head in range(heads):
            figures[i, head] = logits[i, head]
        for k, position in enumerate(NEIGHBOURS):
            place = i + position
            figures[i, heads + k] = token[place] if 0 <= place < size else EDGE_LOGIT
        first, last = max(i - REACH, 0), min(i + REACH + 1, size)
        figures[i, after] = (running[last] - running[first]) / (last - first)
        figures[i, after + 8] = article
        figures[i, after + 9] = (sums[lower[i]] - token[i]) / counts[lower[i]]
    _look_into_sentences(figures[:, after + 1 : after + 8], token, sentences, bounds)
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
        order = _order(token[begin:end])
        for rank in range(end - begin):
            place = begin + order[rank]
            figures[place, 0], figures[place, 1], figures[place, 2] = sentences[i], token[place] * sentences[i], highest
            figures[place, 3], figures[place, 4], figures[place, 5], figures[place, 6] = means[i], math.log1p(rank), before, after


@kernel
def _mean(values: Floats) -> float:
    """One value after the other, which is the same sum in machine code and in Python."""
    total = 0.0
    for value in values:
        total += value
    return total / len(values)


@kernel
def _order(values: Floats) -> Places:
    """Indices from the highest value to the lowest; of equal ones the first comes first."""
    size = len(values)
    if size > _SHORT:
        return np.argsort(-values, kind="mergesort")
    order = np.empty(size, np.int64)
    for i in range(size):
        place = i
        while place > 0 and values[order[place - 1]] < values[i]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = i
    return order


def sentence_columns() -> tuple[str, ...]:
    return ("sentence", "other sentences")


def sentence_context(logits: Floats, articles: Places) -> Floats:
    """sentences x sentence_columns, from each sentence's own logit and the number of its article."""
    return np.column_stack([logits, others_mean(logits, articles)])


def answer_columns(values: Sequence[str]) -> tuple[str, ...]:
    return (*values, *(f"{value}{OTHER_PARTS}" for value in values))


def answer_context(logits: Floats, pages: Sequence[str | None]) -> Floats:
    """documents x answer_columns, from logits of documents x values. Articles without a page have no other parts."""
    numbers: dict[str, int] = {}
    groups = np.array([numbers.setdefault(page or f"\0{i}", len(numbers)) for i, page in enumerate(pages)], dtype=np.int64)
    return np.column_stack([logits, *(others_mean(column, groups) for column in logits.T)])


def answer_figures(
    question: str, value: str, index: int, logits: Mapping[str, Floats], singles: Mapping[str, tuple[str, ...]], sentences: Floats
) -> tuple[tuple[str, ...], Floats]:
    """Names and figures (documents x names) that the second stage of one value sees: its own logit, those of the other
    questions with one answer, and that of the most loaded sentence (`sentences`, one for each document)."""
    others = [name for name in singles if name != question and name in logits]
    columns = (f"{question}: {value}", *(f"{name}: {other}" for name in others for other in singles[name]), "most loaded sentence")
    return columns, np.column_stack([logits[question][:, index], *(logits[name] for name in others), sentences])


def most_loaded(counts: Sequence[int] | Places, sentences: Floats) -> Floats:
    """The highest logit of each document's sentences (`counts`: how many each has); EDGE_LOGIT where there is none."""
    highest = np.full(len(counts), -np.inf)
    np.maximum.at(highest, np.repeat(np.arange(len(counts)), counts), sentences)
    return np.where(np.isfinite(highest), highest, EDGE_LOGIT)


def others_mean(logits: Floats, groups: Places, shrinkage: float = SHRINKAGE) -> Floats:
    """For each row the mean logit of the other rows of its group, shrunken as if there were `shrinkage` more that are zero."""
    totals, counts = np.bincount(groups, weights=logits), np.bincount(groups)
    result: Floats = (totals[groups] - logits) / (counts[groups] - 1 + shrinkage)
    return result
