"""Label Studio: tasks with everybody's annotations, and gold as a prediction, as its import takes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exports.formats.guids import make_guid
from exports.formats.material import ATTRIBUTES, Losses, Material, Row, Rows, count_changed, list_attributes, say, split_by_annotator, unheld
from schemas.codebook import Codebook
from schemas.tables import plain

__all__ = ["SPANS", "TEXT", "write_labelstudio"]

# Names of the controls in the labelling screens that `framing push` makes.
SPANS, TEXT, WORDS = "spans", "text", "_words"
UNSURE, NOTE, YES = "framing_unsure", "framing_note", "unsure"
GOLD = "gold"
HEADLESS = "tasks are of the text alone: import them into a project whose screen was made of this codebook with headlines = false"
ORIGINS = ("manual", "prediction", "prediction-changed")
FACTS = {"annotation_id": "id", "created_at": "created_at", "updated_at": "updated_at", "seconds": "lead_time"}
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
Json = dict[str, Any]


def write_labelstudio(material: Material, folder: Path) -> list[str]:
    """One JSON list of tasks. Who read an article and marked nothing has an annotation without a result. Attributes of a span are results
    with the span's id: choices where the codebook has values to choose from, else lines of text."""
    work, codebook = material.collect_work(attributes=True), material.codebook
    annotations, gold, losses = Rows(work.annotations), Rows(work.gold), work.losses
    spans_asked = work.annotations.height > 0 and work.annotations["start"].count() > 0
    with (folder / "tasks.json").open("w", encoding="utf-8", newline="\n") as file:
        separator = "[\n"
        for article in work.articles.iter_rows(named=True):
            article_id = article["article_id"]
            task: Json = {"data": {key: plain(value) for key, value in article.items()}}
            task["annotations"] = [
                _annotation(article_id, annotator, rows, codebook, losses, spans_asked=spans_asked)
                for annotator, rows in split_by_annotator(annotations.of(article_id))
            ]
            if decided := gold.of(article_id):
                task["predictions"] = [{"model_version": GOLD, "result": _results(article_id, GOLD, decided, codebook)}]
            file.write(separator + json.dumps(task, ensure_ascii=False, allow_nan=False))
            separator = ",\n"
        file.write("[]\n" if separator == "[\n" else "\n]\n")
    losses["rows of gold written as predictions, which `framing import labelstudio` does not read"] += work.count_marks("gold")
    losses.update(count_changed(work.articles))
    marks = ["article_id", "label", "start", "end", "quote", "value", ATTRIBUTES]
    columns = unheld(work.annotations, ["annotator", "origin", "unsure", "note", *marks, *FACTS], "annotations") + unheld(
        work.gold, [*marks, "support"], "gold"
    )
    return say(losses) + columns + ([HEADLESS] if codebook and codebook.headlines else [])


def _annotation(article_id: str, annotator: str, rows: list[Row], codebook: Codebook | None, losses: Losses, *, spans_asked: bool) -> Json:
    facts = {column: rows[0][column] for column in FACTS}
    losses["rows whose time or id is not the one of their annotator's first row, and is left out"] += sum(
        any(row[column] != facts[column] for column in FACTS) for row in rows
    )
    annotation: Json = {"completed_by": {"email": annotator}, "was_cancelled": False, "result": _results(article_id, annotator, rows, codebook)}
    for column, key in FACTS.items():
        value = facts[column]
        if column == "annotation_id" and value is not None:
            if not _NUMBER.fullmatch(value):
                losses["ids of annotations left out, since Label Studio takes numbers only"] += 1
                continue
            value = int(value)
        if value is not None:
            annotation[key] = value
    annotation["result"] += _remark(article_id, annotator, rows[0])
    _tell_readings(rows, losses, spans_asked=spans_asked)
    return annotation


def _remark(article_id: str, annotator: str, row: Row) -> Iterator[Json]:
    """What the annotator said of the article as a whole."""
    said = [("choices", UNSURE, {"choices": [YES]})] if row["unsure"] else []
    said += [("textarea", NOTE, {"text": [row["note"]]})] if row["note"] else []
    for kind, control, value in said:
        yield _result(kind, control, value, {}, make_guid("region", article_id, annotator, control))


def _tell_readings(rows: list[Row], losses: Losses, *, spans_asked: bool) -> None:
    """Label Studio knows no row for "marked nothing": who reads the file must take it from what is not there."""
    spans, nothing = any(row["start"] is not None for row in rows), any(row["label"] is None for row in rows)
    answers = any(row["value"] is not None for row in rows)
    losses["readings with spans that also say that nothing was marked, which is left out"] += spans and nothing
    losses["readings whose spans are not known, since only questions were answered, and which look as if nothing had been marked"] += (
        answers and not spans and not nothing and spans_asked
    )
    losses["readings with answers in which nothing was marked, which cannot be seen where nobody marked a span"] += (
        answers and nothing and not spans and not spans_asked
    )


def _results(article_id: str, who: str, rows: list[Row], codebook: Codebook | None) -> list[Json]:
    results: list[Json] = []
    answers: dict[str, list[str]] = {}
    for row in rows:
        if row["start"] is not None:
            place = {"start": row["start"], "end": row["end"], "text": row["quote"]}
            guid = make_guid("region", article_id, who, row["label"], row["start"], row["end"])
            results += [_result("labels", SPANS, place | {"labels": [row["label"]]}, row, guid), *_say_attributes(row, place, guid, codebook)]
        elif row["value"] is not None:
            if row["label"] not in answers:
                answers[row["label"]] = []
                value = {"choices": answers[row["label"]]}
                results.append(_result("choices", row["label"], value, row, make_guid("region", article_id, who, row["label"])))
            answers[row["label"]].append(row["value"])
    return results


def _say_attributes(row: Row, place: Json, guid: str, codebook: Codebook | None) -> Iterator[Json]:
    """A result for each attribute of a span, as a control that is shown for each region gives it."""
    given: dict[str, list[Row]] = {}
    for one in list_attributes(row):
        given.setdefault(one["attribute"], []).append(one)
    for name, ones in given.items():
        attribute = codebook.attribute(name) if codebook else None
        kind, key = ("choices", "choices") if attribute and attribute.values else ("textarea", "text")
        # Actors to choose from come with a task that was pushed; one in the annotator's own words has a control of its own.
        control = f"{name}{WORDS}" if attribute and attribute.kind == "actor" else name
        yield _result(kind, control, place | {key: [one["value"] for one in ones]}, ones[0], guid)


def _result(kind: str, control: str, value: Json, row: Row, guid: str) -> Json:
    origin = row.get("origin") if row.get("origin") in ORIGINS else "manual"
    result = {"id": guid, "from_name": control, "to_name": TEXT, "type": kind, "origin": origin, "value": value}
    return result | ({"score": row["support"]} if "support" in row else {})
