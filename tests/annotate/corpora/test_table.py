"""Tables of anybody's making: columns under many names, texts beside the marks or apart, and every row that does not fit is told why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.corpora.table import read
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError

Put = Callable[[str, object], Path]
Reasons = Callable[[Dataset], list[str]]
TEXT = "A savage rat 🚢 sold the café. A rat!"
COLUMNS = ("annotator", "label", "quote", "value")


def lines(*rows: dict[str, object]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def votes(dataset: Dataset) -> list[tuple[Any, ...]]:
    return [] if dataset.annotations is None else dataset.annotations.select(COLUMNS).rows()


def test_a_row_is_a_span_an_answer_or_an_empty_reading(put: Put) -> None:
    head = "article_id,annotator,label,start,end,quote,value,text\n"
    rows = f"1,ada,Loud,2,8,savage,,{TEXT}\n1,ada,slant,,,,left,{TEXT}\n1,ben,,,,,,{TEXT}\n"
    dataset = read(put("codes.csv", head + rows), None, {}).dataset()
    assert votes(dataset) == [("ada", "Loud", "savage", None), ("ada", "slant", None, "left"), ("ben", None, None, None)]
    assert dataset.articles.select("article_id", "text").rows() == [("1", TEXT)]
    assert dataset.codebook is not None
    assert (dataset.codebook.label_names, [question.name for question in dataset.codebook.questions]) == (["Loud"], ["slant"])
    assert dataset.rejected == []


def test_columns_are_understood_under_usual_names_and_it_is_said(put: Put) -> None:
    rows = {"Doc ID": "1", "Coder": "ada", "Code": "Loud", "Begin": 2, "end_offset": 8, "Phrase": "savage", "content": TEXT}
    collection = read(put("codes.jsonl", lines(rows)), None, {})
    assert votes(collection.dataset()) == [("ada", "Loud", "savage", None)]
    assert collection.notices["column 'Coder' of codes.jsonl is taken for the annotator: rows"] == 1
    assert len(collection.notices) == 7


def test_a_spreadsheet_of_codes_is_a_table(corpus: Path) -> None:
    corpus.mkdir()
    row = {"article_id": [1, 1], "coder": ["ada", "ben"], "label": ["Loud", None], "start": [2, None], "end": [8, None], "text": [TEXT, TEXT]}
    pl.DataFrame(row).write_excel(corpus / "codes.xlsx")
    dataset = read(corpus / "codes.xlsx", None, {}).dataset()
    assert votes(dataset) == [("ada", "Loud", "savage", None), ("ben", None, None, None)]
    assert dataset.articles["article_id"].to_list() == ["1"]


def test_a_row_without_an_annotator_is_gold(put: Put) -> None:
    gold = read(put("codes.jsonl", lines({"article_id": 1, "label": "Loud", "start": 2, "end": 8, "text": TEXT})), None, {}).dataset().gold
    assert gold is not None
    assert gold.select("article_id", "label", "quote", "support").rows() == [("1", "Loud", "savage", 1.0)]


def test_a_quote_alone_is_placed_where_it_stands_once(put: Put, reasons: Reasons) -> None:
    found = [{"article_id": 1, "annotator": "ada", "label": "Loud", "quote": quote, "text": TEXT} for quote in ("sold ", "rat", "dog", "café")]
    dataset = read(put("codes.jsonl", lines(*found)), None, {}).dataset()
    assert [row[2] for row in votes(dataset)] == ["sold", "café"]
    assert reasons(dataset) == ["the quote stands in the text 2 times", "the quote does not stand in the text"]


def test_a_quote_that_is_not_at_its_offsets_is_set_aside(put: Put, reasons: Reasons) -> None:
    rows = [{"article_id": 1, "label": "Loud", "start": start, "end": start + 4, "quote": "sold", "text": TEXT} for start in (15, 17)]
    dataset = read(put("codes.jsonl", lines(*rows)), None, {}).dataset()
    assert dataset.gold is not None
    assert dataset.gold["start"].to_list() == [15]
    assert reasons(dataset) == ["the text at the offsets is not what the corpus says it is"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"label": "Loud"}, "a label without a place and without a value"),
        ({"quote": "savage"}, "a place or a value without a label"),
        ({"label": "slant", "value": "left", "start": 2, "end": 8}, "both a place and a value: a span or an answer?"),
        ({"label": [[2, 8, "Loud"]]}, "the label is a list or an object: is it a file of a tool?"),
        ({"label": "Loud", "start": 2}, "the offsets are not whole numbers"),
        ({"label": "Loud", "start": "two", "end": "8"}, "the offsets are not whole numbers"),
        ({"label": "Loud", "start": 2.5, "end": 8}, "the offsets are not whole numbers"),
        ({"label": "Loud", "start": 2, "end": 800}, "the offsets leave the text"),
        ({"label": "Loud", "start": 2, "end": 8, "text": "Another."}, "another article has this id"),
        ({"label": "Loud", "start": 2, "end": 8, "article_id": 2, "text": ""}, "no text"),
        ({"label": "Loud", "start": 2, "end": 8, "part": "lead"}, "there is no such part of an article: text and title are"),
        ({"label": "Loud", "start": 2, "end": 8, "part": "title"}, "the offsets leave the text"),
        ({"label": "Loud", "start": 0, "end": 4, "quote": "calm", "part": "title"}, "the text at the offsets is not what the corpus says it is"),
        ({"label": "slant", "value": "left", "part": "title"}, "an answer about the headline: questions are about the text"),
    ],
)
def test_a_row_that_does_not_fit_is_set_aside(put: Put, reasons: Reasons, row: dict[str, object], reason: str) -> None:
    sound = {"article_id": 1, "label": "Loud", "start": 2, "end": 8, "quote": None, "value": None, "text": TEXT, "part": "text", "title": "Rats"}
    dataset = read(put("codes.jsonl", lines(sound, {"article_id": 1, "text": TEXT, "title": "Rats"} | row)), None, {}).dataset()
    assert reasons(dataset) == [reason]
    assert dataset.gold is not None
    assert dataset.gold.height == 1


def test_texts_may_be_in_a_file_of_their_own(put: Put, corpus: Path, reasons: Reasons) -> None:
    codes = put("codes.csv", "article_id;coder;label;start;end;text\n1;ada;Loud;2.0;8;savage\n3;ada;Loud;2;8;savage\n")
    corpus.joinpath("texts").mkdir()
    pl.DataFrame({"article_id": [1, 2], "body": [TEXT, "Quiet."], "outlet": ["The Gull", None]}).write_parquet(corpus / "texts" / "a.parquet")
    collection = read(codes, None, {}, corpus / "texts" / "a.parquet")
    dataset = collection.dataset()
    assert votes(dataset) == [("ada", "Loud", "savage", None)]
    assert reasons(dataset) == ["there is no article of this id"]
    assert dataset.articles.select("article_id", "outlet").rows() == [("1", "The Gull"), ("2", None)]
    assert collection.notices["articles about which no row could be read"] == 1


def test_a_label_with_neither_place_nor_value_in_any_row_answers_a_question(put: Put) -> None:
    collection = read(put("codes.csv", f"article_id,coder,stance,category,text\n1,ada,x,left,{TEXT}\n1,ben,y,right,{TEXT}\n"), None, {})
    assert votes(collection.dataset()) == [("ada", "category", None, "left"), ("ben", "category", None, "right")]
    assert any("answers a question about each article" in text for text in collection.notices)


def test_columns_that_are_about_the_article_stay_with_it_and_those_about_rows_do_not(put: Put) -> None:
    rows = [{"article_id": 1, "label": "Loud", "start": i, "end": i + 1, "text": TEXT, "outlet": "The Gull", "remark": i} for i in (2, 3)]
    dataset = read(put("codes.jsonl", lines(*rows)), None, {}).dataset()
    assert dataset.articles["outlet"].to_list() == ["The Gull"]
    assert "remark" not in dataset.articles.columns


def test_names_are_mapped_to_a_codebook_and_unknown_ones_set_aside(put: Put, reasons: Reasons) -> None:
    rows = [{"article_id": 1, "label": label, "start": 2, "end": 8, "text": TEXT} for label in ("Loud", "Quiet")]
    dataset = read(put("codes.jsonl", lines(*rows)), load_codebook("babe"), {"Loud": "biased_words"}).dataset()
    assert dataset.gold is not None
    assert dataset.gold["label"].to_list() == ["biased_words"]
    assert reasons(dataset) == ["codebook babe 1.0.0 has no such label"]


def test_rows_without_an_id_are_known_by_their_text(put: Put) -> None:
    rows = [{"label": "Loud", "start": start, "end": 8, "text": TEXT} for start in (2, 3)]
    dataset = read(put("codes.jsonl", lines(*rows)), None, {}).dataset()
    assert (dataset.articles.height, dataset.gold is not None and dataset.gold.height) == (1, 2)


def test_a_damaged_line_costs_itself_alone(put: Put, reasons: Reasons) -> None:
    row = lines({"article_id": 1, "label": "Loud", "start": 2, "end": 8, "text": TEXT})
    dataset = read(put("codes.jsonl", f"{row}\n{{oops\n"), None, {}).dataset()
    assert dataset.gold is not None
    assert len(reasons(dataset)) == 1


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("article_id,start,end,text\n1,2,8,x\n", "has no column for the label"),
        ("article_id,label,start,end\n1,Loud,2,8\n", "has no column with the texts. Give them with --articles"),
        ("article_id,label,start,end,text\n1,,,,x\n", "has no label and no answer"),
    ],
)
def test_a_table_without_what_it_needs_is_refused(put: Put, content: str, fault: str) -> None:
    with pytest.raises(FramingError) as caught:
        read(put("codes.csv", content), None, {})
    assert fault in str(caught.value)


def test_with_texts_apart_both_tables_need_the_id(put: Put) -> None:
    codes, texts = put("codes.csv", "label,start,end\nLoud,2,8\n"), put("texts.csv", "article_id,text\n1,x\n")
    with pytest.raises(FramingError, match="has no column for the article"):
        read(codes, None, {}, texts)
    with pytest.raises(FramingError, match="has no column 'text'"):
        read(codes, None, {}, put("bare.csv", "article_id,words\n1,x\n"))


def test_what_is_said_of_a_span_stands_in_columns_of_its_name_or_in_rows_of_its_own(put: Put, who: Codebook, said: Callable[..., Any]) -> None:
    place = {"article_id": "1", "label": "Loud", "start": 2, "end": 8, "text": TEXT}
    rows = [
        place | {"target": "the rat", "role": "fool; old foe", "Haltung": "for"},
        place | {"attribute": "role", "value": "fool"},
        {"article_id": "1", "label": "Named", "quote": "café", "text": TEXT, "role": ["fool"]},
        {"article_id": "1", "label": "Named", "attribute": "stance", "value": "for", "text": TEXT},
        {"article_id": "1", "target": "nobody", "text": TEXT},
    ]
    dataset = read(put("codes.jsonl", lines(*rows)), who, {"Haltung": "stance"}).dataset()
    assert said(dataset.gold) == [
        ("savage", "target", "the rat"),
        ("savage", "role", "fool"),
        ("savage", "role", "old foe"),
        ("savage", "stance", "for"),
        ("café", "role", "fool"),
    ]
    assert [entry["reason"] for entry in dataset.rejected] == [
        "a label without a place and without a value",
        "what is said of a span, in a row without one",
    ]
    assert not {"target", "role", "Haltung"} & set(dataset.articles.columns)


def test_without_a_codebook_that_asks_rows_of_attributes_are_counted(put: Put, said: Callable[..., Any]) -> None:
    row = {"article_id": "1", "label": "Loud", "start": 2, "end": 8, "attribute": "stance", "value": "for", "text": TEXT}
    collection = read(put("codes.jsonl", lines(row)), None, {})
    assert (said(collection.dataset().gold), collection.dataset().rejected) == ([], [])
    assert collection.notices["attributes of spans that the codebook does not ask for, left out"] == 1


def test_a_column_called_attribute_is_the_users_own_where_the_codebook_asks_nothing_of_spans(put: Put, reasons: Reasons) -> None:
    row = {"article_id": "1", "annotator": "ada", "label": "bias", "value": "Biased", "attribute": "tone", "text": TEXT}
    dataset = read(put("codes.jsonl", lines(row)), load_codebook("babe"), {}).dataset()
    assert (votes(dataset), reasons(dataset)) == ([("ada", "bias", None, "Biased")], [])


def test_a_mark_of_a_headline_that_there_is_not_is_set_aside_and_a_column_called_part_may_be_the_users_own(put: Put, reasons: Reasons) -> None:
    row = {"article_id": 1, "text": TEXT, "label": "Loud", "start": 2, "end": 8}
    assert reasons(read(put("codes.jsonl", lines(row, row | {"part": "title"})), None, {}).dataset()) == ["its article has no headline"]
    dataset = read(put("codes.jsonl", lines(row | {"part": "lead"})), None, {}).dataset()
    assert dataset.articles["part"].to_list() == ["lead"]
    assert dataset.rejected == []
