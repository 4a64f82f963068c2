"""Second stages of answers: an answer is likelier where the other answers to an article, and those to the other parts of its page, point to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from classifiers.features.pages import Alone, Pages
from schemas.arrays import Floats

__all__ = ["OTHER_PARTS", "answer_columns", "answer_figures", "other_parts"]

# How the figures of the other parts of a page are called, behind the names of the article's own.
OTHER_PARTS = ", other parts"
# The values of each question that takes one answer, by its name.
Singles = Mapping[str, tuple[str, ...]]


def answer_columns(question: str, value: str, singles: Singles) -> tuple[str, ...]:
    """What the second stage of one value of a question sees: its own logit, those of the other questions with one answer, and that of the
    most loaded sentence; of the article, then of the other parts of its page."""
    others = (f"{name}: {other}" for name, values in singles.items() if name != question for other in values)
    own = (f"{question}: {value}", *others, "most loaded sentence")
    return (*own, *(f"{column}{OTHER_PARTS}" for column in own))


def answer_figures(question: str, index: int, singles: Singles, alone: Alone, others: Alone) -> Floats:
    """documents x answer_columns, of the value with this index: from what is known of each document, and of the other parts of its page."""
    figures = []
    for known in (alone, others):
        figures += [known.logits[question][:, index], *(known.logits[name] for name in singles if name != question), known.loaded]
    return np.column_stack(figures)


def other_parts(pages: Sequence[str | None], alone: Alone) -> Alone:
    """What is known of the other parts of each document's page, where the documents are all there is of their pages."""
    known = Pages()
    known.add(pages, alone)
    return known.others(pages, alone)
