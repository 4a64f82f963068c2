"""Fitting linear functions to soft labels, out of fold where a later stage must not see its own training answers.

`ties` is a matrix of columns x parameters: the weights of a head's columns are ties @ parameters, and what is kept small
is the parameters. A tie of many columns to few parameters is how words share what is learned of their company.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from classifiers.features.window import WindowView
from schemas.arrays import Floats

__all__ = ["INNER_FOLDS", "Fit", "even_out", "fit_bag", "fit_figures", "fit_multiclass", "fit_out_of_fold", "fit_window", "folds_of"]

INNER_FOLDS = 5
ITERATIONS, SEED = 100, 0
# One linear function: weights of the columns, and the intercept.
Fit = tuple[Floats, float]
Matrix: TypeAlias = "Floats | sparse.csr_matrix"


def fit_window(view: WindowView, shares: Floats, counts: Floats, ties: sparse.csr_matrix, strength: float) -> Fit:
    """Logistic regression of a share for each row, by L-BFGS; `counts` says how much each row counts (0: not at all).

    Minimises strength * sum(counts * log loss) + |parameters|^2 / 2, without ever making the matrix of rows by columns.
    """
    rows = np.flatnonzero(counts)
    share, count, inside = shares[rows], counts[rows], view.at(rows)
    transposed = sparse.csr_matrix(ties.T)
    if not share.any():
        return _constant(ties.shape[0], share)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        logits = inside.scores(ties @ parameters[:-1]) + parameters[-1]
        decay = np.exp(-np.abs(logits))
        losses = np.log1p(decay) + np.maximum(logits, 0) - share * logits
        slopes = count * (np.where(logits >= 0, 1.0, decay) / (1 + decay) - share)
        gradient = strength * (transposed @ inside.gather(slopes)) + parameters[:-1]
        return strength * float(count @ losses) + float(parameters[:-1] @ parameters[:-1]) / 2, np.append(gradient, strength * slopes.sum())

    options = {"maxiter": ITERATIONS, "maxcor": 8, "ftol": 1e-7, "gtol": 1e-3}
    found: Floats = minimize(loss, np.zeros(ties.shape[1] + 1), jac=True, method="L-BFGS-B", options=options).x
    return ties @ found[:-1], float(found[-1])


def fit_bag(matrix: Matrix, shares: Floats, strength: float = 1.0, counts: Floats | None = None) -> Fit:
    """Logistic regression of a share for each row, for the thousands of rows that sentences and articles are."""
    rows, targets, weights = _soften(shares, np.ones(len(shares)) if counts is None else counts)
    if len(np.unique(targets)) < 2:
        return _constant(matrix.shape[1], shares)
    model = LogisticRegression(C=strength, max_iter=1000)
    model.fit(matrix[rows], targets, sample_weight=weights)
    return model.coef_[0].astype(float), float(model.intercept_[0])


def fit_figures(figures: Floats, shares: Floats) -> Fit:
    """Logistic regression on a few dense figures, each brought to one scale for the penalty: few articles have small logits."""
    scale = even_out(figures, 1.0)
    weights, intercept = fit_bag(figures * scale, shares)
    return weights * scale, intercept


def even_out(figures: Floats, size: float) -> Floats:
    """What brings each column to a standard deviation of `size`; nothing (0) for a column that is always the same."""
    spread = figures.std(axis=0)
    result: Floats = np.where(spread > 1e-6, size / np.maximum(spread, 1e-6), 0.0)
    return result


def fit_multiclass(matrix: sparse.csr_matrix, labels: list[str], weights: list[float], outputs: list[str], strength: float) -> tuple[Floats, Floats]:
    """columns x outputs weights and the intercepts, by support vector machines, one for each output against the rest. An output
    that never occurs can never win."""
    coefficients, intercepts = np.zeros((matrix.shape[1], len(outputs))), np.full(len(outputs), -1e6)
    present = [output for output in outputs if output in set(labels)]
    model = LinearSVC(C=strength, max_iter=2000, random_state=SEED)
    model.fit(matrix, [present.index(label) for label in labels], sample_weight=weights)
    rows, offsets = model.coef_, model.intercept_
    if len(present) == 2:
        # scikit-learn keeps one row for two classes: the second's score against the first.
        rows, offsets = np.vstack([-rows[0], rows[0]]), np.array([-offsets[0], offsets[0]])
    places = [outputs.index(output) for output in present]
    coefficients[:, places], intercepts[places] = rows.T, offsets
    return coefficients, intercepts


def fit_out_of_fold(fit: Callable[[NDArray[np.int64]], Fit], matrix: Matrix, groups: NDArray[np.int64]) -> tuple[Fit, Floats]:
    """`fit` of all rows (it is given row numbers), and each row's logit from a fit that has not seen its group."""
    logits = np.zeros(matrix.shape[0])
    for train, test in folds_of(groups):
        weights, intercept = fit(train)
        logits[test] = matrix[test] @ weights + intercept
    return fit(np.arange(matrix.shape[0])), logits


def folds_of(groups: NDArray[Any]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    count = min(INNER_FOLDS, len(np.unique(groups)))
    if count < 2:
        # One article alone has no outside; its own scores are the best there are.
        everything = np.arange(len(groups))
        return iter([(everything, everything)])
    return iter(GroupKFold(count).split(np.zeros(len(groups)), groups=groups))


def _soften(shares: Floats, counts: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Rows, targets and weights: a share of .4 is a yes that counts .4 and a no that counts .6."""
    yes, no = np.flatnonzero(shares > 0), np.flatnonzero(shares < 1)
    targets = np.concatenate([np.ones(len(yes), dtype=np.int64), np.zeros(len(no), dtype=np.int64)])
    return np.concatenate([yes, no]), targets, np.concatenate([shares[yes] * counts[yes], (1 - shares[no]) * counts[no]])


def _constant(columns: int, shares: Floats) -> Fit:
    # Everybody said the same of everything: add-one smoothing keeps the odds finite.
    positive = float(shares.sum())
    return np.zeros(columns), float(np.log((positive + 1) / (len(shares) - positive + 1)))
