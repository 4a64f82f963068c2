"""What is said of spans comes back on the right ones, goes out in the same form, and is refused where it cannot be true."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.labelstudio.results import Refusal, find_regions, read_result, write_result
from annotate.labelstudio.shown import show
from schemas.codebook import Codebook

Json = dict[str, Any]
TEXT = "The reckless zealots 🚢 sank the old port of Peru."
VALUES = [{"name": name, "definition": "For tests."} for name in ("against", "for")]
CODEBOOK = Codebook.model_validate(
    {
        "name": "harbour",
        "version": "1.0.0",
        "title": "Harbour",
        "description": "For tests.",
        "instructions": "Tag what judges.",
        "labels": [{"name": name, "definition": "For tests.", "colour": "#112233"} for name in ("Loaded", "Name")],
        "attributes": [
            {"name": "target", "kind": "actor", "definition": "For tests."},
            {"name": "stance", "kind": "choice", "definition": "For tests.", "values": VALUES, "labels": ["Loaded"]},
            {"name": "tone", "kind": "choice", "definition": "For tests.", "values": VALUES, "choice": "multiple"},
            {"name": "note", "kind": "text", "definition": "For tests."},
        ],
        "actors": [{"name": "Peru", "kind": "country"}],
    }
)

SHOWN = show({"text": TEXT}, CODEBOOK)


def span(quote: str = "sank", label: str = "Loaded") -> Json:
    start = TEXT.index(quote)
    return {"label": label, "start": start, "end": start + len(quote), "quote": quote, "attribute": None, "value": None}


def read(results: list[Json]) -> list[Json]:
    regions = find_regions(results, TEXT, CODEBOOK)
    return [
        {key: value for key, value in row.items() if key != "origin"} for result in results for row in read_result(result, TEXT, CODEBOOK, regions)
    ]


def refuse(kind: str, control: str, value: Json, number: object = "r", *, label: str = "Loaded") -> str:
    results = write_result([span(label=label)], CODEBOOK, SHOWN)
    results[0]["id"] = "r"
    said = {"id": number, "from_name": control, "to_name": "text", "type": kind, "value": value}
    with pytest.raises(Refusal) as refusal:
        read([*results, said])
    return str(refusal.value)


ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "target": st.lists(st.sampled_from(["Peru", "the council 🚢"]), min_size=1, max_size=1),
        "tone": st.lists(st.sampled_from(["against", "for"]), min_size=1, unique=True),
        "note": st.lists(st.text("añ ", min_size=1, max_size=9).map(str.strip).filter(bool), min_size=1, max_size=1),
    },
)


@given(said=st.dictionaries(st.sampled_from(["reckless zealots", "zealots 🚢", "sank"]), ATTRIBUTES))
def test_what_is_written_is_read_back_on_the_same_spans_also_where_they_overlap(said: dict[str, dict[str, list[str]]]) -> None:
    rows = []
    for quote, attributes in said.items():
        rows.append(span(quote))
        rows += [span(quote) | {"attribute": name, "value": " ".join(value.split())} for name, values in attributes.items() for value in values]
    assert sorted(map(str, read(write_result(rows, CODEBOOK, SHOWN)))) == sorted(map(str, rows))


def test_attributes_without_their_span_or_that_are_not_asked_are_not_written() -> None:
    said = [span() | {"attribute": "stance", "value": "for"}, span("port", "Name") | {"attribute": "stance", "value": "for"}]
    assert len(write_result([*said, span("port", "Name")], CODEBOOK, SHOWN)) == 1


@pytest.mark.parametrize("number", ["another", None, 7])
def test_what_is_said_of_no_span_is_refused(number: object) -> None:
    assert refuse("choices", "stance", {"choices": ["for"]}, number) == "the span that its stance is of is not there"


def test_what_cannot_be_true_is_refused_with_the_reason() -> None:
    place = {"start": TEXT.index("sank"), "end": TEXT.index("sank") + 4}
    assert refuse("choices", "stance", {"choices": ["for"]}, label="Name") == "stance is not asked of Name"
    assert refuse("choices", "stance", {"choices": ["maybe"]}) == "the codebook has no value of stance 'maybe'"
    assert refuse("choices", "stance", {"choices": ["for", "against"]}) == "stance takes one answer, and there are 2"
    assert refuse("choices", "target", {"choices": ["Chile"]}) == "the codebook has no value of target 'Chile'"
    assert refuse("choices", "stance", place | {"start": 0, "choices": ["for"]}).endswith("and its span does not")
    assert refuse("choices", "note", {"choices": ["for"]}) == "the codebook has no question 'note'"
    assert refuse("textarea", "stance", {"text": ["for"]}) == "results of type 'textarea' are not part of this labelling interface"


@pytest.mark.parametrize("answer", [["x" * 201], [" \n"], [], [7], {"a": 1}, None, ["half \ud83d"]], ids=str)
def test_words_that_nobody_can_have_meant_are_refused(answer: object) -> None:
    assert "its note" in refuse("textarea", "note", {"text": answer})


def test_typed_words_become_canonical_text() -> None:
    results = write_result([span(), span() | {"attribute": "note", "value": "?"}], CODEBOOK, SHOWN)
    results[1]["value"]["text"] = " cafe\u0301\r\n \ufeffnoir "
    assert read(results)[1]["value"] == "café noir"


def test_a_region_that_is_there_twice_is_no_place_for_attributes() -> None:
    results = write_result([span(), span() | {"attribute": "stance", "value": "for"}, span("port")], CODEBOOK, SHOWN)
    results[2]["id"] = results[0]["id"]
    with pytest.raises(Refusal, match="is not there"):
        read(results)
