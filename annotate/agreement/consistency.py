"""Whether a coder agrees with itself: its runs over the same articles, as if each were another person."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import polars as pl

from annotate.agreement.labels import agree_on_marks
from annotate.agreement.questions import agree_on_question
from annotate.readings import ArticleReadings, Reading, collect_readings
from schemas.codebook import Question
from schemas.spans import merge_spans

__all__ = ["answers_over_runs", "collect_runs", "marks_over_runs"]


def collect_runs(articles: pl.DataFrame, rows: pl.DataFrame) -> list[ArticleReadings]:
    """The articles that a coder read in two runs or more, a run being an annotator; `rows` are the coder's own. None of a coder with one run."""
    if rows["run"].n_unique() < 2:
        return []
    runs = collect_readings(articles, rows.with_columns(annotator=pl.col("run").cast(pl.String)))
    return [article for article in runs if len(article.readings) > 1]


def answers_over_runs(runs: Sequence[ArticleReadings], question: Question) -> dict[str, Any] | None:
    """Alpha over runs with its interval, and the share of the `n` articles with two answers or more that all runs answered alike; None of one run."""
    compared = _compare(runs, lambda reading: frozenset(reading.answers[question.name]) if question.name in reading.answers else None)
    if not compared:
        return None
    agreed = agree_on_question(runs, question)
    return {**compared, **{key: agreed[key] for key in ("alpha", "low", "high")}}


def marks_over_runs(runs: Sequence[ArticleReadings], label: str | None) -> dict[str, Any] | None:
    """Alpha over tokens of the runs, and the share of articles in which all runs drew the same spans of the label (of any, if None)."""
    compared = _compare(runs, lambda reading: tuple(merge_spans(reading.spans_of(label))) if reading.marked else None)
    shared = [article for article in runs if len(article.markers) > 1]
    ids, marks = [article.article_id for article in shared], [article.marks(label) for article in shared]
    return {**compared, **agree_on_marks(ids, marks).named("alpha")} if compared else None


def _compare(runs: Sequence[ArticleReadings], work: Callable[[Reading], Hashable]) -> dict[str, Any] | None:
    """`runs` there are, `n` articles have the work of two or more, and the share of these of which all work is `identical`."""
    found = [[one for reading in article.readings.values() if (one := work(reading)) is not None] for article in runs]
    several = [one for one in found if len(one) > 1]
    if not several:
        return None
    return {"runs": max(map(len, several)), "n": len(several), "identical": sum(len(set(one)) == 1 for one in several) / len(several)}
