"""The same fitted model, called the way scikit-learn's user guide does: a dictionary for each token, a vectoriser for each text.

Every word's features are cached, and nothing is done twice: this is what a competent user would write, not a straw man.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy import sparse
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from classifiers.features.bag import SCALE, SUMMARY, pair_term, summarise
from classifiers.features.context import describe_tokens
from classifiers.features.documents import EDGE, SITUATIONS, Batch, make_batch
from classifiers.features.spans import make_label_space
from classifiers.features.window import NEIGHBOURS
from classifiers.features.words import character_features, company_features, situation_features, word_features
from classifiers.model.decoding import Runs, find_runs
from classifiers.model.model import LOADED, SPANS, Model
from schemas.arrays import Floats, Places
from schemas.text.tokens import Span

__all__ = ["Baseline", "Result"]


@dataclass(frozen=True)
class Result:
    """For each text: the second-stage logits of its tokens, and its spans as (start, end, label)."""

    tokens: list[Floats]
    spans: list[list[tuple[int, int, str]]]
    answers: list[dict[str, Floats]]


class Baseline:
    def __init__(self, model: Model) -> None:
        if model.spans is None or model.sentences is None or model.labels is None or model.auxiliaries:
            raise ValueError("the benchmark needs a model of spans, without auxiliaries")
        self._model, self._labels = model, make_label_space(model.window)
        names = [f"{feature.kind}={feature.term}@{position}" for feature, position in model.window.columns]
        self._token_vectors = DictVectorizer().fit([{name: 1.0} for name in names])
        place = {name: i for i, name in enumerate(names)}
        order = [place[name] for name in self._token_vectors.feature_names_]
        self._token_head = _fitted(model.spans.weights[order], model.spans.intercepts)
        bag = [f"{kind}={term}" for kind, term in model.bag.columns[: -len(model.bag.heads) * len(SUMMARY)]]
        self._vectors = TfidfVectorizer(
            analyzer=_bag_terms, lowercase=False, vocabulary={name: i for i, name in enumerate(bag)}, use_idf=False, norm=None
        ).fit([[""]])
        self._sentence_head = _fitted(model.sentences.weights, model.sentences.intercepts)
        self._heads = {name: _fitted(head.weights, head.intercepts) for name, head in model.questions.items()}
        self._label_head = _fitted(model.labels.weights, model.labels.intercepts)

    def score(self, texts: Sequence[str]) -> Result:
        """Text by text."""
        found = [self._score(text) for text in texts]
        return Result([tokens for tokens, _, _ in found], [spans for _, spans, _ in found], [answers for _, _, answers in found])

    def _score(self, text: str) -> tuple[Floats, list[tuple[int, int, str]], dict[str, Floats]]:
        batch, model = make_batch([text]), self._model
        read = batch.read
        if not len(batch.ids):
            return np.zeros(0), [], {}
        logits = self._token_head.decision_function(self._token_vectors.transform(_token_features(batch)))[:, None]
        sentences = self._sentence_head.decision_function(self._bags(batch, read.tokens_of_sentences, logits))
        article = self._bags(batch, read.tokens.firsts, logits)
        answers = {name: np.atleast_2d(_decide(head, article)) for name, head in self._heads.items()}
        known = np.column_stack([np.zeros((1, 0)), *(answers[name] for name in model.codebook.single_choices(model.questions))])
        tokens = model.stages[SPANS][LOADED].logits(describe_tokens(logits, sentences, known, batch.lower, *read.places))
        found = find_runs(read.tokens, tokens, model.decoding.threshold, model.decoding.entry_cost)
        return tokens, self._label(batch, found), answers

    def _label(self, batch: Batch, found: Runs) -> list[tuple[int, int, str]]:
        spans, head = [Span(*span) for span in zip(found.firsts.tolist(), found.lasts.tolist(), strict=True)], self._model.labels
        if not spans or head is None:
            return []
        scores = _decide(self._label_head, self._labels.matrix(batch, spans)).reshape(len(spans), -1)
        stretches = batch.stretches(found.firsts, found.lasts)
        return [(*span, head.outputs[i]) for (_, span), i in zip(stretches, scores.argmax(axis=1).tolist(), strict=True)]

    def _bags(self, batch: Batch, bounds: Places, logits: Floats) -> sparse.csr_matrix:
        documents = [[batch.words[i] for i in batch.ids[begin:end].tolist()] for begin, end in pairwise(bounds.tolist())]
        lengths = np.array([max(len(words), 1) for words in documents])
        counts = sparse.diags(SCALE / lengths) @ self._vectors.transform(documents)
        return sparse.csr_matrix(sparse.hstack([counts, sparse.csr_matrix(summarise(logits, bounds))]))


def _token_features(batch: Batch) -> list[dict[str, float]]:
    words, situations = [batch.words[i] for i in batch.ids.tolist()], [SITUATIONS[i] for i in batch.situations.tolist()]
    features = []
    for row, word in enumerate(words):
        here: dict[str, float] = {}
        for position in NEIGHBOURS:
            there = words[row + position] if 0 <= row + position < len(words) else EDGE
            for name in _names_of(there):
                here[f"{name}@{position}"] = 1.0
            for name in _company_of(there):
                here[f"{name}@{position}"] = 1.0
        for name in _inner_names_of(word):
            # A run of letters that stands twice in a word counts twice.
            here[name] = here.get(name, 0.0) + 1.0
        for position in (-1, 0, 1):
            for kind, term in situation_features(situations[row + position] if 0 <= row + position < len(words) else SITUATIONS[-1]):
                here[f"{kind}={term}@{position}"] = 1.0
        features.append(here)
    return features


@lru_cache(100_000)
def _names_of(word: str) -> tuple[str, ...]:
    return tuple(f"{kind}={term}" for kind, term in word_features(word))


@lru_cache(100_000)
def _company_of(word: str) -> tuple[str, ...]:
    return tuple(f"{kind}={term}" for kind, term in company_features(word))


@lru_cache(100_000)
def _inner_names_of(word: str) -> tuple[str, ...]:
    return tuple(f"{kind}={term}@0" for kind, term in character_features(word))


def _bag_terms(words: Sequence[str]) -> list[str]:
    terms: list[str] = []
    lower = [pair_term(word) for word in words]
    for word, term in zip(words, lower, strict=True):
        names = _names_of(word)
        terms += names if term else names[1:]
        terms.append(f"company={word_features(word)[0].term}")
    return terms + [f"pair={a} {b}" for a, b in pairwise(lower) if a and b]


def _fitted(weights: Floats, intercepts: Floats) -> LogisticRegression:
    model = LogisticRegression()
    model.coef_, model.intercept_ = weights.T.copy(), intercepts.copy()
    model.classes_ = np.arange(max(len(intercepts), 2))
    return model


def _decide(model: LogisticRegression, matrix: sparse.csr_matrix) -> Floats:
    scores: Floats = np.asarray(matrix @ model.coef_.T) + model.intercept_
    return scores
