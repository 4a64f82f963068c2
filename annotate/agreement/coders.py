"""Models as coders, measured as people are: each beside the people who coded the same articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from annotate.agreement.answers import Work, collect_answers
from annotate.agreement.coder_answers import measure_answers
from annotate.agreement.coder_marks import measure_marks
from annotate.agreement.consistency import answers_over_runs, collect_runs, marks_over_runs
from annotate.agreement.groups import split_outlets
from annotate.agreement.marks import draw_work, lay_axis, mark_people, tell_voices
from annotate.readings import ArticleReadings, collect_readings
from schemas.codebook import Question
from schemas.coders import Coders
from schemas.dataset import Dataset
from schemas.parts import TEXT

__all__ = ["measure_coders"]

Found = dict[str, dict[str, Any]]


def measure_coders(everyone: Sequence[ArticleReadings], dataset: Dataset, coders: Coders, epsilon: float) -> Found:
    """Of each coder, by name: who it is, its `questions`, its `labels` and `any_label`, over the articles whose text people (`everyone`) read: a
    coder is asked about the text alone, so that nothing of it is compared with anybody's reading of a headline.

    Questions that it never answered there, and labels where its spans are not known, are left out. `epsilon` is that of the
    alternative-annotator test.
    """
    codebook = dataset.require_codebook("dataset")
    everyone = [article for article in everyone if article.part == TEXT]
    ids = pl.Series([article.article_id for article in everyone], dtype=pl.String)
    mine = coders.rows.filter(pl.col("article_id").is_in(ids.implode()), pl.col("part") == TEXT)
    work = {article.article_id: article.readings for article in collect_readings(dataset.articles, mine.filter(pl.col("run") == 1))}
    runs = {name: collect_runs(dataset.articles, mine.filter(pl.col("annotator") == name)) for name in coders.described}
    found: Found = {
        name: {"kind": coder.kind, "model": coder.model, "read": sum(name in readings for readings in work.values()), "questions": {}, "labels": {}}
        for name, coder in sorted(coders.described.items())
    }
    outlets = dict(dataset.articles.select("article_id", "outlet").iter_rows())
    for question in codebook.questions:
        for name, figures in _measure_question(everyone, work, question, [outlets[article] for article in ids], epsilon).items():
            found[name]["questions"][question.name] = {**figures, "consistency": answers_over_runs(runs[name], question)}
    # Of a codebook's only label the figures are those of any label.
    labels = [None, *codebook.label_names] if len(codebook.labels) > 1 else codebook.label_names
    for label, measured in _measure_labels(everyone, work, labels, dataset.articles, epsilon):
        for name, figures in measured.items():
            figures["consistency"] = marks_over_runs(runs[name], label)
            if label is None or len(labels) == 1:
                found[name]["any_label"] = figures
            if label is not None:
                found[name]["labels"][label] = figures
    return found


def _measure_question(everyone: Sequence[ArticleReadings], work: Work, question: Question, outlets: Sequence[str | None], epsilon: float) -> Found:
    answers = collect_answers(everyone, work, question)
    rows = answers.rows.tolist()
    sizes, of_outlets = np.array([everyone[row].size for row in rows], dtype=np.int64), split_outlets([outlets[row] for row in rows])
    return {coder: measure_answers(answers, coder, sizes, of_outlets, epsilon) for coder in answers.coders}


def _measure_labels(
    everyone: Sequence[ArticleReadings], work: Work, labels: Sequence[str | None], articles: pl.DataFrame, epsilon: float
) -> Iterator[tuple[str | None, Found]]:
    """Of each label the figures of every coder whose spans are known in some article where people's are."""
    axis = lay_axis(everyone)
    names = sorted({name for article in axis.articles for name, reading in work.get(article.article_id, {}).items() if reading.marked})
    if not names:
        return
    about = {article: (outlet, language) for article, outlet, language in articles.select("article_id", "outlet", "language").iter_rows()}
    known = [about[article.article_id] for article in axis.articles]
    outlets = split_outlets([outlet for outlet, _ in known])
    voices = tell_voices(axis, work, labels, [language for _, language in known])
    for label in labels:
        people = mark_people(axis, label)
        yield label, {name: measure_marks(people, draw_work(axis, work, name, label), voices, outlets, epsilon) for name in names}
