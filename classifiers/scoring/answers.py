"""Answers to questions, as probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classifiers.features.answers import answer_figures
from classifiers.features.pages import Alone
from classifiers.model.model import HALF, Model
from schemas.arrays import Flags, Floats
from schemas.codebook import Question

__all__ = ["answer", "choose", "decide"]


def answer(model: Model, alone: Alone, others: Alone) -> dict[str, Floats]:
    """documents x values of each question: probabilities, from what is known of each document and of the other parts of its page."""
    singles, answers = model.codebook.single_choices(model.questions), {}
    for name, head in model.questions.items():
        stages = [model.stages[f"question {name}"][value] for value in head.outputs]
        answers[name] = np.column_stack([stage.probabilities(answer_figures(name, i, singles, alone, others)) for i, stage in enumerate(stages)])
        if name in singles:
            answers[name] /= answers[name].sum(axis=1, keepdims=True)
    return answers


def decide(model: Model, question: Question, shares: Floats) -> Flags:
    """documents x values: which answers the model counts as given, by its thresholds (`shares`: its own probabilities)."""
    return choose(question, shares, model.thresholds.get(question.name, ()))


def choose(question: Question, shares: Floats, thresholds: Sequence[float] = ()) -> Flags:
    """documents x values: which answers count as given. Of several those above their thresholds (a half each, if none are given), of one
    the likeliest."""
    if question.choice == "multiple":
        several: Flags = shares > (np.array(thresholds) if thresholds else HALF)
        return several
    one: Flags = shares.argmax(axis=1)[:, None] == np.arange(len(question.values))
    return one
