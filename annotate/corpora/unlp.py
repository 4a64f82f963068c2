"""UNLP 2025 shared task: Telegram posts with manipulative passages, and the techniques of each post (Kyslyi et al. 2025)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from annotate.corpora.collection import Collection
from annotate.corpora.files import TABLES, find_files, read_rows
from annotate.ingestion.source import Row, Unreadable
from schemas.codebook import Codebook, Label, Question, Value
from schemas.errors import FramingError

__all__ = ["read"]

LABEL, TECHNIQUES, MANIPULATIVE = "Manipulation", "techniques", "manipulative"
NEEDED = ("id", "content", "techniques", "trigger_words")
DEFINED = {
    "loaded_language": "Words chosen for the feelings they stir.",
    "glittering_generalities": "Appeals to values that everybody shares and nobody spells out: freedom, the homeland.",
    "euphoria": "Good news blown up so that readers feel elated.",
    "appeal_to_fear": "What frightens is called up to win readers over.",
    "fud": "Fear, uncertainty and doubt are sown without saying what is so.",
    "bandwagon": "All are said to think or do it, so it must be right.",
    "cliche": "A set phrase that ends thought and discussion.",
    "whataboutism": "A charge is answered by another charge.",
    "cherry_picking": "Only what fits is told, and the rest left out.",
    "straw_man": "An opponent's view is replaced by one that is easier to attack.",
}


def read(path: Path) -> Collection:
    """Each post is an article; its passages are gold spans of one label, for the corpus does not say which technique each of them is, and its
    techniques answers to a question. A post that is not manipulative was read, and nothing marked.

    `path` is a table (Parquet, CSV) with the columns of NEEDED, or the folder that holds them. Offsets are code points, half-open.
    """
    collection = Collection(_codebook(), path)
    files = find_files(path, *TABLES)
    if not files:
        raise FramingError("holds no table", path, f"Give train.parquet or a copy of it; tables are: {' '.join(TABLES)}")
    for file in files:
        for number, row in enumerate(read_rows(file, collection.notices), start=1):
            if isinstance(row, Unreadable):
                collection.reject(row.reason, file=file.name, number=number)
            elif missing := [name for name in NEEDED if name not in row]:
                raise FramingError(f"has no column {missing[0]!r}", file, "Is this a training file of the UNLP 2025 shared task?")
            else:
                _add_post(collection, row, file=file.name, number=number)
    return collection


def _add_post(collection: Collection, row: Row, **where: Any) -> bool:
    article_id = str(row["id"] or "")
    if article_id in collection:
        return collection.reject("an article of this id is there already", **where, article_id=article_id)
    language = str(row.get("lang") or "uk")
    if not collection.add_article(article_id, row["content"], language=language):
        return False
    manipulative = str(row.get(MANIPULATIVE)).lower()
    if manipulative in ("true", "false"):
        collection.add_answer(article_id, MANIPULATIVE, "yes" if manipulative == "true" else "no")
    for technique in _list_names(row["techniques"]):
        collection.add_answer(article_id, TECHNIQUES, technique)
    passages = _list_passages(row["trigger_words"])
    if passages is None:
        return collection.reject("its trigger words are not pairs of numbers", **where, article_id=article_id, trigger_words=row["trigger_words"])
    for start, end in passages:
        collection.add_span(article_id, LABEL, start, end)
    return bool(passages) or collection.add_reading(article_id)


def _list_names(cell: Any) -> list[str]:
    # A CSV of them was written by Python, with or without commas.
    return re.findall(r"\w+", cell) if isinstance(cell, str) else [str(name) for name in cell or []]


def _list_passages(cell: Any) -> list[tuple[Any, Any]] | None:
    """Pairs of offsets, from a list of them or its printed form; None if it is neither."""
    if isinstance(cell, str):
        if not re.fullmatch(r"[\[\](),\s\d]*", cell):
            return None
        numbers = [int(digits) for digits in re.findall(r"\d{1,18}", cell)]
        return list(zip(numbers[::2], numbers[1::2], strict=True)) if len(numbers) % 2 == 0 else None
    pairs = list(cell) if isinstance(cell, list | tuple) else ([] if cell is None else None)
    return None if pairs is None or any(not isinstance(pair, list | tuple) or len(pair) != 2 for pair in pairs) else [tuple(pair) for pair in pairs]


def _codebook() -> Codebook:
    yes_no = (Value(name="yes", definition="It uses at least one of the techniques."), Value(name="no", definition="It uses none of them."))
    techniques = tuple(Value(name=name, definition=definition) for name, definition in DEFINED.items())
    return Codebook(
        name="unlp-2025",
        version="1.0.0",
        title="Manipulation in Telegram posts (UNLP 2025)",
        description="Passages that manipulate, whatever the technique, and ten techniques that a post may use.",
        source="UNLP 2025 shared task on detecting social media manipulation",
        instructions="Mark each passage that manipulates, and say which techniques the post uses.",
        labels=(Label(name=LABEL, definition="A passage that manipulates by any of the techniques.", colour="#D55E00"),),
        questions=(
            Question(name=MANIPULATIVE, prompt="Does the post manipulate?", choice="single", values=yes_no),
            Question(name=TECHNIQUES, prompt="Which techniques does it use?", choice="multiple", values=techniques),
        ),
    )
