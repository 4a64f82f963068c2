"""Krippendorff's alpha, for any set of values and any distance between them.

All that a unit contributes to alpha is a tally: its observed disagreement, then how often each value was used. Tallies
add up, so an article's is the sum of its units', and a bootstrap has only sums to draw.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Figures",
    "alphas",
    "distance_matrix",
    "fleiss_kappa",
    "in_order",
    "krippendorff_alpha",
    "masi_distance",
    "nominal_distance",
    "tally",
    "tally_units",
]

Figures = NDArray[np.float64]


def krippendorff_alpha(units: Iterable[Sequence[Hashable]], distance: Callable[[Any, Any], float] | None = None) -> float | None:
    """Alpha over units, each given as the values that its observers assigned (missing ones left out).

    Krippendorff, Content Analysis (2004), section 11.3. `distance` is the difference function delta squared; nominal
    if None. None where alpha is not defined: no unit with two values, or no two values that differ.
    """
    tallies, distances = tally_units(units, distance or nominal_distance)
    return _defined(alphas(tallies.sum(axis=0), distances))


def fleiss_kappa(units: Iterable[Sequence[Hashable]]) -> float | None:
    """Kappa of many raters (Fleiss 1971, Psychological Bulletin 76, pp. 378-382), which is nominal alpha but for this: kappa
    draws its expectation with replacement, alpha without. None where alpha is not defined."""
    tallies, distances = tally_units(units, nominal_distance)
    values, alpha = tallies[:, 1:].sum(), _defined(alphas(tallies.sum(axis=0), distances))
    return None if alpha is None else float(1 - (1 - alpha) * values / (values - 1))


def tally_units(units: Iterable[Sequence[Hashable]], distance: Callable[[Any, Any], float]) -> tuple[Figures, Figures]:
    """A tally for each unit with two values or more, and the distances between the values that occur."""
    pairable = [unit for unit in units if len(unit) > 1]
    values = in_order({value for unit in pairable for value in unit})
    index = {value: i for i, value in enumerate(values)}
    distances = distance_matrix(values, distance)
    tallies = [tally(np.bincount([index[value] for value in unit], minlength=len(values)), distances) for unit in pairable]
    return np.array(tallies).reshape(-1, 1 + len(values)), distances


def in_order(values: Iterable[Hashable]) -> list[Hashable]:
    """Values in a fixed order, sets by their members: sums of floats depend on it."""
    return sorted(values, key=lambda value: repr(sorted(value) if isinstance(value, frozenset) else value))


def tally(counts: NDArray[Any], distances: Figures) -> Figures:
    """Tally of one unit, from how many observers chose each value: the distances of all ordered pairs of observers,
    each unit weighing as many observations as it has (Krippendorff 2004, p. 220), then the counts. Nothing if there is no pair."""
    total = counts.sum()
    if total < 2:
        return np.zeros(1 + len(counts))
    return np.concatenate([[counts @ distances @ counts / (total - 1)], counts])


def distance_matrix(values: Sequence[Any], distance: Callable[[Any, Any], float]) -> Figures:
    return np.array([[distance(a, b) for b in values] for a in values], dtype=float).reshape(len(values), len(values))


def alphas(tallies: Figures, distances: Figures | None) -> Figures:
    """1 - observed / expected disagreement (Krippendorff 2004, p. 222) of each sum of tallies; of any number of them at
    once, along the last axis. `distances` between the values; None if nominal, which many values want. Not a number without pairs, and where
    nothing varies: if everyone gave the same value everywhere, there was nothing that could have been disagreed on."""
    observed, totals = tallies[..., 0], tallies[..., 1:]
    expected = (totals @ distances * totals).sum(axis=-1) if distances is not None else totals.sum(axis=-1) ** 2 - (totals**2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        figures: Figures = np.where(expected > 0, 1 - observed * (totals.sum(axis=-1) - 1) / expected, np.nan)
    return figures


def nominal_distance(a: Hashable, b: Hashable) -> float:
    return float(a != b)


def masi_distance(a: frozenset[str], b: frozenset[str]) -> float:
    """Distance between two sets of answers: 1 - Jaccard x monotonicity (Passonneau 2006, LREC, section 4)."""
    if a == b:
        return 0.0
    shared = len(a & b)
    monotonicity = 0.0 if not shared else (2 / 3 if a <= b or b <= a else 1 / 3)
    return 1 - shared / len(a | b) * monotonicity


def _defined(figure: Figures) -> float | None:
    return None if np.isnan(figure) else float(figure)
