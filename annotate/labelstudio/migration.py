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
from annotate.labelstudio.ledger import digest_data, open_ledger
from annotate.labelstudio.moves import move_results
from annotate.labelstudio.people import list_people
from annotate.labelstudio.projects import list_tasks, require_project
from annotate.labelstudio.results import Refusal
from annotate.labelstudio.screens import open_screen, write_screen
from annotate.labelstudio.shown import add_data, read_data, show
from annotate.labelstudio.submitted import read_submitted
from annotate.labelstudio.suggestions import forget_suggestions
from annotate.plans import Plan, refuse_headlines
from annotate.server.locks import lock_project
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
    another migration was interrupted in it, or if one marks headlines and the other does not.
    """
    refuse_headlines(plan, title)
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
        trust = replace(Trust.of(project, ledger), record=record)
        changed = _move_all(client, project, plan, trust, write_audit, progress)
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
    sent: dict[int, tuple[str, str]] = {}
    for i, task in enumerate(chain.from_iterable(read_tasks(client, project.id, numbers))):
        sent |= _offer_anew(client, task, plan, trust)
        for kind, entry, who in _entries(task, trust):
            shown = show(task["data"], plan.old)
            facts = {"article_id": str(task["data"].get("article_id")), "annotator": who, "annotation_id": str(entry["id"])}
            if move_results(entry["result"], shown, plan, facts)[0] == entry["result"]:
                continue
            # As it is at this moment: somebody may have saved it since the batch was read.
            before = call(client, "GET", f"api/{kind}/{entry['id']}/")["result"]
            result, moved = move_results(before, shown, plan, facts)
            if result != before:
                write_audit([row | {"draft": kind == "drafts"} for row in moved])
                call(client, "PATCH", f"api/{kind}/{entry['id']}/", json={"result": result})
                changed += 1
        progress(i + 1, len(numbers))
    known = trust.ledger.recall(trust.name)
    trust.ledger.remember(trust.name, known.model_copy(update={"tasks": known.tasks | sent}))
    return changed


def _offer_anew(client: LabelStudio, task: Json, plan: Plan, trust: Trust) -> dict[int, tuple[str, str]]:
    """Give the task the actors that the new codebook offers, if it is as it was sent: its article and digest then. Nothing where none change."""
    number, data, article = task["id"], task["data"], str(task["data"].get("article_id"))
    if not isinstance(data.get("text"), str):
        return {}
    bare = read_data(read_data(data, plan.old), plan.new)
    before, after = (bare | add_data(bare, codebook) for codebook in (plan.old, plan.new))
    # Whoever finishes what was interrupted finds the one, and knows of the other.
    sent = [(article, digest_data(form)) for form in (before, after)]
    known = trust.entry.tasks.get(number) in sent or trust.doubt_task(number, *sent[0], task.get("meta")) is None
    if before == after or not known or data not in (before, after):
        return {}
    if data != after:
        call(client, "PATCH", f"api/tasks/{number}/", json={"data": after, "meta": (task.get("meta") or {}) | trust.seal_task(sent[1][1])})
    return {number: sent[1]}


def _entries(task: Json, trust: Trust) -> Iterator[tuple[str, Json, str]]:
    """Everybody's annotations, skipped ones too, and what they have not submitted yet, with whose it is. What is not its author's own
    work is left: moved, it would look as if the owner had made it."""
    for entry in task.get("annotations") or []:
        with suppress(Refusal):
            annotation, _ = read_submitted(entry)
            if annotation.result and trust.doubt_annotation(annotation) is None:
                yield "annotations", entry, name_annotator(annotation, trust.people)
    yield from (("drafts", entry, str(entry.get("user"))) for entry in task.get("drafts") or [] if isinstance(entry, dict) and entry.get("result"))
