"""Exports of other people's projects: names are mapped, offsets are checked, every annotator keeps a voice."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.corpora.labelstudio import read
from schemas.codebook import Codebook, load_codebook, parse_codebook
from schemas.dataset import read_dataset, write_dataset
from schemas.errors import FramingError

TEXT = "A savage rat 🚢\r\nsold the café."
CODEBOOK = parse_codebook(
    """
name = "harbour"
version = "1.0.0"
title = "Harbour"
description = "For tests."
instructions = "Tag what judges."
[[labels]]
name = "Loaded"
definition = "For tests."
colour = "#112233"
[[questions]]
name = "bias"
prompt = "Is it?"
choice = "single"
values = [{name = "yes", definition = "It is."}, {name = "no", definition = "It is not."}]
[[questions]]
name = "frames"
prompt = "Which?"
choice = "multiple"
values = [{name = "Economy", definition = "Money."}, {name = "Law", definition = "Courts."}]
""",
    "test",
)
CONFIG = """<View><Labels name="tags" toName="t"><Label value="Loaded"/></Labels><Text name="t" value="$text"/>
<Choices name="bias" toName="t"><Choice value="yes"/><Choice value="no"/></Choices>
<Choices name="frames" toName="t" choice="multiple"><Choice value="Economy"/><Choice value="Law"/></Choices></View>"""
Put = Callable[[str, object], Path]
Table = Callable[..., list[Any]]


def span(words: str, *labels: str, kind: str = "labels", **more: object) -> dict[str, Any]:
    start = TEXT.index(words)
    value = {"start": start, "end": start + len(words), "text": words.replace("\r\n", "\\n"), kind: list(labels or ["Loaded"])}
    return {"id": "r1", "from_name": "tags", "to_name": "t", "type": kind, "value": value | more}


def choice(name: str, *values: str, **more: object) -> dict[str, Any]:
    return {"id": "r2", "from_name": name, "to_name": "t", "type": "choices", "value": {"choices": list(values)} | more}


def annotation(who: object, *result: object, **more: object) -> dict[str, Any]:
    return {
        "id": 70,
        "completed_by": who,
        "result": list(result),
        "was_cancelled": False,
        "created_at": "2026-01-01",
        "updated_at": "2026-01-02",
    } | more


def task(number: int, *annotations: object, **data: object) -> dict[str, Any]:
    return {"id": number, "data": {"text": TEXT} | data, "annotations": list(annotations), "predictions": []}


def votes(path: Path, codebook: Codebook = CODEBOOK, **renames: str) -> list[tuple[Any, ...]]:
    table = read(path, codebook, renames).dataset().annotations
    return [] if table is None else table.select("annotator", "label", "quote", "value").rows()


# What is read


def test_spans_and_choices_become_votes_in_the_name_of_who_made_them(put: Put) -> None:
    ada = {"id": 4, "email": "ada@example.com"}
    found = votes(
        put("export.json", [task(1, annotation(ada, span("savage"), choice("bias", "yes")), annotation(5, choice("frames", "Economy", "Law")))])
    )
    assert found == [
        ("ada@example.com", "Loaded", "savage", None),
        ("ada@example.com", "bias", None, "yes"),
        ("5", "frames", None, "Economy"),
        ("5", "frames", None, "Law"),
        ("5", None, None, None),
    ]


def test_an_empty_annotation_is_a_reading_and_a_cancelled_one_is_not(put: Put, readings: Table) -> None:
    collection = read(put("export.json", [task(1, annotation(1), annotation(2, was_cancelled=True)), task(2)]), CODEBOOK, {})
    dataset = collection.dataset()
    assert dataset.annotations is not None
    assert readings(dataset.annotations) == ["task-1"]
    assert dataset.annotations["annotator"].to_list() == ["1"]
    assert dataset.articles["article_id"].to_list() == ["task-1", "task-2"]
    assert collection.notices["cancelled annotations, which are no readings"] == 1


def test_where_spans_were_never_asked_for_answers_alone_are_no_empty_reading(put: Put) -> None:
    assert votes(put("export.json", [task(1, annotation(1, choice("bias", "no")))])) == [("1", "bias", None, "no")]


def test_offsets_are_code_points_of_the_text_that_was_sent_and_are_moved_along(put: Put, tmp_path: Path) -> None:
    marked = [span("rat 🚢"), span("🚢\r\nsold"), span("café")]
    written = write_dataset(tmp_path / "out", read(put("export.json", [task(1, annotation(1, *marked))]), CODEBOOK, {}).dataset())
    read_back = read_dataset(tmp_path / "out")
    assert read_back.annotations is not None
    assert read_back.annotations["quote"].to_list() == ["rat 🚢", "🚢\nsold", "café"]
    assert (written.rejected, read_back.gold) == ([], None)


def test_names_are_mapped_to_those_of_the_codebook(put: Put) -> None:
    path = put("export.json", [task(1, annotation(1, span("savage", "Loud"), choice("slant", "y")))])
    assert votes(path, Loud="Loaded", slant="bias", y="yes") == [("1", "Loaded", "savage", None), ("1", "bias", None, "yes")]


def test_a_mapping_to_a_name_that_the_codebook_lacks_is_an_error(put: Put) -> None:
    with pytest.raises(FramingError, match="has no 'Lauded' to map to"):
        read(put("export.json", [task(1)]), CODEBOOK, {"Loud": "Lauded"})


def test_ids_and_times_of_annotations_are_kept(put: Put) -> None:
    table = read(put("export.json", [task(1, annotation(1, span("savage")))]), CODEBOOK, {}).dataset().annotations
    assert table is not None
    row = table.row(0, named=True)
    assert (row["annotation_id"], row["created_at"], row["updated_at"], row["origin"]) == ("70", "2026-01-01", "2026-01-02", "import")


def test_articles_keep_their_ids_and_columns(put: Put) -> None:
    rows = [task(1, article_id="a-7", outlet="Gull", year=2014, tags=["x"], meta={"y": 1}), task(2, article_id=8, self="me")]
    table = read(put("export.json", rows), CODEBOOK, {}).dataset().articles
    assert table.select("article_id", "outlet", "year", "self").rows() == [("a-7", "Gull", 2014, None), ("8", None, None, "me")]
    assert not {"tags", "meta"} & set(table.columns)


@pytest.mark.parametrize(("keys", "expected"), [(("text", "body"), "text"), (("body", "article"), "article"), (("body",), "body")])
def test_the_text_is_found_under_its_usual_keys(put: Put, keys: tuple[str, ...], expected: str) -> None:
    rows = [{"id": 1, "data": {key: f"The {key}." for key in keys}, "annotations": []}]
    assert read(put("export.json", rows), CODEBOOK, {}).dataset().articles["text"].to_list() == [f"The {expected}."]


def test_the_key_of_the_text_can_be_named_and_the_column_that_gives_way_is_kept(put: Put) -> None:
    table = read(put("export.json", [task(1, teaser="A teaser.")]), CODEBOOK, {}, "teaser").dataset().articles
    assert table.select("text", "text_before").rows() == [("A teaser.", TEXT)]


def test_spans_in_hypertext_have_their_offsets_beside_the_places_in_the_page(put: Put) -> None:
    start = TEXT.index("savage")
    page = {"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", "startOffset": 2, "endOffset": 8}
    mark = span("savage", kind="hypertextlabels", **page, globalOffsets={"start": start, "end": start + 6})
    without = span("savage", kind="hypertextlabels", **page)
    collection = read(put("export.json", [task(1, annotation(1, mark), annotation(2, without))]), CODEBOOK, {})
    dataset = collection.dataset()
    assert dataset.annotations is not None
    assert dataset.annotations["quote"].to_list() == ["savage"]
    assert [entry["reason"] for entry in dataset.rejected] == ["the offsets are not whole numbers"]


def test_offsets_into_another_text_than_the_one_that_was_marked_are_set_aside(put: Put) -> None:
    rows = [task(1, annotation(1, span("savage"), span("rat")), headline="A short one about a harbour.")]
    dataset = read(put("export.json", rows), CODEBOOK, {}, "headline").dataset()
    assert dataset.annotations is None
    assert len(dataset.rejected) == 2
    assert "--text-key" in dataset.rejected[0]["reason"]


def test_of_two_annotations_by_one_person_the_later_counts(put: Put, reasons: Table) -> None:
    first, second = annotation(1, span("rat"), updated_at="2026-02-02"), annotation(1, span("savage"), updated_at="2026-01-01")
    dataset = read(put("export.json", [task(1, first, second)]), CODEBOOK, {}).dataset()
    assert dataset.annotations is not None
    assert dataset.annotations["quote"].to_list() == ["rat"]
    assert reasons(dataset) == ["the annotator annotated this article again later"]


def test_annotations_of_deleted_people_are_told_apart(put: Put) -> None:
    found = votes(put("export.json", [task(1, annotation(None, span("rat"), id=7), annotation(None, id=8))]))
    assert [row[0] for row in found] == ["deleted user of annotation 7", "deleted user of annotation 8"]


# JSON-MIN


def test_an_export_in_json_min_as_label_studio_makes_it_reads_like_the_full_one(put: Put, corpus: Path, tmp_path: Path) -> None:
    rows = [
        task(
            1,
            annotation({"id": 4, "email": "ada"}, span("savage"), span("rat"), choice("bias", "yes"), choice("frames", "Economy", "Law")),
            outlet="Gull",
        ),
        task(2, annotation(5, id=71), annotation({"id": 4, "email": "ada"}, choice("bias", "no"), id=72), annotation(6, id=73, was_cancelled=True)),
        task(3),
    ]
    full = put("full/export.json", rows)
    with warnings.catch_warnings(action="ignore"):
        from label_studio_sdk.converter import Converter

        Converter(CONFIG, str(tmp_path)).convert_to_json_min(str(full), str(corpus / "min"), is_dir=False)
    one, other = (read(path, CODEBOOK, {}).dataset() for path in (full, corpus / "min"))
    assert one.annotations is not None
    assert other.annotations is not None
    assert one.articles.sort("article_id").equals(other.articles.select(one.articles.columns).sort("article_id"))
    assert one.annotations.sort(pl.all()).equals(other.annotations.sort(pl.all()))
    assert one.annotations.height == 8


def test_names_in_json_min_are_mapped_as_well(put: Put) -> None:
    record = {"text": TEXT, "id": 1, "tags": [span("savage", "Loud")["value"]], "slant": "y", "annotator": 5, "annotation_id": 7}
    assert votes(put("export.json", [record]), Loud="Loaded", slant="bias", y="yes") == [("5", "Loaded", "savage", None), ("5", "bias", None, "yes")]


# What is wrong


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (span("savage", "Loud"), "has no such label"),
        (span("savage", end=900), "the offsets leave the text"),
        (span("savage", start=5), "is not the one that was marked"),
        (span("savage", start="2"), "not whole numbers"),
        (span("savage", start=None), "not whole numbers"),
        (span("savage", text=None, end=2), "the offsets leave the text"),
        (choice("bias", "perhaps"), "has no such answer"),
        (choice("mood", "yes"), "has no such answer"),
        (choice("bias", "yes", start=0, end=3), "a choice about a span"),
        ({"type": "labels", "from_name": "tags", "value": {"start": 0, "end": 1}}, "no span with a label and no choice"),
        ({"type": "labels", "from_name": "tags", "value": {"start": 0, "end": 1, "labels": 7}}, "no span with a label and no choice"),
        ({"type": "textarea", "from_name": "note", "value": {"text": ["x"]}}, "no span with a label and no choice"),
        ({"type": "relation", "from_id": "a", "to_id": "b"}, "no span with a label and no choice"),
        ({"type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["Loaded"]}}, "no span with a label and no choice"),
        (7, "no span with a label and no choice"),
        (None, "no span with a label and no choice"),
    ],
)
def test_a_result_that_does_not_fit_is_set_aside_with_its_reason(put: Put, result: object, reason: str) -> None:
    dataset = read(put("export.json", [task(1, annotation(1, result)), task(2, annotation(1, span("rat")))]), CODEBOOK, {}).dataset()
    (entry,) = dataset.rejected
    assert reason in entry["reason"]
    assert dataset.annotations is not None
    empty = dataset.annotations.filter(pl.col("label").is_null()).height
    # Whoever marked something that was set aside has not marked nothing.
    assert empty == (0 if isinstance(result, dict) and result["type"] == "labels" else 1)


def test_two_answers_to_a_question_that_takes_one_leave_the_first(put: Put, reasons: Table) -> None:
    dataset = read(put("export.json", [task(1, annotation(1, choice("bias", "yes", "no")))]), CODEBOOK, {}).dataset()
    assert dataset.annotations is not None
    assert dataset.annotations["value"].to_list() == ["yes"]
    assert reasons(dataset) == ["a second answer to a question that takes one"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"id": 2, "data": {"image": "a.png"}, "annotations": []}, "its data has no text under text, article, body"),
        ({"id": 2, "data": {"text": 7}, "annotations": []}, "its data has no text under text, article, body"),
        ({"id": 2, "data": 7}, "the task has no data"),
        ({"id": 2}, "the task has no data"),
        ({"id": 1, "data": {"text": TEXT}, "annotations": []}, "a second task for the same article"),
        ({"id": 2, "data": {"text": "half \ud83d"}, "annotations": []}, "half a surrogate pair, which no encoding can hold"),
        ({"id": 2, "data": {"text": "x"}, "annotations": [{"completed_by": 1}]}, "the annotation has no list of results"),
        ({"id": 2, "data": {"text": "x"}, "annotations": [{"completed_by": "", "result": []}]}, "the annotator has no name"),
        ({"id": 2, "data": {"text": "x"}, "annotations": [7, None]}, None),
        ({"id": 2, "data": {"text": "x"}, "annotations": None}, None),
        ({"data": {"text": "x"}}, None),
    ],
    ids=str,
)
def test_a_broken_task_costs_the_others_nothing(put: Put, reasons: Table, broken: object, reason: str | None) -> None:
    dataset = read(put("export.json", json.dumps([task(1, annotation(1, span("rat"))), broken])), CODEBOOK, {}).dataset()
    assert dataset.annotations is not None
    assert dataset.annotations["quote"].to_list() == ["rat"]
    assert reasons(dataset) == ([reason] if reason else [])


@pytest.mark.parametrize(
    "content", ["", "[", "[]", "7", "{}", '{"id": 1}', "[1, 2]", '[{"id": 1}]', '[{"id": 1, "text": "x"}]', b"\x89PNG\0\xff"], ids=str
)
def test_what_is_no_export_is_an_error_that_names_the_file(put: Put, content: str | bytes) -> None:
    path = put("export.json", content)
    with pytest.raises(FramingError) as caught:
        read(path, CODEBOOK, {})
    assert caught.value.where == str(path)


def test_a_folder_is_read_if_it_holds_one_export(put: Put, corpus: Path) -> None:
    put("a.json", [task(1)])
    assert read(corpus, CODEBOOK, {}).dataset().articles.height == 1
    put("b.json", [task(2)])
    with pytest.raises(FramingError, match=r"holds 2 \.json files"):
        read(corpus, CODEBOOK, {})


def test_where_no_task_has_a_text_the_keys_that_were_tried_are_said(put: Put) -> None:
    with pytest.raises(FramingError) as caught:
        read(put("export.json", [{"id": 1, "data": {"content": "x"}, "annotations": []}]), CODEBOOK, {}).dataset()
    assert "text, article, body" in str(caught.value)


def notices_of(path: Path) -> dict[str, int]:
    return dict(read(path, CODEBOOK, {}).notices)


def test_completions_of_old_exports_are_annotations(put: Put) -> None:
    old = {"id": 0, "data": {"text": TEXT}, "completions": [{"id": 1001, "created_at": 1, "result": [span("savage")]}, {"id": 1002, "result": []}]}
    path = put("export.json", [old])
    assert votes(path) == [("annotator 1", "Loaded", "savage", None), ("annotator 2", None, None, None)]
    assert notices_of(path)["completions of an old export, read as annotations"] == 2


def test_predictions_and_drafts_are_nobodys_work_and_are_counted(put: Put) -> None:
    predicted = task(1) | {"predictions": [{"model_version": "x", "result": [span("savage")]}], "drafts": [{"result": [span("rat")]}]}
    path = put("export.json", [predicted, task(2, article_id="b") | {"predictions": [286]}])
    assert votes(path) == []
    assert notices_of(path) == {
        "predictions of models, which are nobody's work, left out": 2,
        "drafts that nobody submitted, left out": 1,
        "nobody's annotations are in this export, only predictions or drafts: tasks": 3,
        "carriage return removed or changed": 2,
    }
    with pytest.raises(FramingError, match="holds no label and no answer that somebody submitted"):
        read(path, None, {})


def test_without_a_codebook_one_is_made_of_the_names_found(put: Put) -> None:
    path = put(
        "export.json", [task(1, annotation(1, span("savage", "Loud"), span("rat", "Rude"), choice("slant", "left"), choice("slant", "right")))]
    )
    dataset = read(path, None, {"Loud": "Loaded"}).dataset()
    assert dataset.codebook is not None
    assert dataset.codebook.label_names == ["Loaded", "Rude"]
    assert [(question.name, question.value_names) for question in dataset.codebook.questions] == [("slant", ["left", "right"])]
    assert dataset.rejected == []


@pytest.mark.parametrize(("name", "separator"), [("export.csv", ","), ("export.tsv", "\t")])
def test_exports_as_csv_and_tsv_have_their_results_in_cells(put: Put, name: str, separator: str) -> None:
    cell = json.dumps([span("savage")["value"]]).replace('"', '""')
    head = separator.join(["text", "id", "tags", "bias", "annotator", "annotation_id"])
    row = separator.join([f'"{TEXT}"', "1", f'"{cell}"', "yes", "ada", "10"])
    assert votes(put(name, f"{head}\n{row}\n")) == [("ada", "Loaded", "savage", None), ("ada", "bias", None, "yes")]


def test_one_task_alone_and_tasks_a_line_are_exports_too(put: Put) -> None:
    one = task(1, annotation(1, span("savage")))
    assert len(votes(put("export.json", one))) == 1
    path = put("a.jsonl", f"{json.dumps(one)}\n{json.dumps(task(2, annotation(1, span('savage')), article_id='b'))}\n")
    assert len(votes(path)) == 2
    path.write_text(f"{json.dumps(one)}\n{{oops\n", encoding="utf-8")
    with pytest.raises(FramingError, match="line 2 is not JSON"):
        read(path, CODEBOOK, {})


def test_a_text_that_is_an_address_is_no_text(put: Put, reasons: Table) -> None:
    tasks = [
        task(1, annotation(1, span("savage"))),
        task(2, text="/data/upload/2/06c9-a.txt", article_id="b"),
        task(3, text="s3://x/y.txt", article_id="c"),
    ]
    found = reasons(read(put("export.json", tasks), CODEBOOK, {}).dataset())
    assert found == ["the text is a file of the server, not words: export with the texts, or put them under `text`"] * 2


def test_marks_in_another_text_of_the_task_are_set_aside(put: Put, reasons: Table) -> None:
    elsewhere = span("savage") | {"to_name": "title"}
    dataset = read(put("export.json", [task(1, annotation(1, elsewhere, span("rat")), title="A savage rat 🚢")]), CODEBOOK, {}).dataset()
    assert dataset.annotations is not None
    assert dataset.annotations["quote"].to_list() == ["rat"]
    assert ["marks 'title'" in reason for reason in reasons(dataset)] == [True]


def test_offsets_in_utf_16_are_recognised(put: Put, reasons: Table) -> None:
    start = TEXT.index("sold") + 1
    dataset = read(put("export.json", [task(1, annotation(1, span("sold", start=start, end=start + 4)))]), CODEBOOK, {}).dataset()
    assert ["UTF-16" in reason for reason in reasons(dataset)] == [True]


def test_marks_in_dialogues_are_set_aside_and_a_dialogue_is_no_text(put: Put, reasons: Table) -> None:
    mark = {"type": "paragraphlabels", "from_name": "l", "value": {"start": "0", "startOffset": 2, "endOffset": 8, "paragraphlabels": ["Loaded"]}}
    dialogue = {"id": 2, "data": {"dialogue": [{"author": "A", "text": TEXT}]}, "annotations": [annotation(1, mark)]}
    found = reasons(read(put("export.json", [task(1, annotation(1, mark)), dialogue]), CODEBOOK, {}).dataset())
    assert found == [
        "a mark in a paragraph of a dialogue has no place in a text",
        "its data has no text under text, article, body: is it a dialogue in paragraphs?",
    ]


def test_ground_truth_and_offsets_without_words_are_told(put: Put) -> None:
    bare = span("savage")
    del bare["value"]["text"]
    notices = notices_of(put("export.json", [task(1, annotation(1, bare, ground_truth=True))]))
    assert notices["spans without a copy of their words, whose offsets are believed"] == 1
    assert notices["annotations marked as ground truth, read as the work of whoever made them"] == 1


def test_annotations_that_are_counted_and_not_there_are_told(put: Put) -> None:
    bare = {"id": 2, "data": {"text": "Quiet.", "article_id": "b"}, "total_annotations": 3}
    notices = notices_of(put("export.json", [task(1) | {"annotations": [12, 13]}, bare]))
    assert notices["annotations that the export counts and does not hold: export the project as JSON in full"] == 5


def about(name: str, kind: str, values: list[str], words: str = "savage", region: object = "r1") -> dict[str, Any]:
    place = {"start": TEXT.index(words), "end": TEXT.index(words) + len(words), "text": words}
    key = "text" if kind == "textarea" else kind
    return {"id": region, "from_name": name, "to_name": "t", "type": kind, "value": place | {key: values}}


def test_results_about_a_region_are_its_attributes_whatever_comes_first(put: Put, who: Codebook, said: Table) -> None:
    results = [
        about("Haltung", "choices", ["pro"]),
        span("savage", "Loud"),
        about("role", "choices", ["fool", "old foe"]),
        about("target_words", "textarea", ["the rat"]),
        about("stance", "choices", ["against"], "rat", region="r9"),
        about("mood", "choices", ["low"]),
        about("role", "choices", ["hero"]),
    ]
    dataset = read(put("e.json", [task(1, annotation("ada", *results))]), who, {"Haltung": "stance", "pro": "for"}).dataset()
    values = [("stance", "for"), ("role", "fool"), ("role", "old foe"), ("target", "the rat")]
    assert said(dataset.annotations) == [("savage", *pair) for pair in values]
    assert sorted(entry["reason"] for entry in dataset.rejected) == [
        "a choice about a span that the codebook does not ask for",
        "codebook who 1.0.0 has no such value of the attribute",
        "the span that it is an attribute of is not there",
    ]


def test_a_region_of_two_labels_has_attributes_where_they_are_asked_and_one_without_an_id_has_its_place(put: Put, who: Codebook, said: Table) -> None:
    two = span("savage", "Loud", "Named")
    results = [
        two,
        about("target", "choices", ["rat"]),
        {key: value for key, value in about("role", "choices", ["fool"], "rat").items() if key != "id"},
    ]
    bare = {key: value for key, value in span("rat", "Named").items() if key != "id"}
    dataset = read(put("e.json", [task(1, annotation("ada", *results, bare))]), who, {}).dataset()
    assert (said(dataset.annotations), dataset.rejected) == ([("savage", "target", "rat"), ("rat", "role", "fool")], [])


def test_what_is_said_of_an_article_comes_from_either_form_of_export(tmp_path: Path) -> None:
    codebook = Codebook.model_validate(load_codebook("policy-frames").model_dump() | {"notes": True})
    row = {"id": 1, "article_id": "a", "text": "The port.", "annotation_id": 7, "annotator": "ada"}
    short = [row | {"framing_unsure": "unsure", "framing_note": "Who?"}, row | {"annotation_id": 8, "annotator": "ben"}]
    said = [
        {"type": "choices", "from_name": "framing_unsure", "value": {"choices": ["unsure"]}},
        {"type": "textarea", "from_name": "framing_note", "value": {"text": ["Who?"]}},
    ]
    made = [{"id": 7, "completed_by": "ada", "result": said}, {"id": 8, "completed_by": "ben", "result": []}]
    full = [{"id": 1, "data": {"article_id": "a", "text": "The port."}, "annotations": made}]
    for number, tasks in enumerate((short, full)):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(tasks), encoding="utf-8")
        dataset = read(path, codebook, {}).dataset()
        rows = dataset.require_annotations("test").select("annotator", "label", "unsure", "note").sort("annotator").rows()
        assert rows == [("ada", None, True, "Who?"), ("ben", None, False, None)]
        assert dataset.rejected == []
        assert "framing_note" not in dataset.articles.columns
