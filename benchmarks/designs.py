"""Simulated studies whose coded articles were not drawn each by itself with the same chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotate.lots import draw, find_chances
from benchmarks.studies import Cell, list_cells
from exports.estimates import Design, Drawn, Estimate, correct

__all__ = ["DESIGNS", "study_designs"]

Floats = NDArray[np.float64]
# Of three strata the share of all articles that is theirs; as many are coded in each.
STRATA = (0.6, 0.3, 0.1)
# Articles of a page at most, and the share of those after the first that say what the first says.
PAGE, ALIKE = 5, 0.6
FLOOR = 0.5


@dataclass(frozen=True)
class Study:
    """What is known of one group: figures of all, which are coded, and how they were drawn."""

    coded: Floats
    predicted: Floats
    rows: NDArray[np.int64]
    weights: Floats
    clusters: NDArray[np.int64] | None = None

    def estimate(self, cell: Cell) -> Estimate:
        others = np.setdiff1d(np.arange(len(self.predicted)), self.rows)
        order = np.concatenate([self.rows, others])
        named = None if self.clusters is None else self.clusters[order]
        drawn = Drawn(Design.of(self.weights, None if named is None else named[: len(self.rows)]), Design.of(np.ones(len(order)), named))
        return correct(self.coded[self.rows], self.predicted[self.rows], self.predicted[others], cell.kind, drawn=drawn)


def study_designs(studies: int, sizes: tuple[int, ...] = (20, 40, 80), others: int = 500) -> Iterator[tuple[str, Cell, float, list[Estimate]]]:
    """For each design and kind of study its estimates, and the truth. `n` of a cell is the number of coded articles, or of pages."""
    chance = np.random.default_rng(0)
    cells = list(list_cells(sizes, (others,)))
    for name, sample in DESIGNS.items():
        for number, cell in enumerate(cells):
            # A stratified group is of three settings, the cell's own and the next two of the same classifier.
            parts = [cells[k] for k in (number, number + 1, number + 2) if k < len(cells) and _like(cells[k], cell)]
            if name == "stratified" and len(parts) < len(STRATA):
                continue
            truth = sum(share * part.truth for share, part in zip(STRATA, parts, strict=True)) if name == "stratified" else cell.truth
            yield name, cell, truth, [sample(chance, cell, parts).estimate(cell) for _ in range(studies)]


def _like(one: Cell, other: Cell) -> bool:
    return (one.kind, one.n, one.uncoded, one.classifier) == (other.kind, other.n, other.uncoded, other.classifier)


def _weigh_by_doubt(chance: np.random.Generator, cell: Cell, _: object) -> Study:
    """As `select --by uncertain-random`: of answers by their entropy, of spans by how many were found."""
    coded, predicted = (figures[0] for figures in cell.draw(chance, (1, cell.n + cell.uncoded)))
    sure = np.clip(predicted, 1e-9, 1 - 1e-9)
    doubt = -(sure * np.log2(sure) + (1 - sure) * np.log2(1 - sure)) if cell.kind == "share" else predicted
    chances = find_chances(doubt, cell.n, FLOOR)
    rows = draw(chances, chance)
    return Study(coded, predicted, rows, 1 / chances[rows])


def _stratify(chance: np.random.Generator, cell: Cell, parts: list[Cell]) -> Study:
    """As many from a small outlet as from a large one, and one mean of all."""
    total = cell.n + cell.uncoded
    sizes = chance.multinomial(total, STRATA)
    each = [min(cell.n // len(STRATA) + (k < cell.n % len(STRATA)), size) for k, size in enumerate(sizes)]
    figures = [part.draw(chance, (1, int(size))) for part, size in zip(parts, sizes, strict=True)]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rows = np.concatenate([start + np.arange(n) for start, n in zip(starts, each, strict=True)])
    weights = np.concatenate([np.full(n, size / n) for n, size in zip(each, sizes, strict=True)])
    coded, predicted = (np.concatenate([pair[k][0] for pair in figures]) for k in (0, 1))
    return Study(coded, predicted, rows, weights)


def _cluster(chance: np.random.Generator, cell: Cell, _: object) -> Study:
    """Pages of one to five articles, of which many are alike; whole pages are coded."""
    pages = chance.integers(1, PAGE + 1, cell.n + cell.uncoded)
    clusters = np.repeat(np.arange(len(pages)), pages)
    coded, predicted = (figures[0] for figures in cell.draw(chance, (1, len(clusters))))
    firsts = np.concatenate([[0], np.cumsum(pages)[:-1]])[clusters]
    source = np.where(chance.random(len(clusters)) < ALIKE, firsts, np.arange(len(clusters)))
    rows = np.flatnonzero(clusters < cell.n)
    return Study(coded[source], predicted[source], rows, np.ones(len(rows)), clusters)


Sample = Callable[[np.random.Generator, Cell, list[Cell]], Study]
DESIGNS: dict[str, Sample] = {"by doubt": _weigh_by_doubt, "stratified": _stratify, "pages": _cluster}
