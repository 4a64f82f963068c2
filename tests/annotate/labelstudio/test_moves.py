"""A changed codebook moves the results of an annotation as it moves the rows that were read from them, and touches nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from annotate.labelstudio.moves import move_results
from annotate.labelstudio.results import Refusal, find_regions, read_result, write_result
from annotate.labelstudio.shown import show
from annotate.plans import Plan, make_plan
from schemas.codebook import Codebook

TEXT = "The reckless zealots 🚢 sank the old port."
FACTS = {"article_id": "a", "annotator": "ada", "annotation_id": "7"}
STANCE, FIELD = ("against", "for"), ("war", "game")


def choice(name: str, values: Sequence[str], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "choice",
        "definition": "For tests.",
        "values": [{"name": one, "definition": "For tests."} for one in values],
    } | more


def codebook(version: str, labels: Sequence[str], *attributes: Mapping[str, Any], actors: Sequence[str] = ("China",)) -> Codebook:
    facts = {"name": "harbour", "version": version, "title": "Harbour", "description": "For tests.", "instructions": "Tag."}
    tags = [{"name": name, "definition": "For tests.", "colour": "#112233"} for name in labels]
    bias = {"name": "bias", "prompt": "Is it?", "choice": "single", "values": choice("", ("yes", "no"))["values"]}
    known = [{"name": name, "kind": "country"} for name in actors]
    return Codebook.model_validate(facts | {"labels": tags, "questions": [bias], "attributes": list(attributes), "actors": known})


TARGET: Mapping[str, Any] = {"name": "target", "kind": "actor", "definition": "For tests."}
AS_IT_WAS = (TARGET, choice("stance", STANCE), choice("field", FIELD, choice="multiple"))
OLD = codebook("1.0.0", ["Loaded", "Name"], *AS_IT_WAS)


def mark(label: str, quote: str, **values: str) -> list[dict[str, Any]]:
    start = TEXT.index(quote)
    span = {"label": label, "start": start, "end": start + len(quote), "quote": quote, "attribute": None, "value": None}
    return [span, *(span | {"attribute": name, "value": value} for name, given in values.items() for value in given.split("+"))]


ANSWER = {"label": "bias", "start": None, "end": None, "quote": None, "attribute": None, "value": "yes"}
SHOWN = show({"text": TEXT}, OLD)
ROWS = [
    *mark("Loaded", "reckless", target="China", stance="against", field="war+game"),
    *mark("Name", "port", target="the harbour", stance="for"),
    ANSWER,
]


def read(results: Sequence[Any], known: Codebook) -> list[tuple[Any, ...]]:
    regions = find_regions(results, TEXT, known)
    rows = [row for result in results for row in read_result(result, TEXT, known, regions)]
    return sorted((row["quote"] or "", row["label"], row["attribute"] or "", row["value"] or "") for row in rows)


def plan(new: Codebook, **moves: Sequence[str]) -> Plan:
    return make_plan(OLD, new, **({"renames": (), "merges": (), "splits": (), "drops": ()} | moves))


def test_spans_attributes_and_their_values_come_out_under_their_new_names_and_a_second_time_nothing_moves() -> None:
    new = codebook("2.0.0", ["Judging", "Name"], TARGET | {"name": "aim"}, choice("position", ("bad", "for")), AS_IT_WAS[2])
    made = plan(new, renames=["Loaded=Judging", "stance=position", "stance.against=position.bad", "target=aim"])
    results = write_result(ROWS, OLD, SHOWN)
    after, audit = move_results(results, SHOWN, made, FACTS)
    assert read(after, new) == [
        ("", "bias", "", "yes"),
        ("port", "Name", "", ""),
        ("port", "Name", "aim", "the harbour"),
        ("port", "Name", "position", "for"),
        ("reckless", "Judging", "", ""),
        ("reckless", "Judging", "aim", "China"),
        ("reckless", "Judging", "field", "game"),
        ("reckless", "Judging", "field", "war"),
        ("reckless", "Judging", "position", "bad"),
    ]
    assert {result["id"] for result in after} == {result["id"] for result in results}
    assert len(audit) == 7
    assert {row["annotation_id"] for row in audit} == {"7"}
    assert move_results(after, SHOWN, made, FACTS) == (after, [])


def test_what_stands_in_the_headline_moves_where_it_is_and_the_record_says_so() -> None:
    shown = show({"title": "Port 🚢 sunk", "text": TEXT}, OLD.model_copy(update={"headlines": True}))
    rows = [{"label": label, "part": "title", "start": 5, "end": 6, "quote": "🚢"} for label in ("Loaded", "Name")]
    results = write_result([*rows, *ROWS], OLD, shown)
    # One that goes on into the text is of neither, and has a label all the same.
    results.insert(2, results[0] | {"id": "across", "value": {"start": 7, "end": 20, "labels": ["Loaded"]}})
    after, audit = move_results(results, shown, plan(codebook("2.0.0", ["Name"], *AS_IT_WAS), renames=["Loaded=Name"]), FACTS)
    assert [result["value"].get("start", 99) for result in after] == sorted(result["value"].get("start", 99) for result in results)
    assert {label for result in after for label in result["value"].get("labels", ())} == {"Name"}
    assert [(row["part"], row["start"], row["quote"]) for row in audit if row.get("attribute") is None] == [
        ("title", 5, "🚢"),
        (None, 7, shown.text[7:20]),
        ("text", TEXT.index("reckless"), "reckless"),
    ]


def test_what_is_said_of_a_span_goes_with_it_where_it_is_dropped_and_stays_as_it_is_where_only_its_label_moves() -> None:
    made = plan(codebook("2.0.0", ["Judging"], *AS_IT_WAS), renames=["Loaded=Judging"], drops=["Name"])
    results = write_result(ROWS, OLD, SHOWN)
    after, audit = move_results(results, SHOWN, made, FACTS)
    assert {row[0] for row in read(after, made.new)} == {"", "reckless"}
    kept = [result for result in results if result["type"] != "labels"]
    assert [result for result in after if result["type"] != "labels"] == [
        result for result in kept if result["value"].get("start") in (None, TEXT.index("reckless"))
    ]
    assert [(row["quote"], row.get("attribute"), row["label_after"]) for row in audit if row["label"] == "Name"] == [
        ("port", None, None),
        ("port", "target", None),
        ("port", "stance", None),
    ]


def test_two_spans_that_become_one_say_one_thing_of_what_takes_one() -> None:
    made = plan(codebook("2.0.0", ["Loaded"], *AS_IT_WAS), merges=["Loaded,Name=Loaded"])
    rows = [*mark("Name", "port", stance="for", field="war"), *mark("Loaded", "port", stance="against", field="game")]
    after, audit = move_results(write_result(rows, OLD, SHOWN), SHOWN, made, FACTS)
    assert [row[2:] for row in dict.fromkeys(read(after, made.new)) if row[2]] == [("field", "game"), ("field", "war"), ("stance", "against")]
    assert [row["gave_way_to"] for row in audit if "gave_way_to" in row] == ["against"]


def test_a_region_of_two_labels_is_moved_and_says_the_same_of_what_is_left() -> None:
    made = plan(
        codebook("2.0.0", ["Judging"], TARGET, choice("position", STANCE), AS_IT_WAS[2]),
        renames=["Loaded=Judging", "stance=position"],
        drops=["Name"],
    )
    results = write_result(mark("Loaded", "port", stance="for"), OLD, SHOWN)
    results[0]["value"]["labels"] = ["Name", "Loaded"]
    after, _ = move_results(results, SHOWN, made, FACTS)
    assert read(after, made.new) == [("port", "Judging", "", ""), ("port", "Judging", "position", "for")]


def test_an_actor_whom_the_new_codebook_does_not_know_becomes_words() -> None:
    made = plan(codebook("2.0.0", ["Loaded", "Name"], *AS_IT_WAS, actors=("Japan",)))
    results = write_result(ROWS, OLD, SHOWN)
    with pytest.raises(Refusal):
        read(results, made.new)
    after, audit = move_results(results, SHOWN, made, FACTS)
    assert (read(after, made.new), audit) == (read(results, OLD), [])
    assert move_results(after, SHOWN, made, FACTS) == (after, [])


def test_what_is_not_of_the_old_codebook_stays_and_where_nothing_moves_all_does() -> None:
    made = plan(codebook("2.0.0", ["Judging", "Name"], *AS_IT_WAS), renames=["Loaded=Judging"])
    odd: list[Any] = [
        {"type": "rectangle", "id": [1]},
        {"type": "choices", "from_name": "stance", "id": "gone", "value": {"start": 0, "choices": ["for"]}},
        None,
    ]
    results = [*odd, *write_result(mark("Name", "port", stance="for"), OLD, SHOWN)]
    assert move_results(results, SHOWN, made, FACTS) == (results, [])
    after, audit = move_results([*odd, *write_result(mark("Loaded", "port"), OLD, SHOWN)], SHOWN, made, FACTS)
    assert after[:3] == odd
    assert len(audit) == 1
