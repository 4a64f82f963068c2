"""A plan's moves in the results of one annotation: spans and answers under their new names, and what is said of spans where they go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from annotate.labelstudio.results import Refusal, Regions, find_regions, read_result, write_attributes
from annotate.labelstudio.shown import Shown
from annotate.migration import migrate_rows
from annotate.plans import Name, Plan
from schemas.codebook import Codebook
from schemas.tables import ATTRIBUTE

__all__ = ["move_results"]

Json = dict[str, Any]
# Which result a row is of.
_RESULT = "_result"
_COLUMNS = dict.fromkeys(("article_id", "annotator", "annotation_id", "label", "part", "quote", "attribute", "value", "origin"), pl.String)


def move_results(results: Sequence[Json], shown: Shown, plan: Plan, facts: Json) -> tuple[list[Json], list[dict[str, object]]]:
    """The results of an annotation of what was shown after the plan's moves, and what was done to each row that moved, for the record: `facts` are
    its article_id, annotator and annotation_id. What is not of the old codebook stays as it is."""
    regions = find_regions(results, shown.text, plan.old)
    read = [_read(result, shown, plan.old, regions) for result in results]
    rows = [_tell(facts | row | {_RESULT: i}) for i, own in enumerate(read) for row in own]
    schema = _COLUMNS | dict.fromkeys(("start", "end", _RESULT), pl.Int64)
    moves = any(plan.move_row(row["label"], row["attribute"], row["value"]) for row in rows)
    kept, audit = migrate_rows(pl.DataFrame(rows, schema=schema), plan) if moves else (pl.DataFrame(rows, schema=schema), [])
    said = {number: part.to_dicts() for (number,), part in kept.filter(ATTRIBUTE).group_by(_RESULT, maintain_order=True)}
    anew = {results[i]["id"] for i, own in enumerate(read) if _is_said(own) and _changes(own, said.get(i, []), plan)}
    if not moves and not anew:
        return list(results), []
    after: list[Json] = []
    for result, own in zip(results, read, strict=True):
        if _is_said(own):
            after += [] if result["id"] in anew else [result]
            continue
        moved = list(_rewrite(result, own, plan))
        after += moved
        if moved and own and _region_of(result) in anew:
            attributes = [row for n, of in said.items() if results[n]["id"] == result["id"] for row in of]
            after += write_attributes({"origin": "manual"} | result, _once(attributes), plan.new)
    return _merge_choices(_without_orphans(results, after)), audit


def _read(result: Any, shown: Shown, codebook: Codebook, regions: Regions) -> list[Json]:
    try:
        # One that stands in no one part is no row of a table, and moves all the same.
        return [shown.place(row) or row | {"part": None} for row in read_result(result, shown.text, codebook, regions)]
    except Refusal:
        return []


def _tell(row: Json) -> Json:
    """The row as a table can hold it: a text that is not ours may have half a surrogate pair."""
    return {name: value.encode(errors="replace").decode() if isinstance(value, str) else value for name, value in row.items()}


def _is_said(rows: Sequence[Json]) -> bool:
    """Whether these rows of a result say something of a span."""
    return bool(rows) and rows[0]["attribute"] is not None


def _changes(before: Sequence[Json], after: Sequence[Json], plan: Plan) -> bool:
    """Whether a control says anything else than it did, of whichever label, or offered an actor whom it no longer offers."""
    one, other = ([(row["attribute"], row["value"]) for row in _once(rows)] for rows in (before, after))
    gone = {actor.name for actor in plan.old.actors} - {actor.name for actor in plan.new.actors}
    asked = plan.old.attribute(before[0]["attribute"])
    return one != other or (asked is not None and asked.kind == "actor" and any(value in gone for _, value in one))


def _once(rows: Sequence[Json]) -> list[Mapping[str, Any]]:
    """A region of several labels says the same of each."""
    once: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in rows:
        once.setdefault((row["attribute"], row["value"]), row)
    return list(once.values())


def _rewrite(result: Json, rows: Sequence[Json], plan: Plan) -> Iterator[Json]:
    """The spans or answers under their new names; nothing if all were dropped, several if the answers went to several questions."""
    ways = [(row, plan.move_row(row["label"], None, row["value"])) for row in rows]
    if not any(done for _, done in ways):
        yield result
        return
    names: list[Name] = []
    for row, done in ways:
        label, value = (row["label"], row["value"]) if done is None else (done.label, done.value)
        if label is not None and (label, value) not in names:
            names.append((label, value))
    if result["type"] == "labels":
        if names:
            reviews = [str(done.move) for _, done in ways if done and done.move and done.move.review]
            # What is to be reviewed says so beside the span.
            note = {"meta": {"text": [f"To review: {'; '.join(reviews)}"]}} if reviews else {}
            yield result | {"value": result["value"] | {"labels": [label for label, _ in names]}} | note
        return
    for question in dict.fromkeys(label for label, _ in names):
        yield result | {"from_name": question, "value": result["value"] | {"choices": [value for label, value in names if label == question]}}


def _without_orphans(before: Sequence[Json], after: Sequence[Json]) -> list[Json]:
    """The results after a move, without those about spans that it has dropped."""
    dropped = {_region_of(entry) for entry in before} - {_region_of(entry) for entry in after} - {None}
    return [entry for entry in after if not (isinstance(entry, dict) and isinstance(entry.get("id"), str) and entry["id"] in dropped)]


def _region_of(entry: Any) -> str | None:
    """The id of a span, by which others speak of it."""
    number = entry.get("id") if isinstance(entry, dict) and entry.get("type") == "labels" else None
    return number if isinstance(number, str) else None


def _merge_choices(result: Sequence[Json]) -> list[Json]:
    """One entry for each question, as the labelling screen makes it. What stands at a place says something of a span, and stays."""
    merged: dict[str, Json] = {}
    others: list[Json] = []
    for entry in result:
        if not isinstance(entry, dict) or entry.get("type") != "choices" or "start" in entry["value"]:
            others.append(entry)
        elif entry["from_name"] in merged:
            first = merged[entry["from_name"]]
            choices = list(dict.fromkeys([*first["value"]["choices"], *entry["value"]["choices"]]))
            merged[entry["from_name"]] = first | {"value": first["value"] | {"choices": choices}}
        else:
            merged[entry["from_name"]] = entry
    return [*others, *merged.values()]
