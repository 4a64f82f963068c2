"""What a model says of a batch: tokens, spans, sentences and answers, with probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.arrays import Floats, logistic
from classifiers.bag import Segment, article_segments, sentence_segments
from classifiers.context import answer_figures, most_loaded, sentence_context, token_context
from classifiers.decoding import decode_spans
from classifiers.documents import Batch, Document
from classifiers.labelling import Place, make_label_space
from classifiers.model import OVERLAP, SPANS, Head, Model, Stage
from classifiers.overlap import cut_spans
from classifiers.pages import Alone, Pages
from schemas.tokens import Span
from schemas.voice import Voice, voice_of

__all__ = ["FoundSpan", "Prediction", "answer", "choose_labels", "cut_for_overlap", "predict", "token_logits"]


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
    """For each document: its spans, one probability a sentence, and what is known of it alone; for each question documents x
    values, as probabilities; for each row of the batch the logit that the token is loaded, and what the second stage saw of
    it (rows x its columns)."""

    spans: list[list[FoundSpan]]
    sentences: Sequence[Floats]
    alone: Alone
    answers: dict[str, Floats]
    tokens: Floats
    figures: Floats


def predict(model: Model, batch: Batch) -> Prediction:
    """Score every document of the batch. A document's spans and sentences are the same alone and in any batch; its answers
    also look at the other documents of its page in the batch, if the model has learned to."""
    segments, first = sentence_segments(batch), token_logits(model, batch)
    counts = [len(document.sentences) for document in batch.documents]
    own: Floats = np.zeros(len(segments))
    if model.sentences is not None:
        own = _logits(model.sentences, model.bag.matrix(batch, segments, first))[:, 0]
    articles = model.bag.matrix(batch, article_segments(batch), first) if model.questions else None
    logits = {name: _logits(head, articles) for name, head in model.questions.items()}
    alone, pages = Alone(logits, most_loaded(counts, own)), Pages()
    addresses = [document.page for document in batch.documents]
    pages.add(addresses, alone)
    answers = answer(model, alone, pages.others(addresses, alone))
    if model.spans is None:
        nothing = [np.zeros(count) for count in counts]
        rows = len(batch.ids)
        return Prediction([[] for _ in counts], nothing, alone, answers, np.full(rows, -np.inf), np.zeros((rows, 0)))
    shares = _only(model.stages["sentences"]).probabilities(sentence_context(own, np.repeat(np.arange(len(counts)), counts)))
    figures = _figures(model, batch, segments, first, own, logits)
    tokens = _only(model.stages[SPANS]).logits(figures)
    sentences = np.split(shares, np.cumsum(counts)[:-1]) if counts else []
    return Prediction(_find_spans(model, batch, tokens), sentences, alone, answers, tokens, figures)


def answer(model: Model, alone: Alone, others: Alone) -> dict[str, Floats]:
    """documents x values of each question: probabilities, from what is known of each document and of the other parts of its page."""
    singles, answers = model.codebook.single_choices(model.questions), {}
    for name, head in model.questions.items():
        columns = []
        for i, value in enumerate(head.outputs):
            own, beside = (answer_figures(name, value, i, known.logits, singles, known.loaded)[1] for known in (alone, others))
            columns.append(model.stages[f"question {name}"][value].probabilities(np.hstack([own, beside])))
        answers[name] = np.column_stack(columns)
        if name in singles:
            answers[name] /= answers[name].sum(axis=1, keepdims=True)
    return answers


def choose_labels(model: Model, batch: Batch, places: Sequence[Place]) -> list[str]:
    """The label of each span, given where it is."""
    if not places or model.labels is None:
        return [model.codebook.label_names[0]] * len(places)
    scores = make_label_space(model.window).matrix(batch, places) @ model.labels.weights + model.labels.intercepts
    return [model.labels.outputs[i] for i in np.asarray(scores).argmax(axis=1).tolist()]


def cut_for_overlap(model: Model, batch: Batch, prediction: Prediction) -> list[list[Span]]:
    """For each document the stretches of text that are best for the partial-overlap measure, which no reader is shown."""
    if model.spans is None:
        return [[] for _ in batch.documents]
    probabilities, shares = logistic(prediction.tokens), _only(model.stages[OVERLAP]).probabilities(prediction.figures)
    cut = []
    for number, document in enumerate(batch.documents):
        rows = batch.rows(number)
        found = cut_spans(document, probabilities[rows], shares[rows], model.decoding.overlap_weight, model.decoding.overlap_cost)
        stretches = [document.stretch(span) for span in found]
        cut.append([stretch for stretch in stretches if _counts(model, document, stretch)])
    return cut


def token_logits(model: Model, batch: Batch) -> Floats:
    """rows x heads: the first-stage logits of the span head and the auxiliary ones."""
    heads = [head for head in (model.spans, *model.auxiliaries.values()) if head is not None]
    if not heads:
        return np.zeros((len(batch.ids), 0))
    scores = model.window.scores(batch, np.hstack([head.weights for head in heads]))
    logits: Floats = scores + np.concatenate([head.intercepts for head in heads])
    return logits


def _figures(model: Model, batch: Batch, segments: list[Segment], first: Floats, sentences: Floats, logits: Mapping[str, Floats]) -> Floats:
    singles = model.codebook.single_choices(model.questions)
    known = np.column_stack([np.zeros((len(batch.documents), 0)), *(logits[name] for name in singles)])
    return token_context(batch, segments, first, sentences, known)


def _find_spans(model: Model, batch: Batch, tokens: Floats) -> list[list[FoundSpan]]:
    places: list[Place] = []
    for number, document in enumerate(batch.documents):
        found = decode_spans(document, tokens[batch.rows(number)], model.decoding.threshold, model.decoding.entry_cost)
        places += [(number, span) for span in found if _counts(model, document, document.stretch(span))]
    probabilities = logistic(tokens)
    spans: list[list[FoundSpan]] = [[] for _ in batch.documents]
    for (number, inside), label in zip(places, choose_labels(model, batch, places), strict=True):
        document, begin = batch.documents[number], int(batch.begins[number])
        start, end = document.stretch(inside)
        share = float(probabilities[begin + inside.start : begin + inside.end].mean())
        spans[number].append(FoundSpan(inside, start, end, label, share, voice_of(start, end, document.quotations)))
    return spans


def _counts(model: Model, document: Document, stretch: Span) -> bool:
    """Whether the codebook lets this be a span."""
    return model.codebook.scare_quotes or voice_of(*stretch, document.quotations) != "scare"


def _logits(head: Head, matrix: object) -> Floats:
    product: Floats = np.asarray(matrix @ head.weights) + head.intercepts  # type: ignore[operator]
    return product


def _only(stages: Mapping[str, Stage]) -> Stage:
    return next(iter(stages.values()))
