"""Any project of Label Studio, from its export (JSON or JSON-MIN), with names changed to those of a codebook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotate.corpora.collection import Collection
from annotate.corpora.files import find_files, read_json
from schemas.codebook import Codebook
from schemas.errors import FramingError

__all__ = ["read"]

SPANS, CHOICES = ("labels", "hypertextlabels"), "choices"
TEXT_KEYS = ("text", "article", "body")
# What an export in JSON-MIN adds to the task's data.
MIN_KEYS = ("id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement")
Json = dict[str, Any]


def read(path: Path, codebook: Codebook, renames: Mapping[str, str], text_key: str | None = None) -> Collection:
    """Tasks as articles, and every annotator's spans and answers as votes.

    `renames` maps labels, questions and answers of the export to the codebook's; what the codebook lacks is set aside.
    The text is under `text_key`, else under the first of TEXT_KEYS. Offsets are code points of exactly that text.
    """
    unknown = set(renames.values()) - _names(codebook)
    if unknown:
        raise FramingError(f"codebook {codebook.stamp} has no {min(unknown)!r} to map to", "--map", "Give OLD=NEW, NEW as the codebook has it")
    collection = Collection(codebook, path)
    tasks = _read_tasks(path, codebook, renames)
    # Where no span was marked at all, spans were not asked for, and nobody marked nothing.
    spans_asked = any(
        result.get("type") in SPANS for task in tasks for annotation in _objects(task, "annotations") for result in _objects(annotation, "result")
    )
    for number, task in enumerate(tasks, start=1):
        article_id = _add_article(collection, task, task.get("id", number), text_key)
        if article_id is not None:
            for annotator, annotation in _latest(collection, article_id, task).items():
                _add_annotation(collection, article_id, annotator, annotation, renames, spans_asked=spans_asked)
    return collection


def _names(codebook: Codebook) -> set[str]:
    answers = {value for question in codebook.questions for value in question.value_names}
    return {*codebook.label_names, *(question.name for question in codebook.questions), *answers}


def _objects(holder: Json, key: str) -> list[Json]:
    """The objects in a list, if there is one."""
    found = holder.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _read_tasks(path: Path, codebook: Codebook, renames: Mapping[str, str]) -> list[Json]:
    files = find_files(path, "*.json")
    if len(files) != 1:
        raise FramingError(f"holds {len(files)} .json files, and an export is one", path, "Give the export file itself")
    found = read_json(files[0])
    if not isinstance(found, list) or not found or not all(isinstance(task, dict) for task in found):
        raise FramingError("is not a list of tasks", files[0], "Export the project from Label Studio as JSON")
    if any(isinstance(task.get("data"), dict) for task in found):
        return found
    if any("annotation_id" in task for task in found):
        return _from_min(found, {question.name for question in codebook.questions}, renames)
    raise FramingError("has no tasks with data and annotations", files[0], "Export the project from Label Studio as JSON, not with tasks alone")


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
    if not found and isinstance(value, str) and renames.get(name, name) in questions:
        # One answer alone is given as it is.
        found = [{"from_name": name, "type": CHOICES, "value": {CHOICES: [value]}}]
    return found


def _add_article(collection: Collection, task: Json, number: object, text_key: str | None) -> str | None:
    """The article's id, if the task could be added as one."""
    data = task.get("data")
    if not isinstance(data, dict):
        collection.reject("the task has no data", task=number)
        return None
    article_id = str(data.get("article_id") or f"task-{number}")
    keys = [key for key in ([text_key] if text_key else TEXT_KEYS) if isinstance(data.get(key), str)]
    if not keys:
        collection.reject_article(article_id, f"its data has no text under {text_key or ', '.join(TEXT_KEYS)}", task=number, keys=", ".join(data))
        return None
    if article_id in collection:
        collection.reject("a second task for the same article", task=number, article_id=article_id)
        return None
    kept = {key: value for key, value in data.items() if isinstance(value, str | int | float) and key not in (keys[0], "article_id")}
    # The column that gives way keeps its content under another name: it is the user's.
    columns = {f"{key}_before" if key == "text" else key: value for key, value in kept.items()}
    return article_id if collection.add_article(article_id, data[keys[0]], **columns) else None


def _latest(collection: Collection, article_id: str, task: Json) -> dict[str, Json]:
    """The last annotation of each annotator that was not cancelled."""
    latest: dict[str, Json] = {}
    for annotation in sorted(_objects(task, "annotations"), key=lambda annotation: str(annotation.get("updated_at") or "")):
        annotator = _annotator(annotation)
        if annotation.get("was_cancelled"):
            collection.notices["cancelled annotations, which are no readings"] += 1
            continue
        if annotator in latest:
            reason = "the annotator annotated this article again later"
            collection.reject(reason, article_id=article_id, annotator=annotator, annotation_id=latest[annotator].get("id"))
        latest[annotator] = annotation
    return latest


def _annotator(annotation: Json) -> str:
    who = annotation.get("completed_by")
    if isinstance(who, dict):
        who = who.get("email") or who.get("id")
    # Of people whose accounts were deleted nothing is left to tell them apart but what they made.
    return str(who) if who is not None else f"deleted user of annotation {annotation.get('id')}"


def _add_annotation(
    collection: Collection, article_id: str, annotator: str, annotation: Json, renames: Mapping[str, str], *, spans_asked: bool
) -> None:
    facts = {"annotator": annotator} | {
        column: str(annotation[key])
        for column, key in (("annotation_id", "id"), ("created_at", "created_at"), ("updated_at", "updated_at"))
        if annotation.get(key) is not None
    }
    results = annotation.get("result")
    if not isinstance(results, list):
        collection.reject("the annotation has no list of results", article_id=article_id, **facts)
        return
    for result in results:
        _add_result(collection, article_id, result, renames, facts)
    # Whoever marked something that was set aside has not marked nothing.
    marked = any(isinstance(result, dict) and result.get("type") in SPANS for result in results)
    if not marked and (spans_asked or not results):
        collection.add_reading(article_id, **facts)


def _add_result(collection: Collection, article_id: str, result: Any, renames: Mapping[str, str], facts: Json) -> None:
    found = result if isinstance(result, dict) else {}
    value, kind, control = found.get("value"), str(found.get("type")), str(found.get("from_name"))
    names = value.get(kind) if isinstance(value, dict) else None
    if kind not in (*SPANS, CHOICES) or not isinstance(names, list) or not names or not isinstance(value, dict):
        collection.reject("the result is no span with a label and no choice", article_id=article_id, kind=kind, control=control, **facts)
    elif kind == CHOICES and "start" in value:
        collection.reject("a choice about a span is no answer about the article", article_id=article_id, control=control, **facts)
    elif kind == CHOICES:
        for name in map(str, names):
            collection.add_answer(article_id, renames.get(control, control), renames.get(name, name), **facts)
    else:
        _add_marks(collection, article_id, value, [renames.get(str(name), str(name)) for name in names], facts)


def _add_marks(collection: Collection, article_id: str, value: Json, labels: list[str], facts: Json) -> None:
    # In HyperText start and end are places in the page; the offsets into its text stand beside them.
    offsets = value["globalOffsets"] if isinstance(value.get("globalOffsets"), dict) else value
    start, end = offsets.get("start"), offsets.get("end")
    if not _agrees(collection.raw_of(article_id), start, end, value.get("text")):
        reason = "the text at the offsets is not the one that was marked: is --text-key right?"
        collection.reject(reason, article_id=article_id, start=start, end=end, quote=value.get("text"), **facts)
        return
    for label in labels:
        collection.add_span(article_id, label, start, end, **facts)


def _agrees(text: str, start: object, end: object, quote: object) -> bool:
    """Whether the marked words are those at the offsets; offsets that are no numbers are for others to refuse."""
    if type(start) is not int or type(end) is not int or not isinstance(quote, str) or not 0 <= start < end <= len(text):
        return True
    # Label Studio writes line ends as a backslash and an n, and HTML loses white space: only letters and digits count.
    there, said = (re.findall(r"[^\W_]", part.replace("\\n", "")) for part in (text[start:end], quote))
    return there == said
