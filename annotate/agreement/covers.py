"""How much of each span the other side marked: precision of a coder's spans, recall of people's, in all and in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from annotate.agreement.groups import FEW
from annotate.agreement.marks import Drawn
from schemas.arrays import Flags, Floats, Places
from schemas.text.quotations import VOICES, Voice
from schemas.text.tokens import Span

__all__ = ["Covers", "count_covers", "cover", "describe_covers"]


class Covers(NamedTuple):
    """Of each span of one side its article, its voice (an index into VOICES), and which share of it the other side marked."""

    articles: Places
    voices: Places
    shares: Floats

    def of_articles(self, part: Flags) -> Covers:
        return self._where(part[self.articles])

    def of_voice(self, voice: Voice) -> Covers:
        return self._where(self.voices == VOICES.index(voice))

    def _where(self, inside: Flags) -> Covers:
        return Covers(self.articles[inside], self.voices[inside], self.shares[inside])


def cover(side: Sequence[Drawn], shares: Floats, voices: Sequence[Mapping[Span, Voice]]) -> Covers:
    """All spans of one side. `shares`: how much of each token the other side marked; `voices`: those of the spans of each article. Spans that
    touch no token are left out."""
    until = np.concatenate([[0.0], np.cumsum(shares)])
    told = [VOICES.index(voices[article][span]) for one in side for article, span in zip(one.article.tolist(), one.spans, strict=True)]
    articles, firsts, lasts = (np.concatenate([getattr(one, name) for one in side]) for name in ("article", "firsts", "lasts"))
    there = lasts > firsts
    first, last = firsts[there], lasts[there]
    return Covers(articles[there], np.array(told, dtype=np.int64)[there], (until[last] - until[first]) / (last - first))


def count_covers(found: Covers, true: Covers) -> dict[str, Any]:
    """How many spans of the coder and of people figures rest on, and whether these are few."""
    counts = {"found": len(found.shares), "true": len(true.shares)}
    return {**counts, "few": min(counts.values()) < FEW}


def describe_covers(found: Covers, true: Covers) -> dict[str, Any]:
    """Precision, recall and their harmonic mean, and what they rest on."""
    precision, recall = (float(side.shares.mean()) if len(side.shares) else None for side in (found, true))
    f1 = None
    if precision is not None and recall is not None:
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": precision, "recall": recall, "f1": f1, **count_covers(found, true)}
