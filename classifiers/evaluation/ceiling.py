"""The human ceiling: how well one annotator predicts the others, where several read the same article."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from classifiers.training.targets import Task
from schemas.arrays import Flags
from schemas.codebook import Question
from schemas.spans import SpanCounts, compare_spans, runs

__all__ = ["human_answers", "human_spans"]


def human_spans(task: Task) -> dict[str, float | None]:
    """Token, exact, partial and character span F1 of each annotator against the majority of the others, over all articles.

    None where nobody overlaps. With two annotators it is one against the other. Votes that were not read for spans do not count.
    """
    together = touched = marked = 0
    counts = SpanCounts()
    for number in range(len(task)):
        votes = task.readers(number)
        if len(votes) < 2:
            continue
        marks, begin = np.array([task.batch.flag(number, (marked.span for marked in vote.spans)) for vote in votes]), task.batch.rows(number).start
        for i, vote in enumerate(votes):
            others = _majority(np.delete(marks, i, axis=0))
            together, touched, marked = together + int((marks[i] & others).sum()), touched + int(marks[i].sum()), marked + int(others.sum())
            firsts, lasts = np.array(runs(others.tolist()), dtype=np.int64).reshape(-1, 2).T + begin
            theirs = [span for _, span in task.batch.stretches(firsts, lasts)]
            counts += compare_spans([span.span for span in vote.spans], theirs)
    if not touched + marked:
        return {"f1": None, "exact_f1": None, "partial_f1": None, "char_f1": None}
    f1 = 2 * together / (touched + marked)
    return {"f1": f1, "exact_f1": counts.exact_f1, "partial_f1": counts.partial_f1, "char_f1": counts.char_f1}


def human_answers(task: Task, question: Question, measure: Callable[[Flags, Flags], float]) -> float | None:
    """`measure` of each annotator's answers against the majority of the others'. None where nobody overlaps.

    To a question of one answer, others who are divided evenly have no majority, and the case is left out.
    """
    truth: list[Flags] = []
    given: list[Flags] = []
    for votes in task.votes:
        answered = [np.array(vote.chosen(question)) for vote in votes if vote.answered(question)]
        for i, answers in enumerate(answered):
            others = np.array(answered[:i] + answered[i + 1 :])
            if not len(others):
                continue
            winners = _majority(others) if question.choice == "multiple" else _plurality(others)
            if question.choice == "multiple" or winners.any():
                given.append(answers)
                truth.append(winners)
    return measure(np.array(truth), np.array(given)) if truth else None


def _majority(flags: Flags) -> Flags:
    majority: Flags = flags.mean(axis=0) > 0.5
    return majority


def _plurality(flags: Flags) -> Flags:
    """The one answer that most gave; none if two are equal."""
    counts = flags.sum(axis=0)
    most: Flags = counts == counts.max()
    return most if most.sum() == 1 else np.zeros_like(most)
