"""Each annotator by themselves: how much they mark, whether others agree with them, whether they agree with themselves.

Flags name those who stand far off. The limits are conventions of this toolkit, and wide ones, because people who differ are
not wrong. A whole 95 % interval must lie beyond the limit, so that chance flags nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from annotate.agreement.alpha import Figures, alphas
from annotate.agreement.intervals import UNKNOWN, Coefficient, Estimate, add_up, estimate
from annotate.agreement.labels import BINARY, tally_marks
from annotate.readings import ArticleReadings, Reading
from schemas.codebook import Question

__all__ = ["associations", "describe_people"]

# Who has fewer articles is not flagged, and nobody is where fewer people than these can be compared: of two who differ from
# each other nothing says who is the odd one, but of two compared with themselves it is the one who differs.
FEWEST_ARTICLES, PAIR, THREE = 20, 2, 3
# Flagged: who marks three times as much as the median annotator, or a third (experts differ by a factor of two, and that is no
# error), and whose agreement or consistency is below half of the median.
TIMES, HALF = 3.0, 0.5


class Figure(NamedTuple):
    """An estimate, and the number of articles it rests on."""

    estimate: Estimate = UNKNOWN
    articles: int = 0


People = Mapping[str, Figure]
# What the texts that somebody read add, each with its article.
Added = list[tuple[str, Figures]]


def describe_people(articles: Sequence[ArticleReadings], questions: Iterable[Question]) -> dict[str, dict[str, Any]]:
    """Of each annotator, by name: articles `read`; of how many they were `unsure` (None if they were never asked); `severity`, the share of
    tokens marked, those of headlines included; `agreement`, alpha with all others together, pairwise; `consistency`, how far the answers go with
    this person's own marks; and `flags`.

    Consistency is bias-corrected Cramer's V (0 no link, 1 a complete one) of whether anything was marked, and the answer to
    the question where the median annotator's is highest. None where the spans are not known, or nothing varied.
    """
    severity, agreement = _measure_marks(articles)
    consistency = {question.name: _measure_consistency(articles, question) for question in questions}
    clearest = max(consistency, key=lambda name: _middle(figure.estimate for figure in consistency[name].values()) or 0.0, default=None)
    consistent = consistency[clearest] if clearest else {}
    names = sorted({name for article in articles for name in article.readings})
    flags = _flag(severity, agreement, consistent, clearest)
    return {
        name: {
            "read": len({article.article_id for article in articles if name in article.readings}),
            "unsure": _count_unsure(article.readings[name] for article in articles if name in article.readings),
            **_named("severity", severity, name),
            **_named("agreement", agreement, name),
            **_named("consistency", consistent, name),
            "consistency_question": clearest if name in consistent else None,
            "flags": flags[name],
        }
        for name in names
    }


def associations(tables: Figures) -> Figures:
    """Cramer's V, corrected for bias (Bergsma 2013, Journal of the Korean Statistical Society 42, pp. 323-328), of tables of
    counts in the last two axes. Not a number unless two rows and two columns are used."""
    total = tables.sum(axis=(-2, -1), keepdims=True)
    rows, columns = tables.sum(axis=-1, keepdims=True), tables.sum(axis=-2, keepdims=True)
    r, c, n = (rows > 0).sum(axis=(-2, -1)), (columns > 0).sum(axis=(-2, -1)), total[..., 0, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = rows * columns / total
        phi = np.nan_to_num((tables - expected) ** 2 / expected).sum(axis=(-2, -1)) / n
        corrected = np.maximum(phi - (r - 1) * (c - 1) / (n - 1), 0)
        most = np.minimum(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
        figures: Figures = np.where((r > 1) & (c > 1) & (most > 0), np.sqrt(np.minimum(corrected / most, 1)), np.nan)
    return figures


def _measure_marks(articles: Iterable[ArticleReadings]) -> tuple[People, People]:
    """Severity and agreement with the others, by annotator."""
    shares, pairs = defaultdict[str, Added](list), defaultdict[str, Added](list)
    for article in articles:
        marks = article.marks(None)
        for me, name in enumerate(article.markers):
            shares[name].append((article.article_id, np.array([marks[me].sum(), marks.shape[1]])))
            others = [tally_marks(marks[[me, other]]) for other in range(len(marks)) if other != me]
            if others:
                pairs[name].append((article.article_id, np.sum(others, axis=0)))
    return _estimate(shares, _shares), _estimate(pairs, lambda sums: alphas(sums, BINARY))


def _measure_consistency(articles: Iterable[ArticleReadings], question: Question) -> People:
    """The association of marks and answers, by annotator: of all answers at once where one is chosen, and where several
    are, that of the answer with the strongest."""
    tables = defaultdict[str, Added](list)
    for article in articles:
        for name, reading in article.markers.items():
            if question.name in reading.answers:
                tables[name].append((article.article_id, _tabulate(reading, question)))
    return _estimate(tables, _strongest)


def _tabulate(reading: Reading, question: Question) -> Figures:
    """One reading as tables of answers (rows) by whether anything was marked (columns)."""
    chosen = np.array([value in reading.answers[question.name] for value in question.value_names])
    rows = chosen[None, :] if question.choice == "single" else np.stack([~chosen, chosen], axis=1)
    marked = np.array([not reading.spans, bool(reading.spans)])
    table: Figures = (rows[:, :, None] & marked).astype(float)
    return table


def _strongest(tables: Figures) -> Figures:
    found = associations(tables)
    strongest: Figures = np.where(np.isnan(found).all(axis=-1), np.nan, np.nan_to_num(found, nan=-1.0).max(axis=-1))
    return strongest


def _shares(sums: Figures) -> Figures:
    with np.errstate(divide="ignore", invalid="ignore"):
        shares: Figures = sums[..., 0] / sums[..., 1]
    return shares


def _estimate(rows: Mapping[str, Added], coefficient: Coefficient) -> People:
    summed = {name: add_up([article for article, _ in found], [figures for _, figures in found]) for name, found in rows.items()}
    return {name: Figure(estimate(found, coefficient), len(found)) for name, found in summed.items()}


def _flag(severity: People, agreement: People, consistency: People, question: str | None) -> dict[str, list[str]]:
    flags = defaultdict[str, list[str]](list)
    for people, factor, fewest, words in (
        (consistency, HALF, PAIR, f"inconsistent with self: the answers to {question} do not go with the own marks:"),
        (severity, 1 / TIMES, THREE, "marks far less than the others: share of tokens"),
        (severity, TIMES, THREE, "marks far more than the others: share of tokens"),
        (agreement, HALF, THREE, "agrees with the others far less than they do: alpha"),
    ):
        for name, figures in _find_far_off(people, factor, fewest).items():
            flags[name].append(f"{words} {figures}")
    return flags


def _find_far_off(people: People, factor: float, fewest: int) -> dict[str, str]:
    """Those whose whole interval lies beyond `factor` times the median annotator's figure (above it, if the factor is
    above 1), with the figures that say so."""
    firm = {name: figure.estimate for name, figure in people.items() if figure.articles >= FEWEST_ARTICLES and figure.estimate.low is not None}
    middle = _middle(firm.values())
    if middle is None or len(firm) < fewest:
        return {}
    found = {}
    for name, (value, low, high) in firm.items():
        if value is not None and low is not None and high is not None and (low > factor * middle if factor > 1 else high < factor * middle):
            found[name] = f"{value:.3f} (interval {low:.3f} to {high:.3f}), median annotator {middle:.3f}"
    return found


def _middle(estimates: Iterable[Estimate]) -> float | None:
    values = [estimate.value for estimate in estimates if estimate.value is not None]
    return median(values) if values else None


def _count_unsure(readings: Iterable[Reading]) -> int | None:
    said = [reading.unsure for reading in readings if reading.unsure is not None]
    return sum(said) if said else None


def _named(name: str, people: People, person: str) -> dict[str, float | None]:
    return people.get(person, Figure()).estimate.named(name, f"{name}_")
