"""Answers to questions, as probabilities."""

from __future__ import annotations

import numpy as np

from classifiers.features.answers import answer_figures
from classifiers.features.pages import Alone
from classifiers.model.model import Model
from schemas.arrays import Floats

__all__ = ["answer"]


def answer(model: Model, alone: Alone, others: Alone) -> dict[str, Floats]:
    """documents x values of each question: probabilities, from what is known of each document and of the other parts of its page."""
    singles, answers = model.codebook.single_choices(model.questions), {}
    for name, head in model.questions.items():
        stages = [model.stages[f"question {name}"][value] for value in head.outputs]
        answers[name] = np.column_stack([stage.probabilities(answer_figures(name, i, singles, alone, others)) for i, stage in enumerate(stages)])
        if name in singles:
            answers[name] /= answers[name].sum(axis=1, keepdims=True)
    return answers
