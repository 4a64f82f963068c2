"""Drawing by lot with unequal chances that are known, so that what was drawn can be weighted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["draw", "draw_places", "draw_strata", "find_chances", "find_equal_chances"]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


def find_chances(figures: Floats, n: int, floor: float) -> Floats:
    """The probability with which each article is among n: `floor` of it is alike for all, the rest in proportion to `figures` (0 or more).

    Who would have more than 1 is taken for certain, and the others share what is left. Raises ValueError if n is more than there are, or a
    chance would be 0.
    """
    count, total = len(figures), float(figures.sum())
    if n > count or not 0 <= floor <= 1 or not (np.isfinite(figures) & (figures >= 0)).all():
        raise ValueError("n of figures, 0 or more each, with a floor from 0 to 1")
    parts = floor / max(count, 1) + (1 - floor) * (figures / total if total > 0 else np.full(count, 1 / max(count, 1)))
    if (parts <= 0).any():
        raise ValueError("an article without a chance stands for nothing: give a floor above 0")
    chances: Floats = np.zeros(count)
    certain = np.zeros(count, dtype=np.bool_)
    while n:
        chances = np.where(certain, 1.0, parts * ((n - certain.sum()) / max(parts[~certain].sum(), 1e-300)))
        more = (chances >= 1) & ~certain
        if not more.any():
            break
        certain |= more
    return np.minimum(chances, 1.0)


def draw(chances: Floats, generator: np.random.Generator) -> Rows:
    """Rows in an order by lot, each taken with its chance, as many as the chances sum to: systematic sampling from a list in random order (Madow
    1949, Ann. Math. Stat. 20, pp. 333-354; Hartley and Rao 1962, Ann. Math. Stat. 33, pp. 350-374)."""
    order = generator.permutation(len(chances))
    n = round(float(chances.sum()))
    ends = np.cumsum(chances[order])
    # What rounding has left out or added is no place more or less.
    ends *= n / ends[-1] if n else 0.0
    places = np.searchsorted(ends, np.arange(n) + generator.random(), side="right")
    taken: Rows = order[np.minimum(places, len(order) - 1)]
    return generator.permutation(taken)


def draw_strata(figures: Floats, strata: Sequence[Rows], seats: Sequence[int], floor: float, seed: int) -> tuple[list[Rows], Floats]:
    """Of each stratum as many rows as it has seats, in an order by lot; and the chance of every row."""
    generator = np.random.default_rng(seed)
    chances = np.zeros(len(figures))
    lots = []
    for rows, n in zip(strata, seats, strict=True):
        chances[rows] = find_chances(figures[rows], n, floor)
        lots.append(rows[draw(chances[rows], generator)])
    return lots, chances


def draw_places(n: int, share: float, seed: int) -> list[bool]:
    """Which of n places in the list go to the lot: one in each stretch of 1 / share, and which one there is drawn as well. Were
    it always the same, it could always be the same outlet's."""
    count, places, generator = round(share * n), [False] * n, np.random.default_rng(seed)
    for first, last in pairwise(i * n // count for i in range(count + 1)) if count else ():
        places[generator.integers(first, last)] = True
    return places


def find_equal_chances(strata: Sequence[Rows], seats: Sequence[int], sizes: Sequence[int], share: float) -> Floats:
    """The chance of every row to be drawn by lot, of its stratum's `sizes` articles, where this share of all places is the lot's. That of any place
    to be so, and not of those that happened to be: a stratum whose places all went to a method had a chance, too."""
    chances = np.zeros(sum(map(len, strata)))
    for rows, own, size in zip(strata, seats, sizes, strict=True):
        chances[rows] = own * share / size
    return chances
