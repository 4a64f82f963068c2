"""How spans are decoded: the threshold and entry cost that are best on out-of-fold log-odds, and how spans are cut for the partial measure."""

from __future__ import annotations

from itertools import product

import numpy as np

from classifiers.model.decoding import find_runs
from classifiers.model.logits import logistic
from classifiers.model.model import Decoding
from classifiers.model.overlap import cut_spans
from classifiers.training.targets import Task
from schemas.arrays import Flags, Floats
from schemas.spans import SpanCounts, compare_spans, merge_spans
from schemas.text.tokens import Span

__all__ = ["fit_decoding"]

ENTRY_COSTS = (0.0, 0.5, 1.0, 2.0, 4.0)
# Spans per gold span that readers are shown, and that are cut for the partial measure, at most.
RUNS, CUTS = 1.25, 1.6
OVERLAP_WEIGHTS, OVERLAP_COSTS = (0.3, 0.6, 0.9), (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
# Thresholds that let through this many tokens for each that gold marks.
GENEROSITY = (0.5, 0.65, 0.8, 0.95, 1.1, 1.3, 1.5, 1.8, 2.2)


def fit_decoding(task: Task, logits: Floats, share_logits: Floats) -> Decoding:
    """The threshold and entry cost with the best token F1, and weight and cost with the best partial-overlap F1, on
    out-of-fold logits, of those that do not break regions into many more spans than gold has."""
    gold = task.gold_tokens()
    rates = np.minimum(np.array(GENEROSITY) * gold.sum() / len(logits), 1.0)
    thresholds = [float(np.quantile(logits, 1 - rate)) for rate in rates]
    spans = sum(len(merge_spans(marked.span for marked in vote.spans)) for vote in task.gold)
    tried = np.array([[_try_runs(task, logits, gold, spans, threshold, cost) for threshold in thresholds] for cost in ENTRY_COSTS])
    # The middle of a plateau travels better than a peak: each threshold is judged with the two beside it.
    padded = np.pad(tried[..., 0], ((0, 0), (1, 1)), mode="edge")
    smooth = (padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]) / 3
    cost, place = np.unravel_index(_best_within(smooth.ravel(), tried[..., 1].ravel(), RUNS), smooth.shape)
    probabilities, shares = logistic(logits), logistic(share_logits)
    cuts = list(product(OVERLAP_WEIGHTS, OVERLAP_COSTS))
    cut = np.array([_try_cuts(task, probabilities, shares, *choice) for choice in cuts])
    return Decoding(thresholds[place], ENTRY_COSTS[cost], *cuts[_best_within(cut[:, 0], cut[:, 1], CUTS)])


def _best_within(scores: Floats, ratios: Floats, limit: float) -> int:
    """The best score of those with at most `limit` spans per gold span; the fewest spans where none keeps to it."""
    allowed = ratios <= max(limit, ratios.min())
    return int(np.where(allowed, scores, -1.0).argmax())


def _try_runs(task: Task, logits: Floats, gold: Flags, gold_spans: int, threshold: float, entry_cost: float) -> tuple[float, float]:
    """Token F1, and spans per gold span."""
    firsts, lasts, _ = find_runs(task.batch.read.tokens, logits, threshold, entry_cost)
    until = np.concatenate([[0], np.cumsum(gold)])
    together, found = int((until[lasts] - until[firsts]).sum()), int((lasts - firsts).sum())
    return 2 * together / max(found + int(gold.sum()), 1), len(firsts) / max(gold_spans, 1)


def _try_cuts(task: Task, probabilities: Floats, shares: Floats, weight: float, cost: float) -> tuple[float, float]:
    """Partial-overlap F1, and spans per gold span."""
    cut = cut_spans(task.batch.read.tokens, probabilities, shares, weight, cost)
    found: list[list[Span]] = [[] for _ in task.gold]
    for document, span in task.batch.stretches(cut.firsts, cut.lasts):
        found[document].append(span)
    counts = SpanCounts()
    for spans, gold in zip(found, task.gold, strict=True):
        counts += compare_spans(spans, [marked.span for marked in gold.spans])
    return counts.partial_f1, counts.count_ratio
