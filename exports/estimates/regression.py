"""Regression on corrected codes: what people said of some articles makes up for what a classifier gets wrong of all.

Design-based supervised learning (Egami, Hinck, Stewart and Wei 2023, "Using Imperfect Surrogates for Downstream Inference", Advances in Neural
Information Processing Systems 36): each article has the pseudo-outcome

    prediction + (coded? 1 / chance : 0) (code - prediction)

whose mean is that of the codes however wrong predictions are, as long as the chance to be coded is known. The moment equations of a linear or
logistic regression are solved with it, and their sandwich is the variance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit, stdtr, stdtrit

__all__ = ["Fit", "Link", "NoSolution", "Sample", "fit_codes", "fit_corrected", "fit_predictions", "recalibrate"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Link = Literal["linear", "logistic"]
FOLDS = 5
# A level of so many coded articles is believed half, when predictions are recalibrated.
HELD = 10.0
UPPER = 0.975
# Log-odds beyond which a solution is one that runs away.
FAR = 15.0


class NoSolution(Exception):
    """No coefficients solve the equations: those of a level run off to all or nothing."""


@dataclass(frozen=True)
class Sample:
    """Of M articles what the classifier says (`predicted`), what people say (`coded`, NaN where nobody coded), the inverse of the chance to be coded
    (`weights`, used where coded) and the number of each one's cluster."""

    predicted: Floats
    coded: Floats
    weights: Floats
    clusters: Ints

    @property
    def by_hand(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.coded)

    def take(self, rows: NDArray[np.bool_]) -> Sample:
        """Some of the articles."""
        return Sample(self.predicted[rows], self.coded[rows], self.weights[rows], self.clusters[rows])


@dataclass(frozen=True)
class Fit:
    """Coefficients with their covariance, robust to unequal variances and clusters; and the degrees of freedom of each."""

    coefficients: Floats
    covariance: Floats
    df: Floats

    @classmethod
    def unknown(cls, terms: int) -> Fit:
        """Where there is no solution."""
        return cls(np.full(terms, np.nan), np.full((terms, terms), np.nan), np.ones(terms))

    @property
    def se(self) -> Floats:
        found: Floats = np.sqrt(np.diag(self.covariance))
        return found

    @property
    def limits(self) -> tuple[Floats, Floats]:
        """Of 95 % intervals."""
        half = stdtrit(self.df, UPPER) * self.se
        return self.coefficients - half, self.coefficients + half

    @property
    def p(self) -> Floats:
        """That of a coefficient this far from 0 if it were 0, on both sides."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = 2 * stdtr(self.df, -np.abs(self.coefficients / self.se))
        return found


def fit_corrected(matrix: csr_array, sample: Sample, link: Link) -> Fit:
    """By pseudo-outcomes. `matrix`: M articles x terms, of full rank. Raises NoSolution."""
    there = sample.by_hand
    weights = np.where(there, sample.weights, 0.0)
    outcome = sample.predicted + weights * (np.where(there, sample.coded, 0.0) - np.where(there, sample.predicted, 0.0))
    return _fit(matrix, outcome, np.ones(len(outcome)), weights, sample.clusters, link)


def fit_codes(matrix: csr_array, sample: Sample, link: Link) -> Fit:
    """By people's codes alone, with the inverse chances as weights."""
    there = sample.by_hand
    weights = sample.weights[there]
    return _fit(matrix[np.flatnonzero(there)], sample.coded[there], weights, weights, sample.clusters[there], link)


def fit_predictions(matrix: csr_array, sample: Sample, link: Link) -> Fit:
    """By predictions alone, as if they were codes."""
    ones = np.ones(len(sample.predicted))
    return _fit(matrix, sample.predicted, ones, ones, sample.clusters, link)


def recalibrate(matrix: csr_array, sample: Sample, *, share: bool, seed: int = 0) -> Sample:
    """The sample with predictions as codes would have them: code = a + b prediction + c terms, each article's from the codes of other folds. A
    classifier that knows nothing then adds nothing, and no noise either; one that errs at some level only is mended there. Coefficients of terms,
    but not of the prediction, are held back as by HELD articles that are like all others (ridge regression)."""
    chance = np.random.default_rng(seed)
    places = np.unique(sample.clusters, return_inverse=True)[1]
    folds = (chance.permutation(int(places.max()) + 1) % FOLDS)[places]
    fresh, there = sample.predicted.copy(), sample.by_hand
    # The first term is the intercept, which is left free.
    largest = np.asarray(abs(matrix).max(axis=0).todense()).ravel()
    penalty = np.diag(HELD * np.concatenate([[1e-9, 1e-9], largest[1:] ** 2]))
    for fold in range(FOLDS):
        known = np.flatnonzero(there & (folds != fold))
        if not len(known):
            continue
        columns = np.column_stack([sample.predicted[known], matrix[known].toarray()])
        weights = sample.weights[known] / sample.weights[known].mean()
        found = np.linalg.solve(columns.T @ (columns * weights[:, None]) + penalty, columns.T @ (weights * sample.coded[known]))
        here = np.flatnonzero(folds == fold)
        fresh[here] = sample.predicted[here] * found[0] + matrix[here] @ found[1:]
    return Sample(np.clip(fresh, 0.0, 1.0) if share else fresh, sample.coded, sample.weights, sample.clusters)


def _fit(matrix: csr_array, outcome: Floats, weights: Floats, informed: Floats, clusters: Ints, link: Link) -> Fit:
    """Solve sum of weights x (outcome - mean) = 0, with the sandwich of clusters. `informed`: the weights of codes, 0 where there is none."""
    found = _solve(matrix, outcome, weights, link)
    mean = matrix @ found
    slope = weights if link == "linear" else weights * expit(mean) * expit(-mean)
    residual = weights * (outcome - (mean if link == "linear" else expit(mean)))
    bread = np.linalg.inv(_gram(matrix, slope))
    gathered = _gather(matrix.multiply(residual[:, None]).tocsr(), clusters)
    meat = (gathered.T @ gathered).toarray()
    there = informed > 0
    n, units, terms = int(there.sum()), len(np.unique(clusters[there])), matrix.shape[1]
    # Of clusters as of articles: HC1 and CR1 (MacKinnon and White 1985, J. Econom. 29; Cameron and Miller 2015, J. Hum. Resour. 50), of codes.
    factor = n / max(n - terms, 1) * (1.0 if units == n else units / max(units - 1, 1) * (n - 1) / n)
    covariance = bread @ meat @ bread * factor
    # A coefficient is as sure as if so many equally weighty clusters had told it (Satterthwaite 1946, Biometrics Bull. 2).
    levers = (matrix[np.flatnonzero(there)] @ bread) ** 2 * (informed**2 * slope / weights)[there][:, None]
    told = _gather(csr_array(levers), clusters[there]).toarray()
    df = np.maximum(told.sum(axis=0) ** 2 / np.maximum((told**2).sum(axis=0), 1e-300) - 1, 1.0)
    return Fit(found, covariance, df)


def _solve(matrix: csr_array, outcome: Floats, weights: Floats, link: Link) -> Floats:
    if link == "linear":
        found: Floats = np.linalg.solve(_gram(matrix, weights), matrix.T @ (weights * outcome))
        return found
    # Whatever the outcomes are, also below 0 and above 1, this is convex: Newton's steps, halved until they go down.
    at = np.zeros(matrix.shape[1])
    target = matrix.T @ (weights * outcome)

    def loss(place: Floats) -> float:
        return float(weights @ np.logaddexp(0.0, matrix @ place) - target @ place)

    for _ in range(100):
        mean = matrix @ at
        gradient = matrix.T @ (weights * expit(mean)) - target
        if np.abs(gradient).max() <= 1e-12 * weights.sum():
            break
        step = np.linalg.lstsq(_gram(matrix, weights * expit(mean) * expit(-mean)), gradient, rcond=None)[0]
        # Near the solution a step is worth less than the loss is rounded by.
        size, before = 1.0, loss(at) + 1e-12 * weights.sum()
        while size > 1e-6 and loss(at - size * step) > before:
            size /= 2
        at = at - size * step
        if np.abs(matrix @ at).max() > FAR or size <= 1e-6:
            break
    if np.abs(gradient).max() <= 1e-8 * weights.sum() and np.abs(matrix @ at).max() <= FAR:
        return at
    raise NoSolution


def _gram(matrix: csr_array, weights: Floats) -> Floats:
    found: Floats = (matrix.T @ matrix.multiply(weights[:, None])).toarray()
    return found


def _gather(rows: csr_array, clusters: Ints) -> csr_array:
    """The rows of each cluster, summed."""
    places = np.unique(clusters, return_inverse=True)[1]
    if len(places) == 0 or int(places.max()) + 1 == len(places):
        return rows
    return csr_array((np.ones(len(places)), (places, np.arange(len(places))))) @ rows
