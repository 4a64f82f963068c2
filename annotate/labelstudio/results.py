"""Label Studio's annotation results to rows of the annotations table, and back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from annotate.labelstudio.interface import SPANS, TEXT
from annotate.marked import doubt_words
from schemas.codebook import Codebook
from schemas.errors import printable
from schemas.tables import ORIGINS

__all__ = ["Refusal", "check_words", "read_result", "show_value", "write_result"]

Row = dict[str, Any]


class Refusal(Exception):
    """Why a result cannot become rows."""


def show_value(value: Any) -> str:
    """A value that somebody else wrote, short enough for a reason."""
    try:
        return printable(repr(value), 60)
    except (ValueError, RecursionError):
        # A number of more digits than Python writes.
        return "a value that cannot be shown"


def read_result(result: Mapping[str, Any], text: str, codebook: Codebook) -> list[Row]:
    """The rows of one result: a span, or the answers to one question. Raises Refusal.

    Only offsets are read: what Label Studio's own copy of a span's words says about them is for `check_words`.
    """
    if not isinstance(result, Mapping):
        raise Refusal("it is not an object")
    kind, value = result.get("type"), result.get("value")
    if not isinstance(value, Mapping):
        raise Refusal("it has no value")
    origin = result.get("origin") or "manual"
    if origin not in ORIGINS:
        raise Refusal(f"its origin {show_value(origin)} is unknown")
    if kind == "labels":
        return [_row(origin, label=label, **_offsets(value, text)) for label in _known(value.get("labels"), codebook.label_names, "label")]
    if kind == "choices":
        name = result.get("from_name")
        question = codebook.question(name) if isinstance(name, str) else None
        if question is None:
            raise Refusal(f"the codebook has no question {show_value(name)}")
        name = question.name
        answers = _known(value.get("choices"), question.value_names, f"value of {name}")
        if question.choice == "single" and len(answers) > 1:
            raise Refusal(f"{name} takes one answer, and there are {len(answers)}")
        return [_row(origin, label=name, value=answer) for answer in answers]
    raise Refusal(f"results of type {show_value(kind)} are not part of this labelling interface")


def check_words(result: Any, text: str) -> None:
    """Raise Refusal if a result has a copy of its words that are not those at its offsets. Where a span crosses lines the copy has been
    rewritten, so white space does not count."""
    value = result.get("value") if isinstance(result, Mapping) else None
    if isinstance(value, Mapping) and (reason := doubt_words(text, value.get("start"), value.get("end"), value.get("text"))):
        raise Refusal(reason)


def write_result(rows: Iterable[Mapping[str, Any]], origin: str = "manual") -> list[dict[str, Any]]:
    """The result list of one annotation, from the rows of one annotator on one article; of one prediction, whose rows have a
    `probability` and may have a `note` that is shown beside the span."""
    result: list[dict[str, Any]] = []
    answers: dict[str, list[str]] = {}
    for row in rows:
        if row["label"] is None:
            continue
        if row["start"] is None:
            answers.setdefault(row["label"], []).append(row["value"])
            continue
        value = {"start": row["start"], "end": row["end"], "text": row["quote"], "labels": [row["label"]]}
        more = {"score": row["probability"]} if row.get("probability") is not None else {}
        more |= {"meta": {"text": [row["note"]]}} if row.get("note") else {}
        result.append(_envelope("labels", SPANS, value, origin) | more)
    return result + [_envelope("choices", question, {"choices": values}, origin) for question, values in answers.items()]


def _envelope(kind: str, control: str, value: dict[str, Any], origin: str) -> dict[str, Any]:
    return {"id": uuid.uuid4().hex[:10], "from_name": control, "to_name": TEXT, "type": kind, "origin": origin, "value": value}


def _offsets(value: Mapping[str, Any], text: str) -> dict[str, Any]:
    start, end = value.get("start"), value.get("end")
    # True is a 1 to Python.
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        raise Refusal(f"its offsets {show_value(start)} to {show_value(end)} are outside the text of {len(text)} characters")
    return {"start": start, "end": end, "quote": text[start:end]}


def _known(names: Any, known: list[str], what: str) -> list[str]:
    if not isinstance(names, list) or not names:
        raise Refusal(f"it has no {what}")
    for name in names:
        if name not in known:
            raise Refusal(f"the codebook has no {what} {show_value(name)}")
    return names


def _row(origin: str, label: str, start: int | None = None, end: int | None = None, quote: str | None = None, value: str | None = None) -> Row:
    return {"label": label, "start": start, "end": end, "quote": quote, "value": value, "origin": origin}
