"""Fitting linear functions to soft labels, out of fold where a later stage must not see its own training answers.

`ties` is a matrix of columns x parameters: the weights of a head's columns are ties @ parameters, and what is kept small
is the parameters. A tie of many columns to few parameters is how words share what is learned of their company.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from classifiers.features.window import WindowView
from schemas.arrays import Floats

__all__ = ["INNER_FOLDS", "Fit", "even_out", "fit_bag", "fit_figures", "fit_multiclass", "fit_out_of_fold", "fit_softmax", "fit_window", "folds_of"]

INNER_FOLDS = 5
ITERATIONS, SEED = 100, 0
# How strongly a second stage is drawn to what the first says.
PRIOR = 3.0
# Of so many the square is a small table.
FEW_ROWS = 1000
# Newton's steps: how many at most, what is too small a part of the loss to go on for, and what is added so that what is all but flat has a least.
STEPS, ENOUGH, FLATTEST = 100, 1e-10, 1e-9
# One linear function: weights of the columns, and the intercept.
Fit = tuple[Floats, float]
Matrix: TypeAlias = "Floats | sparse.csr_matrix"


def fit_window(view: WindowView, shares: Floats, counts: Floats, scale: Floats, strength: float) -> Fit:
    """Logistic regression of a share for each row; `counts` says how much each row counts (0: not at all), `scale` each column.

    Minimises strength * sum(counts * log loss) + |weights / scale|^2 / 2, without ever making the matrix of rows by columns.
    """
    rows = np.flatnonzero(counts)
    share, inside = shares[rows], view.at(rows)
    if not share.any():
        return _constant(len(scale), share)
    options = {"maxiter": ITERATIONS, "maxcor": 8, "ftol": 1e-7, "gtol": 1e-3}
    scores, gather = (lambda weights: inside.scores(scale * weights)), (lambda slopes: scale * inside.gather(slopes))
    weights, intercept = _minimise(scores, gather, len(scale), share, strength * counts[rows], 1.0, options)
    return scale * weights, intercept


def fit_bag(matrix: Matrix, shares: Floats, strength: float = 1.0, counts: Floats | None = None) -> Fit:
    """Logistic regression of a share for each row, for the thousands of rows that sentences and articles are.

    Minimises strength * sum(counts * log loss) + |weights|^2 / 2, of many rows up to where scikit-learn's own ends; that has no shares, only rows
    that are there twice, and takes most of its time for what it asks of each step's input.
    """
    counts = np.ones(len(shares)) if counts is None else counts
    if not shares.any() or (shares == 1).all():
        return _constant(matrix.shape[1], shares)
    if len(shares) > min(FEW_ROWS, matrix.shape[1]):
        return _fit_columns(matrix, shares, strength, counts)
    # Weights that are kept small lie in the space of the rows: the same fit in as many columns as there are rows
    # (Hastie and Tibshirani 2004, Biostatistics 5, p. 331), which for fifteen frames of 250 articles takes a tenth of the time.
    lengths, directions = np.linalg.eigh((sparse.csr_matrix(matrix) @ sparse.csr_matrix(matrix).T).toarray())
    some = lengths > max(1e-9 * lengths[-1], 1e-12)
    if not some.any():
        return _constant(matrix.shape[1], shares)
    roots = np.sqrt(lengths[some])
    weights, intercept = _solve(directions[:, some] * roots, np.zeros(len(shares)), shares, strength * counts, 1.0)
    return matrix.T @ (directions[:, some] @ (weights / roots)), intercept


def fit_figures(figures: Floats, shares: Floats) -> Fit:
    """Logistic regression on a few dense figures, all log-odds, of which the first is the row's own: where rows are few it says what that
    says, and the more there are the more of what the others say.

    Minimises sum(log loss) + PRIOR * scale^2 * |weights - (1, 0, ..., 0)|^2 / 2, with one scale for all columns, the standard deviation of the
    first: were each brought to a scale of its own, a column that is nearly always zero could get any weight, and turn answers round.
    """
    if not 0 < shares.sum() < len(shares):
        # The odds would have no end.
        return _constant(figures.shape[1], shares)
    own, scale = figures[:, 0], max(float(figures[:, 0].std()), 1e-6)
    changes, intercept = _solve(figures / scale, own, shares, np.ones(len(shares)), PRIOR)
    weights = changes / scale
    weights[0] += 1.0
    return weights, intercept


def even_out(figures: Floats, size: float, least: float = 1e-6) -> Floats:
    """What brings each column to a standard deviation of `size`; nothing (0) for a column that is always the same. One that differs by less than
    `least` is taken to differ by that: what hardly differs here may differ widely in other texts."""
    spread = figures.std(axis=0)
    result: Floats = np.where(spread > 1e-6, size / np.maximum(spread, least), 0.0)
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


def fit_softmax(
    matrix: sparse.csr_matrix, labels: Sequence[str], weights: Sequence[float], outputs: Sequence[str], strength: float
) -> tuple[Floats, Floats]:
    """columns x outputs weights and the intercepts of a logistic regression for all outputs together, whose logits are log-probabilities but for a
    constant. An output that never occurs is never likely."""
    coefficients, intercepts = np.zeros((matrix.shape[1], len(outputs))), np.full(len(outputs), -1e6)
    present = [output for output in outputs if output in set(labels)]
    places = [outputs.index(output) for output in present]
    intercepts[places] = 0.0
    if len(present) > 1:
        model = LogisticRegression(C=strength, max_iter=ITERATIONS)
        with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
            # To the last digit it would take four times as long, and say the same.
            model.fit(matrix, [present.index(label) for label in labels], sample_weight=weights)
        rows, offsets = model.coef_, model.intercept_
        if len(present) == 2:
            # scikit-learn keeps one row for two classes: the second's logit against the first.
            rows, offsets = np.vstack([-rows[0], rows[0]]) / 2, np.array([-offsets[0], offsets[0]]) / 2
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


def _fit_columns(matrix: Matrix, shares: Floats, strength: float, counts: Floats) -> Fit:
    # Of the objective's mean, as scikit-learn's own, so that it ends where that does.
    whole, turned = counts.sum(), matrix.T if isinstance(matrix, np.ndarray) else sparse.csr_matrix(matrix.T)
    options = {"maxiter": 1000, "maxls": 50, "ftol": 64 * np.finfo(float).eps, "gtol": 1e-4}
    return _minimise(matrix.__matmul__, turned.__matmul__, matrix.shape[1], shares, counts / whole, 1 / (strength * whole), options)


def _minimise(
    scores: Callable[[Floats], Floats],
    gather: Callable[[Floats], Floats],
    columns: int,
    shares: Floats,
    counts: Floats,
    penalty: float,
    options: Mapping[str, float],
) -> Fit:
    """The least of sum(counts * log loss) + penalty * |weights|^2 / 2 by L-BFGS, where `scores` is a matrix times weights, and `gather` the matrix
    turned round times a figure for each row."""

    def loss(parameters: Floats) -> tuple[float, Floats]:
        weights = parameters[:-1]
        losses, slopes = _log_losses(scores(weights) + parameters[-1], shares)
        slopes *= counts
        return float(counts @ losses + penalty * (weights @ weights) / 2), np.append(gather(slopes) + penalty * weights, slopes.sum())

    found: Floats = minimize(loss, np.zeros(columns + 1), jac=True, method="L-BFGS-B", options=options).x
    return found[:-1], float(found[-1])


def _solve(figures: Floats, base: Floats, shares: Floats, counts: Floats, penalty: float) -> Fit:
    """The least of sum(counts * log loss) + penalty * |weights|^2 / 2 for logits of base + figures @ weights + intercept, by Newton's steps: six or
    so where L-BFGS takes a hundred, each as dear as the square of the columns.

    Far from the least one may lead up: the loss is taken to be as bent everywhere as here. Then it is taken to be as bent as anywhere on the way
    (Jaakkola and Jordan 2000, Statistics and Computing 10, pp. 25 to 37), and the step is short, but leads down.
    """
    columns = np.column_stack([figures, np.ones(len(figures))])
    penalties: Floats = np.append(np.full(figures.shape[1], penalty), 0.0)

    def measure(parameters: Floats) -> tuple[float, Floats, Floats]:
        logits = base + columns @ parameters
        losses, slopes = _log_losses(logits, shares)
        return float(counts @ losses + penalties @ parameters**2 / 2), logits, slopes

    parameters: Floats = np.zeros(columns.shape[1])
    least, logits, slopes = measure(parameters)
    for _ in range(STEPS):
        chances, slope = slopes + shares, columns.T @ (counts * slopes) + penalties * parameters
        step = _step(columns, counts * chances * (1 - chances), penalties, slope)
        # Twice what it gains, were the loss as bent everywhere as here.
        if slope @ step <= ENOUGH * (1 + least):
            break
        found = measure(parameters - step)
        if found[0] > least:
            bends = np.where(logits == 0, 0.25, (chances - 0.5) / np.where(logits == 0, 1.0, logits))
            step = _step(columns, counts * bends, penalties, slope)
            found = measure(parameters - step)
        parameters, (least, logits, slopes) = parameters - step, found
    return parameters[:-1], float(parameters[-1])


def _step(columns: Floats, bends: Floats, penalties: Floats, slope: Floats) -> Floats:
    """To where a loss that is so bent at each row, and so steep, is least."""
    square: Floats = (columns.T * bends) @ columns
    square.flat[:: len(square) + 1] += penalties + FLATTEST
    return np.asarray(np.linalg.solve(square, slope), dtype=float)


def _log_losses(logits: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """The log loss of each row, whose answer is yes to a share, and its derivative by the logit; finite for any logit."""
    decay = np.exp(-np.abs(logits))
    return np.log1p(decay) + np.maximum(logits, 0) - shares * logits, np.where(logits >= 0, 1.0, decay) / (1 + decay) - shares


def _constant(columns: int, shares: Floats) -> Fit:
    # Everybody said the same of everything: add-one smoothing keeps the odds finite.
    positive = float(shares.sum())
    return np.zeros(columns), float(np.log((positive + 1) / (len(shares) - positive + 1)))
