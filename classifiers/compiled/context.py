"""The second stage of tokens, by the definition of `classifiers.context`: what a score gains from the scores around it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from classifiers.arrays import Floats, Integers
from classifiers.compiled.kernel import kernel
from classifiers.compiled.reading import Places
from classifiers.context import EDGE_LOGIT, REACH, token_columns
from classifiers.context import NEIGHBOURS as POSITIONS
from classifiers.model import Stage

__all__ = ["TokenStage", "add_context", "compile_stage"]

# Sorting a longer sentence by insertion would take the square of its length.
_SHORT = 64


class TokenStage(NamedTuple):
    """The weights of the second stage, by what they are of; `answers` of the questions' outputs, in order."""

    intercept: float
    own: float
    auxiliaries: Floats
    neighbours: Floats
    nearby: float
    sentence: float
    product: float
    highest: float
    mean: float
    rank: float
    before: float
    after: float
    article: float
    elsewhere: float
    answers: Floats


def compile_stage(stage: Stage, auxiliaries: int) -> TokenStage:
    columns = len(token_columns([""] * auxiliaries, ()))
    own, others, neighbours, rest, answers = np.split(stage.weights, [1, 1 + auxiliaries, 1 + auxiliaries + len(POSITIONS), columns])
    figures: list[float] = rest.tolist()
    return TokenStage._make([stage.intercept, float(own[0]), others, neighbours, *figures, answers])


@kernel
def add_context(
    stage: TokenStage,
    logits: Floats,
    answers: Floats,
    sentences: Floats,
    lower: Integers,
    distinct: int,
    first_tokens: Places,
    first_sentences: Places,
    tokens_of_sentences: Places,
) -> Floats:
    """For each token its second-stage logit. `logits`: tokens x span heads; `answers`: what the answers to its document add;
    `sentences`: their logits; `lower`: for each token the number of its lower-cased word, below `distinct`."""
    found = np.empty(len(logits))
    # Of each word in the document: the sum of its logits, and how often it is there.
    sums, counts = np.zeros(distinct), np.zeros(distinct)
    for document in range(len(first_tokens) - 1):
        begin, end = first_tokens[document], first_tokens[document + 1]
        if begin == end:
            continue
        token = logits[begin:end, 0].copy()
        for i in range(end - begin):
            sums[lower[begin + i]] += token[i]
            counts[lower[begin + i]] += 1
        base = stage.intercept + answers[document] + stage.article * _mean(token)
        total = _look_around(stage, token)
        for i in range(end - begin):
            word = lower[begin + i]
            total[i] += base + stage.own * token[i] + stage.elsewhere * (sums[word] - token[i]) / counts[word]
            for head in range(1, logits.shape[1]):
                total[i] += stage.auxiliaries[head - 1] * logits[begin + i, head]
        _look_into_sentences(
            stage, token, total, sentences[first_sentences[document] : first_sentences[document + 1]],
            tokens_of_sentences[first_sentences[document] : first_sentences[document + 1] + 1] - begin,
        )  # fmt: skip
        found[begin:end] = total
        for i in range(end - begin):
            sums[lower[begin + i]] = counts[lower[begin + i]] = 0.0
    return found


@kernel
def _look_around(stage: TokenStage, token: Floats) -> Floats:
    """What the neighbours of each token add."""
    size = len(token)
    total = np.empty(size)
    running = np.zeros(size + 1)
    for i in range(size):
        running[i + 1] = running[i] + token[i]
    for i in range(size):
        first, last = max(i - REACH, 0), min(i + REACH + 1, size)
        total[i] = stage.nearby * (running[last] - running[first]) / (last - first)
        for k, position in enumerate(POSITIONS):
            place = i + position
            total[i] += stage.neighbours[k] * (token[place] if 0 <= place < size else EDGE_LOGIT)
    return total


@kernel
def _look_into_sentences(stage: TokenStage, token: Floats, total: Floats, sentences: Floats, bounds: Places) -> None:
    """Add what its sentence, and those before and after, say of each token."""
    count = len(sentences)
    means = np.full(count, EDGE_LOGIT)
    for i in range(count):
        if bounds[i + 1] > bounds[i]:
            means[i] = _mean(token[bounds[i] : bounds[i + 1]])
    for i in range(count):
        begin, end = bounds[i], bounds[i + 1]
        if begin == end:
            continue
        same = stage.highest * token[begin:end].max() + stage.mean * means[i] + stage.sentence * sentences[i]
        same += stage.before * means[max(i - 1, 0)] + stage.after * means[min(i + 1, count - 1)]
        order = _order(token[begin:end])
        for rank in range(end - begin):
            place = begin + order[rank]
            total[place] += same + stage.product * token[place] * sentences[i] + stage.rank * math.log1p(rank)


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
