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

from classifiers.arrays import Floats
from classifiers.bag import SCALE, SUMMARY, article_segments, pair_term, sentence_segments, summarise
from classifiers.context import token_context
from classifiers.decoding import decode_spans
from classifiers.documents import SITUATIONS, Batch, make_batch, make_document
from classifiers.features import character_features, company_features, word_features
from classifiers.labelling import make_label_space
from classifiers.model import LOADED, SPANS, Model
from classifiers.window import NEIGHBOURS
from schemas.tokens import Span

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
        document, model = make_document("a", text), self._model
        batch = make_batch([document])
        rows = batch.rows(0)
        if not document.tokens:
            return np.zeros(0), [], {}
        logits = np.zeros((len(batch.ids), 1))
        logits[rows, 0] = self._token_head.decision_function(self._token_vectors.transform(_token_features(batch)))
        segments, articles = sentence_segments(batch), article_segments(batch)
        sentences = self._sentence_head.decision_function(self._bags(batch, segments, logits))
        article = self._bags(batch, articles, logits)
        answers = {name: np.atleast_2d(_decide(head, article)) for name, head in self._heads.items()}
        known = np.column_stack([np.zeros((1, 0)), *(answers[name] for name in model.codebook.single_choices(model.questions))])
        tokens = model.stages[SPANS][LOADED].logits(token_context(batch, segments, logits, sentences, known))[rows]
        found = decode_spans(document, tokens, model.decoding.threshold, model.decoding.entry_cost)
        return tokens, self._label(batch, found), answers

    def _label(self, batch: Batch, found: list[Span]) -> list[tuple[int, int, str]]:
        if not found:
            return []
        scores = _decide(self._label_head, self._labels.matrix(batch, [(0, span) for span in found])).reshape(len(found), -1)
        document, head = batch.documents[0], self._model.labels
        names = head.outputs if head else ()
        return [(*document.stretch(span), names[i]) for span, i in zip(found, scores.argmax(axis=1).tolist(), strict=True)]

    def _bags(self, batch: Batch, segments: Sequence[slice], logits: Floats) -> sparse.csr_matrix:
        documents = [[batch.words[i] for i in batch.ids[segment].tolist()] for segment in segments]
        lengths = np.array([max(len(words), 1) for words in documents])
        counts = sparse.diags(SCALE / lengths) @ self._vectors.transform(documents)
        return sparse.csr_matrix(sparse.hstack([counts, sparse.csr_matrix([summarise(logits[segment, 0]) for segment in segments])]))


def _token_features(batch: Batch) -> list[dict[str, float]]:
    rows = batch.rows(0)
    ids, situations = batch.ids.tolist(), batch.situations.tolist()
    features = []
    for row in range(rows.start, rows.stop):
        here: dict[str, float] = {}
        for position in NEIGHBOURS:
            for name in _names_of(batch.words[ids[row + position]]):
                here[f"{name}@{position}"] = 1.0
        for name in _inner_names_of(batch.words[ids[row]]):
            # A run of letters that stands twice in a word counts twice.
            here[name] = here.get(name, 0.0) + 1.0
        for position in (-1, 0, 1):
            here[f"voice={SITUATIONS[situations[row + position]]}@{position}"] = 1.0
        features.append(here)
    return features


@lru_cache(100_000)
def _names_of(word: str) -> tuple[str, ...]:
    return tuple(f"{kind}={term}" for kind, term in word_features(word))


@lru_cache(100_000)
def _inner_names_of(word: str) -> tuple[str, ...]:
    return tuple(f"{kind}={term}@0" for kind, term in (*character_features(word), *company_features(word)))


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
