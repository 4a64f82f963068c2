"""Prodigy: an answered task for each reading, as `db-in` takes them."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from exports.formats.material import ATTRIBUTES, Material, Row, count_changed, say, unheld, values_of
from exports.formats.readings import Reading, list_columns, read_articles
from schemas.codebook import Codebook
from schemas.dataset import write_lines

__all__ = ["write_prodigy"]

MARKS = ("article_id", "label", "start", "end", "quote", "value", ATTRIBUTES)
UNREAD = "articles left out, which nobody has read: a task of this format is an answered one"


def write_prodigy(material: Material, folder: Path) -> list[str]:
    """One file, a task a line: the spans, and the answers as chosen options under the names that score columns have.

    The article's id and columns are in `meta`; who read it is `_annotator_id`, and nobody for gold. Where spans are not known (somebody only
    answered questions) there are no `spans`; where nothing was marked the list is empty. What is said of a span are lists of values by
    attribute, in its `attributes`.
    """
    work = material.collect_work(attributes=True)
    losses = work.losses
    with (folder / "tasks.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for article, readings in read_articles(work):
            losses[UNREAD] += not readings
            meta = {"id": article["article_id"]} | list_columns(article, ("id",), losses)
            tasks = [_task(article, reading, meta, material.require_codebook()) for reading in readings]
            write_lines(file, tasks)
    losses.update(count_changed(work.articles))
    return say(losses) + unheld(work.annotations, ["annotator", *MARKS], "annotations") + unheld(work.gold, MARKS, "gold")


def _task(article: Row, reading: Reading, meta: Row, codebook: Codebook) -> dict[str, Any]:
    who = {} if reading.annotator is None else {"_annotator_id": reading.annotator, "_session_id": reading.annotator}
    task: dict[str, Any] = {"text": article["text"], "meta": meta} | _hashes(article, reading) | who
    if reading.marked:
        task["spans"] = [_span(row) for row in reading.spans]
    if reading.answers:
        names = [f"{question.name}_{value}" for question in codebook.questions for value in question.value_names]
        task["options"] = [{"id": name, "text": name} for name in names]
        task["accept"] = reading.categories
    return task | {"answer": "accept"}


def _span(row: Row) -> Row:
    said = values_of(row)
    span = {"start": row["start"], "end": row["end"], "label": row["label"], "text": row["quote"]}
    return span | ({ATTRIBUTES: said} if said else {})


def _hashes(article: Row, reading: Reading) -> dict[str, int]:
    """Numbers by which Prodigy tells texts and tasks apart. They are its own to make: any will do that are the same for the same thing."""
    text, who = article["text"], reading.annotator or ""
    return {"_input_hash": zlib.crc32(text.encode()), "_task_hash": zlib.crc32(f"{article['article_id']}\0{who}\0{text}".encode())}
