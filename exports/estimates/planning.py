"""How many more articles are to be coded."""

from __future__ import annotations

from exports.estimates.correction import Estimate
from exports.estimates.intervals import density_interval, share_interval

__all__ = ["plan_coding"]


def plan_coding(estimate: Estimate, width: float) -> int | None:
    """How many of the group's uncoded articles are to be coded until the 95 % interval is as narrow as `width`, if they turn out like
    those that are coded. 0 if it is so now; None if it cannot be told, or all the articles there are would not do."""
    if estimate.corrected is None or estimate.corrected.width is None:
        return None
    if estimate.corrected.width <= width:
        return 0
    if _width(estimate, estimate.uncoded) > width:
        return None
    few, enough = 0, estimate.uncoded
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if _width(estimate, middle) <= width else (middle, enough)
    return enough


def _width(estimate: Estimate, more: int) -> float:
    """Of the interval with so many more articles coded: the part of the variance that coding makes smaller goes with 1/n."""
    n, mean, human = estimate.coded + more, estimate.corrected, estimate.human
    assert mean is not None  # noqa: S101 - checked by the caller
    assert human is not None  # noqa: S101
    variance = ((mean.se or 0.0) ** 2 - estimate.fixed) * estimate.coded / n + estimate.fixed
    if estimate.kind == "share":
        low, high = share_interval(mean.value, estimate.spread / variance if estimate.spread > 0 else n)
    else:
        low, high = density_interval(mean.value, variance, human.value, n - 2)
    return high - low
