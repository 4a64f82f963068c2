"""doccano: every shape of its JSONL, several annotators, and what is damaged costs itself alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.corpora.doccano import read
from annotate.corpora.naming import CATEGORIES
from schemas.codebook import load_codebook
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError

TEXT = "A 🚢 savage rat sold the cafe\u0301."
Put = Callable[[str, object], Path]
Table = Callable[..., list[Any]]
Reasons = Callable[[Dataset], list[str]]


def jsonl(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def span(words: str, label: str, text: str = TEXT) -> list[Any]:
    return [text.index(words), text.index(words) + len(words), label]


@pytest.mark.parametrize("key", ["label", "labels"])
def test_spans_are_lists_under_label_or_labels(put: Put, spans: Table, key: str) -> None:
    path = put("harbour.jsonl", jsonl({"id": 7, "text": TEXT, key: [span("savage rat", "Loaded"), span("rat", "Name"), span("cafe\u0301", "Name")]}))
    dataset = read(path, None, {}).dataset()
    assert spans(dataset.gold) == [("7", "Loaded", "savage rat"), ("7", "Name", "rat"), ("7", "Name", "caf\u00e9")]
    assert dataset.codebook is not None
    assert (dataset.codebook.name, dataset.codebook.label_names) == ("harbour", ["Loaded", "Name"])


def test_spans_are_objects_where_relations_were_drawn_and_those_are_counted(put: Put, spans: Table) -> None:
    start, end, label = span("savage", "Loaded")
    entity = {"id": 1, "label": label, "start_offset": start, "end_offset": end}
    row = {"id": 7, "text": TEXT, "entities": [entity], "relations": [{"id": 1, "from_id": 1, "to_id": 1, "type": "x"}], "Comments": ["why?", "so"]}
    collection = read(put("a.jsonl", jsonl(row)), None, {})
    assert spans(collection.dataset().gold) == [("7", "Loaded", "savage")]
    assert (collection.notices["relations left out"], collection.notices["comments left out"]) == (1, 2)


def test_old_exports_say_who_by_number(put: Put) -> None:
    start, end, _ = span("savage", "")
    marks = [{"label": 5, "start_offset": start, "end_offset": end, "user": 1}, {"label": 5, "start_offset": 0, "end_offset": 1, "user": 2}]
    row = {"id": 7, "text": TEXT, "annotations": marks, "meta": {"outlet": "Gull", "tags": ["x"]}, "annotation_approver": "eve"}
    dataset = read(put("a.jsonl", jsonl(row)), None, {"5": "Loaded"}).dataset()
    assert dataset.annotations is not None
    assert dataset.annotations.select("annotator", "label", "quote").rows() == [("1", "Loaded", "savage"), ("2", "Loaded", "A")]
    assert dataset.articles.select("outlet", "annotation_approver").rows() == [("Gull", "eve")]


def test_each_file_of_a_folder_is_an_annotators_and_all_is_gold(put: Put) -> None:
    for name, words in (("ada.jsonl", "savage"), ("ben%40x.org.jsonl", "rat"), ("all.jsonl", "sold")):
        path = put(name, jsonl({"id": 1, "text": TEXT, "label": [span(words, "Loaded")]})).parent
    put("cy.jsonl", jsonl({"id": 1, "text": TEXT, "label": []}, {"id": 2, "text": "Port.", "label": []}))
    dataset = read(path, None, {}).dataset()
    assert dataset.annotations is not None
    assert dataset.gold is not None
    assert dataset.articles["article_id"].to_list() == ["1", "2"]
    assert sorted(dataset.annotations.select("annotator", "article_id", "quote").rows(), key=str) == [
        ("ada", "1", "savage"),
        ("ben@x.org", "1", "rat"),
        ("cy", "1", None),
        ("cy", "2", None),
    ]
    assert dataset.gold["quote"].to_list() == ["sold"]


def test_an_empty_list_says_that_nothing_was_marked_and_what_else_it_may_be_is_said(put: Put, readings: Table) -> None:
    collection = read(
        put("a.jsonl", jsonl({"text": TEXT, "label": []}, {"text": "Port.", "id": 2, "label": [[0, 4, "X"]]}, {"text": "Gate."})), None, {}
    )
    dataset = collection.dataset()
    assert len(readings(dataset.gold)) == 1
    assert dataset.articles.height == 3
    assert sum(count for notice, count in collection.notices.items() if "nobody has opened" in notice) == 1


def test_categories_answer_a_question_and_no_category_is_no_reading(put: Put, readings: Table) -> None:
    rows = jsonl(
        {"id": 1, "text": TEXT, "label": ["sour", "loud"]}, {"id": 2, "text": "Port.", "label": []}, {"id": 3, "text": "Gate.", "label": "sour"}
    )
    dataset = read(put("a.jsonl", rows), None, {}).dataset()
    assert dataset.gold is not None
    assert dataset.gold.select("article_id", "label", "value").rows() == [
        ("1", CATEGORIES, "sour"),
        ("1", CATEGORIES, "loud"),
        ("3", CATEGORIES, "sour"),
    ]
    assert readings(dataset.gold) == []


def test_categories_and_spans_stand_side_by_side_and_are_read_by_a_codebook(put: Put, reasons: Reasons) -> None:
    row = {"id": 1, "text": TEXT, "label": [span("savage", "LOADED"), span("rat", "Name")], "cats": ["bias_Biased", "funny"]}
    dataset = read(put("a.jsonl", jsonl(row)), load_codebook("babe"), {"LOADED": "biased_words"}).dataset()
    assert dataset.gold is not None
    assert dataset.gold.select("label", "quote", "value").rows() == [("biased_words", "savage", None), ("bias", None, "Biased")]
    assert reasons(dataset) == ["codebook babe 1.0.0 has no such label", "codebook babe 1.0.0 has no such answer"]


def test_a_name_that_is_mapped_to_none_of_the_codebook_is_an_error(put: Put) -> None:
    with pytest.raises(FramingError, match="has no 'Laoded' to map to"):
        read(put("a.jsonl", jsonl({"text": TEXT, "label": []})), load_codebook("babe"), {"X": "Laoded"})


# What goes wrong


def test_a_line_that_is_cut_off_costs_itself(put: Put, spans: Table, reasons: Reasons) -> None:
    good = jsonl({"id": 1, "text": TEXT, "label": [span("savage", "X")]}, {"id": 2, "text": "Port.", "label": [[0, 4, "X"]]})
    path = put("a.jsonl", good + '{"id": 3, "text": "Gate", "label": [[0, 4\n[1]\n')
    dataset = read(path, None, {}).dataset()
    assert len(spans(dataset.gold)) == 2
    assert ["line 3" in reasons(dataset)[0], "line 4" in reasons(dataset)[1]] == [True, True]


def test_what_is_no_span_no_text_or_another_text_of_the_same_id_is_set_aside(put: Put, reasons: Reasons, readings: Table) -> None:
    rows = [
        {"id": 1, "text": TEXT, "label": [[0, 1], [0, 1, None], {"label": "X"}, 7, span("rat", "X"), [0, 99, "X"], ["0", "1", "X"]]},
        {"id": 1, "text": "Another.", "label": []},
        {"id": 3, "filename": "a.png", "label": []},
        {"id": 4, "text": "Port.", "label": [[0, 1]]},
    ]
    dataset = read(put("a.jsonl", jsonl(*rows)), None, {}).dataset()
    assert sorted(reasons(dataset)) == sorted(
        [
            *["not a span with start, end and label"] * 4,
            "another article has this id",
            "no text under text or data: is this an export of a project of texts?",
            "the offsets leave the text",
            "the offsets are not whole numbers",
        ]
    )
    # Whoever marked something that was set aside has not marked nothing.
    assert readings(dataset.gold) == []


def test_utf_16_counts_that_cut_words_are_told_from_code_points_and_set_aside(put: Put, reasons: Reasons, readings: Table) -> None:
    units = [[start + 1, end + 1, label] for start, end, label in (span("savage", "X"), span("sold", "X"))]
    path = put("a.jsonl", jsonl({"id": 1, "text": TEXT, "label": [*units, [0, 1, "X"]]}))
    dataset = read(path, None, {}).dataset()
    assert dataset.gold is not None
    assert dataset.gold["quote"].to_list() == ["A"]
    assert all("counted in UTF-16 units" in reason for reason in reasons(dataset))
    assert len(reasons(dataset)) == 2


def test_parts_of_words_behind_an_emoji_are_no_sign_of_another_count(put: Put, reasons: Reasons) -> None:
    marks = [[start + 1, end - 1, "X"] for start, end, _ in (span("savage", ""), span("sold", ""), span("the", ""))]
    dataset = read(put("a.jsonl", jsonl({"id": 1, "text": TEXT, "label": marks})), None, {}).dataset()
    assert reasons(dataset) == []


def test_a_folder_without_a_file_and_a_file_without_a_label_are_errors_with_a_remedy(put: Put, corpus: Path) -> None:
    put("notes.md", "x")
    with pytest.raises(FramingError, match=r"holds no \.jsonl file"):
        read(corpus, None, {})
    with pytest.raises(FramingError, match="has no label and no answer"):
        read(put("a.jsonl", jsonl({"text": TEXT, "label": []})), None, {})


def test_hostile_names_are_set_aside_or_kept_as_they_are(put: Put, tmp_path: Path, reasons: Reasons) -> None:
    row = {"id": "../../x", "text": TEXT, "label": [[0, 1, "<script>"], [0, 1, "=1+1"], [0, 1, "\x1b[2J"]], "title": "\x07", "half": "\ud83d"}
    good = {"id": "=cmd", "text": "Port.", "label": [[0, 4, "=1+1"]]}
    dataset = read(put("a.jsonl", json.dumps(row) + "\n" + jsonl(good)), None, {}).dataset()
    assert "half a surrogate pair, which no encoding can hold" in reasons(dataset)
    written = write_dataset(tmp_path / "out", dataset)
    assert written.gold is not None
    assert written.gold.select("article_id", "label", "quote").rows() == [("=cmd", "=1+1", "Port")]
