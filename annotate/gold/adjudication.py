"""Many readings become one gold standard, which remembers how many agreed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from annotate.gold.attributes import decide_attributes
from annotate.gold.dawid_skene import DawidSkene
from annotate.gold.shares import Judge, Shares, is_majority
from annotate.gold.votes import support_of_answers
from annotate.readings import ArticleReadings, collect_readings
from schemas.checks import refuse_unknown_labels
from schemas.codebook import Codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.spans import runs
from schemas.tables import Gold

__all__ = ["EXPERT", "RULES", "adjudicate", "decide", "join_unread"]

Row = dict[str, Any]
EXPERT = "expert"


def adjudicate(dataset: Dataset, rule: str = "majority", where: object = "dataset") -> pl.DataFrame:
    """The gold table: spans with their attributes, answers, and an empty row for texts in which nothing won. A headline is a text of its own, which
    has gold if somebody read it.

    Rules are the keys of RULES. `support` is the share of the text's annotators who marked the span (averaged over
    its tokens) or gave the answer; of an attribute, of those who said something of it. Gold of texts that have no annotations is kept as it is.
    """
    if rule not in RULES:
        raise FramingError(f"no such rule {rule!r}", "--rule", f"Choose one of: {', '.join([*RULES, EXPERT])}")
    codebook = dataset.require_codebook(where)
    refuse_unknown_labels(dataset.require_annotations(where), codebook, where)
    articles = collect_readings(dataset.articles, dataset.require_annotations(where))
    judge = RULES[rule](articles, codebook)
    return join_unread(decide(articles, codebook, judge, rule), dataset)


def join_unread(rows: Sequence[Row], dataset: Dataset) -> pl.DataFrame:
    """What was decided as a gold table, and behind it the gold of texts that nobody annotated here and that nothing was decided of: it came from
    elsewhere, and there is nothing to decide it again by."""
    decided = pl.DataFrame(rows, schema=dict(Gold.create_empty().schema))
    if dataset.gold is None:
        return decided
    kept = dataset.gold
    for table in (decided, dataset.annotations):
        kept = kept if table is None else kept.join(table, on=["article_id", "part"], how="anti", maintain_order="left")
    return pl.concat([decided, kept.select(decided.columns)])


RULES: dict[str, Callable[[Sequence[ArticleReadings], Codebook], Judge]] = {
    "majority": lambda articles, codebook: Shares(is_majority),
    "unanimous": lambda articles, codebook: Shares(lambda share: share == 1.0),
    "dawid-skene": DawidSkene,
}


def decide(articles: Sequence[ArticleReadings], codebook: Codebook, judge: Judge, rule: str) -> list[Row]:
    """The gold rows of texts, text by text, those of attributes behind their span."""
    rows = [(article, row) for article in articles for row in _decide_article(article, codebook, judge, rule)]
    attributes = iter(decide_attributes([(article, row) for article, row in rows if row["start"] is not None], codebook, judge))
    return [one for _, row in rows for one in (row, *(next(attributes) if row["start"] is not None else ()))]


def _decide_article(article: ArticleReadings, codebook: Codebook, judge: Judge, rule: str) -> list[Row]:
    blank: Row = dict.fromkeys(("label", "start", "end", "quote", "attribute", "value"))
    blank |= {"article_id": article.article_id, "part": article.part, "support": 1.0, "rule": rule}
    decided = [blank | span for span in _decide_spans(article, codebook, judge)] if article.markers else []
    if article.markers and not decided:
        decided.append(blank)
    for question in codebook.questions:
        support = support_of_answers(article, question)
        decided += [
            blank | {"label": question.name, "value": value, "support": support[value]} for value in judge.values(article, question) if support
        ]
    # Where nobody's spans are known and no answer won, the empty row says that the text was read.
    return decided or [blank]


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
