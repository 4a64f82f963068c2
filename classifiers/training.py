"""Gold in, model out. Every later stage learns from out-of-fold scores of the stages before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from classifiers.bag import BagSpace, Segment, article_segments, make_bag_space, sentence_segments
from classifiers.decoding import decode_spans
from classifiers.documents import Batch
from classifiers.fitting import calibrate, fit_bag, fit_multinomial, fit_window, out_of_fold
from classifiers.model import Calibration, Decoding, Head, Model, rounded
from classifiers.targets import Task
from classifiers.window import Floats, WindowSpace, make_window_space
from schemas.codebook import Question
from schemas.errors import FramingError
from schemas.spans import SpanCounts, compare_spans

__all__ = ["train"]

LABELLED = "loaded"
SENTENCE_STRENGTH, QUESTION_STRENGTH = 0.25, 10.0
ENTRY_COSTS = (0.0, 0.5, 1.0, 2.0)
THRESHOLD_QUANTILES = (0.98, 0.96, 0.94, 0.92, 0.90, 0.87, 0.84, 0.80)


def train(task: Task) -> Model:
    """Fit all heads on the task. The same task gives the same model, weight for weight."""
    # One thread: these problems are small, several threads mostly wait for each other (a third slower on two idle cores,
    # seven times on busy ones), and the order of their sums would not be the same twice.
    with threadpool_limits(1):
        return rounded(_fit(task))


def _fit(task: Task) -> Model:
    batch, codebook = task.batch, task.codebook
    if not codebook.labels and not codebook.questions:
        raise FramingError("the codebook has nothing to learn", codebook.name)
    window = make_window_space(batch)
    loaded, decoding, probabilities = _fit_spans(task, window)
    sentences, articles = sentence_segments(batch), article_segments(batch)
    bag = make_bag_space(batch, sentences)
    return Model(
        codebook=codebook,
        window=window,
        bag=bag,
        spans=loaded,
        labels=_fit_labels(task, window) if loaded else None,
        sentences=_fit_sentences(task, bag, sentences, probabilities) if loaded else None,
        questions={question.name: head for question in codebook.questions if (head := _fit_question(task, question, bag, articles, probabilities))},
        decoding=decoding,
    )


def _fit_spans(task: Task, window: WindowSpace) -> tuple[Head | None, Decoding, Floats]:
    """The span head, its decoding, and its calibrated out-of-fold probability for each row of the batch."""
    batch, shares = task.batch, task.token_shares()
    probabilities = np.zeros(len(batch.ids))
    if not task.codebook.labels:
        return None, Decoding(), probabilities
    rows = np.flatnonzero(~np.isnan(shares))
    matrix = _weigh(window.matrix(batch)[rows], window)
    weights, intercept = fit_window(matrix, shares[rows])
    logits = np.full(len(batch.ids), -np.inf)
    logits[rows] = out_of_fold(fit_window, matrix, shares[rows], _document_of_rows(batch)[rows])
    calibration = Calibration(*calibrate(logits[rows], shares[rows]))
    probabilities[rows] = calibration.apply(logits[rows])
    head = Head((LABELLED,), (window.nearness * weights)[:, None], np.array([intercept]), (calibration,))
    return head, _tune_decoding(task, logits), probabilities


def _tune_decoding(task: Task, logits: Floats) -> Decoding:
    """The threshold and entry cost with the best partial-overlap F1, on out-of-fold logits."""
    finite = logits[np.isfinite(logits)]
    # Of equals, max keeps the first: the strictest threshold.
    choices = [Decoding(float(np.quantile(finite, q)), cost) for q, cost in product(THRESHOLD_QUANTILES, ENTRY_COSTS)]
    return max(choices, key=lambda decoding: _partial_f1(task, logits, decoding))


def _partial_f1(task: Task, logits: Floats, decoding: Decoding) -> float:
    counts = SpanCounts()
    for number, (document, gold) in enumerate(zip(task.documents, task.gold, strict=True)):
        found = decode_spans(document, logits[task.batch.rows(number)], decoding.threshold, decoding.entry_cost)
        predicted = [(document.tokens[first].start, document.tokens[last - 1].end) for first, last in found]
        counts += compare_spans(predicted, [marked.span for marked in gold.spans])
    return counts.partial_f1


def _fit_labels(task: Task, window: WindowSpace) -> Head:
    """Which label a span has: the mean of its tokens' windows, from every annotator's spans."""
    names = task.codebook.label_names
    pool, labels, weights = [], [], []
    for number, (document, votes) in enumerate(zip(task.documents, task.votes, strict=True)):
        for vote in votes:
            for marked in vote.spans:
                inside = document.tokens_between(*marked.span)
                if inside and marked.label in names:
                    pool.append(slice(*(int(task.batch.begins[number]) + i for i in (inside.start, inside.stop))))
                    labels.append(marked.label)
                    weights.append(marked.weight / len(votes))
    matrix = _weigh(mean_rows(pool, len(task.batch.ids)) @ window.matrix(task.batch), window)
    coefficients, intercepts = fit_multinomial(matrix, labels, weights, names)
    return Head(tuple(names), window.nearness[:, None] * coefficients, intercepts, (Calibration(),) * len(names))


def _weigh(matrix: sparse.csr_matrix, window: WindowSpace) -> sparse.csr_matrix:
    return sparse.csr_matrix(matrix @ sparse.diags(window.nearness))


def mean_rows(segments: Sequence[slice], rows: int) -> sparse.csr_matrix:
    """segments x rows: the matrix that takes the mean over each segment's rows."""
    indices = [i for segment in segments for i in range(segment.start, segment.stop)]
    values = [1 / (segment.stop - segment.start) for segment in segments for _ in range(segment.start, segment.stop)]
    ends = np.cumsum([0, *(segment.stop - segment.start for segment in segments)])
    return sparse.csr_matrix((values, indices, ends), shape=(len(segments), rows))


def _fit_sentences(task: Task, bag: BagSpace, segments: list[Segment], probabilities: Floats) -> Head:
    groups = np.repeat(np.arange(len(task.documents)), [len(document.sentences) for document in task.documents])
    return _fit_bags(
        bag.matrix(task.batch, segments, probabilities), {LABELLED: task.sentence_shares()}, groups, partial(fit_bag, strength=SENTENCE_STRENGTH)
    )


def _fit_question(task: Task, question: Question, bag: BagSpace, segments: list[Segment], probabilities: Floats) -> Head | None:
    """One yes or no for each value; those of a single-choice question are made to sum to one when they are scored."""
    shares = task.answer_shares(question)
    answered = np.flatnonzero(~np.isnan(shares[:, 0]))
    if not len(answered):
        return None
    matrix = bag.matrix(task.batch, [segments[i] for i in answered], probabilities)
    columns = {value: shares[answered, i] for i, value in enumerate(question.value_names)}
    return _fit_bags(matrix, columns, answered, partial(fit_bag, strength=QUESTION_STRENGTH))


def _fit_bags(
    matrix: sparse.csr_matrix, shares: dict[str, Floats], groups: NDArray[np.int64], fit: Callable[[sparse.csr_matrix, Floats], tuple[Floats, float]]
) -> Head:
    fits = [fit(matrix, share) for share in shares.values()]
    calibrations = [Calibration(*calibrate(out_of_fold(fit, matrix, share, groups), share)) for share in shares.values()]
    return Head(tuple(shares), np.column_stack([weights for weights, _ in fits]), np.array([intercept for _, intercept in fits]), tuple(calibrations))


def _document_of_rows(batch: Batch) -> NDArray[np.int64]:
    numbers = np.full(len(batch.ids), -1, dtype=np.int64)
    for number in range(len(batch.documents)):
        numbers[batch.rows(number)] = number
    return numbers
