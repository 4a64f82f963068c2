"""How far two groups are apart."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from exports.estimates.correction import Estimate

__all__ = ["Difference", "subtract"]


@dataclass(frozen=True)
class Difference:
    """One group's mean minus another's, with a 95 % interval. `corrected` says whether both means were; if not, there is no
    interval, because nobody knows how far the classifier is off."""

    value: float
    low: float | None
    high: float | None
    corrected: bool


def subtract(one: Estimate, other: Estimate) -> Difference:
    """The difference of two independent means.

    Its interval is made of the distances of both means from their own limits, squared and added (Newcombe 1998, Stat. Med. 17,
    pp. 873-890, method 10; for any two means Zou and Donner 2008, Stat. Med. 27, pp. 1693-1702), so it leans as they do.
    """
    a, b = one.corrected, other.corrected
    if a is None or b is None:
        return Difference((a or one.naive).value - (b or other.naive).value, None, None, corrected=False)
    value = a.value - b.value
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return Difference(value, None, None, corrected=True)
    return Difference(value, value - hypot(a.value - a.low, b.high - b.value), value + hypot(a.high - a.value, b.value - b.low), corrected=True)
