"""Label Studio's annotation results to rows of the annotations table, and back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotate.labelstudio.attributes import LONGEST, find_attribute, name_words
from annotate.labelstudio.interface import SPANS, TEXT
from annotate.labelstudio.shown import Shown
from annotate.marked import doubt_words
from annotate.notes import NOTE, UNSURE, YES
from schemas.codebook import Attribute, Codebook
from schemas.errors import FramingError, printable
from schemas.tables import ORIGINS
from schemas.text.canonical import canonicalise

__all__ = ["Refusal", "Regions", "check_words", "find_regions", "read_result", "show_value", "write_attributes", "write_remark", "write_result"]

Row = dict[str, Any]
# The spans of each region: one, or one for each of its labels.
Regions = Mapping[str, list[Row]]


class Refusal(Exception):
    """Why a result cannot become rows."""


def show_value(value: Any) -> str:
    """A value that somebody else wrote, short enough for a reason."""
    try:
        return printable(repr(value), 60)
    except (ValueError, RecursionError):
        # A number of more digits than Python writes.
        return "a value that cannot be shown"


def find_regions(results: Iterable[Any], text: str, codebook: Codebook) -> Regions:
    """The spans of an annotation, with offsets into what was shown (`text`), by the ids of their regions, by which results about attributes name
    them. An id that stands twice is none."""
    found: dict[str, list[Row]] = {}
    twice: set[str] = set()
    # Nothing else is about regions.
    for result in results if codebook.attributes else ():
        number = result.get("id") if isinstance(result, Mapping) and result.get("type") == "labels" else None
        if not isinstance(number, str):
            continue
        if number in found:
            twice.add(number)
        try:
            check_words(result, text)
            found[number] = read_result(result, text, codebook)
        except Refusal:
            found[number] = []
    return {number: rows for number, rows in found.items() if rows and number not in twice}


def read_result(result: Mapping[str, Any], text: str, codebook: Codebook, regions: Regions | None = None) -> list[Row]:
    """The rows of one result: a span, what one control says of a span (of one of `regions`), or the answers to one question. Raises Refusal.

    Only offsets are read, into what was shown (`text`): what Label Studio's own copy of a span's words says about them is for `check_words`, and in
    which part of the article they are for `Shown`.
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
    if attribute := find_attribute(codebook, result.get("from_name"), kind):
        return _read_attribute(attribute, result, value, codebook, regions or {})
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


def _read_attribute(attribute: Attribute, result: Mapping[str, Any], value: Mapping[str, Any], codebook: Codebook, regions: Regions) -> list[Row]:
    name, number = attribute.name, result.get("id")
    spans = regions.get(number) if isinstance(number, str) else None
    if not spans:
        raise Refusal(f"the span that its {name} is of is not there")
    if any(key in value and value[key] != spans[0][key] for key in ("start", "end")):
        raise Refusal(f"its {name} stands at {show_value(value.get('start'))} to {show_value(value.get('end'))}, and its span does not")
    spans = [span for span in spans if attribute.is_of(span["label"])]
    if not spans:
        raise Refusal(f"{name} is not asked of {regions[str(number)][0]['label']}")
    if result["type"] == "textarea":
        answers = _read_words(value.get("text"), name)
    else:
        known = attribute.value_names if attribute.kind == "choice" else [actor.name for actor in codebook.actors]
        answers = _known(value.get("choices"), known, f"value of {name}")
    if attribute.choice == "single" and len(answers) > 1:
        raise Refusal(f"{name} takes one answer, and there are {len(answers)}")
    origin = result.get("origin") or "manual"
    return [span | {"attribute": name, "value": answer, "origin": origin} for span in spans for answer in answers]


def _read_words(answers: Any, name: str) -> list[str]:
    """Answers in one's own words, in canonical text, without white space that nobody sees."""
    listed = [answers] if isinstance(answers, str) else answers
    if not isinstance(listed, list) or not listed or not all(isinstance(answer, str) for answer in listed):
        raise Refusal(f"its {name} is no text")
    try:
        words = [" ".join(canonicalise(answer).text.split()) for answer in listed]
    except FramingError as error:
        raise Refusal(f"its {name} has {error.what}") from None
    for answer in words:
        if not answer or len(answer) > LONGEST:
            raise Refusal(f"its {name} has {len(answer)} characters, and may have 1 to {LONGEST}")
    return list(dict.fromkeys(words))


def check_words(result: Any, text: str) -> None:
    """Raise Refusal if a result has a copy of its words that are not those at its offsets. Where a span crosses lines the copy has been
    rewritten, so white space does not count."""
    # The text of what was typed is the answer itself.
    value = result.get("value") if isinstance(result, Mapping) and result.get("type") != "textarea" else None
    if isinstance(value, Mapping) and (reason := doubt_words(text, value.get("start"), value.get("end"), value.get("text"))):
        raise Refusal(reason)


def write_result(rows: Iterable[Mapping[str, Any]], codebook: Codebook, shown: Shown, origin: str = "manual") -> list[dict[str, Any]]:
    """The result list of one annotation, from the rows of one annotator on one article, which is shown so; of one prediction, whose rows have a
    `probability` and may have a `note` that is shown beside the span. An attribute stands behind its span. One whose span is not among the
    rows, or that the codebook does not ask of it, is left out, and so is what stands in a headline that is not shown."""
    result: list[dict[str, Any]] = []
    answers: dict[str, list[str]] = {}
    said: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    listed = [placed for row in rows if row["label"] is not None and (placed := shown.shift(row))]
    for row in listed:
        if row.get("attribute") is not None:
            said.setdefault(_place(row), []).append(row)
    for row in listed:
        if row.get("attribute") is not None:
            continue
        if row["start"] is None:
            answers.setdefault(row["label"], []).append(row["value"])
            continue
        value = {"start": row["start"], "end": row["end"], "text": row["quote"], "labels": [row["label"]]}
        more = {"score": row["probability"]} if row.get("probability") is not None else {}
        more |= {"meta": {"text": [row["note"]]}} if row.get("note") else {}
        span = _envelope("labels", SPANS, value, origin) | more
        result += [span, *write_attributes(span, said.pop(_place(row), []), codebook)]
    return result + [_envelope("choices", question, {"choices": values}, origin) for question, values in answers.items()]


def write_attributes(span: Mapping[str, Any], rows: list[Mapping[str, Any]], codebook: Codebook) -> Iterator[dict[str, Any]]:
    """One result for each control that says something of the span, which is itself a result."""
    actors = {actor.name for actor in codebook.actors}
    said: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        attribute = codebook.attribute(row["attribute"])
        if attribute is None or not attribute.is_of(row["label"]) or not attribute.takes(row["value"]):
            continue
        chosen = attribute.kind == "choice" or (attribute.kind == "actor" and row["value"] in actors)
        control = ("choices", attribute.name, "choices") if chosen else ("textarea", name_words(attribute), "text")
        said.setdefault(control, []).append(row["value"])
    place = {key: span["value"][key] for key in ("start", "end")}
    for (kind, name, field), answers in said.items():
        yield _envelope(kind, name, place | {field: answers}, span["origin"]) | {"id": span["id"]}


def write_remark(lines: list[str], codebook: Codebook, origin: str = "manual", *, unsure: bool = False) -> list[dict[str, Any]]:
    """The results that say whether an annotator was unsure of the article, and the lines of a note on it; none where the codebook asks for none."""
    said = [("choices", UNSURE, {"choices": [YES]})] if unsure else []
    said += [("textarea", NOTE, {"text": lines})] if lines else []
    return [_envelope(kind, control, value, origin) for kind, control, value in said] if codebook.notes else []


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["label"], row["start"], row["end"]


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
    return {"label": label, "start": start, "end": end, "quote": quote, "attribute": None, "value": value, "origin": origin}
