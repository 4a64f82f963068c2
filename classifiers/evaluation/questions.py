"""Measures of one question's answers, beside what anybody could say without reading: the floors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from classifiers.evaluation.metrics import auroc, brier, expected_calibration_error, mean_f1
from classifiers.training.targets import Task
from schemas.arrays import Flags, Floats
from schemas.codebook import Question
from schemas.cues import CueFinder

__all__ = ["choose", "decided_rows", "measure_question"]


def decided_rows(task: Task, question: Question) -> list[int]:
    return [number for number in range(len(task)) if task.decided(number, question)]


def choose(question: Question, shares: Floats) -> Flags:
    """A value counts as given at .5 (several answers) or as the likeliest (one answer)."""
    if question.choice == "multiple":
        several: Flags = shares > 0.5
        return several
    one: Flags = shares.argmax(axis=1)[:, None] == np.arange(len(question.values))
    return one


def measure_question(question: Question, training: Task, test: Task, probabilities: Floats) -> dict[str, Any]:
    """Measures of the answers to the articles that have a truth (`probabilities`: documents x values).

    Floors are what the commonest answers say, the commonest of articles with and without a cue word, and those of the
    outlet; `floor_macro_f1` is the best of them. Confident is the half of the articles of which the model is surest.
    """
    rows = decided_rows(test, question)
    truth, shares = test.gold_answers(question)[rows], probabilities[rows]
    chosen = choose(question, shares)
    areas = [area for i in range(len(question.values)) if (area := auroc(truth[:, i], shares[:, i])) is not None]
    surest = np.argsort(-np.abs(shares - 0.5).min(axis=1) if question.choice == "multiple" else -shares.max(axis=1), kind="stable")
    half = surest[: max(len(rows) // 2, 1)]
    right = (chosen == truth).all(axis=1) if question.choice == "single" else (chosen == truth).mean(axis=1)
    floors = {f"{name}_macro_f1": mean_f1(truth, found[rows]) for name, found in _floors(question, training, test).items()}
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


def _floors(question: Question, training: Task, test: Task) -> dict[str, Flags]:
    finder = CueFinder(test.codebook)
    floors = {
        "commonest": _commonest(question, training, test, [""] * len(training), [""] * len(test)),
        "cues": _commonest(question, training, test, _cued(finder, training.batch.texts), _cued(finder, test.batch.texts)),
    }
    if any(test.outlets):
        floors["outlet"] = _commonest(question, training, test, training.outlets, test.outlets)
    return floors


def _cued(finder: CueFinder, texts: Sequence[str]) -> list[str]:
    return ["cued" if finder.find(text) else "" for text in texts]


def _commonest(question: Question, training: Task, test: Task, kinds: Sequence[str], wanted: Sequence[str]) -> Flags:
    """For each test article the answers commonest in training among articles of its kind; among all if there are none."""
    known = decided_rows(training, question)
    gold = training.gold_answers(question)[known].astype(float)
    overall = gold.mean(axis=0) if len(known) else np.zeros(len(question.values))
    of_kind = {kind: gold[[kinds[i] == kind for i in known]] for kind in set(kinds)}
    shares = [of_kind[kind].mean(axis=0) if len(of_kind.get(kind, ())) else overall for kind in wanted]
    return choose(question, np.array(shares).reshape(len(wanted), len(question.values)))
