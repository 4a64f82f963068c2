"""What another corpus, or a model as a coder, answered to the task's own questions: a lesson for the heads that answer them.

A teacher is a head of its own, over the same columns, that has learned from the lesson alone; the task's articles say how far it is to be
trusted. Both being sums over the same columns, one head says what they say together, and scoring takes no longer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from classifiers.model.model import Head
from classifiers.training.bag_heads import strength_for
from classifiers.training.fitting import fit_bag, fit_figures
from classifiers.training.targets import Task
from classifiers.training.ties import Ties
from schemas.arrays import Floats
from schemas.codebook import Question

__all__ = ["Lesson", "learn_from"]

# Of what the task's own articles say, so much at least is heard, however far the teacher is ahead of it.
LEAST = 0.2


class Lesson(NamedTuple):
    """A corpus that answers a question of the task's own, and the rows of its articles in the task's columns."""

    task: Task
    matrix: sparse.csr_matrix


def learn_from(
    lesson: Lesson, task: Task, question: Question, matrix: sparse.csr_matrix, ties: Ties, head: Head, logits: Floats
) -> tuple[Head, Floats]:
    """The head of a question with what the lesson adds to it, and its logits: `logits` are those of the task's articles, out of fold.

    How far the teacher is trusted is the weight that `fit_figures` gives it beside the head's own logit: little where the task's articles are few,
    none where it is of no use.
    """
    given, shares = lesson.task.answer_shares(question), task.answer_shares(question)
    there, answered = (np.flatnonzero(~np.isnan(some[:, 0])) for some in (given, shares))
    if not len(there):
        return head, logits
    tied, own = lesson.matrix[there] @ ties, matrix @ ties
    learned, intercepts, logits = [], head.intercepts.copy(), logits.copy()
    strength = strength_for(lesson.task)
    for i in range(len(question.values)):
        taught, offset = fit_bag(tied, given[there, i], strength)
        said = own @ taught + offset
        (trust, more), _ = fit_figures(np.column_stack([logits[answered, i], said[answered]]), shares[answered, i])
        part = max(float(more), 0.0) / max(float(trust), LEAST)
        learned.append(part * taught)
        intercepts[i] += part * offset
        logits[:, i] += part * said
    return Head(head.outputs, head.weights + ties @ np.column_stack(learned), intercepts), logits
