"""Alpha with an interval: the bootstrap draws whole articles, because the tokens of one article are not independent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from annotate.agreement.alpha import Matrix, alpha_of_coincidences

__all__ = ["Estimate", "estimate_alpha"]

DRAWS = 1000
LEVEL = 0.95
SEED = 0


class Estimate(NamedTuple):
    """A coefficient and its 95 % bootstrap interval (percentiles). All None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


def estimate_alpha(per_article: Sequence[Matrix], distances: Matrix) -> Estimate:
    """Alpha over articles, from each article's own sum of coincidence matrices."""
    if not per_article:
        return Estimate(None, None, None)
    stack = np.stack(per_article)
    value = alpha_of_coincidences(stack.sum(axis=0), distances)
    if value is None or len(stack) < 2:
        return Estimate(value, None, None)
    generator = np.random.default_rng(SEED)
    weights = generator.multinomial(len(stack), np.full(len(stack), 1 / len(stack)), size=DRAWS)
    drawn = np.tensordot(weights.astype(float), stack, axes=1)
    alphas = [alpha for matrix in drawn if (alpha := alpha_of_coincidences(matrix, distances)) is not None]
    if not alphas:
        return Estimate(value, None, None)
    low, high = np.quantile(alphas, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))
