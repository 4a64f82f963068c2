"""doccano: a file of texts with spans and categories for each annotator, as its import of JSONL takes them."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from exports.formats.filenames import name_files
from exports.formats.material import Material, Row, count_changed, say, unheld
from exports.formats.readings import Reading, list_columns, read_articles
from schemas.dataset import write_lines

__all__ = ["write_doccano"]

FOLDER = "annotations"
# What doccano calls the file of a project whose annotators work together, which is here that of gold; and ours of what nobody has read.
ALL, UNREAD = "all", "unread"
# Keys that mean something to doccano.
TAKEN = ("id", "data", "label", "labels", "cats", "entities", "relations", "Comments", "comments")
MARKS = ("article_id", "label", "start", "end", "quote", "value")


def write_doccano(material: Material, folder: Path) -> list[str]:
    """`annotations/<annotator>.jsonl`, `all.jsonl` of gold, and `unread.jsonl` of what nobody has read; one text a line.

    Spans are `[start, end, label]` in code points, under `label`; answers are categories (`cats`) under the names that score columns have.
    Where spans are not known (somebody only answered questions) there is no `label`; where nothing was marked it is empty.
    """
    work = material.collect_work()
    losses = work.losses
    files: dict[str | None, str] = {None: ALL}
    files.update(name_files(work.annotators, losses, (ALL, UNREAD)))
    (folder / FOLDER).mkdir()
    with ExitStack() as stack:
        opened: dict[str, Any] = {}
        for article, readings in read_articles(work):
            columns = {"article_id": article["article_id"], "text": article["text"]} | list_columns(article, TAKEN, losses)
            for name, marks in [(files[reading.annotator], _marks(reading)) for reading in readings] or [(UNREAD, {})]:
                if name not in opened:
                    path = folder / FOLDER / f"{name}.jsonl"
                    opened[name] = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
                write_lines(opened[name], [columns | marks])
    losses.update(count_changed(work.articles))
    return say(losses) + unheld(work.annotations, ["annotator", *MARKS], "annotations") + unheld(work.gold, MARKS, "gold")


def _marks(reading: Reading) -> Row:
    spans = {"label": [[row["start"], row["end"], row["label"]] for row in reading.spans]} if reading.marked else {}
    return spans | ({"cats": reading.categories} if reading.categories else {})
