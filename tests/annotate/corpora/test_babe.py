"""BABE: words without offsets are found in their sentence or set aside; votes are joined by the sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.corpora.babe import read
from schemas.dataset import read_dataset, write_dataset
from schemas.errors import FramingError

BABE = Path(__file__).parents[4] / "shared" / "data" / "babe"
PLAN = "The mayor, a savage cutter, sold the “quiet” harbour to her cronies."
FERRY = "The ferry sails at nine."
WRITER = "Expresses writer’s opinion"
Table = Callable[..., list[Any]]
Write = Callable[..., Path]


def votes_of(table: pl.DataFrame | None, annotator: str) -> list[tuple[Any, ...]]:
    assert table is not None
    return table.filter(pl.col("annotator") == annotator).select("label", "quote", "value").rows()


# Final labels


def test_a_sentence_is_an_article_with_its_words_and_answers_as_gold(corpus: Path, put_final: Write, spans: Table, readings: Table) -> None:
    put_final((PLAN, "Biased", WRITER, ["savage", "cronies"]), (FERRY, "Non-biased", "Entirely factual", []))
    dataset = read(corpus).dataset()
    plan, ferry = dataset.articles["article_id"].to_list()
    assert dataset.gold is not None
    assert spans(dataset.gold) == [(plan, "biased_words", "savage"), (plan, "biased_words", "cronies")]
    assert readings(dataset.gold) == [ferry]
    answers = dataset.gold.filter(pl.col("value").is_not_null()).select("article_id", "label", "value").rows()
    assert ("opinion", "Expresses writer's opinion") in [answer[1:] for answer in answers if answer[0] == plan]
    assert (ferry, "bias", "Non-biased") in answers
    columns = dataset.articles.select("outlet", "topic", "leaning", "url").row(0)
    assert columns == ("The Gull", "harbour", "center", "https://gull.example/0")
    assert (dataset.annotations, dataset.rejected) == (None, [])


def test_without_the_raw_file_there_is_gold_alone_and_a_notice(corpus: Path, put_final: Write) -> None:
    put_final((FERRY, "Non-biased", "Entirely factual", []))
    assert [notice for notice in read(corpus).notices if "raw_labels_SG2.xlsx" in notice]


def test_no_agreement_is_no_answer(corpus: Path, put_final: Write) -> None:
    put_final((PLAN, "Biased", "No agreement", []))
    gold = read(corpus).dataset().gold
    assert gold is not None
    assert gold["label"].to_list() == [None, "bias"]


@pytest.mark.parametrize(
    ("words", "found", "aside"),
    [
        (["savage cutter"], ["savage cutter"], 0),
        (["SAVAGE"], ["savage"], 0),
        (["savage", "savage"], ["savage"], 0),
        (["sav"], [], 1),
        (["the"], ["the"], 0),
        (["h"], [], 1),
        (["“quiet”"], ["“quiet”"], 0),
        (["cronies", "gull"], ["cronies"], 1),
        (["", " "], [], 0),
    ],
    ids=str,
)
def test_words_are_found_whole_and_once_or_set_aside(
    corpus: Path, put_final: Write, spans: Table, words: list[str], found: list[str], aside: int
) -> None:
    put_final((PLAN, "Biased", WRITER, words))
    dataset = read(corpus).dataset()
    assert [quote for _, _, quote in spans(dataset.gold)] == found
    assert len(dataset.rejected) == aside


def test_a_word_that_stands_there_twice_is_set_aside_with_how_often(corpus: Path, put_final: Write) -> None:
    put_final(("A rat is a rat.", "Biased", WRITER, ["rat"]))
    (entry,) = read(corpus).dataset().rejected
    assert (entry["reason"], entry["row"]["times"]) == ("the word stands in the sentence more than once", 2)


def test_a_sentence_whose_words_were_set_aside_is_not_taken_for_clean(corpus: Path, put_final: Write, readings: Table) -> None:
    put_final((PLAN, "Biased", WRITER, ["gull"]))
    assert readings(read(corpus).dataset().gold) == []


@pytest.mark.parametrize("cell", ["savage, cronies", "['savage'", "7", "'savage'", "[1, 2]", "{[]: 1}", "[" * 5000, "__import__('os')"])
def test_a_cell_that_is_no_list_of_words_is_set_aside_and_nothing_of_it_is_executed(
    corpus: Path, put_final: Write, reasons: Table, readings: Table, cell: str
) -> None:
    put_final((PLAN, "Biased", WRITER, cell))
    dataset = read(corpus).dataset()
    assert reasons(dataset) == ["biased_words is not a list of words"]
    assert readings(dataset.gold) == []


@pytest.mark.parametrize(
    "change", [lambda text: text.replace("é", "e\u0301"), lambda text: "\ufeff" + text, lambda text: text.replace(" shut", "\r\nshut")]
)
def test_words_are_found_in_the_canonical_text(corpus: Path, put_final: Write, spans: Table, change: Callable[[str], str]) -> None:
    put_final((change("The café shut, a savage blow."), "Biased", WRITER, ["savage"]))
    collection = read(corpus)
    assert [quote for _, _, quote in spans(collection.dataset().gold)] == ["savage"]
    assert any("removed or changed" in notice for notice in collection.notices)


def test_the_same_sentence_from_two_pages_is_two_articles_and_from_one_page_one(corpus: Path, put_final: Write, reasons: Table) -> None:
    rows = [(PLAN, "Biased", WRITER, [])] * 3
    put_final(*rows, links=("https://gull.example/a", "https://gull.example/b", "https://gull.example/a"))
    dataset = read(corpus).dataset()
    assert dataset.articles.height == 2
    assert reasons(dataset) == ["the sentence is there twice"]


def test_of_two_releases_the_larger_is_read_and_it_is_said(corpus: Path, put_final: Write) -> None:
    put_final((FERRY, "Non-biased", WRITER, []), name="z/final_labels_SG1.csv")
    put_final((PLAN, "Biased", WRITER, []), name="a/final_labels_SG2.csv")
    collection = read(corpus)
    assert collection.dataset().articles["text"].to_list() == [PLAN]
    assert [notice for notice in collection.notices if "final_labels_SG1.csv was not read" in notice]


def test_a_file_that_was_cut_off_loses_its_last_row_only(corpus: Path, put_final: Write) -> None:
    path = put_final((PLAN, "Biased", WRITER, []), (FERRY, "Non-biased", WRITER, []))
    path.write_bytes(path.read_bytes()[: -len(f"Non-biased;{WRITER};[]\n".encode())])
    dataset = read(corpus).dataset()
    assert dataset.articles["text"].to_list() == [PLAN]
    assert dataset.rejected[0]["reason"] == "the row is cut off"


# Raw votes


def test_each_annotator_has_words_answers_and_readings(corpus: Path, put_final: Write, put_raw: Write, readings: Table) -> None:
    put_final((PLAN, "Biased", WRITER, ["savage"]), (FERRY, "Non-biased", "Entirely factual", []))
    put_raw(
        (PLAN, 3, "Biased", WRITER, "savage, cronies"),
        (PLAN, 9, "Non-biased", "Entirely factual", "nan"),
        (FERRY, 3, "Non-biased", "Entirely factual", None),
    )
    dataset = read(corpus).dataset()
    ferry = dataset.articles["article_id"][1]
    assert votes_of(dataset.annotations, "3")[:2] == [("biased_words", "savage", None), ("biased_words", "cronies", None)]
    assert ("bias", None, "Non-biased") in votes_of(dataset.annotations, "9")
    assert dataset.annotations is not None
    assert set(dataset.annotations["origin"]) == {"import"}
    assert readings(dataset.annotations.filter(pl.col("annotator") == "3")) == [ferry]


def test_support_is_the_share_of_annotators_who_marked_or_answered_so(corpus: Path, put_final: Write, put_raw: Write) -> None:
    put_final((PLAN, "Biased", WRITER, ["savage"]))
    put_raw(
        (PLAN, 1, "Biased", WRITER, "savage cutter"),
        (PLAN, 2, "Biased", WRITER, "cronies"),
        (PLAN, 3, "Non-biased", "", None),
        (PLAN, 4, "Biased", "Entirely factual", "savage"),
    )
    gold = read(corpus).dataset().gold
    assert gold is not None
    support = dict(gold.select("label", "support").iter_rows())
    assert support == {"biased_words": 0.5, "bias": 0.75, "opinion": pytest.approx(2 / 3)}


def test_the_raw_sentence_may_have_other_quotation_marks_spaces_and_case(corpus: Path, put_final: Write, put_raw: Write) -> None:
    put_final((PLAN, "Biased", WRITER, []))
    put_raw((PLAN.replace("“", '"').replace("”", '"').upper() + " ", 3, "Biased", WRITER, "savage"))
    assert ("biased_words", "savage", None) in votes_of(read(corpus).dataset().annotations, "3")


def test_votes_on_two_sentences_that_differ_in_a_space_go_each_to_its_own(corpus: Path, put_final: Write, put_raw: Write) -> None:
    put_final((PLAN, "Biased", WRITER, []), (PLAN + " ", "Non-biased", WRITER, []))
    put_raw((PLAN, 3, "Biased", WRITER, "savage"), (PLAN + " ", 3, "Non-biased", WRITER, "cronies"))
    dataset = read(corpus).dataset()
    assert dataset.annotations is not None
    assert dataset.annotations.filter(pl.col("label") == "bias")["value"].to_list() == ["Biased", "Non-biased"]
    assert dataset.rejected == []


def test_votes_that_belong_to_no_sentence_or_to_several_or_are_there_twice_are_set_aside(
    corpus: Path, put_final: Write, put_raw: Write, reasons: Table
) -> None:
    put_final((PLAN, "Biased", WRITER, []), (FERRY, "Biased", WRITER, []), (FERRY.upper(), "Biased", WRITER, []))
    put_raw(
        (PLAN, 3, "Biased", WRITER, None),
        (PLAN, 3, "Biased", WRITER, None),
        ("A gull.", 3, "Biased", WRITER, None),
        (FERRY.lower(), 3, "Biased", WRITER, None),
        (PLAN, None, "Biased", WRITER, None),
    )
    assert sorted(reasons(read(corpus).dataset())) == [
        "no sentence of the final labels has this text",
        "several sentences of the final labels have this text",
        "the annotator has no name",
        "the annotator has no name",
        "the annotator has no name",
        "this annotator's vote is there twice",
    ]


def test_the_words_of_an_annotator_that_were_shuffled_are_not_believed_and_the_answers_are(
    corpus: Path, put_final: Write, put_raw: Write, reasons: Table, readings: Table
) -> None:
    gull, pier = "A vulgar gull stole a chip.", "The pier is a shabby wreck."
    put_final((gull, "Biased", WRITER, ["vulgar"]), (pier, "Biased", WRITER, ["shabby"]), (PLAN, "Biased", WRITER, ["savage"]))
    put_raw(
        *((text, 3, "Biased", WRITER, word) for text, word in ((gull, "vulgar"), (pier, "shabby"), (PLAN, "savage"))),
        # One of three stands in its sentence, by luck.
        *((text, 11, "Biased", WRITER, word) for text, word in ((gull, "shabby"), (pier, "savage"), (PLAN, "savage"))),
    )
    dataset = read(corpus).dataset()
    assert reasons(dataset) == ["most words of this annotator do not stand in their sentences"] * 3
    assert {label for label, _, _ in votes_of(dataset.annotations, "11")} == {"bias", "opinion"}
    assert readings(dataset.annotations) == []
    assert dataset.gold is not None
    # Whose words are not believed has no say in the support of a span.
    assert set(dataset.gold.filter(pl.col("start").is_not_null())["support"]) == {1.0}


# What is wrong


@pytest.mark.parametrize("junk", [b"", b"PK\3\4 cut", b"text,annotator_id\n1,2\n"])
def test_a_raw_file_that_is_damaged_is_an_error_that_says_how_to_go_on(corpus: Path, put: Write, put_final: Write, junk: bytes) -> None:
    put_final((FERRY, "Non-biased", WRITER, []))
    put("raw_labels_SG2.xlsx", junk)
    with pytest.raises(FramingError, match="is damaged") as caught:
        read(corpus)
    assert "move it away" in str(caught.value)


def test_a_workbook_or_table_of_something_else_is_an_error_that_names_the_missing_column(corpus: Path, put: Write, put_final: Write) -> None:
    put_final((FERRY, "Non-biased", WRITER, []))
    put("raw_labels_SG2.xlsx", pl.DataFrame({"age": [1]}))
    with pytest.raises(FramingError, match=r"has no column 'text' \(there are: age\)"):
        read(corpus)
    with pytest.raises(FramingError, match="has no column 'text'"):
        read(put("annotator_demographics.csv", "age;origin\n1;2\n"))


def test_a_folder_without_the_final_labels_is_an_error_that_names_them(corpus: Path, put: Write) -> None:
    put("notes.txt", "x")
    with pytest.raises(FramingError, match=r"holds no final_labels_SG2\.csv"):
        read(corpus)


HUB = "text,outlet,label,topic,news_link,biased_words,uuid,type,label_opinion\n"


def test_the_tables_of_hugging_face_have_gold_alone(put: Write, corpus: Path) -> None:
    put("train.csv", f"""{HUB}A savage rat.,Gull,1,harbour,https://gull.example/1,"['savage', 'rat']",u1,left,Entirely factual\n""")
    put("test.csv", f"""{HUB}A gull.,Gull,0,harbour,https://gull.example/2,[],u2,left,Entirely factual\n""")
    dataset = read(corpus).dataset()
    assert dataset.annotations is None
    assert dataset.gold is not None
    assert sorted(row for row in dataset.gold.filter(pl.col("label") != "opinion").select("quote", "value").rows() if row[0]) == [
        ("rat", None),
        ("savage", None),
    ]
    assert dataset.gold.filter(pl.col("label") == "bias")["value"].to_list() == ["Non-biased", "Biased"]
    assert dataset.articles["outlet"].to_list() == ["Gull", "Gull"]


def test_labels_in_words_and_words_in_a_list_are_understood(corpus: Path) -> None:
    corpus.mkdir()
    table = {"text": ["A savage rat.", "A gull."], "label": ["Biased", "Non-biased"], "biased_words": [["savage"], []]}
    pl.DataFrame(table).write_parquet(corpus / "train.parquet")
    gold = read(corpus / "train.parquet").dataset().gold
    assert gold is not None
    assert gold.select("quote", "value").rows() == [("savage", None), (None, "Biased"), (None, None), (None, "Non-biased")]


def test_a_label_that_is_neither_is_set_aside(put: Write, corpus: Path, reasons: Table) -> None:
    put("train.csv", f"{HUB}A gull.,Gull,0,x,l,[],u,left,Entirely factual\nA rat.,Gull,3,x,l,[],u,left,Entirely factual\n")
    assert reasons(read(corpus).dataset()) == ["the label is neither 0 nor 1"]


@pytest.mark.skipif(not BABE.is_dir(), reason="BABE is not here")
def test_the_real_corpus_has_3674_sentences_and_8_annotators_of_whom_one_is_not_believed(tmp_path: Path, reasons: Table) -> None:
    write_dataset(tmp_path, read(BABE).dataset())
    dataset = read_dataset(tmp_path)
    assert dataset.annotations is not None
    assert dataset.gold is not None
    assert dataset.articles.height == 3674
    assert set(dataset.annotations["annotator"]) == {"1", "2", "3", "5", "6", "7", "9", "11"}
    by_annotator = dict(dataset.annotations.group_by("annotator").agg(pl.col("start").count()).iter_rows())
    assert by_annotator.pop("11") == 0
    assert min(by_annotator.values()) > 300
    aside = [entry["row"]["annotator"] for entry in dataset.rejected if entry["reason"].startswith("most words of this annotator")]
    assert set(aside) == {"11"}
    assert dataset.gold.filter(pl.col("label") == "bias").height == 3673
    assert len(reasons(dataset)) < 0.05 * dataset.annotations.height
