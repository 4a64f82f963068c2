"""Second stages of tokens: the figures of `features.context`, weighed as they are found, so that no table of them is ever made."""

from __future__ import annotations

import numpy as np

from classifiers.features.context import describe_document
from schemas.arrays import Floats, Integers, Places
from schemas.text.kernel import kernel

__all__ = ["add_context"]


@kernel
def add_context(
    weights: Floats,
    bases: Floats,
    logits: Floats,
    sentences: Floats,
    lower: Integers,
    first_tokens: Places,
    first_sentences: Places,
    tokens_of_sentences: Places,
) -> Floats:
    """For each token its second-stage logit. `weights`: of token_columns, but for the answers; `bases`: what the intercept and the
    answers add in each document; the rest as `describe_tokens` takes it."""
    found = np.empty(len(logits))
    distinct = 0 if not len(lower) else lower.max() + 1
    sums, counts = np.zeros(distinct), np.zeros(distinct)
    longest = np.diff(first_tokens).max() if len(first_tokens) > 1 else 0
    figures = np.empty((longest, len(weights)))
    for document in range(len(first_tokens) - 1):
        begin, end = first_tokens[document], first_tokens[document + 1]
        first, last = first_sentences[document], first_sentences[document + 1]
        bounds = tokens_of_sentences[first : last + 1] - begin
        describe_document(figures[: end - begin], logits[begin:end], sentences[first:last], lower[begin:end], bounds, sums, counts)
        for i in range(end - begin):
            total = bases[document]
            for column in range(len(weights)):
                total += weights[column] * figures[i, column]
            found[begin + i] = total
    return found
