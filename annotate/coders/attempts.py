"""Which answers count: those to windows of articles that are in the dataset and have not changed, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from annotate.coders.content import Content, read_content
from annotate.coders.replies import ANSWERED, BROKEN, FAILED, Reply
from schemas.checks import Rejected
from schemas.codebook import Codebook
from schemas.requests import Asked, read_name

__all__ = ["AGAIN", "CHANGED", "STRANGER", "TWICE", "Attempt", "Tally", "find_window", "sort_windows"]

STRANGER, CHANGED, TWICE, AGAIN = "no such article", "text has changed", "answered twice", "asked again after a failure"


@dataclass
class Tally:
    """How much of everything there was, and what was set aside, each with its reason and as it can be found again."""

    counts: Counter[str] = field(default_factory=Counter)
    aside: Rejected = field(default_factory=list)

    def set_aside(self, reason: str, **row: Any) -> None:
        self.counts[reason] += 1
        self.aside.append({"reason": reason, "row": row})


@dataclass(frozen=True)
class Attempt:
    """What became of the request for text[start:end] of an article: what was answered, or the reason why nothing was."""

    name: str
    asked: Asked
    start: int
    end: int
    reason: str
    content: Content | None
    created: str | None

    @property
    def rank(self) -> int:
        """An answer is better than none, and that better than a server that failed."""
        return (self.content is None) + (self.reason == FAILED)

    @property
    def surplus(self) -> str:
        """Why it does not count where another answer to the same is there."""
        return AGAIN if self.reason == FAILED else TWICE


def find_window(reply: Reply, index: Mapping[str, Asked], codebook: Codebook) -> Attempt | str:
    """What a server said, with the window that it was asked about; why there is none, if there is none."""
    if not reply.name:
        return reply.reason
    place = read_name(reply.name)
    asked = index.get(place.article) if place else None
    if place is None or asked is None:
        return STRANGER
    if place.text != asked.digest or not place.start < place.end <= len(asked.text):
        return CHANGED
    content = read_content(reply.content, codebook) if reply.reason == ANSWERED else None
    reason = BROKEN if content is None and reply.reason == ANSWERED else reply.reason
    return Attempt(reply.name, asked, place.start, place.end, reason, content, reply.created)


def sort_windows(attempts: Iterable[Attempt], tally: Tally) -> dict[str, list[Attempt]]:
    """The windows of each article in their order, none of them over another, each with its best answer; the first of those that are as good."""
    best: dict[str, Attempt] = {}
    surplus: list[Attempt] = []
    for attempt in attempts:
        known = best.get(attempt.name)
        if known is None or attempt.rank < known.rank:
            best[attempt.name] = attempt
        surplus += [] if known is None else [known if attempt.rank < known.rank else attempt]
    windows: dict[str, list[Attempt]] = {}
    for attempt in sorted(best.values(), key=lambda one: (one.start, one.rank)):
        own = windows.setdefault(attempt.asked.article_id, [])
        if own and attempt.start < own[-1].end:
            # The article was cut otherwise another time.
            surplus.append(attempt)
        else:
            own.append(attempt)
    for attempt in surplus:
        tally.set_aside(attempt.surplus, article_id=attempt.asked.article_id, custom_id=attempt.name)
    return windows
