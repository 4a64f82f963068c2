"""Annotations from Label Studio into a dataset: nothing lost, nothing trusted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from annotate.labelstudio.access import Access
from annotate.labelstudio.client import READ, connect
from annotate.labelstudio.interface import read_interface
from annotate.labelstudio.projects import require_project
from annotate.labelstudio.results import Refusal, read_result
from schemas.codebook import Codebook
from schemas.dataset import Dataset, Rejected
from schemas.tables import Annotations, Articles, plain

__all__ = ["pull"]

Json = dict[str, Any]


def pull(title: str, access: Access) -> Dataset:
    """Articles, annotations and codebook of the project `title`.

    Each result is checked against the text and the codebook; what fails is in `rejected` with its reason. An annotator
    who submitted an article without a span has a row of null label there. Skipped tasks and drafts are not readings.
    """
    with connect(access) as client:
        project = require_project(client, title)
        codebook = read_interface(project.label_config, title)
        people = {user.id: user.email for user in client.users.list(request_options=READ)}
        body = b"".join(client.projects.exports.download_sync(project.id, export_type="JSON", download_all_tasks=True, request_options=READ))
    return read_export(json.loads(body), people, codebook)


def read_export(tasks: list[Json], people: dict[int, str], codebook: Codebook) -> Dataset:
    """A dataset from Label Studio's JSON export, with its user ids resolved by `people`."""
    rejected: Rejected = []
    articles: list[Json] = []
    rows: list[Json] = []
    known: set[str] = set()
    for task in sorted(tasks, key=lambda task: task["id"]):
        data = task["data"]
        if not isinstance(data.get("article_id"), str) or not isinstance(data.get("text"), str) or not (data["article_id"] and data["text"].strip()):
            rejected.append({"reason": "the task has no article_id or no text", "row": {"task": task["id"]}})
            continue
        if data["article_id"] in known:
            rejected.append({"reason": "a second task for the same article", "row": {"task": task["id"], "article_id": data["article_id"]}})
            continue
        known.add(data["article_id"])
        articles.append(data)
        rows += _read_annotations(task, data, people, codebook, rejected)
    annotations = pl.DataFrame(rows, schema=dict(Annotations.create_empty().schema))
    plain_articles = [{key: plain(value) for key, value in article.items()} for article in articles]
    table = pl.DataFrame(plain_articles, infer_schema_length=None, strict=False) if articles else Articles.create_empty()
    return Dataset(table, annotations, None, codebook, rejected)


def _read_annotations(task: Json, data: Json, people: dict[int, str], codebook: Codebook, rejected: Rejected) -> Iterator[Json]:
    latest: dict[str, Json] = {}
    submitted = [annotation for annotation in task["annotations"] if not annotation["was_cancelled"]]
    for annotation in sorted(submitted, key=lambda annotation: (annotation["updated_at"], annotation["id"])):
        annotator = _annotator(annotation, people)
        if annotator in latest:
            rejected.append({"reason": f"{annotator} annotated this article again later", "row": latest[annotator]})
        latest[annotator] = annotation
    for annotator, annotation in sorted(latest.items()):
        yield from _read_annotation(annotation, annotator, data, codebook, rejected)


def _read_annotation(annotation: Json, annotator: str, data: Json, codebook: Codebook, rejected: Rejected) -> Iterator[Json]:
    common = {
        "article_id": data["article_id"],
        "annotator": annotator,
        "created_at": annotation["created_at"],
        "updated_at": annotation["updated_at"],
        "annotation_id": str(annotation["id"]),
        "codebook_version": codebook.stamp,
    }
    rows: list[Json] = []
    refused = False
    for result in annotation["result"]:
        try:
            rows += [row for row in read_result(result, data["text"], codebook) if row not in rows]
        except Refusal as refusal:
            refused = True
            rejected.append({"reason": str(refusal), "row": common | {"result": result}})
    # Whoever marked something that was set aside has not marked nothing.
    if not refused and not any(row["start"] is not None for row in rows):
        # Read, and marked nothing: without this row agreement and negatives would be wrong.
        rows.append({"label": None, "start": None, "end": None, "quote": None, "value": None, "origin": "manual"})
    for row in sorted(rows, key=lambda row: (row["start"] is None, row["start"], row["end"], row["label"] or "", row["value"] or "")):
        yield common | row


def _annotator(annotation: Json, people: dict[int, str]) -> str:
    who = annotation["completed_by"]
    number = who["id"] if isinstance(who, dict) else who
    # Of people whose accounts were deleted nothing is left to tell them apart but what they made.
    return people.get(number, f"user {number}") if number is not None else f"deleted user of annotation {annotation['id']}"
