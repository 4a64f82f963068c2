"""Which value each attribute of a span has: the columns of `features.surroundings`, folded into rows of weights."""

from __future__ import annotations

from itertools import compress, islice

import numpy as np

from classifiers.features.surroundings import PLACES, SurroundingSpace, list_surroundings, make_surrounding_space, reach_of_spans
from classifiers.features.window import Stream
from classifiers.features.words import Feature, company_features, company_terms
from classifiers.model.model import Model
from classifiers.scoring.word_rows import LateRows, Part, Rows
from schemas.arrays import Flags, Floats, Integers, Places
from schemas.text.kernel import kernel
from schemas.text.reading import Texts
from schemas.text.vocabulary import Vocabulary

__all__ = ["AttributeTable"]


class AttributeTable:
    """The rows of all heads of attributes together: of a word what it adds to each output at each of PLACES."""

    def __init__(self, model: Model) -> None:
        space, heads = make_surrounding_space(model.window), list(model.attributes.values())
        self._outputs = {name: len(head.outputs) for name, head in model.attributes.items()}
        self._intercepts = np.concatenate([np.zeros(0), *(head.intercepts for head in heads)])
        begin = len(PLACES) * len(space.words.features)
        halves = ([_by_word(head.weights[part]) for head in heads] for part in (slice(begin), slice(begin, space.width)))
        # Place by place, and in each output by output.
        words, company = (np.concatenate([np.zeros((len(half[0]) if half else 0, len(PLACES), 0)), *half], axis=2) for half in halves)
        self._rows = LateRows([[_join(space, words.reshape(len(words), -1), company.reshape(len(company), -1))]]) if heads else None

    def weigh(self, vocabulary: Vocabulary, texts: Texts, ids: Integers, firsts: Places, lasts: Places) -> dict[str, Floats]:
        """For each attribute spans x outputs: how likely each is. Spans are ranges of the texts' tokens, which have the numbers `ids`."""
        if self._rows is None:
            return {}
        which, tokens, places, weights = list_surroundings(firsts, lasts, *reach_of_spans(texts, firsts, lasts))
        near = ids[tokens]
        rows, row_of = self._rows.of(vocabulary, near)
        logits = _add_rows(np.tile(self._intercepts, (len(firsts), 1)), which, row_of[near], places, weights, rows)
        ends = np.cumsum([*self._outputs.values()])[:-1]
        return {name: _share_out(part) for name, part in zip(self._outputs, np.split(logits, ends, axis=1), strict=True)}


def _by_word(weights: Floats) -> Floats:
    """From (places x words) rows x outputs to words x places x outputs."""
    return weights.reshape(len(PLACES), -1, weights.shape[1]).transpose(1, 0, 2)


def _join(space: SurroundingSpace, words: Floats, company: Floats) -> Part:
    """What each word is worth by itself and by its vector, added up, so that it is looked up once; of those that are worth anything."""
    some: Flags = (company != 0).any(axis=1)
    features = list(compress(space.company.features, some.tolist()))
    numbers = {feature.term: i for i, feature in enumerate(features)}
    places = [numbers.setdefault(feature.term, len(numbers)) for feature in space.words.features]
    weights = np.zeros((len(numbers), words.shape[1]))
    weights[: len(features)] = company[some]
    weights[places] += words
    features += [Feature("company", term) for term in islice(numbers, len(features), None)]
    return Stream(company_features, tuple(features), (0,), company_terms), weights


@kernel
def _add_rows(logits: Floats, which: Integers, row_of: Integers, places: Integers, weights: Floats, rows: Rows) -> Floats:
    """spans x outputs: the rows of all words around each, as much of them as counts."""
    outputs = logits.shape[1]
    for i in range(len(which)):
        begin = places[i] * outputs
        for output in range(outputs):
            logits[which[i], output] += weights[i] * rows[row_of[i], begin + output]
    return logits


def _share_out(logits: Floats) -> Floats:
    """The probabilities that add up to one in each row."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares
