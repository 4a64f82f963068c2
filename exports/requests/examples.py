"""Worked examples: articles that people coded, shown to a model with the answer that was right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import polars as pl

from exports.requests.prompt import Example
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.parts import TEXT
from schemas.requests import LABEL, QUOTE, SPANS
from schemas.tables import ATTRIBUTE
from schemas.wording import count

__all__ = ["choose_examples"]

Json = dict[str, Any]
# What an example shows: a label, an answer to a question, or that nothing was marked.
Shown = tuple[str | None, str | None]


def choose_examples(articles: pl.DataFrame, gold: pl.DataFrame | None, codebook: Codebook, number: int, longest: int, where: object) -> list[Example]:
    """As many articles with gold, each of `longest` characters at most and with an answer to all that is asked.

    In an order that is as good as drawn by lot and always the same; of those, at each turn the first that shows what was shown least. FramingError
    if there are too few.
    """
    if not number:
        return []
    if gold is None:
        raise FramingError("has no gold.parquet, from which examples are drawn", where, "Run `framing adjudicate` first, or leave out --examples")
    texts = articles.filter(pl.col("text").str.len_chars() <= longest).select("article_id", "text")
    rows: dict[str, list[Json]] = {}
    for row in (
        # The model is asked about texts, and shown what is right of texts.
        gold.filter(~ATTRIBUTE, part=TEXT)
        .join(texts, on="article_id", how="semi")
        .select("article_id", "label", "start", "quote", "value")
        .iter_rows(named=True)
    ):
        rows.setdefault(row["article_id"], []).append(row)
    answers = {article_id: answer for article_id, own in rows.items() if (answer := _answer(own, codebook)) is not None}
    if len(answers) < number:
        have = count(len(answers), "article")
        what = f"has {have} of at most {longest:,} characters with gold for all that is asked, and {number} are to be shown"
        raise FramingError(what, where, "Give a smaller number after --examples")
    own = dict(texts.iter_rows())
    chosen = list(_choose({article_id: _shows(answers[article_id]) for article_id in sorted(answers, key=digest_text)}, number))
    return [Example(article_id, own[article_id], answers[article_id]) for article_id in chosen]


def _choose(shows: dict[str, set[Shown]], number: int) -> Iterator[str]:
    seen: Counter[Shown] = Counter()
    for _ in range(number):
        chosen = min(shows, key=lambda article_id: min((seen[one] for one in shows[article_id]), default=0))
        seen.update(shows.pop(chosen))
        yield chosen


def _answer(rows: list[Json], codebook: Codebook) -> Json | None:
    """What gold says of an article, as an answer; None if it does not say all."""
    answer: Json = {}
    if codebook.labels:
        spans = sorted((row["start"], row["quote"], row["label"]) for row in rows if row["start"] is not None)
        if not spans and all(row["label"] is not None for row in rows):
            return None
        answer[SPANS] = [{QUOTE: quote, LABEL: label} for _, quote, label in spans]
    for question in codebook.questions:
        given = {row["value"] for row in rows if row["label"] == question.name}
        values = [value for value in question.value_names if value in given]
        if question.choice == "single" and len(values) != 1:
            return None
        answer[question.name] = values[0] if question.choice == "single" else values
    return answer


def _shows(answer: Json) -> set[Shown]:
    shown: set[Shown] = set()
    for key, given in answer.items():
        if key == SPANS:
            shown |= {(span[LABEL], None) for span in given} or {(None, None)}
        else:
            shown |= {(key, value) for value in ([given] if isinstance(given, str) else given)}
    return shown
