"""Ranking whom spans may be about: a conditional logit, to which any name of the right actor is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from classifiers.features.candidates import NOBODY, Candidates, candidates_of, columns_of, columns_of_slots, weigh
from classifiers.model.model import Stage
from classifiers.training.attribute_heads import Said, find_said, list_votes
from classifiers.training.targets import Task
from schemas.arrays import Floats, Places
from schemas.codebook import Actor

__all__ = ["find_targets", "fit_ranker", "fit_targets"]

ITERATIONS = 200
# How strongly weights are held to be small.
PENALTY = 1.0


def fit_targets(task: Task, actors: Sequence[Actor]) -> Stage | None:
    """The ranker, learned from whom every annotator took their spans to be about; None if nobody said so, or there are no actors."""
    target = task.codebook.target
    if target is None or not actors:
        return None
    said = find_said(task, target, list_votes(task, target)).in_order()
    if not said.spans:
        return None
    candidates = candidates_of(task.batch, said.spans, actors)
    return Stage(tuple(columns_of_slots()), fit_ranker(candidates, find_targets(candidates, said, actors), np.array(said.weights)), 0.0)


def find_targets(candidates: Candidates, said: Said, actors: Sequence[Actor]) -> Places:
    """For each span the number of the actor that it is said to be about; NOBODY where that is none of its candidates."""
    numbers = {actor.name: number for number, actor in enumerate(actors)}
    targets = np.array([numbers.get(value, NOBODY) for value in said.values], dtype=np.int64)
    right = candidates.actors == np.repeat(targets, np.diff(candidates.firsts))
    return np.where(np.logical_or.reduceat(right, candidates.firsts[:-1]), targets, NOBODY)


def fit_ranker(candidates: Candidates, targets: Places, counts: Floats) -> Floats:
    """The weight of each column (`columns_of_slots`). `targets`: of each span the actor that it is about, who is among its candidates; `counts`:
    how much each span counts.

    Maximises sum(counts * log share of the target's candidates) - PENALTY * |weights|^2 / 2: McFadden's conditional logit (1974, in
    Zarembka's Frontiers in Econometrics, p. 105), the shares of all names of one actor being added up.
    """
    columns, used = columns_of(candidates)
    begins, sizes = candidates.firsts[:-1], np.diff(candidates.firsts)
    right, count = candidates.actors == np.repeat(targets, sizes), np.repeat(counts, sizes)
    width = len(columns_of_slots())

    def loss(weights: Floats) -> tuple[float, Floats]:
        shares = weigh(columns, used, candidates.firsts, weights)
        hit = np.maximum(np.add.reduceat(np.where(right, shares, 0.0), begins), 1e-300)
        slopes = count * (shares - np.where(right, shares, 0.0) / np.repeat(hit, sizes))
        gradient = np.bincount(columns[used], np.broadcast_to(slopes[:, None], columns.shape)[used], width)
        return float(PENALTY * weights @ weights / 2 - counts @ np.log(hit)), gradient + PENALTY * weights

    found: Floats = minimize(loss, np.zeros(width), jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS}).x
    return found
