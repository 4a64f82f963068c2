"""BABE and MBIC in the files in which they are distributed: workbooks and tables, SG1, SG2 and crowd labels, votes alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
import pytest

from annotate.corpora.babe import read
from annotate.corpora.babe_tables import find_labels
from schemas.dataset import Dataset
from schemas.errors import FramingError

PLAN = "The mayor, a savage cutter, sold the harbour to her cronies."
FERRY = "The ferry sails at nine."
FINAL = ["text", "news_link", "outlet", "topic", "type", "label_bias", "label_opinion", "biased_words"]
# MBIC by itself: an index without a name, and the article in which the sentence stands.
DATASET = ["", "sentence", "news_link", "outlet", "topic", "type", "group_id", "num_sent", "Label_bias", "Label_opinion", "article", "biased_words4"]
LINK = "https://gull.example/1"
Table = Callable[..., list[Any]]
Write = Callable[..., Path]


@pytest.fixture
def put_table(put: Write) -> Write:
    """A table of these columns and rows, of the kind that its name says."""

    def write(name: str, head: list[str], *rows: tuple[Any, ...], separator: str = ";") -> Path:
        table = pl.DataFrame(rows, schema=head, orient="row", strict=False, infer_schema_length=None)
        return put(name, table if name.endswith(".xlsx") else table.write_csv(separator=separator))

    return write


def facts_of(table: pl.DataFrame | None) -> list[Any]:
    """The quotes and answers of a table, by the alphabet."""
    assert table is not None
    return sorted(cell for row in table.select("quote", "value").iter_rows() for cell in row if cell is not None)


def votes_of(dataset: Dataset, annotator: str) -> list[Any]:
    assert dataset.annotations is not None
    return facts_of(dataset.annotations.filter(pl.col("annotator") == annotator))


@pytest.mark.parametrize("release", ["SG1", "SG2", "MBIC"])
@pytest.mark.parametrize(("kind", "separator"), [(".xlsx", ""), (".csv", ";"), (".csv", ","), (".csv", "\t")])
def test_final_labels_and_votes_of_each_release_are_read_from_workbooks_and_tables(
    corpus: Path, put_table: Write, release: str, kind: str, separator: str
) -> None:
    put_table(
        f"final_labels_{release}{kind}",
        FINAL,
        (PLAN, LINK, "usa-today", "environment", "center", "Biased", "Expresses writer’s opinion", "['savage', 'cronies']"),
        (FERRY, None, "reuters", "sport", "center", "Non-biased", "No agreement", "[]"),
        separator=separator,
    )
    votes = ["text", "news_link", "label_bias", "label_opinion", "biased_words", "annotator_id", "Label_bias_0-1"]
    row = (PLAN, LINK, "Biased", "Somewhat factional but also opinionated", "savage", 3, 1)
    put_table(f"raw_labels_{release}{kind}", votes, row, separator=separator)
    collection = read(corpus)
    dataset = collection.dataset()
    assert facts_of(dataset.gold) == ["Biased", "Expresses writer's opinion", "Non-biased", "cronies", "savage"]
    assert votes_of(dataset, "3") == ["Biased", "Somewhat factual but also opinionated", "savage"]
    assert dataset.articles["outlet"].to_list() == ["usa-today", "reuters"]
    assert dataset.rejected == []
    assert collection.notices == {"answers spelt otherwise were taken for 'Somewhat factual but also opinionated'": 1}


def test_mbic_by_itself_is_read_with_its_votes(corpus: Path, put_table: Write) -> None:
    put_table(
        "labeled_dataset.xlsx",
        DATASET,
        (0, PLAN, LINK, "usa-today", "environment", "center", 1, 10, "Biased", "Expresses writer’s opinion", "All of it.", "['savage']"),
        (1, FERRY, LINK, "usa-today", "sport", "center", 1, 10, "Non-biased", "Entirely factual", "All of it.", "[]"),
    )
    head = ["survey_record_id", "mturk_id", "text", "label", "factual", "words", "age"]
    put_table(
        "annotations.xlsx",
        head,
        ("s-1", "w-9", PLAN, "Biased", "Expresses writer’s opinion", "savage, cronies", 30),
        ("s-2", "w-9", PLAN, "Non-biased", "Entirely factual", "[]", 30),
        ("s-3", "w-8", FERRY, "Biased", "Entirely factual", "['sails', 'nine']", 61),
    )
    dataset = read(corpus).dataset()
    assert dataset.articles.select("text", "outlet", "topic", "leaning").row(0) == (PLAN, "usa-today", "environment", "center")
    assert not {"article", "group_id", "age"} & set(dataset.articles.columns)
    assert facts_of(dataset.gold) == ["Biased", "Entirely factual", "Expresses writer's opinion", "Non-biased", "savage"]
    assert votes_of(dataset, "s-1") == ["Biased", "Expresses writer's opinion", "cronies", "savage"]
    assert votes_of(dataset, "s-3") == ["Biased", "Entirely factual", "nine", "sails"]
    assert dataset.annotations is not None
    # A worker's account is nobody's name in a dataset.
    assert set(dataset.annotations["annotator"]) == {"s-1", "s-2", "s-3"}


def test_votes_without_words_are_answers_alone_and_nobody_is_said_to_have_marked_nothing(
    corpus: Path, put_table: Write, readings: Table, put_final: Write
) -> None:
    put_final((PLAN, "Biased", "Entirely factual", []), name="final_labels_MBIC.csv")
    put_table("raw_labels_MBIC.xlsx", ["text", "label_bias", "mturk_id"], (PLAN, "Non biased", "w-1"))
    collection = read(corpus)
    dataset = collection.dataset()
    assert (votes_of(dataset, "w-1"), readings(dataset.annotations)) == (["Non-biased"], [])
    assert any("no column of words" in notice for notice in collection.notices)


@pytest.mark.parametrize("name", ["raw_labels_SG1.xlsx", "raw_labels_MBIC.csv"])
@pytest.mark.parametrize("given", ["folder", "file"])
def test_votes_alone_come_in_and_gold_is_left_to_adjudication(corpus: Path, put_table: Write, reasons: Table, name: str, given: str) -> None:
    head = ["text", "news_link", "outlet", "topic", "type", "Label_bias", "label_opinion", "biased_words", "annotator_id"]
    place = (LINK, "msnbc", "harbour", "left")
    put_table(
        name,
        head,
        (PLAN, *place, "Biased", "Expresses wleter´s opinion", "savage", "1"),
        (PLAN.upper() + " ", LINK, "MSNBC", "harbour", "left", "Biased, unfair", "Expresses writer’s opinion", "cronies", "2"),
        (FERRY, *place, "Non-biased", "Entirely factual", None, "1"),
        (PLAN, "https://gull.example/2", "msnbc", "harbour", "left", "Biased", "Rather factual", None, "1"),
        (FERRY, *place, None, None, None, "2"),
        (FERRY, *place, "Non-biased", None, None, None),
    )
    collection = read(corpus if given == "folder" else corpus / name)
    dataset = collection.dataset()
    assert dataset.gold is None
    assert dataset.articles.select("text", "outlet", "url").rows() == [
        (PLAN, "msnbc", LINK),
        (FERRY, "msnbc", LINK),
        (PLAN, "msnbc", "https://gull.example/2"),
    ]
    assert votes_of(dataset, "2") == ["Biased", "Expresses writer's opinion", "cronies"]
    assert sorted(reasons(dataset)) == [
        "codebook babe 1.0.0 has no such answer",
        "the annotator has no name",
        "the annotator has no name",
        "the vote has neither an answer nor a word",
    ]
    assert any("adjudicate" in notice for notice in collection.notices)


def test_of_all_tables_of_the_corpus_the_largest_is_read_and_of_the_others_it_is_said(corpus: Path, put: Write) -> None:
    names = ["final_labels_MBIC.xlsx", "final_labels_SG1.csv", "final_labels_SG2.csv", "final_labels_SG2.xlsx"]
    names += ["labeled_dataset.xlsx", "raw_labels_MBIC.xlsx", "raw_labels_SG1.xlsx", "raw_labels_SG2.csv", "raw_labels_SG2.xlsx"]
    for name in names:
        put(name, "x")
    notices = Counter[str]()
    assert find_labels(corpus, notices) == (corpus / "final_labels_SG2.csv", corpus / "raw_labels_SG2.xlsx")
    assert notices.total() == 7
    assert find_labels(corpus / "final_labels_MBIC.xlsx", notices) == (corpus / "final_labels_MBIC.xlsx", corpus / "raw_labels_MBIC.xlsx")
    assert find_labels(corpus / "labeled_dataset.xlsx", notices) == (corpus / "labeled_dataset.xlsx", corpus / "raw_labels_MBIC.xlsx")
    assert find_labels(corpus / "raw_labels_SG1.xlsx", notices) == (None, corpus / "raw_labels_SG1.xlsx")


@pytest.mark.parametrize(
    ("name", "column"), [("labeled_dataset.xlsx", "label_bias"), ("labeled_dataset.csv", "biased_words"), ("raw_labels_MBIC.xlsx", "annotator_id")]
)
def test_a_missing_column_is_an_error_that_names_it_and_those_that_are_there(corpus: Path, put_table: Write, name: str, column: str) -> None:
    names = {"label_bias": "Label_bias", "biased_words": "biased_words4"}
    put_table(name, [one for one in DATASET[1:] if one != names.get(column)], ("x",) * (len(DATASET) - 1 - (column in names)))
    with pytest.raises(FramingError, match=rf"has no column '{column}' \(there are: sentence, ") as caught:
        read(corpus)
    assert name in str(caught.value)


@pytest.mark.parametrize("junk", [b"", b"PK\3\4 cut", b"sentence,outlet\n1,2\n"])
def test_final_labels_that_are_no_workbook_are_an_error(corpus: Path, put: Write, junk: bytes) -> None:
    put("final_labels_SG1.xlsx", junk)
    with pytest.raises(FramingError, match="is damaged, or is not an Excel workbook"):
        read(corpus)


def test_a_workbook_that_would_fill_the_memory_is_refused(corpus: Path, put: Write) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (1 << 25))
    put("labeled_dataset.xlsx", packed.getvalue())
    with pytest.raises(FramingError, match="far larger unpacked"):
        read(corpus)
