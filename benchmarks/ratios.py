"""Simulated studies of shares of an actor's spans: articles with what people and a model say of these, whose true share is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotate.lots import draw, find_chances
from benchmarks.designs import FLOOR
from exports.estimates import Drawn, Estimate
from exports.estimates.design import Design
from exports.estimates.ratio import Pair, correct_ratio

__all__ = ["study_ratios"]

Floats = NDArray[np.float64]
# The share of articles with such spans at all, and the share of these spans that is looked for.
PRESENT, SHARES = (0.25, 0.6, 1.0), (0.1, 0.3, 0.6)
# Of such an article the mean of the spans beyond its first, which vary as an exponential distribution does; how alike its spans are.
SPANS, ALIKE = 2.0, 0.2
# For each model the share of spans that it finds, its false alarms for each true one, and how often it says of a span what it is.
MODELS = {"good": (0.8, 0.1, 0.9), "weak": (0.4, 0.6, 0.65), "useless": (0.01, 1.0, 0.5)}
# Pages of two articles that say the same; and, as `select --by uncertain-random`, the likelier the more spans the model found.
DESIGNS = ("at random", "pages", "by spans")


@dataclass(frozen=True)
class Setting:
    """A kind of study."""

    present: float
    share: float
    model: str

    def draw(self, chance: np.random.Generator, count: int) -> tuple[Pair, Pair]:
        """What people and the model say of so many articles."""
        whole = (chance.random(count) < self.present) * (1 + chance.poisson(chance.gamma(1.0, SPANS, size=count)))
        strength = 1 / ALIKE - 1
        part = chance.binomial(whole, chance.beta(self.share * strength, (1 - self.share) * strength, size=count))
        find, false, right = MODELS[self.model]
        found, others = chance.binomial(part, find), chance.binomial(whole - part, find)
        alarms = chance.poisson(false * self.present * (1 + SPANS), size=count)
        # It takes more for the kind than it should.
        taken = chance.binomial(found, right) + chance.binomial(others, 1.5 * (1 - right)) + chance.binomial(alarms, 0.6)
        return Pair(part.astype(float), whole.astype(float)), Pair(taken.astype(float), (found + others + alarms).astype(float))


def study_ratios(
    studies: int, summarise: Callable[[list[Estimate], float], dict[str, float]], sizes: tuple[int, ...] = (20, 40, 80, 160), others: int = 500
) -> Iterator[dict[str, Any]]:
    """A row for each kind of study and way in which its `n` articles (or pages) were drawn."""
    chance = np.random.default_rng(0)
    for design in DESIGNS:
        for n in sizes:
            for setting in (Setting(present, share, model) for present in PRESENT for share in SHARES for model in MODELS):
                found = [_estimate(chance, setting, design, n, others) for _ in range(studies)]
                facts = {"design": design, "n": n, "present": setting.present, "share": setting.share, "model": setting.model}
                yield facts | summarise(found, setting.share)


def _estimate(chance: np.random.Generator, setting: Setting, design: str, n: int, others: int) -> Estimate:
    coded, predicted = setting.draw(chance, n + others)
    if design == "at random":
        return correct_ratio(_take(coded, slice(n)), _take(predicted, slice(n)), _take(predicted, slice(n, None)))
    if design == "pages":
        pages = np.repeat(np.arange(n + others), 2)
        first, rest = slice(2 * n), slice(2 * n, None)
        drawn = Drawn(Design.of(np.ones(2 * n), pages[first]), Design.of(np.ones(len(pages)), pages))
        return correct_ratio(_take(_take(coded, pages), first), _take(_take(predicted, pages), first), _take(_take(predicted, pages), rest), drawn)
    chances = find_chances(predicted.whole, n, FLOOR)
    rows = draw(chances, chance)
    rest_rows = np.setdiff1d(np.arange(n + others), rows)
    drawn = Drawn(Design.of(1 / chances[rows]), Design.even(len(chances)))
    return correct_ratio(_take(coded, rows), _take(predicted, rows), _take(predicted, rest_rows), drawn)


def _take(of: Pair, rows: slice | NDArray[np.int64]) -> Pair:
    return Pair(of.part[rows], of.whole[rows])
