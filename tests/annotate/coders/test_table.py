"""A coder's table is read whichever way it is laid out, and what becomes of each of its answers is counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.coders.table import CoderFile, read
from schemas.checks import refuse_unknown_labels
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.tables import ATTRIBUTE, Articles, conform

TEXTS = {
    "a": "The “reckless” mayor 😀 left the council at last.",
    "b": "A quiet day.\nA quiet night.",
    "c": "The radical left-wing mob stayed on.",
    "d": "Twice told.",
    "e": "Twice told.",
    "f": "Twice told. ",
}
ARTICLES = conform(pl.DataFrame({"article_id": list(TEXTS), "text": list(TEXTS.values())}), Articles, "articles")
DATASET = Dataset(ARTICLES, codebook=load_codebook("babe"))
MAP = {"1": "Biased", "0": "Non-biased"}
Row = dict[str, Any]


def write(folder: Path, rows: Sequence[Mapping[str, Any]], form: str = "jsonl") -> Path:
    path = folder / f"answers.{form}"
    if form == "jsonl":
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    elif form == "csv":
        pl.DataFrame(rows, infer_schema_length=None).write_csv(path)
    else:
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(path)
    return path


def table(found: CoderFile, run: int = 1) -> list[tuple[Any, ...]]:
    rows = found.runs[run].rows()
    assert set(rows["annotator"]) <= {"echo"}
    return sorted(rows.select("article_id", "label", "start", "end", "quote", "value").rows(), key=str)


def counts(found: CoderFile) -> Row:
    """What became of the answers: everything, and whether it adds up."""
    told = found.total(lambda intake: Counter(intake.counts))
    assert told["answers"] == told.total() - told["answers"]
    aside = sum(len(intake.rejected) for intake in found.runs.values())
    assert aside == told["answers"] - told["taken"] - told["unanswered"] - told["said before"] - told["marked nothing, and then something"]
    return dict(+told)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_one_column_of_values_answers_the_question_that_it_can_belong_to(form: str, tmp_path: Path) -> None:
    rows = [{"article_id": "a", "gpt_label": "1"}, {"article_id": "b", "gpt_label": "0"}, {"article_id": "c", "gpt_label": "?"}]
    found = read(write(tmp_path, rows, form), DATASET, "echo", MAP, {"value": "gpt_label"})
    assert table(found) == [("a", "bias", None, None, None, "Biased"), ("b", "bias", None, None, None, "Non-biased")]
    assert counts(found) == {"answers": 3, "taken": 2, "unanswered": 1}
    assert found.total(lambda intake: intake.wordings) == {("bias", "1", "Biased"): 1, ("bias", "0", "Non-biased"): 1}


def test_articles_are_found_by_their_text_where_there_is_no_id_of_theirs(tmp_path: Path) -> None:
    rows = [
        {"text": TEXTS["b"].replace("\n", "\r\n") + " ", "response": "not biased"},
        {"text": "Somebody else's words.", "response": "Biased"},
        {"text": TEXTS["d"], "response": "Biased"},
        {"text": TEXTS["f"], "response": "Biased"},
        {"text": None, "response": "Biased"},
    ]
    found = read(write(tmp_path, rows), DATASET, "echo", {}, {})
    assert table(found) == [("b", "bias", None, None, None, "Non-biased"), ("f", "bias", None, None, None, "Biased")]
    assert found.by_text == {"b", "f"}
    assert counts(found) == {
        "answers": 5,
        "taken": 2,
        "there is no article with this text": 1,
        "several articles have this text": 1,
        "neither an article's id nor its text": 1,
    }


def test_an_id_that_belongs_to_another_text_here_is_no_id(tmp_path: Path) -> None:
    rows = [{"id": "a", "text": TEXTS["b"], "value": "Biased"}, {"id": 7, "text": TEXTS["b"], "value": "Biased"}]
    found = read(write(tmp_path, rows), DATASET, "echo", {}, {})
    assert [row[0] for row in table(found)] == ["b"]
    assert counts(found)["the article of this id has another text"] == 1


def test_a_column_for_each_question_is_read_so(tmp_path: Path) -> None:
    rows = [
        {"article_id": "a", "Bias": "BIASED", "opinion": "Expresses writer's opinion"},
        {"article_id": "b", "Bias": "N/A", "opinion": "no idea"},
    ]
    opinion = DATASET.codebook.question("opinion") if DATASET.codebook else None
    assert opinion is not None
    found = read(write(tmp_path, rows), DATASET, "echo", {"Expresses writer's opinion": opinion.value_names[-1]}, {})
    assert table(found) == [("a", "bias", None, None, None, "Biased"), ("a", "opinion", None, None, None, opinion.value_names[-1])]
    assert counts(found) == {"answers": 4, "taken": 2, "unanswered": 1, "the answer names no value of the codebook": 1}


def test_the_question_may_be_named_by_the_user_or_by_a_column(tmp_path: Path) -> None:
    rows = [{"article_id": "a", "value": "Biased"}]
    assert table(read(write(tmp_path, rows), DATASET, "echo", {}, {"question": "bias"}))[0][1] == "bias"
    rows = [{"article_id": "a", "q": "BIAS", "value": "Biased"}, {"article_id": "b", "q": "weather", "value": "Biased"}]
    found = read(write(tmp_path, rows), DATASET, "echo", {}, {"question": "q"})
    assert (len(table(found)), counts(found)["the codebook has no such question"]) == (1, 1)
    with pytest.raises(FramingError, match="could answer bias, opinion") as caught:
        read(write(tmp_path, [{"article_id": "a", "value": "1"}]), DATASET, "echo", {}, {})
    assert "--column question=NAME" in str(caught.value)


def test_spans_are_placed_by_their_quotes_and_a_quote_is_believed_before_offsets(tmp_path: Path) -> None:
    span = {"label": "biased words"}
    rows = [
        {"article_id": "a", **span, "start": 5, "end": 13, "quote": "reckless"},
        {"article_id": "a", **span, "start": 0, "end": 8, "quote": "Left the council at last!"},
        {"article_id": "b", **span, "start": None, "end": None, "quote": "A quiet"},
        {"article_id": "b", **span, "start": 13, "end": 20, "quote": "A quiet"},
        {"article_id": "c", **span, "start": None, "end": None, "quote": "radicl left-wing mob"},
        {"article_id": "c", **span, "start": 4, "end": 11, "quote": None},
        {"article_id": "c", **span, "start": 4, "end": 1100, "quote": None},
        {"article_id": "c", **span, "start": None, "end": None, "quote": "a lawless crowd of thugs"},
        {"article_id": "c", "label": "slander", "start": 4, "end": 11, "quote": None},
    ]
    found = read(write(tmp_path, rows), DATASET, "echo", {}, {})
    assert [row[4] for row in table(found)] == ["left the council at last", "reckless", "A quiet", "radical", "radical left-wing mob"]
    assert all(TEXTS[article][start:end] == quote for article, _, start, end, quote, _ in table(found))
    assert found.total(lambda intake: intake.found) == {"exact": 3, "but for marks": 1, "nearly": 1}
    assert found.total(lambda intake: intake.distances) == {1: 1}
    assert {reason: count for reason, count in counts(found).items() if " " in reason} == {
        "the quote stands in the text several times": 1,
        "the offsets leave the text or are none": 1,
        "the quote does not stand in the text": 1,
        "the codebook has no such label": 1,
    }


def test_words_beside_a_label_that_are_no_article_are_the_quote(tmp_path: Path) -> None:
    found = read(write(tmp_path, [{"article_id": "a", "label": "biased_words", "text": "reckless"}]), DATASET, "echo", {}, {})
    assert [row[4] for row in table(found)] == ["reckless"]


def test_an_article_and_nothing_else_is_read_and_marked_nothing(tmp_path: Path) -> None:
    rows = [
        {"article_id": "a", "label": None, "quote": None},
        {"article_id": "b", "label": "", "quote": ""},
        {"article_id": "b", "label": "biased_words", "quote": "invented by nobody"},
    ]
    found = read(write(tmp_path, rows), DATASET, "echo", {}, {})
    assert table(found) == [("a", None, None, None, None, None)]
    assert counts(found) == {"answers": 3, "taken": 1, "marked nothing, and then something": 1, "the quote does not stand in the text": 1}
    assert table(read(write(tmp_path, [{"article_id": "a"}]), DATASET, "echo", {}, {})) == [("a", None, None, None, None, None)]


def test_runs_stand_in_a_column_or_are_said_for_the_whole_file(tmp_path: Path) -> None:
    rows = [{"article_id": "a", "value": "Biased", "run": run} for run in (1, 2, "2.0", "two", 0)]
    found = read(write(tmp_path, rows), DATASET, "echo", {}, {"question": "bias"})
    assert {run: len(table(found, run)) for run in found.runs} == {1: 1, 2: 1}
    assert counts(found) == {"answers": 5, "taken": 2, "said before": 1, "the run is no whole number from 1 to 1,000": 2}
    assert list(read(write(tmp_path, rows), DATASET, "echo", {}, {"question": "bias"}, 3).runs) == [3]


def test_a_second_answer_that_is_another_is_set_aside(tmp_path: Path) -> None:
    rows = [{"article_id": "a", "value": value} for value in ("Biased", "biased", "Non-biased", ["Biased", "Non-biased"], ["Biased"])]
    found = read(write(tmp_path, rows), DATASET, "echo", {}, {"question": "bias"})
    assert table(found) == [("a", "bias", None, None, None, "Biased")]
    second = "a second answer to a question that takes one"
    assert counts(found) == {"answers": 5, "taken": 1, "said before": 2, second: 1, "the answer names several values": 1}


def test_rows_of_other_coders_are_left_to_them(tmp_path: Path) -> None:
    rows = [{"article_id": "a", "coder": name, "value": value} for name, value in (("echo", "Biased"), ("delta", "Non-biased"))]
    path = write(tmp_path, rows)
    found = read(path, DATASET, "echo", {}, {"question": "bias"})
    assert (len(table(found)), found.notices["rows of other coders than echo in answers.jsonl are left out"]) == (1, 1)
    with pytest.raises(FramingError, match="delta, echo in column 'coder', and none of 'foxtrot'"):
        read(path, DATASET, "foxtrot", {}, {"question": "bias"})


@pytest.mark.parametrize(
    ("rows", "chosen", "what"),
    [
        ([], {}, "is empty"),
        ([{"words": 1}], {}, "has no column for the article"),
        ([{"article_id": "a", "quote": "reckless"}], {}, "has places, and no column with a label"),
        ([{"article_id": "a", "value": "Biased"}], {"value": "gpt"}, "there is no column 'gpt' to be the value"),
        ([{"article_id": "a", "value": "Biased"}], {"mood": "value"}, "'mood' is nothing that a column could be"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_error(rows: list[Row], chosen: dict[str, str], what: str, tmp_path: Path) -> None:
    with pytest.raises(FramingError, match=what):
        read(write(tmp_path, rows), DATASET, "echo", {}, chosen)


def choice(name: str, *values: str, **more: object) -> Row:
    return {
        "name": name,
        "kind": "choice",
        "definition": "For tests.",
        "values": [{"name": one, "definition": "For tests."} for one in values],
    } | more


ASKED = [
    {"name": "type", "kind": "actor", "definition": "For tests."},
    choice("stance", "against", "for"),
    choice("metaphor", "war", "none", choice="multiple"),
    {"name": "note", "kind": "text", "definition": "For tests.", "labels": ["doubt"]},
]
ACTORS = [{"name": "United States", "kind": "country"}]
EXTRA = [{"name": "doubt", "definition": "For tests.", "colour": "#112233"}]
ASKING = DATASET.require_codebook("test").model_dump()
ASKING = replace(DATASET, codebook=Codebook.model_validate(ASKING | {"labels": [*ASKING["labels"], *EXTRA], "attributes": ASKED, "actors": ACTORS}))
MOB = {"article_id": "c", "label": "biased_words", "quote": "radical left-wing mob"}


def said(found: CoderFile) -> list[tuple[str, ...]]:
    return found.runs[1].rows().filter(ATTRIBUTE).select("quote", "attribute", "value").rows()


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_columns_with_the_names_of_attributes_say_something_of_the_spans_beside_them(form: str, tmp_path: Path) -> None:
    rows = [
        MOB | {"type": "united  states.", "stance": "Against!", "metaphor": "war; none"},
        {"article_id": "a", "label": "biased_words", "quote": "reckless", "type": "the mayor", "stance": None, "metaphor": ""},
    ]
    found = read(write(tmp_path, rows, form), ASKING, "echo", {}, {})
    assert said(found) == [
        (MOB["quote"], "type", "United States"),
        (MOB["quote"], "stance", "against"),
        (MOB["quote"], "metaphor", "war"),
        (MOB["quote"], "metaphor", "none"),
        ("reckless", "type", "the mayor"),
    ]
    assert counts(found) == {"answers": 6, "taken": 6}


def test_a_row_for_each_attribute_finds_its_span_wherever_that_stands_in_the_file(tmp_path: Path) -> None:
    said_of_mob = [
        MOB | {"attribute": name, "value": value} for name, value in (("stance", "for"), ("type", "they"), ("metaphor", "war"), ("metaphor", "none"))
    ]
    found = read(write(tmp_path, [*said_of_mob, MOB]), ASKING, "echo", {}, {})
    assert [row[1:] for row in said(found)] == [("stance", "for"), ("type", "they"), ("metaphor", "war"), ("metaphor", "none")]
    assert counts(found) == {"answers": 5, "taken": 5}
    refuse_unknown_labels(found.runs[1].rows(), ASKING.codebook, "test")


def test_what_a_coder_says_of_no_span_or_against_the_codebook_is_set_aside_and_counted(tmp_path: Path) -> None:
    rows = [
        MOB,
        MOB | {"attribute": "stance", "value": "for"},
        MOB | {"attribute": "stance", "value": "for"},
        MOB | {"attribute": "stance", "value": "against"},
        MOB | {"attribute": "stance", "value": "furious"},
        MOB | {"attribute": "mood", "value": "sour"},
        MOB | {"attribute": "note", "value": "sour"},
        MOB | {"attribute": "type", "value": "n/a"},
        MOB | {"attribute": "type", "value": "\ud800"},
        MOB | {"attribute": "type", "value": "x" * 5000},
        MOB | {"quote": "stayed", "attribute": "stance", "value": "for"},
        MOB | {"quote": "nowhere", "attribute": "stance", "value": "for"},
        {"article_id": "c", "label": "biased_words", "attribute": "stance", "value": "for"},
    ]
    found = read(write(tmp_path, rows), ASKING, "echo", {}, {})
    assert said(found) == [(MOB["quote"], "stance", "for")]
    assert counts(found) == {
        "answers": 13,
        "taken": 2,
        "said before": 1,
        "unanswered": 1,
        "a second value of an attribute that takes one": 1,
        "the answer names no value of the codebook": 1,
        "the codebook has no such attribute": 1,
        "the answer is too long to be one": 1,
        "the codebook does not ask this attribute of this label": 1,
        "half a surrogate pair, which no encoding can hold": 1,
        "the span that it is an attribute of is not there": 2,
        "an attribute of no span": 1,
    }


def test_without_attributes_in_the_codebook_their_columns_are_as_unread_as_they_were(tmp_path: Path) -> None:
    found = read(write(tmp_path, [MOB | {"stance": "against", "attribute": "x"}]), DATASET, "echo", {}, {})
    assert (said(found), counts(found)) == ([], {"answers": 1, "taken": 1})


def test_a_row_about_a_headline_is_set_aside_and_all_others_are_about_the_text(tmp_path: Path) -> None:
    label = "Biased words"
    rows = [{"article_id": "a", "label": label, "quote": "reckless", "part": part} for part in ("text", "title")]
    found = read(write(tmp_path, rows), DATASET, "echo", {label: DATASET.require_codebook("test").label_names[0]}, {})
    assert found.runs[1].rows()["part"].to_list() == ["text"]
    assert counts(found) == {"answers": 2, "taken": 1, "about the headline, and coders are asked about the text": 1}
