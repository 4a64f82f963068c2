"""A change of the codebook in a project: the labelling screen, the annotations and the drafts are moved together.

The plan is written into the project first and taken out last. Whoever finds it there knows that a migration was interrupted, and
finishes it by doing it again: what has been moved stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate.labelstudio.access import Access
from annotate.labelstudio.client import READ, RESOLUTION, call, connect, persist, say_time
from annotate.labelstudio.doubts import Trust
from annotate.labelstudio.download import read_tasks, refuse_other_project
from annotate.labelstudio.export import name_annotator
from annotate.labelstudio.ledger import open_ledger
from annotate.labelstudio.locks import lock_project
from annotate.labelstudio.people import list_people
from annotate.labelstudio.projects import list_tasks, require_project
from annotate.labelstudio.results import Refusal, read_result
from annotate.labelstudio.screens import open_screen, write_screen
from annotate.labelstudio.submitted import read_submitted
from annotate.labelstudio.suggestions import forget_suggestions
from annotate.migration import audit_row
from annotate.plans import Moved, Plan
from schemas.errors import FramingError

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

__all__ = ["find_migration", "migrate_project"]

Json = dict[str, Any]
Write = Callable[[list[Json]], None]


def migrate_project(
    title: str, plan: Plan, access: Access, write_audit: Write, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Move the project `title` to the plan's new codebook; returns how many annotations and drafts were changed.

    `write_audit` is given what is about to change of an annotation, row by row, before it changes. Suggestions are taken
    away: they speak of the old labels. Raises FramingError if the project has neither of the plan's codebooks, or if
    another migration was interrupted in it.
    """
    with lock_project(access.address, title), connect(access) as client:
        project, ledger = require_project(client, title), open_ledger()
        screen = open_screen(project, title, ledger)
        codebook, record = screen.codebook, screen.record
        mine = plan.model_dump_json()
        if record.migration not in (None, mine):
            other = Plan.model_validate_json(str(record.migration))
            raise FramingError(
                f"a migration from {other.old.stamp} to {other.new.stamp} was interrupted here ({'; '.join(map(str, other.moves))})",
                title,
                "Finish that one first, by the same command that began it",
            )
        if codebook.digest not in (plan.old.digest, plan.new.digest):
            raise FramingError(f"this project uses codebook {codebook.stamp}, and the plan begins at {plan.old.stamp}", title)
        # Work that the owner's account changed at another time was not changed by a migration.
        open_yet = bool(record.moved) and record.moved[-1][1] is None
        begun = record.moved if open_yet else (*record.moved, (say_time(access), None))
        write_screen(client, project, plan.new, record.model_copy(update={"migration": mine, "moved": begun}), ledger)
        forget_suggestions(client, project.id)
        changed = _move_all(client, project, plan, replace(Trust.of(project, ledger), record=record), write_audit, progress)
        ended = (*begun[:-1], (begun[-1][0], say_time(access, later=RESOLUTION)))
        write_screen(client, project, plan.new, record.model_copy(update={"migration": None, "moved": ended}), ledger)
        return changed


def find_migration(folder: Path, title: str, access: Access) -> Plan | None:
    """The plan of a migration that was interrupted in the project `title`. FramingError if the folder is another project's."""
    with connect(access) as client:
        refuse_other_project(client, title, access, folder)
        found = open_screen(require_project(client, title), title, open_ledger()).record.migration
        return Plan.model_validate_json(found) if found else None


def _move_all(client: LabelStudio, project: Any, plan: Plan, trust: Trust, write_audit: Write, progress: Callable[[int, int], None]) -> int:
    trust = replace(trust, owner=client.users.whoami(request_options=READ).id, people=list_people(client))
    numbers = persist(client, lambda: [task.id for task in list_tasks(client, project.id, "id")])
    changed = 0
    for i, task in enumerate(chain.from_iterable(read_tasks(client, project.id, numbers))):
        for kind, entry, who in _entries(task, trust):
            text = str(task["data"].get("text"))
            if not _move(entry["result"], text, plan)[1]:
                continue
            # As it is at this moment: somebody may have saved it since the batch was read.
            result, moved = _move(call(client, "GET", f"api/{kind}/{entry['id']}/")["result"], text, plan)
            if moved:
                facts = {"article_id": task["data"].get("article_id"), "annotator": who, "annotation_id": str(entry["id"])}
                write_audit([audit_row(row | facts, done) | {"draft": kind == "drafts"} for row, done in moved])
                call(client, "PATCH", f"api/{kind}/{entry['id']}/", json={"result": result})
                changed += 1
        progress(i + 1, len(numbers))
    return changed


def _entries(task: Json, trust: Trust) -> Iterator[tuple[str, Json, str]]:
    """Everybody's annotations, skipped ones too, and what they have not submitted yet, with whose it is. What is not its author's own
    work is left: moved, it would look as if the owner had made it."""
    for entry in task.get("annotations") or []:
        with suppress(Refusal):
            annotation, _ = read_submitted(entry)
            if annotation.result and trust.doubt_annotation(annotation) is None:
                yield "annotations", entry, name_annotator(annotation, trust.people)
    yield from (("drafts", entry, str(entry.get("user"))) for entry in task.get("drafts") or [] if isinstance(entry, dict) and entry.get("result"))


def _move(result: list[Json], text: str, plan: Plan) -> tuple[list[Json], list[tuple[Json, Moved]]]:
    """The result list after the plan's moves, and each row that moved with what becomes of it. What is not of the old codebook stays."""
    after: list[Json] = []
    moved: list[tuple[Json, Moved]] = []
    for entry in result:
        try:
            rows = read_result(entry, text, plan.old)
        except Refusal:
            rows = []
        ways = [(row, plan.move_row(row["label"], None, row["value"])) for row in rows]
        if not any(done for _, done in ways):
            after.append(entry)
            continue
        moved += [(row, done) for row, done in ways if done]
        names = [(row["label"], row["value"]) if done is None else (done.label, done.value) for row, done in ways]
        reviews = [str(done.move) for _, done in ways if done and done.move and done.move.review]
        after += _rewrite(entry, [(label, value) for label, value in dict.fromkeys(names) if label is not None], reviews)
    return _merge_choices(after), moved


def _rewrite(entry: Json, names: list[tuple[str, str | None]], reviews: list[str]) -> Iterator[Json]:
    """The entry under its new names; none if all were dropped, several if its answers went to several questions."""
    if entry["type"] == "labels":
        if names:
            # What is to be reviewed says so beside the span.
            note = {"meta": {"text": [f"To review: {'; '.join(reviews)}"]}} if reviews else {}
            yield entry | {"value": entry["value"] | {"labels": [label for label, _ in names]}} | note
        return
    for question in dict.fromkeys(label for label, _ in names):
        yield entry | {"from_name": question, "value": entry["value"] | {"choices": [value for label, value in names if label == question]}}


def _merge_choices(result: list[Json]) -> list[Json]:
    """One entry for each question, as the labelling screen makes it."""
    merged: dict[str, Json] = {}
    others: list[Json] = []
    for entry in result:
        if entry.get("type") != "choices":
            others.append(entry)
        elif entry["from_name"] in merged:
            first = merged[entry["from_name"]]
            choices = list(dict.fromkeys([*first["value"]["choices"], *entry["value"]["choices"]]))
            merged[entry["from_name"]] = first | {"value": first["value"] | {"choices": choices}}
        else:
            merged[entry["from_name"]] = entry
    return [*others, *merged.values()]
