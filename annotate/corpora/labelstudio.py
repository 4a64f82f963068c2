"""Any project of Label Studio, from its export, with names changed to those of a codebook."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from annotate.corpora.collection import Collection
from annotate.corpora.documents import ORPHAN, refuse_unknown
from annotate.corpora.naming import make_codebook
from annotate.corpora.tasks import CHOICES, SPANS, Json, objects, read_tasks
from annotate.marked import NOT_THERE, doubt_words
from annotate.notes import UNSURE, read_remark
from schemas.codebook import Attribute, Codebook
from schemas.errors import FramingError

__all__ = ["read"]

TEXT_KEYS = ("text", "article", "body")
# Marks in the paragraphs of a dialogue, whose offsets are those of a paragraph.
DIALOGUE = "paragraphlabels"
# The control for an actor in the annotator's own words, as `annotate.labelstudio` makes it, whose client is not wanted here.
WORDS = "_words"
# Where the results that are shown for each region have what was said of it.
SAID = {CHOICES: CHOICES, "textarea": "text"}
# Where a project keeps its texts in files, an export has only where they are.
_ADDRESS = re.compile(r"/data/\S+|(s3|gs|azure-blob|https?)://\S+")


Region = str | tuple[str, str]


class Place(NamedTuple):
    """Where the results of a task go, and what other texts the task has: views are commonly called like the data that they show."""

    article_id: str
    others: frozenset[str]


def read(path: Path, codebook: Codebook | None, renames: Mapping[str, str], text_key: str | None = None) -> Collection:
    """Tasks as articles, and every annotator's spans and answers as votes. Predictions and drafts are left out and counted. Choices and lines
    of text about a span are its attributes, where the codebook has one of their control's name.

    `renames` maps labels, questions, attributes and values of the export to the codebook's; what the codebook lacks is set aside. Without a codebook
    one is made of the names in the export. The text is under `text_key`, else under the first of TEXT_KEYS. Offsets are code points of
    exactly that text.
    """
    if codebook is not None:
        refuse_unknown(codebook, renames)
    notices = Counter[str]()
    tasks = read_tasks(path, {question.name for question in codebook.questions} if codebook else set(), renames, notices)
    collection = Collection(codebook or _name_all(path, tasks, renames), path)
    collection.notices.update(notices)
    # Where no span was marked at all, spans were not asked for, and nobody marked nothing.
    spans_asked = any(
        result.get("type") in SPANS for task in tasks for annotation in objects(task, "annotations") for result in objects(annotation, "result")
    )
    for number, task in enumerate(tasks, start=1):
        place = _add_article(collection, task, task.get("id", number), text_key)
        if place is not None:
            for annotator, annotation in _latest(collection, place.article_id, task).items():
                _add_annotation(collection, place, annotator, annotation, renames, spans_asked=spans_asked)
    return collection


def _name_all(path: Path, tasks: list[Json], renames: Mapping[str, str]) -> Codebook:
    """A codebook of the labels that were given and the questions that were answered."""
    labels: dict[str, None] = {}
    questions: dict[str, dict[str, None]] = {}
    for result in (result for task in tasks for annotation in objects(task, "annotations") for result in objects(annotation, "result")):
        kind, value = str(result.get("type")), result.get("value")
        if result.get("from_name") == UNSURE:
            continue
        names = value.get(kind) if isinstance(value, dict) else None
        named = dict.fromkeys(renames.get(str(name), str(name)) for name in names) if isinstance(names, list) else {}
        if kind in SPANS:
            labels |= named
        elif kind == CHOICES and isinstance(value, dict) and "start" not in value:
            control = str(result.get("from_name"))
            questions.setdefault(renames.get(control, control), {}).update(named)
    if not labels and not questions:
        what = "holds no label and no answer that somebody submitted"
        raise FramingError(what, path, "Is this an export of annotations? Name a --codebook to read its articles alone")
    return make_codebook(path.stem, list(labels), {question: list(values) for question, values in questions.items()})


def _add_article(collection: Collection, task: Json, number: object, text_key: str | None) -> Place | None:
    """The article, if the task could be added as one."""
    data = task.get("data")
    if not isinstance(data, dict):
        collection.reject("the task has no data", task=number)
        return None
    article_id = str(data.get("article_id") or f"task-{number}")
    keys = [key for key in ([text_key] if text_key else TEXT_KEYS) if isinstance(data.get(key), str)]
    if not keys:
        dialogue = any(isinstance(value, list) for value in data.values())
        reason = f"its data has no text under {text_key or ', '.join(TEXT_KEYS)}" + (": is it a dialogue in paragraphs?" if dialogue else "")
        collection.reject_article(article_id, reason, task=number, keys=", ".join(data))
        return None
    if _ADDRESS.fullmatch(data[keys[0]].strip()):
        reason = "the text is a file of the server, not words: export with the texts, or put them under `text`"
        collection.reject_article(article_id, reason, task=number, text=data[keys[0]])
        return None
    if article_id in collection:
        collection.reject("a second task for the same article", task=number, article_id=article_id)
        return None
    kept = {key: value for key, value in data.items() if isinstance(value, str | int | float) and key not in (keys[0], "article_id")}
    # The column that gives way keeps its content under another name: it is the user's.
    columns = {f"{key}_before" if key == "text" else key: value for key, value in kept.items()}
    others = frozenset(key for key, value in data.items() if isinstance(value, str) and key != keys[0])
    return Place(article_id, others) if collection.add_article(article_id, data[keys[0]], **columns) else None


def _latest(collection: Collection, article_id: str, task: Json) -> dict[str, Json]:
    """The last annotation of each annotator that was not cancelled."""
    latest: dict[str, Json] = {}
    for annotation in sorted(objects(task, "annotations"), key=lambda annotation: str(annotation.get("updated_at") or "")):
        annotator = _annotator(annotation)
        if annotation.get("was_cancelled"):
            collection.notices["cancelled annotations, which are no readings"] += 1
            continue
        if annotation.get("ground_truth"):
            collection.notices["annotations marked as ground truth, read as the work of whoever made them"] += 1
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


def _add_annotation(collection: Collection, place: Place, annotator: str, annotation: Json, renames: Mapping[str, str], *, spans_asked: bool) -> None:
    facts: Json = {"annotator": annotator} | {
        column: str(annotation[key])
        for column, key in (("annotation_id", "id"), ("created_at", "created_at"), ("updated_at", "updated_at"))
        if annotation.get(key) is not None
    }
    results = annotation.get("result")
    if not isinstance(results, list):
        collection.reject("the annotation has no list of results", article_id=place.article_id, **facts)
        return
    remark = read_remark(results)
    for reason, result in remark.refused:
        collection.reject(reason, article_id=place.article_id, result=result, **facts)
    facts |= {"unsure": remark.unsure} if collection.codebook.notes or remark.unsure else {}
    facts |= {"note": remark.note} if remark.note else {}
    attributes, rest = _split_off_attributes(collection.codebook, remark.results, renames)
    for result in rest:
        _add_result(collection, place, result, attributes, renames, facts)
    for said in attributes.values():
        collection.reject(ORPHAN, article_id=place.article_id, said="; ".join(f"{name}: {value}" for name, value in said), **facts)
    # Whoever marked something that was set aside has not marked nothing.
    marked = any(isinstance(result, dict) and result.get("type") in SPANS for result in results)
    if not marked and (spans_asked or not remark.results):
        collection.add_reading(place.article_id, **facts)


def _region_of(result: Json, value: Json) -> Region:
    """What the results about one span have in common: its id, and in exports without ids its place."""
    return str(result["id"]) if result.get("id") is not None else (str(value.get("start")), str(value.get("end")))


def _find_attribute(codebook: Codebook, control: str, renames: Mapping[str, str]) -> Attribute | None:
    """The attribute of this name; an actor in the annotator's own words is a control of its own in the screens of `framing push`."""
    named, bare = renames.get(control, control), control.removesuffix(WORDS)
    actor = codebook.attribute(renames.get(bare, bare))
    return codebook.attribute(named) or (actor if actor and actor.kind == "actor" else None)


def _split_off_attributes(
    codebook: Codebook, results: list[Any], renames: Mapping[str, str]
) -> tuple[dict[Region, list[tuple[str, str]]], list[Any]]:
    """The attributes of each span, by its region, and the results that are none."""
    attributes: dict[Region, list[tuple[str, str]]] = {}
    rest = []
    for result in results:
        found = result if isinstance(result, dict) else {}
        value, kind, control = found.get("value"), str(found.get("type")), str(found.get("from_name"))
        given = value.get(SAID[kind]) if isinstance(value, dict) and "start" in value and kind in SAID else None
        attribute = _find_attribute(codebook, control, renames)
        if attribute is None or not isinstance(value, dict) or not isinstance(given, str | list):
            rest.append(result)
        else:
            said = [(attribute.name, renames.get(str(one), str(one))) for one in (given if isinstance(given, list) else [given])]
            attributes.setdefault(_region_of(found, value), []).extend(said)
    return attributes, rest


def _add_result(
    collection: Collection, place: Place, result: Any, attributes: dict[Region, list[tuple[str, str]]], renames: Mapping[str, str], facts: Json
) -> None:
    article_id = place.article_id
    found = result if isinstance(result, dict) else {}
    value, kind, control = found.get("value"), str(found.get("type")), str(found.get("from_name"))
    names = value.get(kind) if isinstance(value, dict) else None
    if kind == DIALOGUE:
        collection.reject("a mark in a paragraph of a dialogue has no place in a text", article_id=article_id, control=control, **facts)
    elif kind not in (*SPANS, CHOICES) or not isinstance(names, list) or not names or not isinstance(value, dict):
        collection.reject("the result is no span with a label and no choice", article_id=article_id, kind=kind, control=control, **facts)
    elif kind in SPANS and found.get("to_name") in place.others:
        reason = f"it marks {found['to_name']!r} of the task, which is not what was taken for the text: --text-key names another"
        collection.reject(reason, article_id=article_id, control=control, value=value, **facts)
    elif kind == CHOICES and "start" in value:
        collection.reject("a choice about a span that the codebook does not ask for", article_id=article_id, control=control, **facts)
    elif kind == CHOICES:
        for name in map(str, names):
            collection.add_answer(article_id, renames.get(control, control), renames.get(name, name), **facts)
    else:
        said = attributes.pop(_region_of(found, value), [])
        _add_marks(collection, article_id, value, [renames.get(str(name), str(name)) for name in names], said, facts)


def _add_marks(collection: Collection, article_id: str, value: Json, labels: list[str], said: list[tuple[str, str]], facts: Json) -> None:
    # In HyperText start and end are places in the page; the offsets into its text stand beside them.
    offsets = value["globalOffsets"] if isinstance(value.get("globalOffsets"), dict) else value
    start, end, words = offsets.get("start"), offsets.get("end"), value.get("text")
    if not isinstance(words, str):
        collection.notices["spans without a copy of their words, whose offsets are believed"] += 1
    if reason := doubt_words(collection.raw_of(article_id), start, end, words):
        reason += ": is --text-key right?" if reason == NOT_THERE else ""
        collection.reject(reason, article_id=article_id, start=start, end=end, quote=words, **facts)
        return
    for label in labels:
        # A region of several labels is a span of each; what is asked of one of them is said of that one.
        asked = {attribute.name for attribute in collection.codebook.attributes_of(label)}
        own = [(name, one) for name, one in said if len(labels) == 1 or name in asked]
        collection.add_span(article_id, label, start, end, attributes=own, **facts)
