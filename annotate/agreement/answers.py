"""Everybody's answers to one question as numbers: what coders are compared by, all articles at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from annotate.agreement.alpha import Figures, distance_matrix, masi_distance, nominal_distance
from annotate.readings import ArticleReadings, Reading
from schemas.arrays import Flags, Places
from schemas.codebook import Question

__all__ = ["MISSING", "Answers", "Work", "collect_answers", "count_votes", "decide", "tally_values", "value_f1"]

# The readings of coders, by the article's id and the coder's name.
Work = Mapping[str, Mapping[str, Reading]]
MISSING = -1


class Answers(NamedTuple):
    """The articles that somebody of `names`, the people, answered (`rows` among all articles that were read). What they chose has a number each:
    `people` (articles x people) and `coders` (articles, by name) hold it, MISSING where there is none. `given`: which `values` are in what was
    chosen (numbers x values); `distances` between what was chosen, nominal, or of several answers MASI's."""

    values: tuple[str, ...]
    single: bool
    given: Flags
    distances: Figures
    names: tuple[str, ...]
    people: Places
    coders: Mapping[str, Places]
    rows: Places


def collect_answers(articles: Sequence[ArticleReadings], work: Work, question: Question) -> Answers:
    """The answers of people and coders to a question."""
    name = question.name
    rows = [row for row, article in enumerate(articles) if any(name in reading.answers for reading in article.readings.values())]
    numbers: dict[frozenset[str], int] = {}
    said = [_number(articles[row].readings, name, numbers) for row in rows]
    coded = [_number(work.get(articles[row].article_id, {}), name, numbers) for row in rows]
    people, coders = sorted({who for one in said for who in one}), sorted({who for one in coded for who in one})
    chosen = list(numbers)
    single = question.choice == "single"
    return Answers(
        values=tuple(question.value_names),
        single=single,
        given=np.array([[value in answer for value in question.value_names] for answer in chosen]).reshape(len(chosen), len(question.value_names)),
        distances=distance_matrix(chosen, nominal_distance if single else masi_distance),
        names=tuple(people),
        people=np.array([[one.get(who, MISSING) for who in people] for one in said], dtype=np.int64).reshape(len(rows), len(people)),
        coders={who: np.array([one.get(who, MISSING) for one in coded], dtype=np.int64) for who in coders},
        rows=np.array(rows, dtype=np.int64),
    )


def count_votes(answers: Answers) -> tuple[Figures, Figures]:
    """How many people chose each value (articles x values), and how many answered each article."""
    # One more stands behind what was chosen, for those who did not answer: MISSING is its index.
    given = np.vstack([answers.given, np.zeros((1, len(answers.values)), dtype=np.bool_)])
    votes = np.zeros((len(answers.rows), len(answers.values)))
    for column in answers.people.T:
        votes += given[column]
    return votes, (answers.people != MISSING).sum(axis=1).astype(float)


def decide(votes: Figures, voters: Figures, *, single: bool) -> tuple[Flags, Flags]:
    """What more than half of the voters chose, and whether that is known (both articles x values). Where one answer is chosen and none has more
    than half, the article has no truth; where several are, a value that just half chose has none. As `framing adjudicate` decides by majority."""
    truth = 2 * votes > voters[:, np.newaxis]
    known = np.broadcast_to(truth.any(axis=1, keepdims=True), truth.shape) if single else 2 * votes != voters[:, np.newaxis]
    return truth, known & (voters > 0)[:, np.newaxis]


def tally_values(truth: Flags, found: Flags, known: Flags) -> Figures:
    """articles x 3 x values: given by both, found, true; nothing where the truth is not known."""
    return np.stack([truth & found & known, found & known, truth & known], axis=1).astype(float)


def value_f1(sums: Figures) -> Figures:
    """Macro-F1 of sums of tallies (last axes: 3 x values): the mean of the values' F1, over the values that either side used; not a number
    if neither used any."""
    used = sums[..., 1, :] + sums[..., 2, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(used > 0, 2 * sums[..., 0, :] / used, 0.0)
        mean: Figures = each.sum(axis=-1) / (used > 0).sum(axis=-1)
    return mean


def _number(readings: Mapping[str, Reading], question: str, numbers: dict[frozenset[str], int]) -> dict[str, int]:
    return {who: numbers.setdefault(frozenset(one.answers[question]), len(numbers)) for who, one in readings.items() if question in one.answers}
