"""What a model says of a batch: tokens, spans, sentences and answers, with probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classifiers.bag import article_segments, sentence_segments
from classifiers.decoding import decode_spans
from classifiers.documents import Batch, Document
from classifiers.model import Head, Model
from classifiers.window import Floats
from schemas.tokens import Span
from schemas.voice import Voice, voice_of

__all__ = ["FoundSpan", "Prediction", "choose_label", "predict"]


@dataclass(frozen=True)
class FoundSpan:
    """A span the model found: token indices and offsets, its label, and the probability that it is loaded."""

    tokens: Span
    start: int
    end: int
    label: str
    probability: float
    voice: Voice


@dataclass(frozen=True)
class Prediction:
    """For each document: its spans, one probability a sentence; for each question documents x values; and for each row of
    the batch the probability that the token is loaded, and the label head's logits."""

    spans: list[list[FoundSpan]]
    sentences: list[Floats]
    answers: dict[str, Floats]
    tokens: Floats
    label_logits: Floats


def predict(model: Model, batch: Batch) -> Prediction:
    """Score every document of the batch. An article scores the same alone and in any batch."""
    logits, label_logits = _token_logits(model, batch)
    calibrated = model.spans.probabilities(logits[:, None])[:, 0] if model.spans else np.zeros(len(batch.ids))
    spans = [_find_spans(model, batch, number, logits, calibrated, label_logits) for number in range(len(batch.documents))]
    answers = {name: _answer(model, name, batch, calibrated) for name in model.questions}
    return Prediction(spans, _sentences(model, batch, calibrated), answers, calibrated, label_logits)


def choose_label(model: Model, label_logits: Floats) -> str:
    """The label of a span, from the label head's logits of its tokens (tokens x labels)."""
    head = model.heads["labels"]
    return head.outputs[int((label_logits.mean(axis=0) + head.intercepts).argmax())]


def _token_logits(model: Model, batch: Batch) -> tuple[Floats, Floats]:
    """The span head's logit of each row, and the label head's (without intercepts, which belong to the span)."""
    if model.spans is None or model.labels is None:
        return np.full(len(batch.ids), -np.inf), np.zeros((len(batch.ids), 0))
    both = model.window.scores(batch, np.hstack([model.spans.weights, model.labels.weights]))
    return both[:, 0] + model.spans.intercepts[0], both[:, 1:]


def _find_spans(model: Model, batch: Batch, number: int, logits: Floats, calibrated: Floats, label_logits: Floats) -> list[FoundSpan]:
    if model.spans is None:
        return []
    document, rows = batch.documents[number], batch.rows(number)
    found = decode_spans(document, logits[rows], model.decoding.threshold, model.decoding.entry_cost)
    return [_describe(model, document, tokens, calibrated[rows], label_logits[rows]) for tokens in found]


def _describe(model: Model, document: Document, tokens: Span, calibrated: Floats, label_logits: Floats) -> FoundSpan:
    start, end = document.tokens[tokens.start].start, document.tokens[tokens.end - 1].end
    inside = slice(tokens.start, tokens.end)
    return FoundSpan(
        tokens, start, end, choose_label(model, label_logits[inside]), float(calibrated[inside].mean()), voice_of(start, end, document.quotations)
    )


def _sentences(model: Model, batch: Batch, calibrated: Floats) -> list[Floats]:
    counts = [len(document.sentences) for document in batch.documents]
    if model.sentences is None:
        return [np.zeros(count) for count in counts]
    matrix = model.bag.matrix(batch, sentence_segments(batch), calibrated)
    flat = model.sentences.probabilities(_logits(model.sentences, matrix))[:, 0]
    return np.split(flat, np.cumsum(counts)[:-1]) if counts else []


def _answer(model: Model, name: str, batch: Batch, calibrated: Floats) -> Floats:
    head, question = model.questions[name], model.codebook.question(name)
    probabilities = head.probabilities(_logits(head, model.bag.matrix(batch, article_segments(batch), calibrated)))
    if question is not None and question.choice == "single":
        probabilities = probabilities / probabilities.sum(axis=1, keepdims=True)
    return probabilities


def _logits(head: Head, matrix: object) -> Floats:
    product: Floats = np.asarray(matrix @ head.weights) + head.intercepts  # type: ignore[operator]
    return product
