"""Whether annotators agree less where one of them said that they were unsure of the article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from annotate.agreement.alpha import Figures, alphas
from annotate.agreement.intervals import UNKNOWN, Estimate, add_up, estimate
from annotate.agreement.labels import BINARY, tally_marks
from annotate.readings import ArticleReadings
from schemas.parts import TEXT
from schemas.wording import count

__all__ = ["measure_doubts"]

# With fewer articles of either kind a bootstrap interval is too narrow to conclude from.
FEWEST = 10


def measure_doubts(articles: Sequence[ArticleReadings]) -> dict[str, Any] | None:
    """How many `readings` were `unsure`, of those whose annotators were asked; alpha over tokens (any label) of articles that two people read, `sure`
    where none of them was unsure and `doubted` where one was; and the `difference`, doubted less sure, with an interval over articles. None if
    nobody was asked."""
    said = [reading.unsure for article in articles if article.part == TEXT for reading in article.readings.values() if reading.unsure is not None]
    if not said:
        return None
    doubted = {article.article_id for article in articles if any(reading.unsure for reading in article.readings.values())}
    asked = {article.article_id for article in articles if any(reading.unsure is not None for reading in article.readings.values())}
    shared = [article for article in articles if len(article.markers) > 1 and article.article_id in asked]
    ids = [article.article_id for article in shared]
    tallies = [tally_marks(article.marks(None)) for article in shared]
    # Of each article the sums of one kind, and nothing of the other, so that both are drawn together.
    kinds = [np.stack([one * (number not in doubted), one * (number in doubted)]) for number, one in zip(ids, tallies, strict=True)]
    sums = add_up(ids, kinds)
    difference = estimate(sums, lambda drawn: _alpha(drawn, 1) - _alpha(drawn, 0))
    numbers = [len(set(ids) - doubted), len(set(ids) & doubted)]
    found = difference if min(numbers) >= FEWEST else UNKNOWN
    return {
        "unsure": sum(said),
        "readings": len(said),
        "sure": {"articles": numbers[0]} | estimate(sums, lambda drawn: _alpha(drawn, 0)).named("alpha"),
        "doubted": {"articles": numbers[1]} | estimate(sums, lambda drawn: _alpha(drawn, 1)).named("alpha"),
        "difference": difference.named("value"),
        "finding": _say(sum(said), len(said), found),
    }


def _alpha(sums: Figures, kind: int) -> Figures:
    return alphas(sums[..., kind, :], BINARY)


def _say(unsure: int, readings: int, difference: Estimate) -> str:
    said = f"Annotators were unsure in {unsure} of {count(readings, 'reading')}"
    value, low, high = difference
    if not unsure:
        return f"{said}."
    if value is None or low is None or high is None:
        return f"{said}. Too few of these articles were read twice to say whether they agree less there."
    much = f"{abs(value):.3f} {'lower' if value < 0 else 'higher'}"
    compared = f"{said}. Where somebody was, alpha is {much} than elsewhere (95 % interval of the difference {low:.3f} to {high:.3f})"
    if low <= 0 <= high:
        return f"{compared}: the interval includes zero, so no difference is shown."
    return f"{compared}: the interval excludes zero, so they agree {'less' if value < 0 else 'more'} there."
