"""What is said of each gold span, from what annotators said of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from annotate.attributes import fold_values
from annotate.gold.shares import Judge
from annotate.gold.votes import Votes, collect_votes, support_of_values, word_value
from annotate.readings import ArticleReadings
from schemas.codebook import Attribute, Codebook
from schemas.text.tokens import Span

__all__ = ["decide_attributes", "support_of_attribute"]

Row = dict[str, Any]


def decide_attributes(spans: Sequence[tuple[ArticleReadings, Row]], codebook: Codebook, judge: Judge) -> list[list[Row]]:
    """For each gold span, its attributes as rows: what wins of what was said of it. `support` is the share of those who said something.

    Of actors and words neither marks nor case nor an alias makes two values of one (`fold_values`). The row has the name of the actor, or
    the words that most used.
    """
    found: list[list[Row]] = [[] for _ in spans]
    for attribute in codebook.attributes:
        asked = [i for i, (_, row) in enumerate(spans) if attribute.is_of(row["label"])]
        votes = [_collect(*spans[i], attribute, codebook) for i in asked]
        for i, cast, won in zip(asked, votes, judge.attributes(votes, attribute), strict=True):
            found[i] += _write(spans[i][1], attribute, codebook, cast, won)
    return found


def support_of_attribute(article: ArticleReadings, row: Row, codebook: Codebook) -> float:
    """The share of those who said something of this attribute of these words that said what the row does."""
    attribute = codebook.attribute(row["attribute"])
    if attribute is None:
        return 0.0
    value = fold_values(attribute, codebook)(row["value"])
    return support_of_values(_collect(article, row, attribute, codebook)).get(value, 0.0)


def _collect(article: ArticleReadings, row: Row, attribute: Attribute, codebook: Codebook) -> Votes:
    return collect_votes(article, (row["label"], Span(row["start"], row["end"])), attribute.name, fold_values(attribute, codebook))


def _write(span: Row, attribute: Attribute, codebook: Codebook, votes: Votes, won: Sequence[str]) -> Iterator[Row]:
    support = support_of_values(votes)
    actors = {actor.name for actor in codebook.actors} if attribute.kind == "actor" else set()
    for value in won:
        worded = value if value in actors else word_value(votes, value)
        yield span | {"attribute": attribute.name, "value": worded, "support": support[value]}
