"""Agreement on the answers to a question about the whole article."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from annotate.agreement.alpha import alphas, fleiss_kappa, masi_distance, nominal_distance, tally_units
from annotate.agreement.intervals import estimate
from annotate.readings import ArticleReadings
from schemas.codebook import Question

__all__ = ["agree_on_question"]


def agree_on_question(articles: Iterable[ArticleReadings], question: Question) -> dict[str, Any]:
    """Alpha with its interval, an article being a unit; and Fleiss' kappa, for comparison with other people's tables.

    Several answers are compared as sets by MASI distance, and `values` holds the figures of each answer by itself.
    """
    answers = [
        [frozenset(reading.answers[question.name]) for reading in article.readings.values() if question.name in reading.answers]
        for article in articles
    ]
    if question.choice == "single":
        return _agree(answers, nominal_distance) | {"fleiss": fleiss_kappa(answers)}
    chosen = {value: [[value in answer for answer in unit] for unit in answers] for value in question.value_names}
    values = {value: _agree(units, nominal_distance) | {"fleiss": fleiss_kappa(units)} for value, units in chosen.items()}
    return _agree(answers, masi_distance) | {"values": values}


def _agree(units: Sequence[Sequence[Hashable]], distance: Callable[[Any, Any], float]) -> dict[str, float | None]:
    tallies, distances = tally_units(units, distance)
    return estimate(tallies, lambda sums: alphas(sums, distances)).named("alpha")
