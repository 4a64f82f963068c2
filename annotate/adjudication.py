"""Many readings become one gold standard, which remembers how many agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import polars as pl

from annotate.readings import ArticleReadings, Marks, collect_readings
from schemas.codebook import Codebook, Question
from schemas.dataset import Dataset, refuse_unknown_labels
from schemas.errors import FramingError
from schemas.spans import runs
from schemas.tables import Gold

__all__ = ["RULES", "adjudicate"]

Row = dict[str, Any]


def adjudicate(dataset: Dataset, rule: str = "majority", where: object = "dataset") -> pl.DataFrame:
    """The gold table: spans, answers, and an empty row for articles in which nothing won.

    Rules are the keys of RULES. `support` is the share of the article's annotators who marked the span (averaged over
    its tokens) or gave the answer. Gold of articles that have no annotations is kept as it is.
    """
    if rule not in RULES:
        raise FramingError(f"no such rule {rule!r}", "--rule", f"Choose one of: {', '.join(RULES)}")
    codebook = dataset.require_codebook(where)
    refuse_unknown_labels(dataset.require_annotations(where), codebook, where)
    kept = _without_readers(dataset)
    rows = [row for article in collect_readings(dataset.articles, dataset.require_annotations(where)) for row in _decide(article, codebook, rule)]
    decided = pl.DataFrame(rows, schema=dict(Gold.create_empty().schema))
    return decided if kept is None else pl.concat([decided, kept.select(decided.columns)])


def _without_readers(dataset: Dataset) -> pl.DataFrame | None:
    """Gold of articles that nobody annotated here: it came from elsewhere, and there is nothing to decide it again by."""
    if dataset.gold is None or dataset.annotations is None:
        return None
    return dataset.gold.join(dataset.annotations.select("article_id"), on="article_id", how="anti", maintain_order="left")


def _majority(share: float) -> bool:
    # Half is not a majority: where one of two annotators marked something, they disagree.
    return share > 0.5


def _unanimous(share: float) -> bool:
    return share == 1.0


RULES: dict[str, Callable[[float], bool]] = {"majority": _majority, "unanimous": _unanimous}


def _decide(article: ArticleReadings, codebook: Codebook, rule: str) -> Iterator[Row]:
    blank = {"article_id": article.article_id, "label": None, "start": None, "end": None, "quote": None, "value": None, "support": 1.0, "rule": rule}
    if article.markers:
        yield from [blank | span for span in _decide_spans(article, codebook, RULES[rule])] or [blank]
    for question in codebook.questions:
        for value, support in _decide_answers(article, question, RULES[rule]):
            yield blank | {"label": question.name, "value": value, "support": support}


def _decide_spans(article: ArticleReadings, codebook: Codebook, wins: Callable[[float], bool]) -> list[Row]:
    """First each label by itself, so that overlapping labels survive. Then the words that enough people marked, but
    under labels that split the vote: they are gold too, under the label with the most votes."""
    names = codebook.label_names
    votes = {label: article.marks(label) for label in names}
    won = {label: _winning(votes[label], wins) for label in names}
    split = _winning(article.marks(None), wins) & ~np.any(list(won.values()), axis=0) if names else np.zeros(0, dtype=np.bool_)
    for first, last in runs(split.tolist()):
        # max keeps the first of equals: the codebook's order breaks a tie.
        won[max(names, key=lambda label: int(votes[label][:, first:last].sum()))][first:last] = True
    found = [(label, first, last) for label in names for first, last in runs(won[label].tolist())]
    rows = []
    for label, first, last in sorted(found, key=lambda item: (item[1], item[2])):
        start, end = article.tokens[first].start, article.tokens[last - 1].end
        support = float(votes[label][:, first:last].mean())
        rows.append({"label": label, "start": start, "end": end, "quote": article.text[start:end], "support": support})
    return rows


def _winning(marks: Marks, wins: Callable[[float], bool]) -> Marks:
    return np.array([wins(share) for share in marks.mean(axis=0)], dtype=np.bool_)


def _decide_answers(article: ArticleReadings, question: Question, wins: Callable[[float], bool]) -> list[tuple[str, float]]:
    answers = [reading.answers[question.name] for reading in article.readings.values() if question.name in reading.answers]
    if not answers:
        return []
    support = {value: sum(value in chosen for chosen in answers) / len(answers) for value in question.value_names}
    return [(value, share) for value, share in support.items() if wins(share)]
