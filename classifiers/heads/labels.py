"""The label head: which label a span has, learned from every annotator's spans."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from classifiers.arrays import Floats
from classifiers.fitting import fit_multiclass
from classifiers.labelling import Place, make_label_space
from classifiers.model import Head
from classifiers.targets import Task
from classifiers.window import WindowSpace
from schemas.tokens import Span

__all__ = ["find_places", "fit_labels"]

STRENGTH = 0.15


def fit_labels(task: Task, window: WindowSpace, vectors: Floats) -> Head | None:
    """Learn from every annotator's spans, each as strong as its share of the votes; None if there is no span."""
    names, space = task.codebook.label_names, make_label_space(window)
    places, labels, weights = find_places(task)
    if not places:
        return None
    if len(set(labels)) < 2:
        return Head(tuple(names), np.zeros((len(space.columns), len(names))), np.array([0.0 if name in labels else -1e6 for name in names]))
    matrix = space.matrix(task.batch, places)
    ties = space.ties(vectors, matrix)
    coefficients, intercepts = fit_multiclass(sparse.csr_matrix(matrix @ ties), labels, weights, names, STRENGTH)
    return Head(tuple(names), ties @ coefficients, intercepts)


def find_places(task: Task) -> tuple[list[Place], list[str], list[float]]:
    """Everybody's spans: where they are, their labels, and how much each counts."""
    places: list[Place] = []
    labels: list[str] = []
    weights: list[float] = []
    for number, document in enumerate(task.documents):
        readers = task.readers(number)
        for vote in readers:
            for marked in vote.spans:
                inside = document.tokens_between(*marked.span)
                if inside and marked.label in task.codebook.label_names:
                    places.append((number, Span(inside.start, inside.stop)))
                    labels.append(marked.label)
                    weights.append(marked.weight / len(readers))
    return places, labels, weights
