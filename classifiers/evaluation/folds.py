"""Which articles stand together, and which are there twice: nothing of a test fold may have been seen in training."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from classifiers.training.targets import Task
from schemas.errors import FramingError

__all__ = ["GROUPS", "copies_of_each_text", "first_of_each_text", "name_groups"]

GROUPS = ("article", "outlet", "topic", "url")


def copies_of_each_text(texts: Sequence[str]) -> list[list[int]]:
    """Indices of the texts, those with the same words together: marks, spaces and case do not tell copies apart."""
    copies: dict[str, list[int]] = {}
    for i, text in enumerate(texts):
        copies.setdefault(re.sub(r"[\W_]+", " ", text.lower()).strip() or text, []).append(i)
    return list(copies.values())


def first_of_each_text(texts: Sequence[str]) -> list[int]:
    """Indices of the texts without those whose words were there before."""
    return [numbers[0] for numbers in copies_of_each_text(texts)]


def name_groups(task: Task, articles: pl.DataFrame, group: str) -> list[str]:
    """The group of each document. An article of unknown group stands for itself."""
    if group not in GROUPS:
        raise FramingError(f"articles cannot be grouped by {group!r}", "--group", f"Choose one of: {', '.join(GROUPS)}")
    column = "article_id" if group == "article" else group
    if column not in articles.columns or articles[column].is_null().all():
        raise FramingError(f"no article has a value for {column!r}", "--group", "Group by article, or add the column when you ingest")
    names = dict(zip(articles["article_id"], articles[column], strict=True))
    return [str(names[name]) if names[name] is not None else f"article {name}" for name in task.batch.article_ids]
