"""Answers to questions: from log-odds of articles, and of the other parts of their pages, to probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classifiers.features.context import answer_figures
from classifiers.features.pages import Alone, Pages
from classifiers.model.model import Model
from schemas.arrays import Floats

__all__ = ["answer", "answer_together"]


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


def answer_together(model: Model, alone: Alone, addresses: Sequence[str | None]) -> dict[str, Floats]:
    """The same of documents that are all there is of their pages."""
    pages = Pages()
    pages.add(addresses, alone)
    return answer(model, alone, pages.others(addresses, alone))
