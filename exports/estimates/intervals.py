"""95 % intervals that hold for few articles: of shares, and of densities.

Both are score intervals: the limits are the means that lie just so many standard errors from the estimate as the quantile
says, each with the standard error that *it* would have. Spans and yes-answers vary more where there are more of them, so the
intervals lean away from zero and never cross it. `docs/estimates.md` has what was tried, and how often each covered.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri, stdtrit

__all__ = ["Interval", "Kind", "density_interval", "share_interval", "widen"]

Kind = Literal["share", "density"]
# Of a density the variance grows with this power of the mean: counts alone 1, sizes alone 2, and a number of spans in articles of
# many lengths and kinds between the two (compound Poisson: Jørgensen 1987, J. R. Stat. Soc. B 49, pp. 127-162).
POWER = 1.5
UPPER = 0.975


class Interval(NamedTuple):
    """Limits of a 95 % interval."""

    low: float
    high: float


def share_interval(share: float, effective: float) -> Interval:
    """Wilson's score interval (1927, J. Am. Stat. Assoc. 22, pp. 209-212) for a share that is as sure as if `effective` articles
    had been coded. An effective size within it is what Franco et al. (2019, J. Surv. Stat. Methodol. 7, pp. 334-364) recommend
    for shares of complex samples. `share` may lie outside of 0 and 1, as corrected ones do, and counts as the nearest of them.
    """
    share, square = min(max(share, 0.0), 1.0), float(ndtri(UPPER)) ** 2
    centre = (share + square / (2 * effective)) / (1 + square / effective)
    half = float(np.sqrt(square * (share * (1 - share) / effective + square / (4 * effective**2)))) / (1 + square / effective)
    return Interval(max(centre - half, 0.0), min(centre + half, 1.0))


def widen(df: float) -> float:
    """By how much Student's quantile is larger than the normal one; of 1 degree of freedom at least."""
    return float(stdtrit(max(df, 1.0), UPPER)) / float(ndtri(UPPER))


def density_interval(mean: float, variance: float, at: float, df: float) -> Interval:
    """The score interval for a mean of figures that are 0 or more, and whose variance grows with the mean to the power of 1.5.

    `variance` is that of the estimate, measured on articles whose own mean is `at` (above 0). The limits x solve
    (mean - x)^2 = t^2 variance (x / at)^1.5, with t of Student's distribution: in q = x^(1/4) that is q^4 - a q^3 = mean for the
    upper and q^4 + a q^3 = mean for the lower one, which have one root above 0 each.
    """
    mean = max(mean, 0.0)
    steepness = float(stdtrit(df, UPPER)) * float(np.sqrt(variance)) / at ** (POWER / 2)
    if mean == 0:
        return Interval(0.0, steepness**4)

    def limit(slope: float) -> float:
        # The root is no larger than these two together; twice as much is safe from rounding.
        root: float = brentq(lambda q: q**4 - slope * q**3 - mean, 0.0, 2 * (max(slope, 0.0) + mean**0.25))
        return root**4

    return Interval(min(limit(-steepness), mean), max(limit(steepness), mean))
