"""Which articles were met before, in sixteen bytes each."""

from __future__ import annotations

from bisect import bisect_left
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Known"]

# How many of the latest are kept at hand before they are sorted in among the others.
RECENT = 1 << 14


class Known:
    """Ids, and what stood under them. Two of ten million are taken for one with a probability of some 3 in a million."""

    def __init__(self) -> None:
        self._recent: dict[int, int] = {}
        # Sorted hashes of ids, and those of their texts.
        self._ids: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._texts: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def add(self, article_id: str, text: str) -> Literal["new", "same", "other"]:
        """Whether the id is new, or was met with the same text, or with another one (which it keeps)."""
        key, content = hash(article_id), hash(text)
        found = self._recent.get(key)
        if found is None:
            # Not numpy's own search: it would give up Python's lock for each article, and wait to have it again.
            place = bisect_left(self._ids, key)
            if place < len(self._ids) and self._ids[place] == key:
                found = int(self._texts[place])
        if found is not None:
            return "same" if found == content else "other"
        self._recent[key] = content
        if len(self._recent) >= RECENT:
            self._settle()
        return "new"

    def _settle(self) -> None:
        ids = np.concatenate([self._ids, np.fromiter(self._recent.keys(), np.int64)])
        texts = np.concatenate([self._texts, np.fromiter(self._recent.values(), np.int64)])
        order = np.argsort(ids)
        self._ids, self._texts, self._recent = ids[order], texts[order], {}
