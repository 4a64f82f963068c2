"""Kinds of arrays that all modules share, and the logistic function."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Flags", "Floats", "Integers", "even_out", "logistic", "weigh"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Flags = NDArray[np.bool_]


def even_out(figures: Floats, size: float) -> Floats:
    """What brings each column to a standard deviation of `size`; nothing (0) for a column that is always the same."""
    spread = figures.std(axis=0)
    result: Floats = np.where(spread > 1e-6, size / np.maximum(spread, 1e-6), 0.0)
    return result


def logistic(x: Floats) -> Floats:
    """The probability of log-odds."""
    result: Floats = 1 / (1 + np.exp(-np.clip(x, -60, 60)))
    return result


def weigh(figures: Floats, weights: Floats) -> Floats:
    """The weighted sum of each row. Unlike a matrix product it is the same to the bit whatever rows stand beside it."""
    result: Floats = (np.ascontiguousarray(figures) * weights).sum(axis=1)
    return result
