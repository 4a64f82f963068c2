"""Many readings become one gold standard, which remembers how many agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import polars as pl

from annotate.gold.dawid_skene import DawidSkene
from annotate.readings import ArticleReadings, Marks, collect_readings
from schemas.codebook import Codebook, Question
from schemas.dataset import Dataset, refuse_unknown_labels
from schemas.errors import FramingError
from schemas.spans import runs
from schemas.tables import Gold

__all__ = ["EXPERT", "RULES", "Shares", "adjudicate", "decide", "keep_without_readers", "support_of_answers"]

Row = dict[str, Any]
EXPERT = "expert"


def adjudicate(dataset: Dataset, rule: str = "majority", where: object = "dataset") -> pl.DataFrame:
    """The gold table: spans, answers, and an empty row for articles in which nothing won.

    Rules are the keys of RULES. `support` is the share of the article's annotators who marked the span (averaged over
    its tokens) or gave the answer. Gold of articles that have no annotations is kept as it is.
    """
    if rule not in RULES:
        raise FramingError(f"no such rule {rule!r}", "--rule", f"Choose one of: {', '.join([*RULES, EXPERT])}")
    codebook = dataset.require_codebook(where)
    refuse_unknown_labels(dataset.require_annotations(where), codebook, where)
    kept = keep_without_readers(dataset)
    articles = collect_readings(dataset.articles, dataset.require_annotations(where))
    judge = RULES[rule](articles, codebook)
    rows = [row for article in articles for row in decide(article, codebook, judge, rule)]
    decided = pl.DataFrame(rows, schema=dict(Gold.create_empty().schema))
    return decided if kept is None else pl.concat([decided, kept.select(decided.columns)])


def keep_without_readers(dataset: Dataset) -> pl.DataFrame | None:
    """Gold of articles that nobody annotated here: it came from elsewhere, and there is nothing to decide it again by."""
    if dataset.gold is None or dataset.annotations is None:
        return None
    return dataset.gold.join(dataset.annotations.select("article_id"), on="article_id", how="anti", maintain_order="left")


class Judge(Protocol):
    """What wins in an article."""

    def tokens(self, article: ArticleReadings, label: str | None) -> Marks:
        """Whether each token is marked with the label; with any, if None."""

    def values(self, article: ArticleReadings, question: Question) -> list[str]:
        """The answers that count."""


class Shares:
    """Decides by the share of annotators alone."""

    def __init__(self, wins: Callable[[float], bool]) -> None:
        self._wins = wins

    def tokens(self, article: ArticleReadings, label: str | None) -> Marks:
        return np.array([self._wins(share) for share in article.marks(label).mean(axis=0)], dtype=np.bool_)

    def values(self, article: ArticleReadings, question: Question) -> list[str]:
        return [value for value, share in support_of_answers(article, question).items() if self._wins(share)]


# Half is not a majority: where one of two annotators marked something, they disagree.
RULES: dict[str, Callable[[Sequence[ArticleReadings], Codebook], Judge]] = {
    "majority": lambda articles, codebook: Shares(lambda share: share > 0.5),
    "unanimous": lambda articles, codebook: Shares(lambda share: share == 1.0),
    "dawid-skene": DawidSkene,
}


def decide(article: ArticleReadings, codebook: Codebook, judge: Judge, rule: str) -> Iterator[Row]:
    """The gold rows of one article."""
    blank = {"article_id": article.article_id, "label": None, "start": None, "end": None, "quote": None, "value": None, "support": 1.0, "rule": rule}
    decided = [blank | span for span in _decide_spans(article, codebook, judge)] if article.markers else []
    if article.markers and not decided:
        decided.append(blank)
    for question in codebook.questions:
        support = support_of_answers(article, question)
        decided += [
            blank | {"label": question.name, "value": value, "support": support[value]} for value in judge.values(article, question) if support
        ]
    # Where nobody's spans are known and no answer won, the empty row says that the article was read.
    yield from decided or [blank]


def support_of_answers(article: ArticleReadings, question: Question) -> dict[str, float]:
    """The share of those who answered that gave each answer; empty if nobody did."""
    answers = [reading.answers[question.name] for reading in article.readings.values() if question.name in reading.answers]
    return {value: sum(value in chosen for chosen in answers) / len(answers) for value in question.value_names} if answers else {}


def _decide_spans(article: ArticleReadings, codebook: Codebook, judge: Judge) -> list[Row]:
    """First each label by itself, so that overlapping labels survive. Then the words that enough people marked, but
    under labels that split the vote: they are gold too, under the label with the most votes."""
    names = codebook.label_names
    votes = {label: article.marks(label) for label in names}
    won = {label: judge.tokens(article, label).copy() for label in names}
    split = judge.tokens(article, None) & ~np.any(list(won.values()), axis=0) if names else np.zeros(0, dtype=np.bool_)
    for first, last in runs(split.tolist()):
        # max keeps the first of equals: the codebook's order breaks a tie.
        won[max(names, key=lambda label: int(votes[label][:, first:last].sum()))][first:last] = True
    found = [(label, first, last) for label in names for first, last in runs(won[label].tolist())]
    rows = []
    for label, first, last in sorted(found, key=lambda item: (item[1], item[2])):
        start, end = int(article.tokens.starts[first]), int(article.tokens.ends[last - 1])
        support = float(votes[label][:, first:last].mean())
        rows.append({"label": label, "start": start, "end": end, "quote": article.text[start:end], "support": support})
    return rows
