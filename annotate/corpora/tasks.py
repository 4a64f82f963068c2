"""The tasks of an export of Label Studio, old or new, whatever file it is in: JSON, JSON a line, JSON-MIN, CSV and TSV."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotate.corpora.files import find_files, read_json, read_table, read_text
from annotate.notes import NOTE, UNSURE
from schemas.errors import FramingError

__all__ = ["CHOICES", "SPANS", "Json", "objects", "read_tasks"]

SPANS, CHOICES = ("labels", "hypertextlabels"), "choices"
# What an export in JSON-MIN or CSV adds to the task's data.
MIN_KEYS = ("id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement")
SEPARATORS = {".csv": ",", ".tsv": "\t"}
TODO = "Export the project from Label Studio as JSON"
Json = dict[str, Any]


def read_tasks(path: Path, questions: set[str], renames: Mapping[str, str], notices: Counter[str]) -> list[Json]:
    """Tasks with their data and annotations. `questions` tells, in exports that do not, which texts are answers; what is nobody's work,
    predictions and drafts, is left out and counted in the notices."""
    files = find_files(path, "*.json", "*.jsonl", "*.csv", "*.tsv")
    if len(files) != 1:
        raise FramingError(f"holds {len(files)} .json files, and an export is one", path, "Give the export file itself")
    found = _read_records(files[0], notices)
    if not found or not all(isinstance(task, dict) for task in found):
        raise FramingError("is not a list of tasks", files[0], TODO)
    if any(isinstance(task.get("data"), dict) for task in found):
        return _complete(found, notices)
    if any("annotation_id" in task for task in found):
        return _from_min(found, questions, renames)
    raise FramingError("has no tasks with data and annotations", files[0], f"{TODO}, not with tasks alone")


def objects(holder: Json, key: str) -> list[Json]:
    """The objects in a list, if there is one."""
    found = holder.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _read_records(file: Path, notices: Counter[str]) -> list[Any]:
    kind = file.suffix.lower()
    if kind in SEPARATORS:
        rows = read_table(file, SEPARATORS[kind], notices).iter_rows(named=True)
        return [{key: _read_cell(cell) for key, cell in row.items() if cell is not None} for row in rows]
    if kind == ".jsonl":
        return [_read_line(line, number, file) for number, line in enumerate(read_text(file).split("\n"), start=1) if line.strip()]
    found = read_json(file)
    return found if isinstance(found, list) else [found]


def _read_cell(cell: str) -> Any:
    # Results are JSON inside the cell; a text may begin with a bracket, too.
    if not cell.startswith(("[{", '{"')):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def _read_line(line: str, number: int, file: Path) -> Any:
    try:
        return json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise FramingError(f"line {number} is not JSON, or is cut off ({error})", file, "Download it again") from error


def _complete(tasks: list[Json], notices: Counter[str]) -> list[Json]:
    """The tasks with what old exports call completions as annotations, and without what nobody has submitted."""
    people, idle = 0, 0
    for task in tasks:
        if "annotations" not in task and isinstance(task.get("completions"), list):
            task["annotations"] = [_name_author(completion, i, notices) for i, completion in enumerate(objects(task, "completions"), start=1)]
            notices["completions of an old export, read as annotations"] += len(task["annotations"])
        for kind, what in (
            ("predictions", "predictions of models, which are nobody's work, left out"),
            ("drafts", "drafts that nobody submitted, left out"),
        ):
            if isinstance(task.get(kind), list) and task[kind]:
                notices[what] += len(task[kind])
                idle += not objects(task, "annotations")
        people += len(objects(task, "annotations"))
        if absent := _count_absent(task):
            notices["annotations that the export counts and does not hold: export the project as JSON in full"] += absent
    if idle and not people:
        notices["nobody's annotations are in this export, only predictions or drafts: tasks"] += idle
    return tasks


def _count_absent(task: Json) -> int:
    """How many annotations a task has that are not in it: lists of tasks name them by number, or say only how many there are."""
    listed, total = task.get("annotations"), task.get("total_annotations")
    if isinstance(listed, list):
        return sum(not isinstance(annotation, dict) for annotation in listed)
    return total if type(total) is int and total > 0 else 0


def _name_author(completion: Json, number: int, notices: Counter[str]) -> Json:
    if completion.get("completed_by") is not None:
        return completion
    notices["completions without a name, whose annotators are told apart by their order in each task"] += 1
    return completion | {"completed_by": f"annotator {number}"}


def _from_min(records: list[Json], questions: set[str], renames: Mapping[str, str]) -> list[Json]:
    """The tasks of an export in JSON-MIN, which has a row per annotation and in it the results by their controls."""
    tasks: dict[str, Json] = {}
    for number, record in enumerate(records):
        results = [result for name, value in record.items() for result in _results(name, value, questions, renames)]
        controls = {result["from_name"] for result in results}
        data = {key: value for key, value in record.items() if key not in MIN_KEYS and key not in controls}
        task = tasks.setdefault(str(record.get("id", f"row {number}")), {"id": record.get("id", number), "data": data, "annotations": []})
        if record.get("annotation_id") is not None:
            annotation = {"id": record["annotation_id"], "completed_by": record.get("annotator"), "result": results}
            task["annotations"].append(annotation | {key: record.get(key) for key in ("created_at", "updated_at")})
        # A control without a result in one row may have some in another.
        task["data"] = {key: value for key, value in task["data"].items() if key not in controls}
    return list(tasks.values())


def _results(name: str, value: Any, questions: set[str], renames: Mapping[str, str]) -> list[Json]:
    regions = [region for region in (value if isinstance(value, list) else [value]) if isinstance(region, dict)]
    found: list[Json] = [{"from_name": name, "type": kind, "value": region} for region in regions for kind in (*SPANS, CHOICES) if kind in region]
    if not found and name == NOTE and isinstance(value, str | list):
        return [{"from_name": name, "type": "textarea", "value": {"text": value}}]
    if not found and isinstance(value, str) and (name == UNSURE or renames.get(name, name) in questions):
        # One answer alone is given as it is.
        found = [{"from_name": name, "type": CHOICES, "value": {CHOICES: [value]}}]
    return found
