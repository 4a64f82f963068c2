"""Krippendorff's alpha from coincidences, for any set of values and any distance between them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["alpha_of_coincidences", "coincidences", "coincidences_by_unit", "krippendorff_alpha", "masi_distance", "nominal_distance"]

Matrix = NDArray[np.float64]


def krippendorff_alpha(units: Iterable[Sequence[Hashable]], distance: Callable[[Any, Any], float] | None = None) -> float | None:
    """Alpha over units, each given as the values that its observers assigned (missing ones left out).

    Krippendorff, Content Analysis (2004), section 11.3. `distance` is the difference function delta squared; nominal
    if None. None where alpha is not defined: no unit with two values.
    """
    matrices, distances = coincidences_by_unit(units, distance or nominal_distance)
    return alpha_of_coincidences(sum(matrices, np.zeros_like(distances)), distances)


def coincidences_by_unit(units: Iterable[Sequence[Hashable]], distance: Callable[[Any, Any], float]) -> tuple[list[Matrix], Matrix]:
    """A coincidence matrix for each unit with two values or more, and the distances between the values that occur."""
    pairable = [unit for unit in units if len(unit) > 1]
    # In a fixed order, sets by their members: sums of floats depend on it.
    values = sorted({value for unit in pairable for value in unit}, key=lambda value: repr(sorted(value) if isinstance(value, frozenset) else value))
    index = {value: i for i, value in enumerate(values)}
    matrices = [coincidences(np.bincount([index[value] for value in unit], minlength=len(values))) for unit in pairable]
    return matrices, distance_matrix(values, distance)


def coincidences(counts: NDArray[Any]) -> Matrix:
    """Coincidence matrix of one unit, from how many observers chose each value: ordered pairs of different observers,
    each unit weighing as many observations as it has (Krippendorff 2004, p. 220)."""
    total = counts.sum()
    if total < 2:
        return np.zeros((len(counts), len(counts)))
    pairs: Matrix = (np.outer(counts, counts) - np.diag(counts)) / (total - 1)
    return pairs


def distance_matrix(values: Sequence[Any], distance: Callable[[Any, Any], float]) -> Matrix:
    return np.array([[distance(a, b) for b in values] for a in values], dtype=float).reshape(len(values), len(values))


def alpha_of_coincidences(matrix: Matrix, distances: Matrix) -> float | None:
    """1 - observed / expected disagreement (Krippendorff 2004, p. 222). None without pairs, and where nothing varies: if
    everyone gave the same value everywhere, there was nothing that could have been disagreed on."""
    totals = matrix.sum(axis=0)
    total = totals.sum()
    if total == 0:
        return None
    observed = (matrix * distances).sum()
    expected = (np.outer(totals, totals) * distances).sum() / (total - 1)
    return None if expected == 0 else float(1 - observed / expected)


def nominal_distance(a: Hashable, b: Hashable) -> float:
    return float(a != b)


def masi_distance(a: frozenset[str], b: frozenset[str]) -> float:
    """Distance between two sets of answers: 1 - Jaccard x monotonicity (Passonneau 2006, LREC, section 4)."""
    if a == b:
        return 0.0
    shared = len(a & b)
    monotonicity = 0.0 if not shared else (2 / 3 if a <= b or b <= a else 1 / 3)
    return 1 - shared / len(a | b) * monotonicity
