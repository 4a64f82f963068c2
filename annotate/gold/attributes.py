"""What is said of each gold span, from what annotators said of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annotate.attributes import fold_values
from annotate.gold.shares import Judge
from annotate.gold.votes import collect_votes, support_of_values, word_value
from annotate.readings import ArticleReadings, Place
from schemas.codebook import Codebook
from schemas.text.tokens import Span

__all__ = ["decide_attributes", "support_of_attribute"]

Row = dict[str, Any]


def decide_attributes(spans: Sequence[tuple[ArticleReadings, Row]], codebook: Codebook, judge: Judge) -> list[list[Row]]:
    """For each gold span, its attributes as rows: what wins of what was said of it. `support` is the share of those who said something.

    Of actors and words neither marks nor case nor an alias makes two values of one (`fold_values`). The row has the name of the actor, or
    the words that most used.
    """
    found: list[list[Row]] = [[] for _ in spans]
    actors = {actor.name for actor in codebook.actors}
    for attribute in codebook.attributes:
        fold = fold_values(attribute, codebook)
        asked = [i for i, (_, row) in enumerate(spans) if attribute.is_of(row["label"])]
        votes = [collect_votes(article, _place(row), attribute.name, fold) for article, row in (spans[i] for i in asked)]
        for i, cast, won in zip(asked, votes, judge.attributes(votes, attribute), strict=True):
            support = support_of_values(cast)
            for value in won:
                worded = value if attribute.kind == "actor" and value in actors else word_value(cast, value)
                found[i].append(spans[i][1] | {"attribute": attribute.name, "value": worded, "support": support[value]})
    return found


def support_of_attribute(article: ArticleReadings, row: Row, codebook: Codebook) -> float:
    """The share of those who said something of this attribute of these words that said what the row does."""
    attribute = codebook.attribute(row["attribute"])
    if attribute is None:
        return 0.0
    fold = fold_values(attribute, codebook)
    return support_of_values(collect_votes(article, _place(row), attribute.name, fold)).get(fold(row["value"]), 0.0)


def _place(row: Row) -> Place:
    return row["label"], Span(row["start"], row["end"])
