"""Every field of an annotation, and every kind of value in it that Label Studio accepts and that cannot be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from annotate.labelstudio.export import TASK, Reader, join_parts
from annotate.labelstudio.submitted import read_submitted
from schemas.codebook import load_codebook
from schemas.tables import Annotations, conform

Json = dict[str, Any]
TEXT = "A reckless plan, said the mayor 🚢, is the disease of the port."
WRONG = (-5, 1e300, 2**63, float("nan"), "no such thing", [], {}, [[1]], True, None)


@pytest.mark.parametrize(
    "field", ["id", "completed_by", "result", "created_at", "updated_at", "was_cancelled", "updated_by", "lead_time", "prediction"]
)
def test_a_wrong_value_in_any_field_of_an_annotation_costs_this_annotation_at_most(field: str) -> None:
    time = "2026-03-01T08:00:00.000000Z"
    good: Json = {"id": 1, "completed_by": 1, "result": [], "was_cancelled": False, "created_at": time, "updated_at": time, "lead_time": 3.0}
    results: list[Any] = [{"type": "labels", "from_name": "spans", "value": {"start": 2, "end": 10, "labels": ["Loaded_Language"]}}]
    for wrong in WRONG:
        bad = [good | {"id": 2, "completed_by": 2, field: wrong}]
        if field == "result":
            within = [results[0] | {name: wrong} for name in ("type", "value", "origin", "from_name")]
            within += [results[0] | {"value": results[0]["value"] | {name: wrong}} for name in ("start", "end", "labels", "text")]
            bad += [good | {"id": 2, "completed_by": 2, "result": [result, wrong]} for result in within]
        for annotation in bad:
            task = {"id": 1, "data": {"article_id": "a", "text": TEXT}, "annotations": [good, annotation]}
            part = join_parts([Reader({1: "ada@example.com"}, load_codebook()).read([task])])
            assert "ada@example.com" in part.annotations["annotator"].to_list()
            conform(part.annotations.drop(TASK), Annotations, "test")
            json.dumps(part.rejected)


def test_times_are_kept_in_one_form_so_that_their_order_is_that_of_texts() -> None:
    made: Json = {"id": 1, "completed_by": 1, "result": [], "created_at": "2026-03-01T08:00:00Z", "updated_at": "2026-03-01T10:00:00.5+02:00"}
    annotation, faults = read_submitted(made)
    assert (annotation.created_at, annotation.updated_at, faults) == ("2026-03-01T08:00:00.000000Z", "2026-03-01T08:00:00.500000Z", [])
