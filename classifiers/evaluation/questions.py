"""Measures of one question's answers, beside what anybody could say without reading: the floors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from classifiers.evaluation.metrics import auroc, brier, expected_calibration_error, mean_f1
from classifiers.scoring.answers import choose
from classifiers.training.aims import F1, Aim, best_threshold
from classifiers.training.targets import Task
from schemas.arrays import Flags, Floats, Places
from schemas.codebook import Question
from schemas.cues import CueFinder

__all__ = ["decided_rows", "measure_question", "sort_by_sureness"]


def decided_rows(task: Task, question: Question) -> list[int]:
    return [number for number in range(len(task)) if task.decided(number, question)]


def sort_by_sureness(question: Question, shares: Floats) -> Places:
    """The order of articles from that of which the model is surest on."""
    order: Places = np.argsort(-np.abs(shares - 0.5).min(axis=1) if question.choice == "multiple" else -shares.max(axis=1), kind="stable")
    return order


def measure_question(
    question: Question, training: Task, test: Task, probabilities: Floats, thresholds: Sequence[float] = (), aim: Aim = F1
) -> dict[str, Any]:
    """Measures of the answers to the articles that have a truth (`probabilities`: documents x values; `thresholds`: see `choose`).

    Floors are what the commonest answers say, the commonest of articles with and without a cue word, and those of the
    outlet, decided for the same `aim`, and all answers to a question of several at once; `floor_macro_f1` is the best of them. Confident is the
    half of the articles of which the model is surest.
    """
    rows = decided_rows(test, question)
    truth, shares = test.gold_answers(question)[rows], probabilities[rows]
    chosen = choose(question, shares, thresholds)
    areas = [area for i in range(len(question.values)) if (area := auroc(truth[:, i], shares[:, i])) is not None]
    half = sort_by_sureness(question, shares)[: max(len(rows) // 2, 1)]
    right = (chosen == truth).all(axis=1) if question.choice == "single" else (chosen == truth).mean(axis=1)
    floors = {f"{name}_macro_f1": mean_f1(truth, found[rows]) for name, found in _floors(question, training, test, aim).items()}
    return {
        "macro_f1": mean_f1(truth, chosen),
        "accuracy": float(right.mean()),
        "confident_macro_f1": mean_f1(truth[half], chosen[half]),
        "confident_accuracy": float(right[half].mean()),
        "auroc": float(np.mean(areas)) if areas else None,
        "brier": brier(truth.ravel(), shares.ravel()),
        "ece": expected_calibration_error(truth.ravel(), shares.ravel()),
        "floor_macro_f1": max(floors.values()),
        **floors,
        "articles_per_fold": len(rows),
    }


def _floors(question: Question, training: Task, test: Task, aim: Aim) -> dict[str, Flags]:
    finder = CueFinder(test.codebook)
    floors = {
        "commonest": _commonest(question, training, test, [""] * len(training), [""] * len(test), aim),
        "cues": _commonest(question, training, test, _cued(finder, training.batch.texts), _cued(finder, test.batch.texts), aim),
    }
    if any(test.outlets):
        floors["outlet"] = _commonest(question, training, test, training.outlets, test.outlets, aim)
    if question.choice == "multiple" and aim.measure == "f1":
        # Of a rare answer that is more than to give none: as much as twice its share.
        floors["always"] = np.ones((len(test), len(question.values)), dtype=np.bool_)
    return floors


def _cued(finder: CueFinder, texts: Sequence[str]) -> list[str]:
    return ["cued" if finder.find(text) else "" for text in texts]


def _commonest(question: Question, training: Task, test: Task, kinds: Sequence[str], wanted: Sequence[str], aim: Aim) -> Flags:
    """For each test article the answers commonest in training among articles of its kind; among all if there are none. How common an answer
    must be is decided as for a model, on the training articles."""
    known = decided_rows(training, question)
    gold = training.gold_answers(question)[known].astype(float)
    overall = gold.mean(axis=0) if len(known) else np.zeros(len(question.values))
    of_kind = {kind: gold[[kinds[i] == kind for i in known]] for kind in set(kinds)}
    means = {kind: rows.mean(axis=0) for kind, rows in of_kind.items() if len(rows)}
    tried, shares = (
        np.array([means.get(kind, overall) for kind in some]).reshape(len(some), len(question.values)) for some in ([kinds[i] for i in known], wanted)
    )
    return choose(question, shares, [best_threshold(gold[:, i] > 0, tried[:, i], aim) for i in range(len(question.values))])
