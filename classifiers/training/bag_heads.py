"""The heads of sentences and questions: bags of words with what the span heads found, then the scores around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.features.answers import answer_columns, answer_figures, other_parts
from classifiers.features.context import sentence_columns, sentence_context
from classifiers.features.pages import Alone
from classifiers.model.logits import logistic
from classifiers.model.model import HALF, LOADED, Head, Stage
from classifiers.training.aims import Aim, best_threshold
from classifiers.training.fitting import Fit, even_out, fit_bag, fit_figures, fit_out_of_fold
from classifiers.training.targets import Task
from classifiers.training.ties import Ties, outlet_counts, sign_agreement
from schemas.arrays import Floats
from schemas.codebook import Question

__all__ = ["Lesson", "fit_answer_stages", "fit_question", "fit_sentence_stage", "fit_sentences", "strength_for"]

# Another corpus that answers a question of the task's own, and the rows of its articles.
Lesson = tuple[Task, sparse.csr_matrix]

STRENGTH = 1.0
OUTLET_POWER = 0.6
# Tokens of a sentence, on which STRENGTH was chosen.
SHORT = 33
# How much the meaning of an answer counts, in logits for each standard deviation, where nobody gave it; other answers get some .5 to 1.5.
UNGIVEN = 1.0
# How much an article of a lesson counts beside one of the task's own.
TAUGHT = 0.3


def fit_sentences(task: Task, matrix: sparse.csr_matrix, ties: Ties, groups: NDArray[np.int64]) -> tuple[Head, Floats]:
    """The head, and each sentence's logit out of fold."""
    tied, shares = matrix @ ties, task.sentence_shares()
    (weights, intercept), logits = fit_out_of_fold(
        lambda rows: fit_bag(tied[rows], shares[rows], STRENGTH), tied, groups[task.batch.read.texts_of_sentences]
    )
    return Head((LOADED,), (ties @ weights)[:, None], np.array([intercept])), logits


def fit_sentence_stage(task: Task, logits: Floats) -> Stage:
    """The second stage, on out-of-fold logits."""
    figures = sentence_context(logits, task.batch.read.texts_of_sentences)
    return Stage(sentence_columns(), *fit_figures(figures, task.gold_sentences().astype(float)))


def fit_question(
    task: Task,
    question: Question,
    matrix: sparse.csr_matrix,
    ties: Ties,
    meanings: sparse.csr_matrix | None,
    groups: NDArray[np.int64],
    lessons: Sequence[Lesson] = (),
    *,
    unseen: bool,
) -> tuple[Head, Floats] | None:
    """One yes or no for each value, and the logits of all documents, out of fold; None if nobody answered the question.

    `meanings`: see `meanings_of_values`. A value that nobody gave is asked by its meaning alone. From `lessons` the head learns as from the task's
    own articles, only less from each; how sure it is, is told by the task's own alone.
    """
    shares = task.answer_shares(question)
    answered = np.flatnonzero(~np.isnan(shares[:, 0]))
    if not len(answered):
        return None
    strength = strength_for(task)
    outlets = [task.outlets[i] for i in answered]
    # Of two answers to one question, one's odds are the other's turned round.
    mirrored = question.choice == "single" and len(question.values) == 2
    plain = matrix @ ties
    means = None if meanings is None else _even(matrix, meanings)
    taught = [_learn(lesson, question) for lesson in lessons if lesson[0].asks(question)]
    plainly = [rows @ ties for _, rows in taught]
    fits: list[Fit] = []
    by_meaning, columns = [], []
    for i, share in enumerate(shares.T[: 1 if mirrored else None]):
        counts = outlet_counts(task, OUTLET_POWER, np.nan_to_num(share)) if unseen else np.ones(len(share))
        meaning = sparse.csr_matrix((ties.shape[0], 0)) if means is None else means[:, [i]]
        tied = sparse.csr_matrix(sparse.hstack([plain, matrix @ meaning], format="csr"))
        others = [sparse.hstack([known, rows @ meaning], format="csr") for known, (_, rows) in zip(plainly, taught, strict=True)]
        given = [shares_of[:, i] for shares_of, _ in taught]

        def fit(
            rows: NDArray[np.int64],
            tied: sparse.csr_matrix = tied,
            share: Floats = share,
            counts: Floats = counts,
            others: Sequence[sparse.csr_matrix] = others,
            given: Sequence[Floats] = given,
        ) -> Fit:
            chosen = answered[rows]
            matrix = sparse.csr_matrix(sparse.vstack([tied[chosen], *others], format="csr")) if others else tied[chosen]
            scale = np.ones(tied.shape[1])
            if unseen:
                scale = sign_agreement(tied[chosen], share[chosen], [outlets[i] for i in rows])
                matrix = matrix @ sparse.diags(scale)
            shares, count = np.concatenate([share[chosen], *given]), np.concatenate([counts[chosen], *(np.full(len(some), TAUGHT) for some in given)])
            weights, intercept = fit_bag(matrix, shares, strength, count)
            return scale * weights, intercept

        (weights, intercept), inside = fit_out_of_fold(fit, tied[answered], groups[answered])
        if means is not None and not share[answered].any():
            weights[-1] = UNGIVEN
            intercept -= UNGIVEN * float(tied[answered, -1].mean())
            inside = tied[answered] @ weights + intercept
        logits = tied @ weights + intercept
        logits[answered] = inside
        fits.append((weights[: ties.shape[1]], intercept))
        by_meaning.append(meaning @ weights[ties.shape[1] :])
        columns.append(logits)
    # Of all values at once: the vectors of all words are gone through for it.
    weights, intercepts = ties @ np.column_stack([weights for weights, _ in fits]) + np.column_stack(by_meaning), np.array([fit[1] for fit in fits])
    logits = np.column_stack(columns)
    if mirrored:
        weights, intercepts, logits = np.hstack([weights, -weights]), np.append(intercepts, -intercepts), np.hstack([logits, -logits])
    return Head(tuple(question.value_names), weights, intercepts), logits


def _learn(lesson: Lesson, question: Question) -> tuple[Floats, sparse.csr_matrix]:
    """How far each value is given (articles x values), and the rows, of the articles that are answered."""
    shares = lesson[0].answer_shares(question)
    answered = np.flatnonzero(~np.isnan(shares[:, 0]))
    return shares[answered], lesson[1][answered]


def strength_for(task: Task) -> float:
    """How strongly a head is fitted to the task's articles: shares of words get smaller as articles get longer, and the penalty must not grow with
    that."""
    return STRENGTH * max(len(task.batch.ids) / len(task) / SHORT, 1.0) ** 2


def _even(matrix: sparse.csr_matrix, meanings: sparse.csr_matrix) -> sparse.csr_matrix:
    """The meanings, each brought to a spread of one over the rows of the matrix."""
    return sparse.csr_matrix(meanings @ sparse.diags(even_out((matrix @ meanings).toarray(), 1.0)))


def fit_answer_stages(
    task: Task, question: Question, alone: Alone, singles: Mapping[str, tuple[str, ...]], groups: NDArray[np.int64], aim: Aim
) -> tuple[dict[str, Stage], tuple[float, ...]]:
    """The second stage of each value, and, of a question of several answers, above which probability it counts as given. Every article counts
    the same here, unseen sources or not: this is where logits become probabilities."""
    decided = np.array([task.decided(number, question) for number in range(len(task))])
    if not decided.any():
        decided[:] = True
    gold, others = task.gold_answers(question), other_parts(task.batch.pages, alone)
    stages, thresholds = {}, []
    for i, value in enumerate(question.value_names):
        figures = answer_figures(question.name, i, singles, alone, others)[decided]
        truth = gold[decided, i]
        columns = answer_columns(question.name, value, singles)
        if not truth.any() and question.choice == "multiple":
            # Nothing is known of it but what its first stage says.
            stages[value] = Stage(columns, np.eye(1, len(columns))[0], 0.0)
            thresholds.append(HALF)
            continue
        fit, logits = fit_out_of_fold(partial(_fit_answer, figures, truth.astype(float)), figures, groups[decided])
        stages[value] = Stage(columns, *fit)
        thresholds.append(best_threshold(truth, logistic(logits), aim))
    return stages, tuple(thresholds) if question.choice == "multiple" else ()


def _fit_answer(figures: Floats, shares: Floats, rows: NDArray[np.int64]) -> Fit:
    return fit_figures(figures[rows], shares[rows])
