"""Fitting linear functions to soft labels, out of fold where a later stage must not see its own training answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GroupKFold

from classifiers.window import Floats

__all__ = ["INNER_FOLDS", "Fit", "calibrate", "fit_bag", "fit_multinomial", "fit_window", "out_of_fold"]

INNER_FOLDS = 5
SEED = 0
# One linear function: weights of the columns, and the intercept.
Fit = tuple[Floats, float]


def fit_window(matrix: sparse.csr_matrix, shares: Floats) -> Fit:
    """Averaged stochastic gradient descent on the logistic loss: seconds on millions of rows, and the best of what was
    tried on token windows. Deterministic by its seed."""
    rows, targets, weights = _soften(shares)
    if len(np.unique(targets)) < 2:
        return _constant(matrix.shape[1], shares)
    # A penalty that shrinks as data grows: the same few pseudo-observations whether there are 90 articles or 9,000.
    model = SGDClassifier(loss="log_loss", alpha=0.5 / len(shares), max_iter=12, tol=None, average=True, random_state=SEED)
    model.fit(matrix[rows], targets, sample_weight=weights)
    return model.coef_[0].astype(float), float(model.intercept_[0])


def fit_bag(matrix: sparse.csr_matrix, shares: Floats, strength: float = 1.0) -> Fit:
    """Logistic regression, for the thousands of rows that sentences and articles are."""
    rows, targets, weights = _soften(shares)
    if len(np.unique(targets)) < 2:
        return _constant(matrix.shape[1], shares)
    model = LogisticRegression(C=strength, max_iter=1000)
    model.fit(matrix[rows], targets, sample_weight=weights)
    return model.coef_[0].astype(float), float(model.intercept_[0])


def fit_multinomial(
    matrix: sparse.csr_matrix, labels: list[str], weights: list[float], outputs: list[str], strength: float = 10.0
) -> tuple[Floats, Floats]:
    """columns x outputs weights and the intercepts. An output that never occurs can never win."""
    coefficients, intercepts = np.zeros((matrix.shape[1], len(outputs))), np.full(len(outputs), -1e6)
    present = [output for output in outputs if output in set(labels)]
    places = [outputs.index(output) for output in present]
    intercepts[places] = 0.0
    if len(present) > 1:
        model = LogisticRegression(C=strength, max_iter=1000)
        model.fit(matrix, [present.index(label) for label in labels], sample_weight=weights)
        rows, offsets = np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
        if len(present) == 2:
            # scikit-learn keeps one row for two classes: the second's odds against the first.
            rows, offsets = np.vstack([-rows[0] / 2, rows[0] / 2]), np.array([-offsets[0] / 2, offsets[0] / 2])
        coefficients[:, places], intercepts[places] = rows.T, offsets
    return coefficients, intercepts


def out_of_fold(fit: Callable[[sparse.csr_matrix, Floats], Fit], matrix: sparse.csr_matrix, shares: Floats, groups: NDArray[Any]) -> Floats:
    """Each row's logit from a fit that has not seen its group."""
    logits = np.zeros(matrix.shape[0])
    for train, test in folds_of(groups):
        weights, intercept = fit(matrix[train], shares[train])
        logits[test] = matrix[test] @ weights + intercept
    return logits


def folds_of(groups: NDArray[Any]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    count = min(INNER_FOLDS, len(np.unique(groups)))
    if count < 2:
        # One article alone has no outside; its own scores are the best there are.
        everything = np.arange(len(groups))
        return iter([(everything, everything)])
    return iter(GroupKFold(count).split(np.zeros(len(groups)), groups=groups))


def calibrate(logits: Floats, shares: Floats) -> tuple[float, float]:
    """(slope, offset) with which the logistic of slope * logit + offset is a probability (Platt 1999)."""
    (slope,), offset = fit_bag(sparse.csr_matrix(logits[:, None]), shares, strength=1e4)
    # A negative slope says that the logit carries nothing; then it must not turn the order round.
    return (float(slope), offset) if slope > 0 else (0.0, _constant(1, shares)[1])


def _soften(shares: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Rows, targets and weights: a share of .4 is a yes that counts .4 and a no that counts .6."""
    yes, no = np.flatnonzero(shares > 0), np.flatnonzero(shares < 1)
    targets = np.concatenate([np.ones(len(yes), dtype=np.int64), np.zeros(len(no), dtype=np.int64)])
    return np.concatenate([yes, no]), targets, np.concatenate([shares[yes], 1 - shares[no]])


def _constant(columns: int, shares: Floats) -> Fit:
    # Everybody said the same of everything: add-one smoothing keeps the odds finite.
    positive = float(shares.sum())
    return np.zeros(columns), float(np.log((positive + 1) / (len(shares) - positive + 1)))
