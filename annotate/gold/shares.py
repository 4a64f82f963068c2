"""What wins by the share of annotators alone, and what it is the share of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from annotate.gold.votes import Votes, support_of_answers, support_of_values
from annotate.readings import ArticleReadings, Marks
from schemas.codebook import Attribute, Question

__all__ = ["Judge", "Shares", "is_majority"]


class Judge(Protocol):
    """What wins in a text."""

    def tokens(self, article: ArticleReadings, label: str | None) -> Marks:
        """Whether each token is marked with the label; with any, if None."""

    def values(self, article: ArticleReadings, question: Question) -> list[str]:
        """The answers that count."""

    def attributes(self, votes: Sequence[Votes], attribute: Attribute) -> list[list[str]]:
        """The values that count, of each of the spans that these votes are about."""


class Shares:
    """Decides by the share of annotators alone."""

    def __init__(self, wins: Callable[[float], bool]) -> None:
        self._wins = wins

    def tokens(self, article: ArticleReadings, label: str | None) -> Marks:
        return np.array([self._wins(share) for share in article.marks(label).mean(axis=0)], dtype=np.bool_)

    def values(self, article: ArticleReadings, question: Question) -> list[str]:
        return [value for value, share in support_of_answers(article, question).items() if self._wins(share)]

    def attributes(self, votes: Sequence[Votes], attribute: Attribute) -> list[list[str]]:
        return [[value for value, share in support_of_values(one).items() if self._wins(share)] for one in votes]


def is_majority(share: float) -> bool:
    """Half is not a majority: where one of two annotators marked something, they disagree."""
    return share > 0.5
