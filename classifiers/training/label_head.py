"""The label head: which label a span has, learned from every annotator's spans."""

from __future__ import annotations

import numpy as np

from classifiers.features.spans import make_label_space
from classifiers.features.window import WindowSpace
from classifiers.model.model import Head
from classifiers.training.fitting import fit_multiclass
from classifiers.training.targets import Task
from classifiers.training.ties import label_ties
from schemas.arrays import Floats
from schemas.text.tokens import Span

__all__ = ["find_marked", "fit_labels"]

STRENGTH = 0.1


def fit_labels(task: Task, window: WindowSpace, vectors: Floats) -> Head | None:
    """Learn from every annotator's spans, each as strong as its share of the votes; None if there is no span."""
    names, space = task.codebook.label_names, make_label_space(window)
    spans, labels, weights = find_marked(task)
    if not spans:
        return None
    if len(set(labels)) < 2:
        return Head(tuple(names), np.zeros((len(space.columns), len(names))), np.array([0.0 if name in labels else -1e6 for name in names]))
    matrix = space.matrix(task.batch, spans)
    ties = label_ties(space, vectors, matrix)
    coefficients, intercepts = fit_multiclass(matrix @ ties, labels, weights, names, STRENGTH)
    return Head(tuple(names), ties @ coefficients, intercepts)


def find_marked(task: Task) -> tuple[list[Span], list[str], list[float]]:
    """Everybody's spans as ranges of the batch's tokens, their labels, and how much each counts."""
    spans: list[Span] = []
    labels: list[str] = []
    weights: list[float] = []
    for number in range(len(task)):
        readers = task.readers(number)
        for vote in readers:
            touched = task.batch.touched(number, (marked.span for marked in vote.spans))
            for span, marked in zip(touched, vote.spans, strict=True):
                if span.start < span.end and marked.label in task.codebook.label_names:
                    spans.append(span)
                    labels.append(marked.label)
                    weights.append(marked.weight / len(readers))
    return spans, labels, weights
