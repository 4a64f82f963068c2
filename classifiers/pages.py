"""Articles that are parts of one page: what is said of one of them says something of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
from typing import NamedTuple

import numpy as np

from classifiers.arrays import Floats
from classifiers.context import SHRINKAGE

__all__ = ["Alone", "Pages"]


class Alone(NamedTuple):
    """What is known of documents by themselves: the logits of each question (documents x values), and that of each document's
    most loaded sentence."""

    logits: Mapping[str, Floats]
    loaded: Floats


class Pages:
    """What is known of the parts of pages, added part by part and in any order: sums are exact, so the order changes no bit."""

    def __init__(self) -> None:
        self._parts: dict[str, list[list[float]]] = {}
        self._sums: dict[str, list[float]] = {}

    def add(self, pages: Sequence[str | None], alone: Alone) -> None:
        for page, row in zip(pages, _stack(alone).tolist(), strict=True):
            if page:
                self._parts.setdefault(page, []).append(row)
                self._sums.pop(page, None)

    def others(self, pages: Sequence[str | None], alone: Alone) -> Alone:
        """For documents that were added, the mean of the other parts of each one's page, drawn to zero where there are few;
        zero for a document without a page, and for one whose page was never added."""
        own = _stack(alone)
        means = np.zeros(own.shape)
        for i, page in enumerate(pages):
            parts = self._parts.get(page or "", ())
            if len(parts) > 1:
                sums = self._sums.setdefault(page or "", [fsum(column) for column in zip(*parts, strict=True)])
                means[i] = (np.array(sums) - own[i]) / (len(parts) - 1 + SHRINKAGE)
        ends = np.cumsum([logits.shape[1] for logits in alone.logits.values()]).tolist()
        columns = np.split(means, ends, axis=1)
        return Alone(dict(zip(alone.logits, columns, strict=False)), columns[-1][:, 0])


def _stack(alone: Alone) -> Floats:
    return np.column_stack([*alone.logits.values(), alone.loaded])
