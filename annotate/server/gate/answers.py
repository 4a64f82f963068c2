"""What of the server's answers is for an annotator: their own work, and nothing that tells of others'.

Fields are named that may stay, so that one which a later version adds does not come through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from annotate.server.gate.identity import Account, Visitor
from annotate.server.members import Members

__all__ = ["ANSWERS", "Reader", "cut_error"]

_TASK = ("id", "data", "meta", "predictions", "unique_lock_id", "created_at", "inner_id", "project", "file_upload", "queue")
# What the screen wants to find in a task, and what would tell of others' work.
_QUIET = {"annotators": [], "updated_by": [], "comment_authors": [], "comment_count": 0, "unresolved_comment_count": 0, "overlap": 1}
_PREDICTION = (
    "id",
    "result",
    "score",
    "model_version",
    "task",
    "project",
    "created_ago",
    "created_at",
    "updated_at",
    "cluster",
    "neighbors",
    "mislabeling",
)
_WORK = (
    "id",
    "result",
    "created_username",
    "created_ago",
    "completed_by",
    "user",
    "was_cancelled",
    "was_postponed",
    "ground_truth",
    "created_at",
    "updated_at",
    "draft_created_at",
    "lead_time",
    "task",
    "project",
    "annotation",
    "parent_prediction",
    "parent_annotation",
    "unique_id",
)
_PROJECT = (
    "id",
    "title",
    "description",
    "label_config",
    "expert_instruction",
    "show_instruction",
    "show_skip_button",
    "enable_empty_annotation",
    "show_annotation_history",
    "color",
    "maximum_annotations",
    "is_published",
    "model_version",
    "is_draft",
    "created_at",
    "sampling",
    "show_collab_predictions",
    "control_weights",
    "parsed_label_config",
    "evaluate_predictions_automatically",
    "config_has_control_tags",
    "skip_queue",
    "reveal_preannotations_interactively",
    "task_number",
    "queue_total",
    "queue_done",
    "config_suitable_for_bulk_annotation",
)
# The page hides what is refused anyway.
_RIGHTS = {"can_delete_tasks": False, "can_manage_annotations": False, "can_manage_tasks": False, "source_syncing": False, "target_syncing": False}
_COUNTS = (
    "num_tasks_with_annotations",
    "useful_annotation_number",
    "ground_truth_number",
    "skipped_annotations_number",
    "finished_task_number",
    "total_annotations_number",
    "total_predictions_number",
    "annotation_count",
    "task_count",
    "min_annotations_to_start_training",
)
_SELF = ("id", "first_name", "last_name", "username", "email", "custom_hotkeys", "avatar", "initials", "active_organization", "date_joined")
_PERSON = ("id", "first_name", "last_name", "username", "email", "avatar", "initials")
# What the screen asks whether it may: nothing of it is the gate's rule.
_PERMISSIONS = (
    "projects.view",
    "tasks.view",
    "annotations.create",
    "annotations.view",
    "annotations.change",
    "actions.perform",
    "views.view",
    "labels.view",
)

Said = dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """Whom an answer is for. `suggestions`: whether the project shows what models suggest."""

    visitor: Visitor
    account: Account
    members: Members
    suggestions: bool = True


def _task(said: Said, reader: Reader) -> Said:
    own, drafts = _own(said.get("annotations"), reader), _own(said.get("drafts"), reader)
    kept = _pick(said, _TASK) | _QUIET | {"annotations": own, "drafts": drafts, "draft_exists": bool(drafts)}
    counted = {"is_labeled": bool(own), "total_annotations": len(own), "cancelled_annotations": sum(bool(one["was_cancelled"]) for one in own)}
    predictions = [_pick(one, _PREDICTION) for one in said.get("predictions") or ()] if reader.suggestions else []
    # When a task was last changed says when somebody else annotated it.
    return kept | counted | {"predictions": predictions, "total_predictions": len(predictions), "updated_at": said.get("created_at")}


def _own(work: Iterable[Said] | None, reader: Reader) -> list[Said]:
    return [_work(one, reader) for one in work or () if _is_own(one, reader)]


def _is_own(one: Said, reader: Reader) -> bool:
    author = one.get("completed_by", one.get("user"))
    author = author.get("id") if isinstance(author, dict) else author
    # A draft names its author by the address.
    return bool(author == reader.account.id) or (isinstance(author, str) and author == reader.account.email)


def _work(one: Said, reader: Reader) -> Said:
    kept = _pick(one, _WORK)
    if isinstance(kept.get("completed_by"), dict):
        kept["completed_by"] = _pick(kept["completed_by"], _PERSON)
    return kept


def _project(said: Said, reader: Reader) -> Said:
    return _pick(said, _PROJECT) | _RIGHTS | {"created_by": None, "task_count": said.get("task_number")}


def _expert_project(said: Said, reader: Reader) -> Said:
    return _pick(said, _PROJECT + _COUNTS) | _RIGHTS | {"created_by": None}


def _self(said: Said, reader: Reader) -> Said:
    return _pick(said, _SELF) | {"permissions": [name for name in said.get("permissions") or () if name in _PERMISSIONS]}


def _users(said: list[Said], reader: Reader) -> list[Said]:
    return [_pick(one, _PERSON) for one in said if _is_known(one, reader)]


def _is_known(one: Said, reader: Reader) -> bool:
    if reader.visitor.role != "expert":
        return bool(one["id"] == reader.account.id)
    # Who works, or worked, in a project of theirs: what they read is signed with these names.
    shared = {member.email for member in reader.members.people if set(member.projects) & set(reader.visitor.projects)}
    return bool(one["id"] == reader.account.id) or str(one["email"]).lower() in shared


def _projects(said: Said, reader: Reader) -> Said:
    cut = _expert_project if reader.visitor.role == "expert" else _project
    mine = [cut(one, reader) for one in said["results"] if one["id"] in reader.visitor.projects]
    return {"count": len(mine), "next": None, "previous": None, "results": mine}


def _columns(said: Said, reader: Reader) -> Said:
    # What may stand in a column is, of some, who works here.
    return {"columns": [{name: value for name, value in one.items() if name != "schema"} for one in said["columns"]]}


def _pick(said: Said, names: Iterable[str]) -> Said:
    return {name: said[name] for name in names if name in said}


def cut_error(said: Any) -> Said:
    """The server's reason, without the trace and the numbers that it may add."""
    return _pick(said, ("detail", "validation_errors", "status_code")) if isinstance(said, dict) else {"detail": "the server refused this"}


# By the name that a rule has for it. An answer that has another shape is not passed on.
ANSWERS: dict[str, Callable[[Any, Reader], Any]] = {
    "task": _task,
    "known task": _task,
    "annotation": _work,
    "annotations": _own,
    "draft": _work,
    "drafts": _own,
    "project": _project,
    "project of an expert": _expert_project,
    "projects": _projects,
    "columns": _columns,
    "self": _self,
    "users": _users,
    "view": lambda said, reader: said,
}
