"""Prodigy: accepted tasks are readings, and every annotator's own; what was rejected, ignored or damaged is set aside."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import spacy

from annotate.corpora.naming import CATEGORIES
from annotate.corpora.prodigy import read
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError

TEXT = "A 🚢 savage rat  sold the cafe\u0301 there."
Put = Callable[[str, object], Path]
Table = Callable[..., list[Any]]
Reasons = Callable[[Dataset], list[str]]


def task(*marks: tuple[str, str], text: str = TEXT, who: str | None = "harbour-ada", **more: Any) -> dict[str, Any]:
    """A task as `spans.manual` writes it: tokens and spans are spaCy's."""
    doc = spacy.blank("en").make_doc(text)
    found = [doc.char_span(text.index(words), text.index(words) + len(words), label=label) for words, label in marks]
    return {
        "text": text,
        "_input_hash": crc32(text.encode()),
        "_task_hash": crc32(f"{text} {who}".encode()),
        "tokens": [{"text": one.text, "start": one.idx, "end": one.idx + len(one), "id": one.i, "ws": bool(one.whitespace_)} for one in doc],
        "spans": [
            {"start": span.start_char, "end": span.end_char, "token_start": span.start, "token_end": span.end - 1, "label": span.label_}
            for span in found
        ],
        "answer": "accept",
        **({"_annotator_id": who, "_session_id": who} if who else {}),
    } | more


def write(put: Put, *tasks: dict[str, Any]) -> Path:
    return put("harbour.jsonl", "".join(json.dumps(one) + "\n" for one in tasks))


def test_one_text_read_by_several_is_one_article_with_everybodys_spans(put: Put) -> None:
    path = write(
        put,
        task(("savage rat", "Loaded"), ("rat", "Name"), meta={"id": "n1", "outlet": "Gull"}),
        task(("cafe\u0301", "Name"), who="harbour-ben", meta={"id": "n1", "outlet": "Gull"}),
        task(who="harbour-cy", meta={"id": "n1"}),
    )
    dataset = read(path, None, {}).dataset()
    assert dataset.articles.select("article_id", "outlet").rows() == [("n1", "Gull")]
    assert dataset.annotations is not None
    assert dataset.annotations.select("annotator", "label", "quote").rows() == [
        ("harbour-ada", "Loaded", "savage rat"),
        ("harbour-ada", "Name", "rat"),
        ("harbour-ben", "Name", "caf\u00e9"),
        ("harbour-cy", None, None),
    ]
    assert dataset.rejected == []


def test_without_an_id_the_input_hash_tells_articles_apart(put: Put) -> None:
    dataset = read(write(put, task(("rat", "X")), task(text="Port.", meta={"source": "x"})), None, {}).dataset()
    assert dataset.articles["article_id"].to_list() == [str(crc32(TEXT.encode())), str(crc32(b"Port."))]
    assert dataset.articles["source"].to_list() == [None, "x"]


def test_parts_of_an_article_that_share_its_id_are_articles_of_their_own(put: Put) -> None:
    dataset = read(write(put, task(("rat", "X"), meta={"id": 5}), task(text="Port.", meta={"id": 5})), None, {}).dataset()
    assert dataset.articles["article_id"].to_list() == [f"5-{crc32(TEXT.encode())}", f"5-{crc32(b'Port.')}"]


def test_rejected_and_ignored_tasks_are_no_readings_and_are_counted(put: Put, reasons: Reasons) -> None:
    path = write(put, task(("rat", "X")), task(text="Port.", answer="reject"), task(text="Gate.", answer="ignore"), task(text="Quay.", answer=None))
    dataset = read(path, None, {}).dataset()
    assert dataset.articles.height == 1
    assert reasons(dataset) == [f"the answer is {answer!r}, which is no reading" for answer in ("reject", "ignore", "None")]


def test_an_answer_given_again_takes_the_place_of_the_first(put: Put, spans: Table, reasons: Reasons) -> None:
    dataset = read(write(put, task(("rat", "X")), task(("savage", "X"))), None, {}).dataset()
    assert [row[2] for row in spans(dataset.annotations)] == ["savage"]
    assert reasons(dataset) == ["the annotator answered this task again later"]


@pytest.mark.parametrize("who", [None, "2023-07-25_14-50-21"])
def test_tasks_of_nobody_in_particular_are_gold_and_that_is_said(put: Put, spans: Table, who: str | None) -> None:
    collection = read(write(put, task(("rat", "X"), who=who)), None, {})
    assert len(spans(collection.dataset().gold)) == 1
    assert collection.notices["tasks that do not say who answered them, taken as gold"] == 1


def test_choices_and_labels_to_say_yes_to_are_answers(put: Put, readings: Table) -> None:
    options = [{"id": one, "text": one} for one in ("sour", "loud", "calm")]
    plain = {"text": TEXT, "_annotator_id": "ada", "answer": "accept"}
    path = write(put, plain | {"options": options, "accept": ["sour", "loud"]}, plain | {"text": "Port.", "label": "calm"})
    dataset = read(path, None, {}).dataset()
    assert dataset.annotations is not None
    assert dataset.annotations.select("label", "value").rows() == [(CATEGORIES, "sour"), (CATEGORIES, "loud"), (CATEGORIES, "calm")]
    assert readings(dataset.annotations) == []


def test_a_binary_task_without_a_span_is_no_empty_reading(put: Put, readings: Table) -> None:
    dataset = read(write(put, task(("rat", "X")), task(text="Port.", _is_binary=True)), None, {}).dataset()
    assert readings(dataset.annotations) == []


def test_names_are_changed_to_those_of_the_codebook(put: Put) -> None:
    path = write(put, task(("savage", "LOADED"), accept=["yes"]))
    dataset = read(path, load_codebook("babe"), {"LOADED": "biased_words", "yes": "Biased"}).dataset()
    assert dataset.annotations is not None
    assert dataset.annotations.select("label", "quote", "value").rows() == [("biased_words", "savage", None), ("bias", None, "Biased")]
    assert dataset.rejected == []


# What goes wrong


def test_a_span_that_is_not_where_its_tokens_are_is_set_aside(put: Put, reasons: Reasons, spans: Table) -> None:
    shifted = task(("savage", "X"), ("sold", "X"))
    shifted["spans"][0]["start"] += 3
    shifted["spans"][1] |= {"start": shifted["spans"][1]["start"] + 1, "end": shifted["spans"][1]["end"] + 1}
    dataset = read(write(put, shifted), None, {}).dataset()
    assert spans(dataset.annotations) == []
    what = "the text at the offsets is not what the corpus says it is"
    assert reasons(dataset) == [what, f"{what}: these are counted in UTF-16 units, not in code points"]


def test_lines_that_are_cut_off_and_tasks_without_a_text_cost_themselves(put: Put, reasons: Reasons, spans: Table) -> None:
    path = put("a.jsonl", json.dumps(task(("rat", "X"))) + '\n{"image": "a.png", "answer": "accept"}\n{"text": "Port.", "spa')
    dataset = read(path, None, {}).dataset()
    assert len(spans(dataset.annotations)) == 1
    assert reasons(dataset)[0] == "the task has no text"
    assert "line 3 is not JSON" in reasons(dataset)[1]


def test_hostile_content_is_set_aside_or_kept_as_it_is(put: Put, reasons: Reasons) -> None:
    odd = task(spans=[7, {"label": None}, {"label": "X"}, {"label": "X", "start": 0, "end": 1, "token_start": 0, "token_end": 10**9}], tokens="none")
    path = write(
        put, odd | {"meta": ["no", "object"], "_task_hash": None, "accept": {"a": 1}, "relations": "none"}, task(text="Port.", meta={"text": "mine"})
    )
    dataset = read(path, None, {}).dataset()
    assert sorted(reasons(dataset)) == ["not a span with start, end and label"] * 2 + ["the offsets are not whole numbers"]
    assert dataset.articles["text_before"].to_list() == [None, "mine"]


def test_a_folder_without_a_file_is_an_error_with_a_remedy(put: Put, corpus: Path) -> None:
    put("notes.md", "x")
    with pytest.raises(FramingError, match="db-out"):
        read(corpus, None, {})


def test_attributes_of_a_span_are_a_value_or_a_list_of_them(put: Put, who: Codebook, said: Callable[..., Any]) -> None:
    one = task(("savage", "Loud"), ("rat", "Named"))
    one["spans"][0]["attributes"] = {"stance": "for", "role": ["fool", "old foe"], "mood": "low", "target": None}
    one["spans"][1]["attributes"] = "for"
    collection = read(put("a.jsonl", json.dumps(one)), who, {})
    assert said(collection.dataset().annotations) == [("savage", "stance", "for"), ("savage", "role", "fool"), ("savage", "role", "old foe")]
    assert collection.notices["attributes of spans that the codebook does not ask for, left out"] == 1
