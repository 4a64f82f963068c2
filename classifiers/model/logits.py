"""Log-odds: weighted sums of figures, and the probabilities they stand for."""

from __future__ import annotations

import numpy as np

from schemas.arrays import Floats

__all__ = ["logistic", "weigh"]


def logistic(x: Floats) -> Floats:
    """The probability of log-odds."""
    result: Floats = 1 / (1 + np.exp(-np.clip(x, -60, 60)))
    return result


def weigh(figures: Floats, weights: Floats) -> Floats:
    """The weighted sum of each row. Unlike a matrix product it is the same to the bit whatever rows stand beside it."""
    result: Floats = (np.ascontiguousarray(figures) * weights).sum(axis=1)
    return result
