"""Entering finished annotations in a person's own name: what the demo does for its two synthetic annotators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from annotate.labelstudio.access import Access
from annotate.labelstudio.client import READ, connect
from annotate.labelstudio.ledger import open_ledger
from annotate.labelstudio.projects import list_tasks, require_project
from annotate.labelstudio.results import write_remark, write_result
from annotate.labelstudio.screens import open_screen
from annotate.labelstudio.shown import show
from schemas.errors import FramingError

__all__ = ["submit_annotations"]


def submit_annotations(title: str, rows: pl.DataFrame, access: Access, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Submit the rows (of one annotator) in the name of `access`, one annotation an article; those that this person
    has submitted before are left alone. Returns how many were submitted."""
    with connect(access) as client:
        project = require_project(client, title)
        codebook = open_screen(project, title, open_ledger()).codebook
        me = client.users.whoami(request_options=READ).id
        tasks = {task.data["article_id"]: task for task in list_tasks(client, project.id, "id,data,annotators", fields="all")}
        parts = [(str(article), part) for (article,), part in rows.group_by("article_id", maintain_order=True)]
        wanted = [(article, part) for article, part in parts if article not in tasks or me not in _numbers(tasks[article].annotators)]
        for i, (article, part) in enumerate(wanted):
            if article not in tasks:
                raise FramingError(f"article {article!r} is not in the project", title, "Run `framing push` first")
            marks = part.to_dicts()
            result = write_result(marks, codebook, show(tasks[article].data, codebook))
            note = marks[0].get("note")
            result += write_remark([note] if note else [], codebook, unsure=bool(marks[0].get("unsure")))
            client.annotations.create(tasks[article].id, result=result, lead_time=60.0)
            progress(i + 1, len(wanted))
        return len(wanted)


def _numbers(annotators: Any) -> set[int]:
    return {person["id"] if isinstance(person, dict) else getattr(person, "id", person) for person in annotators or []}
