"""Which articles stand together, and which are there twice: nothing of a test fold may have been seen in training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from classifiers.training.targets import Task
from schemas.errors import FramingError
from schemas.parts import TEXT
from schemas.tables import story
from schemas.text.canonical import fold_words

__all__ = ["GROUPS", "copies_of_each_article", "copies_of_each_text", "first_of_each_text", "name_groups", "stories_of"]

GROUPS = ("article", "outlet", "topic", "url")


def copies_of_each_text(texts: Sequence[str | None], stories: Sequence[str] | None = None) -> list[list[int]]:
    """Indices of the texts, copies together: those with the same words (marks, spaces and case do not tell them apart), and those of one
    story, where it is known which story each one tells. None is a text whose words tell nothing, such as a headline, which other articles may have,
    too: it stands with its story alone."""
    numbers: dict[tuple[str, str], int] = {}
    texts_of: list[int] = []
    keys_of: list[int] = []
    for i, text in enumerate(texts):
        keys = [("words", fold_words(text))] if text is not None else []
        keys += [("story", stories[i])] if stories is not None else []
        texts_of += [i] * len(keys)
        keys_of += [numbers.setdefault(key, len(numbers)) for key in keys]
    count = len(texts) + len(numbers)
    edges = sparse.coo_array((np.ones(len(keys_of)), (texts_of, np.add(keys_of, len(texts)))), shape=(count, count))
    copies: dict[int, list[int]] = {}
    for i, group in enumerate(connected_components(edges, directed=False)[1][: len(texts)].tolist()):
        copies.setdefault(group, []).append(i)
    return list(copies.values())


def first_of_each_text(texts: Sequence[str | None], stories: Sequence[str] | None = None) -> list[int]:
    """Indices of the texts without copies of those before."""
    return [numbers[0] for numbers in copies_of_each_text(texts, stories)]


def copies_of_each_article(task: Task, articles: pl.DataFrame) -> list[list[int]]:
    """The documents of the task, those of an article and its copies together, the article's own first: its text, and its headline."""
    ids = task.batch.article_ids
    texts = [text if part == TEXT else None for text, part in zip(task.batch.texts, task.batch.parts, strict=True)]
    copies = copies_of_each_text(texts, stories_of(task, articles))
    return [sorted(numbers, key=lambda number: ids[number] != ids[numbers[0]]) for numbers in copies]


def stories_of(task: Task, articles: pl.DataFrame) -> list[str]:
    """The story that each document tells."""
    stories = dict(articles.select("article_id", story(articles).alias("story")).iter_rows())
    return [stories[name] for name in task.batch.article_ids]


def name_groups(task: Task, articles: pl.DataFrame, group: str) -> list[str]:
    """The group of each document. An article of unknown group stands for itself."""
    if group not in GROUPS:
        raise FramingError(f"articles cannot be grouped by {group!r}", "--group", f"Choose one of: {', '.join(GROUPS)}")
    column = "article_id" if group == "article" else group
    if column not in articles.columns or articles[column].is_null().all():
        raise FramingError(f"no article has a value for {column!r}", "--group", "Group by article, or add the column when you ingest")
    names = dict(zip(articles["article_id"], articles[column], strict=True))
    return [str(names[name]) if names[name] is not None else f"article {name}" for name in task.batch.article_ids]
