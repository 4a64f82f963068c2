"""How coded articles were drawn, and what that makes of their variance: unequal probabilities, and articles that come together.

A mean is weighted by inverse probabilities (Hájek's ratio; Särndal, Swensson and Wretman 1992, *Model Assisted Survey Sampling*, section 5.7),
and its variance is that of the totals of clusters about it, drawn with replacement (*ultimate clusters*: Hansen, Hurwitz and Madow 1953). Strata have
their place in the weights; that a stratified sample varies less is not made use of, so its intervals are rather too wide than too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Design"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Measured (`docs/estimates.md`): with 0 the intervals of rare answers are too narrow, with 1/2 and more those of all answers too wide.
PLAIN = 0.2


@dataclass(frozen=True)
class Design:
    """The share that each article has in a mean, which sum to 1; and its cluster, by a number from 0, None if each is one by itself."""

    shares: Floats
    clusters: Ints | None = None

    @classmethod
    def of(cls, weights: Floats, clusters: NDArray[np.generic] | None = None) -> Design:
        """By inverse probabilities, up to a factor; clusters by any name. Raises ValueError unless all weights are above 0, and finite."""
        if not (np.isfinite(weights) & (weights > 0)).all():
            raise ValueError("weights are above 0, and finite")
        numbers = None if clusters is None else np.unique(clusters, return_inverse=True)[1].astype(np.int64)
        apart = numbers is None or len(numbers) == 0 or int(numbers.max()) + 1 == len(numbers)
        return cls(weights / weights.sum() if len(weights) else weights, None if apart else numbers)

    @classmethod
    def even(cls, count: int) -> Design:
        """Each article by itself, all with the same chance."""
        return cls(np.full(count, 1 / max(count, 1)))

    @property
    def size(self) -> float:
        """As many clusters of equal weight would be as sure: their number, where they are so (Kish 1965, *Survey Sampling*, section 11.7)."""
        parts = self._gather(self.shares)
        # Equal shares are no more than rounding apart, and a count is a count.
        size = 1 / float((parts**2).sum()) if len(parts) else 0.0
        return float(round(size)) if abs(size - round(size)) < 1e-9 * size else size

    def mean(self, values: Floats) -> float:
        # To the last digit where that is known: figures that are all alike have no variance, and none by rounding.
        if not len(values) or np.ptp(self.shares) == 0 or np.ptp(values) == 0:
            return float(values.mean())
        return float(self.shares @ values)

    def square(self, values: Floats, others: Floats | None = None) -> float:
        """The squares of clusters' totals about the mean (or their products with those of other values), summed: the variance of the mean, but for
        the factor that few articles ask for."""
        totals = self._totals(values)
        return float(totals @ (totals if others is None else self._totals(others)))

    def square_of_share(self, values: Floats) -> float:
        """`square` for figures of yes and no. Where the rare yes of a heavy article was missed, the totals that were seen look surer than they are;
        so a part of it is what it would be if chances and clusters had nothing to do with the figures, should that be larger."""
        seen = self.square(values)
        plain = float((self.shares**2).sum() * (self.shares @ (values - self.mean(values)) ** 2))
        return max(seen, (1 - PLAIN) * seen + PLAIN * plain)

    def covariance(self, values: Floats, others: Floats | None = None) -> float:
        """Such that it is the variance of the mean if divided by `size`: the sample's variance, or covariance, for a simple random one."""
        size = self.size
        return size * size / (size - 1) * self.square(values, others) if size > 1 else 0.0

    def spread(self, values: Floats) -> float:
        """The variance among articles, whatever their clusters."""
        count = len(values)
        return float(self.shares @ (values - self.mean(values)) ** 2) * count / (count - 1) if count > 1 else 0.0

    def _totals(self, values: Floats) -> Floats:
        return self._gather(self.shares * (values - self.mean(values)))

    def _gather(self, values: Floats) -> Floats:
        return values if self.clusters is None else np.bincount(self.clusters, values).astype(np.float64)
