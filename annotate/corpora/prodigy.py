"""Prodigy: what `db-out` writes, an answered task a line (JSONL)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotate.corpora.collection import Collection
from annotate.corpora.counting import set_miscounted_aside
from annotate.corpora.documents import Answer, Document, Documents, Mark
from annotate.corpora.files import find_files, read_rows
from annotate.corpora.naming import name_answer
from annotate.ingestion.source import Row, Unreadable
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.text.canonical import identify

__all__ = ["read"]

ACCEPTED = "accept"
WHO = ("_annotator_id", "_session_id")
# A session that nobody gave a name to is called by its time.
_TIME = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d")
ANONYMOUS = "tasks that do not say who answered them, taken as gold"


@dataclass(frozen=True)
class Task:
    """An accepted task: who answered it, and where it stands."""

    row: Row
    annotator: str | None
    where: Row

    @property
    def meta(self) -> Row:
        meta = self.row.get("meta")
        return meta if isinstance(meta, dict) else {}


def read(path: Path, codebook: Codebook | None, renames: Mapping[str, str]) -> Collection:
    """Texts as articles, and the spans and choices of accepted tasks in the name of `_annotator_id` (else `_session_id`).

    A task of nobody, or of a session that has a time for a name, is gold. Rejected and ignored tasks are no readings: they are set aside.
    An article's id is its `meta.id`, else its `_input_hash`; where one `meta.id` has several texts, as parts of an article have, both.
    Spans are checked by their tokens where the task has some, and have the `attributes` that stand in them. `accept` chooses among options, and
    `label` is a category: they answer the question that `name_answer` says.
    """
    documents = Documents(path)
    files = find_files(path, "*.jsonl")
    if not files:
        raise FramingError("holds no .jsonl file", path, "Write it with `prodigy db-out DATASET > FILE.jsonl`")
    tasks = _latest([task for file in files for task in _read_tasks(file, documents, alone=len(files) == 1)], documents)
    documents.notices[ANONYMOUS] += sum(task.annotator is None for task in tasks)
    names = _name_articles(tasks)
    found: dict[str, Document] = {}
    for task, article_id in zip(tasks, names, strict=True):
        document = found.setdefault(article_id, Document(article_id, task.row["text"], _columns(task.meta)))
        if document.text != task.row["text"]:
            documents.refuse("another article has this id", **task.where, article_id=article_id)
            continue
        _add_task(document, task, documents, codebook, renames)
    documents.found = list(found.values())
    set_miscounted_aside(documents)
    return documents.collect(path.stem, codebook, renames)


def _read_tasks(file: Path, documents: Documents, *, alone: bool) -> Iterator[Task]:
    try:
        for number, row in enumerate(read_rows(file, documents.notices), start=1):
            where = {"file": file.name, "row": number}
            if isinstance(row, Unreadable):
                documents.refuse(row.reason, file=file.name)
            elif not isinstance(row.get("text"), str):
                documents.refuse("the task has no text", **where, keys=", ".join(row))
            elif row.get("answer", ACCEPTED) != ACCEPTED:
                documents.refuse(f"the answer is {str(row['answer'])[:20]!r}, which is no reading", **where, text=row["text"][:200])
            else:
                who = next((str(row[key]) for key in WHO if row.get(key)), None)
                yield Task(row, None if who is None or _TIME.fullmatch(who) else who, where)
    except FramingError as error:
        if alone:
            raise
        documents.refuse("the file cannot be read", file=file.name, why=error.what)


def _latest(tasks: list[Task], documents: Documents) -> list[Task]:
    """Each task once for each annotator, as it was answered last."""
    latest: dict[object, Task] = {}
    for task in tasks:
        key = (task.row["_task_hash"], task.row["text"], task.annotator) if "_task_hash" in task.row else id(task)
        if key in latest:
            before = latest.pop(key)
            documents.refuse("the annotator answered this task again later", **before.where, annotator=before.annotator)
        latest[key] = task
    return list(latest.values())


def _name_articles(tasks: list[Task]) -> list[str]:
    """The id of each task's article."""
    texts: defaultdict[str, set[str]] = defaultdict(set)
    given = [str(task.meta["id"]) if isinstance(task.meta.get("id"), str | int) else "" for task in tasks]
    for name, task in zip(given, tasks, strict=True):
        texts[name].add(task.row["text"])
    # Without a hash of Prodigy's the text tells articles apart as well.
    hashes = [str(task.row["_input_hash"]) if "_input_hash" in task.row else identify(task.row["text"]) for task in tasks]
    return [name if name and len(texts[name]) == 1 else f"{name}-{one}" if name else one for name, one in zip(given, hashes, strict=True)]


def _columns(meta: Row) -> Row:
    return {
        f"{key}_before" if key in ("text", "article_id") else key: value
        for key, value in meta.items()
        if key != "id" and isinstance(value, str | int | float)
    }


def _add_task(document: Document, task: Task, documents: Documents, codebook: Codebook | None, renames: Mapping[str, str]) -> None:
    row, annotator = task.row, task.annotator
    documents.notices["relations left out"] += len(row["relations"]) if isinstance(row.get("relations"), list) else 0
    if isinstance(row.get("spans"), list):
        # Of spans that came with a label to say yes or no to, a task shows one at a time: none is no sign that there is nothing.
        document.readers += [annotator] if not row["spans"] and not row.get("_is_binary") else []
        for span in row["spans"]:
            if not isinstance(span, dict) or not isinstance(span.get("label"), str):
                documents.refuse("not a span with start, end and label", **task.where, article_id=document.article_id, span=span)
            else:
                mark = Mark(span["label"], span.get("start"), span.get("end"), _quote(span, row.get("tokens")), annotator, _attributes(span))
                document.marks.append(mark)
    chosen = row["accept"] if isinstance(row.get("accept"), list) else [row.get("accept")]
    names = [str(name) for name in [*chosen, row.get("label")] if isinstance(name, str | int)]
    document.answers += [Answer(*name_answer(renames.get(name, name), codebook), annotator) for name in names]


def _attributes(span: Row) -> tuple[tuple[str, str], ...]:
    """What the span says of itself beside its label: a value or a list of them by name, in `attributes`."""
    given = span["attributes"] if isinstance(span.get("attributes"), dict) else {}
    listed = [(name, value) for name, values in given.items() for value in (values if isinstance(values, list) else [values])]
    return tuple((str(name), str(value)) for name, value in listed if isinstance(value, str | int | float))


def _quote(span: Row, tokens: Any) -> str | None:
    """The words of a span: as they stand in it, else put together of its tokens; None where neither tells."""
    if isinstance(span.get("text"), str):
        return str(span["text"])
    first, last = span.get("token_start"), span.get("token_end")
    if not isinstance(tokens, list) or type(first) is not int or type(last) is not int or not 0 <= first <= last < len(tokens):
        return None
    own = tokens[first : last + 1]
    if not all(isinstance(token, dict) and isinstance(token.get("text"), str) and type(token.get("ws")) is bool for token in own):
        return None
    return "".join(token["text"] + " " * token["ws"] for token in own[:-1]) + str(own[-1]["text"])
