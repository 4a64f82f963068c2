"""Where annotators disagree, for an expert to decide, and the expert's decisions as gold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
import polars as pl

from annotate.attributes import fold_values, pair_attributes
from annotate.gold.adjudication import EXPERT, RULES, decide, join_unread
from annotate.gold.attributes import support_of_attribute
from annotate.gold.shares import Shares
from annotate.gold.votes import support_of_answers
from annotate.readings import ArticleReadings, Marks, collect_readings
from schemas.codebook import Codebook
from schemas.dataset import Dataset
from schemas.parts import TEXT
from schemas.text.tokens import touch
from schemas.wording import count, inflect

__all__ = ["find_disputes", "gather_marks", "gather_remarks", "join_decisions", "rate_dispute"]

Row = dict[str, Any]
_ID = attrgetter("article_id")
AGREED = "unanimous"
# What disputed attributes weigh beside tokens and answers.
LITTLE = 0.1


def find_disputes(dataset: Dataset, where: object = "dataset") -> dict[str, float]:
    """The articles on which annotators differ in any token, label, answer or attribute, with how much; the worst first."""
    codebook = dataset.require_codebook(where)
    rates = {name: rate_dispute(list(texts), codebook) for name, texts in groupby(_collect(dataset, where), _ID)}
    return dict(sorted(((name, rate) for name, rate in rates.items() if rate > 0), key=lambda item: (-item[1], item[0])))


def rate_dispute(texts: Sequence[ArticleReadings], codebook: Codebook) -> float:
    """How far the annotators of an article are apart, in all its texts: the share of tokens whose labels are disputed, that of the answers, and a
    tenth of that of the attributes of which two said something."""
    shared = [text for text in texts if len(text.markers) > 1 and text.size] if codebook.labels else []
    disputed = np.concatenate([np.zeros(0, dtype=np.bool_), *(_dispute_tokens(text, codebook.label_names) for text in shared)])
    shares = [list(support_of_answers(text, question).values()) for text in texts for question in codebook.questions]
    answers = [any(0 < share < 1 for share in support) for support in shares if support]
    attributes = [differ for text in texts for differ in _compare_attributes(text, codebook)]
    tokens = float(disputed.mean()) if disputed.size else 0.0
    return tokens + sum(weight * sum(part) / len(part) for weight, part in ((1.0, answers), (LITTLE, attributes)) if part)


def _dispute_tokens(text: ArticleReadings, labels: Sequence[str]) -> Marks:
    """Whether each token has a label that some of its readers gave it, and others did not."""
    marks = [text.marks(label) for label in labels]
    disputed: Marks = np.any([table.any(axis=0) & ~table.all(axis=0) for table in marks], axis=0)
    return disputed


def _compare_attributes(article: ArticleReadings, codebook: Codebook) -> Iterator[bool]:
    """Of each pair of spans, and each attribute of which both readers say something, whether they say different things."""
    pairs = pair_attributes(article) if codebook.attributes else []
    for attribute in codebook.attributes:
        fold = fold_values(attribute, codebook)
        for one, other in (pair.values_of(attribute.name) for pair in pairs):
            if one and other:
                yield one != other and set(map(fold, one)) != set(map(fold, other))


def gather_marks(dataset: Dataset, articles: Iterable[str], where: object = "dataset") -> pl.DataFrame:
    """Everybody's spans, attributes and answers, joined where they overlap, as suggestions for an expert: `probability` is the share of
    annotators, `note` says it in words. Of an attribute that takes one value the one that most gave is suggested, and the notes of it and
    of its span have the others. Nobody is named."""
    codebook, wanted = dataset.require_codebook(where), set(articles)
    rows = [row for article in _collect(dataset, where) if article.article_id in wanted for row in _suggest(article, codebook)]
    return pl.DataFrame(rows, schema=_COLUMNS | {"probability": pl.Float64, "note": pl.String})


def gather_remarks(dataset: Dataset, articles: Iterable[str], where: object = "dataset") -> dict[str, list[str]]:
    """What the annotators of these articles said of each as a whole, in lines: how many were unsure, and every note. Nobody is named."""
    wanted, remarks = set(articles), dict[str, list[str]]()
    for article in _collect(dataset, where):
        # A reading of a headline says nothing of the article.
        readings = [reading for reading in article.readings.values() if article.article_id in wanted and article.part == TEXT]
        unsure = sum(reading.unsure or False for reading in readings)
        lines = [f"{unsure} of {count(len(readings), 'annotator')} {inflect(unsure, 'was', 'were')} unsure"] if unsure else []
        if lines := lines + [f"Note: {reading.note}" for reading in readings if reading.note]:
            remarks[article.article_id] = lines
    return remarks


def _suggest(article: ArticleReadings, codebook: Codebook) -> list[Row]:
    single = {attribute.name for attribute in codebook.attributes if attribute.choice == "single"}
    suggested: list[Row] = []
    span: Row = {}
    # The values of an attribute of a span stand together behind it, and so do the answers to a question.
    rows = decide([article], codebook, Shares(lambda share: share > 0), EXPERT)
    for (label, start, name), group in groupby(rows, key=lambda row: (row["label"], row["start"], row["attribute"])):
        same = list(group)
        shares = f"{name}: " + ", ".join(f"{row['value']} {row['support']:.0%}" for row in same)
        if name in single and len(same) > 1:
            # What is disputed is said beside the span, where there is room for it; max keeps the first of equals.
            span["note"] += f"; {shares}"
            same = [max(same, key=lambda row: row["support"])]
        for row in same if label is not None else []:
            note = shares if name else f"{row['support']:.0%} of {count(_count_voters(article, label, start), 'annotator')}"
            suggested.append({key: row[key] for key in _COLUMNS} | {"probability": row["support"], "note": note})
            span = suggested[-1] if name is None else span
    return suggested


def _count_voters(article: ArticleReadings, label: str, start: int | None) -> int:
    """Those of whom `support` is a share: whose spans are known, or who answered the question."""
    return len(article.markers) if start is not None else sum(label in reading.answers for reading in article.readings.values())


def join_decisions(dataset: Dataset, decisions: pl.DataFrame, where: object = "dataset") -> tuple[pl.DataFrame, list[str]]:
    """Gold, and the articles that still wait: what the expert decided of an article (`decisions`, an annotations table) counts in both of its texts,
    with the share of annotators who had said the same as its support; articles on which all agreed need no expert. Gold of texts that have no
    annotations is kept as it is."""
    codebook = dataset.require_codebook(where)
    disputed, decided = find_disputes(dataset, where), decisions.partition_by("article_id", as_dict=True)
    articles = _collect(dataset, where)
    agreed = RULES[AGREED](articles, codebook)
    rows: list[Row] = []
    for article_id, group in groupby(articles, _ID):
        texts = list(group)
        by_expert = decided.get((article_id,))
        if by_expert is not None:
            read = {text.part: text for text in texts}
            rows += [_support(row, read.get(row["part"]), codebook) for row in by_expert.iter_rows(named=True)]
        elif article_id not in disputed:
            rows += decide(texts, codebook, agreed, AGREED)
    waiting = [article_id for article_id in disputed if (article_id,) not in decided]
    return join_unread(rows, dataset), waiting


_COLUMNS = {
    "article_id": pl.String,
    "label": pl.String,
    "part": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "quote": pl.String,
    "attribute": pl.String,
    "value": pl.String,
}


def _support(row: Row, article: ArticleReadings | None, codebook: Codebook) -> Row:
    """The row as gold. Of a text that only the expert read nobody had said the same."""
    support = 1.0
    if article is None:
        support = float(row["label"] is None)
    elif row["attribute"] is not None:
        support = support_of_attribute(article, row, codebook)
    elif row["start"] is not None:
        first, last = touch(article.tokens, row["start"], row["end"])
        marks = article.marks(row["label"])[:, first:last]
        support = float(marks.mean()) if marks.size else 0.0
    elif row["value"] is not None:
        question = codebook.question(row["label"])
        support = support_of_answers(article, question).get(row["value"], 0.0) if question else 0.0
    return {key: row[key] for key in _COLUMNS} | {"support": support, "rule": EXPERT}


def _collect(dataset: Dataset, where: object) -> Sequence[ArticleReadings]:
    return collect_readings(dataset.articles, dataset.require_annotations(where))
