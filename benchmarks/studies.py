"""Simulated studies: articles with people's figures and a classifier's, whose true mean is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from exports.estimates.intervals import Kind

__all__ = ["Cell", "list_cells"]

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, int]], tuple[Floats, Floats]]

SHARES = (0.05, 0.1, 0.3, 0.5, 0.7, 0.9)
# For each classifier of a question: how strongly it tells articles apart, and what is wrong with its probabilities.
QUESTIONS = {"good": 4.0, "fair": 2.0, "weak": 0.8, "useless": 0.0, "good, biased": 4.0, "fair, biased": 2.0, "yes or no": 4.0}
# Spans per 1,000 words, the shape of their gamma distribution over articles (1 exponential, less is more skewed), words of an article.
WRITING = {
    "news": (10, 1.0, 500),
    "sober news": (3, 0.5, 500),
    "hardly any": (1, 0.3, 500),
    "sentences": (20, 1.0, 30),
    "sober sentences": (5, 0.5, 30),
}
# For each span model the share of spans that it finds, and its false alarms for each true span.
SPANS = {"good": (0.8, 0.1), "fair": (0.6, 0.4), "weak": (0.3, 1.0), "useless": (0.0, 1.0), "biased": (0.8, 2.5)}


@dataclass(frozen=True)
class Cell:
    """A kind of study: n coded and N uncoded articles, drawn from writing whose true mean is `truth`."""

    kind: Kind
    n: int
    uncoded: int
    setting: str
    classifier: str
    truth: float
    draw: Draw


def list_cells(sizes: tuple[int, ...] = (10, 20, 30, 40), others: tuple[int, ...] = (50, 500, 5000)) -> Iterator[Cell]:
    """Every kind of study; neighbours in the list differ in their setting."""
    for n in sizes:
        for uncoded in others:
            for classifier in QUESTIONS:
                for share in SHARES:
                    yield Cell("share", n, uncoded, f"{share:g}", classifier, share, _answers(share, classifier))
            for classifier in SPANS:
                for writing, (mean, _, _) in WRITING.items():
                    yield Cell("density", n, uncoded, writing, classifier, mean, _spans(writing, classifier))


def _answers(share: float, classifier: str) -> Draw:
    strength = QUESTIONS[classifier]
    start = _calibrate(share, strength)

    def draw(chance: np.random.Generator, shape: tuple[int, int]) -> tuple[Floats, Floats]:
        latent = chance.normal(size=shape)
        truth = expit(start + strength * latent)
        coded = (chance.random(shape) < truth).astype(float)
        if classifier == "useless":
            return coded, chance.beta(2, 4, size=shape)
        if classifier == "yes or no":
            return coded, (truth > 0.5).astype(float)
        # Too high by far, and surer than it should be.
        return coded, expit(start + 2 + 1.5 * strength * latent) if "biased" in classifier else truth

    return draw


def _calibrate(share: float, strength: float) -> float:
    """The intercept with which the mean probability is the share."""
    points, weights = np.polynomial.hermite_e.hermegauss(80)
    low, high = -30.0, 30.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        mean = float((weights * expit(middle + strength * points)).sum() / weights.sum())
        low, high = (middle, high) if mean < share else (low, middle)
    return low


def _spans(writing: str, classifier: str) -> Draw:
    mean, shape_of_rates, length = WRITING[writing]
    found, false = SPANS[classifier]

    def draw(chance: np.random.Generator, shape: tuple[int, int]) -> tuple[Floats, Floats]:
        words = np.maximum(chance.lognormal(np.log(length), 0.5, size=shape).round(), 8)
        spans = chance.poisson(chance.gamma(shape_of_rates, mean / shape_of_rates, size=shape) * words / 1000)
        predicted = chance.binomial(spans, found) + chance.poisson(false * mean * words / 1000)
        return 1000 * spans / words, 1000 * predicted / words

    return draw
