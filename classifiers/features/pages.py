"""Articles that are parts of one page: what is said of one of them says something of the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from classifiers.features.context import SHRINKAGE
from schemas.arrays import Floats

__all__ = ["Alone", "Pages"]

# Logits are summed as whole numbers of this fraction: such sums are exact, so their order changes no bit.
_UNIT = 2.0**-48


class Alone(NamedTuple):
    """What is known of documents by themselves: the logits of each question (documents x values), and that of each document's
    most loaded sentence."""

    logits: Mapping[str, Floats]
    loaded: Floats


class Pages:
    """What is known of the parts of pages together, added part by part and in any order."""

    def __init__(self) -> None:
        # For each page how many parts it has, and the sums of their figures.
        self._sums: dict[str, list[int]] = {}

    def add(self, pages: Sequence[str | None], alone: Alone) -> None:
        units = np.rint(_stack(alone) / _UNIT)
        for page, row in zip(pages, units.tolist(), strict=True):
            if page:
                self._add(page, [1, *map(int, row)])

    def add_all(self, other: Pages) -> None:
        for page, sums in other._sums.items():
            self._add(page, sums)

    def only(self, pages: Iterable[str | None]) -> Pages:
        """What is known of these pages."""
        some = Pages()
        some._sums = {page: self._sums[page] for page in pages if page in self._sums}
        return some

    def others(self, pages: Sequence[str | None], alone: Alone) -> Alone:
        """For documents that were added, the mean of the other parts of each one's page, drawn to zero where there are few;
        zero for a document without a page, and for one whose page was never added."""
        own = _stack(alone)
        means = np.zeros(own.shape)
        for i, page in enumerate(pages):
            count, *sums = self._sums.get(page or "", (0,))
            if count > 1:
                means[i] = (np.array([_UNIT * total for total in sums]) - own[i]) / (count - 1 + SHRINKAGE)
        ends = np.cumsum([logits.shape[1] for logits in alone.logits.values()]).tolist()
        columns = np.split(means, ends, axis=1)
        return Alone(dict(zip(alone.logits, columns, strict=False)), columns[-1][:, 0])

    def _add(self, page: str, sums: list[int]) -> None:
        known = self._sums.get(page)
        self._sums[page] = [a + b for a, b in zip(known, sums, strict=True)] if known else sums


def _stack(alone: Alone) -> Floats:
    return np.column_stack([*alone.logits.values(), alone.loaded])
