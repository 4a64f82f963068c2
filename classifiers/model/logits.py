"""Log-odds: weighted sums of figures, and the probabilities they stand for."""

from __future__ import annotations

import numpy as np

from schemas.arrays import Floats
from schemas.text.kernel import kernel

__all__ = ["logistic", "weigh"]


def logistic(x: Floats) -> Floats:
    """The probability of log-odds."""
    result: Floats = 1 / (1 + np.exp(-np.clip(x, -60, 60)))
    return result


@kernel
def weigh(figures: Floats, weights: Floats, intercept: float) -> Floats:
    """The weighted sum of each row. Unlike a matrix product it is the same to the bit whatever rows stand beside it."""
    logits = np.empty(len(figures))
    for row in range(len(figures)):
        total = 0.0
        for column in range(len(weights)):
            total += weights[column] * figures[row, column]
        logits[row] = total + intercept
    return logits
