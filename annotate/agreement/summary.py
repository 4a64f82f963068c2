"""The agreement of a dataset: per label, per question, per annotator."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from annotate.agreement.alpha import (
    Matrix,
    alpha_of_coincidences,
    coincidences,
    coincidences_by_unit,
    distance_matrix,
    masi_distance,
    nominal_distance,
)
from annotate.agreement.intervals import Estimate, estimate_alpha
from annotate.readings import ArticleReadings, Marks, collect_readings
from schemas.codebook import Question
from schemas.dataset import Dataset
from schemas.spans import SpanCounts, compare_spans

__all__ = ["ANY", "Agreement", "agree", "describe_alpha"]

ANY = "any label"
BINARY = distance_matrix([False, True], nominal_distance)


@dataclass(frozen=True)
class Agreement:
    """What `framing agree` reports; `to_dict` is its JSON."""

    labels: dict[str, dict[str, float | None]]
    questions: dict[str, dict[str, Any]]
    annotators: dict[str, dict[str, Any]]
    any_label: dict[str, float | None]
    articles: int
    double_read: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "articles": self.articles,
            "double_read": self.double_read,
            ANY.replace(" ", "_"): self.any_label,
            "labels": self.labels,
            "questions": self.questions,
            "annotators": self.annotators,
        }


def agree(dataset: Dataset, where: object = "dataset") -> Agreement:
    """Agreement on spans (Krippendorff's alpha over tokens, pairwise span F1), on questions, and of each annotator.

    Spans: a token is a unit, marked or not, and alpha is nominal. Questions: an article is a unit; several answers are
    compared as sets by MASI distance. Intervals are bootstrapped over articles. Articles with one reader count for
    nobody's agreement; where nobody overlaps, the figures are None.
    """
    codebook = dataset.require_codebook(where)
    everyone = collect_readings(dataset.articles, dataset.require_annotations(where))
    shared = [article for article in everyone if len(article.readings) > 1]
    return Agreement(
        labels={label: _agree_on_spans(shared, label) for label in codebook.label_names},
        questions={question.name: _agree_on_question(shared, question) for question in codebook.questions},
        annotators={name: _describe_annotator(everyone, name) for name in _annotators(everyone)},
        any_label=_agree_on_spans(shared, None),
        articles=len(everyone),
        double_read=len(shared),
    )


def describe_alpha(low: float | None) -> str:
    """Krippendorff's reading of the coefficient (2004, p. 241): a convention, which blocks nothing. It is the lower end
    of the interval that is judged, as he asks (p. 242): a high value of a few articles promises nothing."""
    if low is None:
        return "no judgement: too little was read twice, or nothing was marked"
    if low >= 0.8:
        return "reliable (the interval is above .800)"
    if low >= 0.667:
        return "tentative conclusions only (the interval reaches below .800)"
    return "draw no firm conclusions from single annotations (the interval reaches below .667)"


def _agree_on_spans(articles: list[ArticleReadings], label: str | None) -> dict[str, float | None]:
    alpha = estimate_alpha([_token_coincidences(article.marks(label)) for article in articles], BINARY)
    counts = SpanCounts()
    for article in articles:
        for a, b in combinations(article.markers.values(), 2):
            counts += compare_spans(a.spans_of(label), b.spans_of(label))
    nobody = counts.predicted + counts.gold == 0
    return {
        **_named(alpha),
        # Alpha for unitizing belongs to the next step of the annotation wing; its key is part of the contract.
        "alpha_u": None,
        "f1_exact": None if nobody else counts.exact_f1,
        "f1_partial": None if nobody else counts.partial_f1,
    }


def _token_coincidences(marks: Marks) -> Matrix:
    """Sum of the tokens' coincidence matrices; tokens that the same number marked have the same one."""
    observers = marks.shape[0]
    total = np.zeros((2, 2))
    for marked, tokens in enumerate(np.bincount(marks.sum(axis=0), minlength=observers + 1)):
        total += tokens * coincidences(np.array([observers - marked, marked]))
    return total


def _agree_on_question(articles: list[ArticleReadings], question: Question) -> dict[str, Any]:
    answers = [
        [frozenset(reading.answers[question.name]) for reading in article.readings.values() if question.name in reading.answers]
        for article in articles
    ]
    distance: Callable[[Any, Any], float] = masi_distance if question.choice == "multiple" else nominal_distance
    result: dict[str, Any] = _named(estimate_alpha(*coincidences_by_unit(answers, distance)))
    if question.choice == "multiple":
        result["values"] = {
            value: _named(estimate_alpha(*coincidences_by_unit([[value in chosen for chosen in unit] for unit in answers], nominal_distance)))
            for value in question.value_names
        }
    return result


def _describe_annotator(articles: list[ArticleReadings], name: str) -> dict[str, Any]:
    """`severity` is the share of tokens this person marked; `agreement` the alpha with all others together, pairwise."""
    mine = [article for article in articles if name in article.readings]
    marked = tokens = 0
    pairs = np.zeros((2, 2))
    for article in [article for article in mine if name in article.markers]:
        marks = article.marks(None)
        me = list(article.markers).index(name)
        marked, tokens = marked + int(marks[me].sum()), tokens + marks.shape[1]
        for other in range(len(marks)):
            if other != me:
                pairs += _token_coincidences(marks[[me, other]])
    return {
        "read": len(mine),
        "severity": marked / tokens if tokens else None,
        "agreement": alpha_of_coincidences(pairs, BINARY),
        # Both need the next step of the annotation wing; their keys are part of the contract.
        "consistency": None,
        "flags": [],
    }


def _annotators(articles: Iterable[ArticleReadings]) -> list[str]:
    return sorted({name for article in articles for name in article.readings})


def _named(estimate: Estimate) -> dict[str, float | None]:
    return {"alpha": estimate.value, "low": estimate.low, "high": estimate.high}
