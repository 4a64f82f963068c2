"""The span heads: is this token loaded? First from the words around it, then from the scores around it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from classifiers.features.company import Company
from classifiers.features.window import WindowSpace, WindowView
from classifiers.model.model import LOADED, Head, Stage
from classifiers.training.fitting import Fit, fit_bag, fit_out_of_fold, fit_window, folds_of
from classifiers.training.targets import Task
from classifiers.training.ties import window_scale, window_weights
from schemas.arrays import Floats
from schemas.spans import merge_spans

__all__ = ["fit_span_head", "fit_span_stage", "span_shares"]

STRENGTH = 0.15


def fit_span_head(window: WindowSpace, company: Company, task: Task, counts: Floats, groups: NDArray[np.int64] | None) -> tuple[Head, Floats]:
    """The head, and for each token of the batch the logit of a fit that has not seen its group (zeros if `groups` is None).

    `counts` says how much each document counts, `groups` to which group it belongs.
    """
    # Of the company only that of the batch's words is looked at: of 80,000 words few texts have a tenth.
    met = company.of(task.batch.words)
    view = WindowView(replace(window, company=replace(window.company, features=met.features)), task.batch, met.vectors)
    shares, weights, scale = task.token_shares(), counts[task.batch.documents], window_scale(window, company.vectors.shape[1])

    def fit(counted: Floats) -> Fit:
        return fit_window(view, shares, counted, scale, STRENGTH)

    found, intercept = fit(weights)
    logits = np.zeros(view.rows)
    if groups is not None:
        group_of_row = groups[task.batch.documents]
        for train, test in folds_of(groups):
            inside, outside = np.isin(group_of_row, np.unique(groups[train])), np.isin(group_of_row, np.unique(groups[test]))
            fold, offset = fit(weights * inside)
            logits[outside] = view.scores(fold)[outside] + offset
    return Head((LOADED,), window_weights(window, company.vectors, found)[:, None], np.array([intercept])), logits


def fit_span_stage(columns: tuple[str, ...], figures: Floats, shares: Floats, groups: NDArray[np.int64]) -> tuple[Stage, Floats]:
    """The second stage for a share of each token, and for each token its logit out of fold (`groups`: of tokens)."""
    (weights, intercept), logits = fit_out_of_fold(lambda rows: fit_bag(figures[rows], shares[rows]), figures, groups)
    return Stage(columns, weights, intercept), logits


def span_shares(task: Task) -> Floats:
    """For each token, which share of its gold span it is; 0 outside."""
    shares = np.zeros(len(task.batch.ids))
    for number, gold in enumerate(task.gold):
        for first, last in task.batch.touched(number, merge_spans(marked.span for marked in gold.spans)):
            shares[first:last] = 1 / max(last - first, 1)
    return shares
