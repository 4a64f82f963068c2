"""Measures of whom gold spans are said to be about, beside what the nearest name, or nobody for all, would reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from classifiers.evaluation.attributes import draw_articles, pair_values
from classifiers.features.candidates import NOBODY, Candidates, candidates_of
from classifiers.model.model import Model
from classifiers.scoring.targets import rank, weigh_candidates
from classifiers.training.attribute_heads import find_said
from classifiers.training.ranking import find_targets
from classifiers.training.targets import Task
from schemas.arrays import Flags, Places
from schemas.codebook import Actor, Attribute

__all__ = ["Ranked", "rank_gold", "summarise_targets"]


class Ranked(NamedTuple):
    """Of the gold spans of a fold with a target: their articles, the actor (NOBODY if none of those named near by), the one that the ranker takes,
    the one that it takes where somebody has to be named, and the one whose name is nearest."""

    articles: list[str]
    targets: Places
    taken: Places
    named: Places
    nearest: Places


def rank_gold(model: Model, task: Task, actors: Sequence[Actor]) -> Ranked | None:
    """None where the model ranks nothing, or gold has no target."""
    target = task.codebook.target
    if target is None or model.ranker is None:
        return None
    said = find_said(task, target, [[gold] for gold in task.gold]).in_order()
    if not said.spans:
        return None
    candidates = candidates_of(task.batch, said.spans, actors)
    shares = weigh_candidates(candidates, model.ranker.weights)
    taken, named = rank(candidates, shares).actors, rank(candidates, shares, named=True).actors
    names = [task.batch.article_ids[number] for number in said.documents]
    return Ranked(names, find_targets(candidates, said, actors), taken, named, _find_nearest(candidates))


def summarise_targets(folds: Sequence[Ranked], task: Task, target: Attribute) -> dict[str, Any]:
    """The measures of all folds together. `accuracy`, with its interval (95 %, bootstrapped over articles): of all spans with a target, nobody being
    right where it is none of the actors named near by; `floor_accuracy`: the better of always the nearest name and always nobody. Of the
    `named` spans, whose target is: the share that is right where somebody has to be named, and where it is always the nearest."""
    parts = zip(*folds, strict=True)
    articles = [article for one in next(parts) for article in one]
    targets, taken, named, nearest = (np.concatenate(part) for part in parts)
    there, right = targets != NOBODY, taken == targets
    low, high = draw_articles(articles, right)
    own, others = pair_values(task, target)
    return {
        "spans": len(articles),
        "named": int(there.sum()),
        "accuracy": float(right.mean()),
        "low": low,
        "high": high,
        "floor_accuracy": max(float((nearest == targets).mean()), float((~there).mean())),
        "named_accuracy": _share((named == targets)[there]),
        "nearest_accuracy": _share((nearest == targets)[there]),
        "human_accuracy": float(np.mean([one == other for one, other in zip(own, others, strict=True)])) if own else None,
    }


def _share(right: Flags) -> float | None:
    return float(right.mean()) if len(right) else None


def _find_nearest(candidates: Candidates) -> Places:
    """The actor whose name is nearest to each span, that before it if two are as near; NOBODY where none is named."""
    spans = np.repeat(np.arange(len(candidates.firsts) - 1), np.diff(candidates.firsts))
    order = np.lexsort((candidates.distances > 0, np.abs(candidates.distances), spans))
    nearest: Places = candidates.actors[order[candidates.firsts[:-1]]]
    return nearest
