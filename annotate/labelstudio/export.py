"""Label Studio's JSON export as tables. Each result is checked against text and codebook; what fails is set aside with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from annotate.labelstudio.record import Suggested, suggested_at
from annotate.labelstudio.results import Refusal, check_words, read_result
from schemas.codebook import Codebook
from schemas.dataset import Rejected
from schemas.tables import Annotations, plain

__all__ = ["TASK", "Part", "Reader", "join_parts", "name_annotator"]

Json = dict[str, Any]
# The column that orders rows as the project does, and says what is to be read again; it does not leave this package.
TASK = "_task"
ROWS = dict(Annotations.create_empty().schema)


@dataclass(frozen=True)
class Part:
    """Articles and annotations of some tasks, each row with its task, the results that were set aside, and annotations that
    somebody else has changed: (article, annotator, by whom)."""

    articles: pl.DataFrame
    annotations: pl.DataFrame
    rejected: Rejected
    meddled: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """What is needed to understand an export: the e-mails of its user ids, the codebook, what was suggested when, and the id
    of `owner`, who may change others' work (a migration does)."""

    people: Mapping[int, str]
    codebook: Codebook
    suggestions: tuple[Suggested, ...] = ()
    owner: int | None = None

    def read(self, tasks: Sequence[Json]) -> Part:
        """The tasks' articles, and of each person the last annotation that was submitted. Skipped tasks and drafts are no readings."""
        rejected: Rejected = []
        articles: list[Json] = []
        rows: list[Json] = []
        for task in sorted(tasks, key=lambda task: task["id"]):
            data = task["data"]
            if (
                not isinstance(data.get("article_id"), str)
                or not isinstance(data.get("text"), str)
                or not (data["article_id"] and data["text"].strip())
            ):
                rejected.append({"reason": "the task has no article_id or no text", "row": {"task": task["id"]}})
                continue
            articles.append({key: plain(value) for key, value in data.items()} | {TASK: task["id"]})
            rows += self._read_annotations(task, rejected)
        table = pl.DataFrame(articles, infer_schema_length=None, strict=False)
        meddled = [entry for task in tasks for entry in self._find_meddled(task)]
        return Part(table, pl.DataFrame(rows, schema=ROWS | {TASK: pl.Int64}), rejected, meddled)

    def _find_meddled(self, task: Json) -> Iterator[tuple[str, str, str]]:
        for annotation in task["annotations"]:
            by, who = annotation.get("updated_by"), annotation["completed_by"]
            if by not in (None, self.owner, who["id"] if isinstance(who, dict) else who):
                yield str(task["data"].get("article_id")), name_annotator(annotation, self.people), self.people.get(by, f"user {by}")

    def _read_annotations(self, task: Json, rejected: Rejected) -> Iterator[Json]:
        latest: dict[str, Json] = {}
        submitted = [annotation for annotation in task["annotations"] if not annotation["was_cancelled"]]
        for annotation in sorted(submitted, key=lambda annotation: (annotation["updated_at"], annotation["id"])):
            annotator = name_annotator(annotation, self.people)
            if annotator in latest:
                rejected.append(_set_aside(f"{annotator} annotated this article again later", task, latest[annotator]))
            latest[annotator] = annotation
        for annotator, annotation in sorted(latest.items()):
            yield from self._read_annotation(annotation, annotator, task, rejected)

    def _read_annotation(self, annotation: Json, annotator: str, task: Json, rejected: Rejected) -> Iterator[Json]:
        article_id = task["data"]["article_id"]
        # Label Studio keeps a copy of the prediction that an annotator saw.
        seen = (annotation.get("prediction") or {}).get("model_version")
        common = {
            "article_id": article_id,
            "annotator": annotator,
            "created_at": annotation["created_at"],
            "updated_at": annotation["updated_at"],
            "annotation_id": str(annotation["id"]),
            "codebook_version": self.codebook.stamp,
            "seconds": annotation.get("lead_time"),
            "suggested": suggested_at(self.suggestions, article_id, annotation["created_at"], seen, present=bool(task.get("total_predictions"))),
            TASK: task["id"],
        }
        rows: list[Json] = []
        refused = False
        for result in annotation["result"]:
            try:
                check_words(result, task["data"]["text"])
                rows += [row for row in read_result(result, task["data"]["text"], self.codebook) if row not in rows]
            except Refusal as refusal:
                refused = True
                rejected.append(_set_aside(str(refusal), task, {key: value for key, value in common.items() if key != TASK} | {"result": result}))
        # Whoever marked something that was set aside has not marked nothing.
        if not refused and not any(row["start"] is not None for row in rows):
            # Read, and marked nothing: without this row agreement and negatives would be wrong.
            rows.append({"label": None, "start": None, "end": None, "quote": None, "value": None, "origin": "manual"})
        for row in sorted(rows, key=lambda row: (row["start"] is None, row["start"], row["end"], row["label"] or "", row["value"] or "")):
            yield common | row


def name_annotator(annotation: Json, people: Mapping[int, str]) -> str:
    """The e-mail of who made the annotation. Of people whose accounts were deleted nothing is left to tell them apart but what they made."""
    who = annotation["completed_by"]
    number = who["id"] if isinstance(who, dict) else who
    return people.get(number, f"user {number}") if number is not None else f"deleted user of annotation {annotation['id']}"


def join_parts(parts: Iterable[Part]) -> Part:
    """One part of several, ordered by task. Two tasks of the same article and text become one; another text under the
    same id is set aside with its annotations."""
    listed = list(parts)
    tables = [part.articles for part in listed if part.articles.width]
    articles = (
        pl.concat(tables, how="diagonal_relaxed") if tables else pl.DataFrame(schema={"article_id": pl.String, "text": pl.String, TASK: pl.Int64})
    )
    joined = Part(
        articles.sort(TASK),
        pl.concat([part.annotations for part in listed] or [pl.DataFrame(schema=ROWS | {TASK: pl.Int64})]).sort(TASK, maintain_order=True),
        [entry for part in listed for entry in part.rejected],
        [entry for part in listed for entry in part.meddled],
    )
    return _join_doubles(joined) if joined.articles["article_id"].is_duplicated().any() else joined


def _join_doubles(part: Part) -> Part:
    first = part.articles.unique("article_id", keep="first", maintain_order=True)
    texts = first.select("article_id", _first="text")
    strange = part.articles.join(texts, on="article_id", how="left").filter(pl.col("text") != pl.col("_first"))
    rejected = part.rejected + [
        {"reason": "a second task for the same article, with another text", "row": row}
        for row in strange.select("article_id", task=TASK).iter_rows(named=True)
    ]
    rows = part.annotations.filter(~pl.col(TASK).is_in(strange[TASK].implode()))
    last = pl.struct("updated_at", "annotation_id")
    kept = rows.filter(last == last.sort_by("updated_at", "annotation_id").last().over("article_id", "annotator"))
    earlier = rows.join(kept.select("annotation_id"), on="annotation_id", how="anti").unique("annotation_id", keep="first", maintain_order=True)
    for row in earlier.iter_rows(named=True):
        again = f"{row['annotator']} annotated this article again later, in a second task"
        rejected.append({"reason": again, "row": {"task": row[TASK], "article_id": row["article_id"], "annotation_id": row["annotation_id"]}})
    return Part(first, kept, rejected, part.meddled)


def _set_aside(reason: str, task: Json, row: Json) -> Json:
    return {"reason": reason, "row": {"task": task["id"], **row}}
