"""Figures with an interval: the bootstrap draws whole articles, because the tokens of one article are not independent, be they its text's or its
headline's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from annotate.agreement.alpha import Figures

__all__ = ["UNKNOWN", "Coefficient", "Estimate", "add_up", "estimate", "estimate_several"]

DRAWS, BATCH = 1000, 50
LEVEL = 0.95
SEED = 0

# Of sums over articles (one after the other along the first axes) the coefficient of each; not a number where it is not defined.
Coefficient = Callable[[Figures], Figures]


class Estimate(NamedTuple):
    """A coefficient and its 95 % bootstrap interval (percentiles). All None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None

    def named(self, name: str, prefix: str = "") -> dict[str, float | None]:
        """As keys of the JSON: the value by its name, the ends as `low` and `high` behind `prefix`."""
        return {name: self.value, f"{prefix}low": self.low, f"{prefix}high": self.high}


UNKNOWN = Estimate(None, None, None)


def add_up(ids: Sequence[str], per_text: Sequence[Figures]) -> Figures:
    """What each article adds, from what its texts add: arrays of one shape. `ids` are the articles of these; the texts of an article stand together,
    as `collect_readings` has them."""
    firsts = [i for i, article in enumerate(ids) if i == 0 or article != ids[i - 1]]
    stack = np.asarray(per_text, dtype=float)
    summed: Figures = np.add.reduceat(stack, firsts, axis=0) if firsts else stack
    return summed


def estimate(per_article: Sequence[Figures] | Figures, coefficient: Coefficient) -> Estimate:
    """The coefficient over articles, from what each article adds to its sums: arrays of one shape.

    Draws in which it is not defined are left out; of a single article there is no interval.
    """
    if not len(per_article):
        return UNKNOWN
    return estimate_several(per_article, lambda sums: coefficient(sums)[..., np.newaxis])[0]


def estimate_several(per_article: Sequence[Figures] | Figures, coefficients: Coefficient) -> list[Estimate]:
    """The same of several coefficients, which stand along the last axis of what `coefficients` returns: all from the same draws."""
    stack = np.asarray(per_article, dtype=float)
    values = coefficients(stack.sum(axis=0, keepdims=True))[0]
    figures = np.concatenate([coefficients(sums) for sums in _draw(stack)]) if len(stack) > 1 else np.empty((0, len(values)))
    return [_bound(float(value), drawn[~np.isnan(drawn)]) for value, drawn in zip(values, figures.T, strict=True)]


def _bound(value: float, drawn: Figures) -> Estimate:
    if np.isnan(value):
        return UNKNOWN
    if not len(drawn):
        return Estimate(value, None, None)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))


def _draw(stack: Figures) -> Iterator[Figures]:
    """Sums of as many articles as there are, drawn with replacement; a batch at a time, so that memory stays flat."""
    articles = len(stack)
    generator = np.random.default_rng(SEED)
    flat = stack.reshape(articles, -1)
    # A number for each article of each draw, so that all of a batch are counted at once.
    rows = articles * np.arange(BATCH)[:, np.newaxis]
    for _ in range(DRAWS // BATCH):
        drawn = generator.integers(articles, size=(BATCH, articles)) + rows
        weights = np.bincount(drawn.ravel(), minlength=BATCH * articles).reshape(BATCH, articles)
        yield (weights.astype(float) @ flat).reshape(BATCH, *stack.shape[1:])
