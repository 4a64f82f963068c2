"""PTC: articles and label files, together or apart, whole or half-downloaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.corpora.ptc import read
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.errors import FramingError

PTC = Path(__file__).parents[4] / "shared" / "data" / "ptc"
TEXT = "The gate shuts\n\nA savage 🚢 plan of harbour rats, said café owners.\nIt is what it is.\n"
MARKED = {"savage": "Loaded_Language", "savage 🚢 plan of harbour rats": "Name_Calling,Labeling", "It is what it is": "Thought-terminating_Cliches"}
SI, TC = "train-labels-task1-span-identification", "train-labels-task2-technique-classification"
Put = Callable[[str, object], Path]
Table = Callable[..., list[Any]]


def test_an_article_has_its_spans_as_gold_also_where_they_overlap_or_stand_behind_a_ship(
    corpus: Path, put_ptc: Callable[..., None], spans: Table
) -> None:
    put_ptc(7, TEXT, MARKED)
    dataset = read(corpus).dataset()
    assert spans(dataset.gold) == [("7", label, words) for words, label in MARKED.items()]
    assert dataset.articles.select("article_id", "title", "text").rows() == [("7", "The gate shuts", TEXT)]
    assert (dataset.rejected, dataset.annotations) == ([], None)


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n"), lambda text: text.replace("é", "e\u0301")])
def test_offsets_are_moved_along_when_the_text_becomes_canonical(
    corpus: Path, put_ptc: Callable[..., None], spans: Table, change: Callable[[str], str]
) -> None:
    put_ptc(7, change(TEXT), MARKED)
    dataset = read(corpus).dataset()
    assert spans(dataset.gold) == [("7", label, words) for words, label in MARKED.items()]
    assert dataset.articles["text"].to_list() == [TEXT]
    assert dataset.articles["title"].to_list() == ["The gate shuts"]


def test_an_article_with_an_empty_file_of_spans_was_read_and_nothing_was_marked(corpus: Path, put_ptc: Callable[..., None], readings: Table) -> None:
    put_ptc(7, TEXT, MARKED)
    put_ptc(8, "Quiet\n\nThe harbour is 300 years old.\n", {})
    put_ptc(9, "Quieter\n\nThe harbour is older.\n", {})
    (corpus / TC / "article9.task2-TC.labels").unlink()
    assert readings(read(corpus).dataset().gold) == ["8", "9"]


def test_labels_of_all_articles_in_one_file_are_read_and_articles_without_a_row_have_no_span(
    corpus: Path, put: Put, spans: Table, readings: Table
) -> None:
    put("train-articles/article7.txt", TEXT)
    put("train-articles/article8.txt", "Quiet\n\nThe harbour is 300 years old.\n")
    put("train-task2-TC.labels", "7\tLoaded_Language\t18\t24\n")
    gold = read(corpus).dataset().gold
    assert (spans(gold), readings(gold)) == ([("7", "Loaded_Language", "savage")], ["8"])


def test_where_both_layouts_are_there_each_row_counts_once(corpus: Path, put: Put, put_ptc: Callable[..., None], spans: Table) -> None:
    put_ptc(7, TEXT, {"savage": "Loaded_Language"})
    put("train-task2-TC.labels", "7\tLoaded_Language\t18\t24\n")
    put("train-task1-SI.labels", "7\t18\t24\n")
    assert len(spans(read(corpus).dataset().gold)) == 1


@pytest.mark.parametrize("missing", ["both", "techniques"])
def test_an_article_whose_labels_are_missing_is_set_aside_and_not_taken_for_clean(
    corpus: Path, put_ptc: Callable[..., None], reasons: Table, missing: str
) -> None:
    put_ptc(7, TEXT, MARKED)
    put_ptc(8, TEXT.replace("gate", "pier"), MARKED)
    (corpus / TC / "article8.task2-TC.labels").unlink()
    if missing == "both":
        (corpus / SI / "article8.task1-SI.labels").unlink()
    dataset = read(corpus).dataset()
    assert dataset.articles["article_id"].to_list() == ["7"]
    assert reasons(dataset) == ["its labels are missing: half-downloaded?"]


def test_an_article_with_spans_whose_techniques_are_not_in_the_joined_file_is_set_aside(corpus: Path, put: Put) -> None:
    put("train-articles/article7.txt", TEXT)
    put("train-articles/article8.txt", TEXT.replace("gate", "pier"))
    put("train-task1-SI.labels", "7\t18\t24\n8\t18\t24\n")
    put("train-task2-TC.labels", "7\tLoaded_Language\t18\t24\n")
    assert read(corpus).dataset().articles["article_id"].to_list() == ["7"]


def test_labels_without_their_article_are_set_aside(corpus: Path, put_ptc: Callable[..., None], reasons: Table) -> None:
    put_ptc(7, TEXT, MARKED)
    put_ptc(8, TEXT, MARKED)
    (corpus / "train-articles" / "article8.txt").unlink()
    assert reasons(read(corpus).dataset()) == ["there is no article of this id"] * 3


@pytest.mark.parametrize("junk", [b"\x89PNG\0\1\2\xff" * 40, b"caf\xc3", b""])
def test_one_damaged_article_among_many_is_set_aside_with_its_labels(
    corpus: Path, put: Put, put_ptc: Callable[..., None], reasons: Table, junk: bytes
) -> None:
    put_ptc(7, TEXT, MARKED)
    put_ptc(8, TEXT, {"savage": "Loaded_Language"})
    put("train-articles/article8.txt", junk)
    dataset = read(corpus).dataset()
    assert dataset.articles["article_id"].to_list() == ["7"]
    assert len(dataset.rejected) == 2
    assert "its article was set aside" in reasons(dataset)


def test_one_damaged_file_of_labels_sets_its_article_aside(corpus: Path, put: Put, put_ptc: Callable[..., None]) -> None:
    put_ptc(7, TEXT, MARKED)
    put_ptc(8, TEXT.replace("gate", "pier"), MARKED)
    put(f"{TC}/article8.task2-TC.labels", b"\x89PNG\0\1\2\xff" * 40)
    assert read(corpus).dataset().articles["article_id"].to_list() == ["7"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("7\tLoaded_Language\t18\t2400\n", "the offsets leave the text"),
        ("7\tLoaded_Language\t24\t18\n", "the offsets leave the text"),
        ("7\tShouting\t18\t24\n", "codebook ptc-14 1.0.0 has no such label"),
        ("7\tLoaded_Language\t18\tlast\n", "not a row of task2-TC labels"),
        ("7\tLoaded_Language\t18.0\t24.0\n", "not a row of task2-TC labels"),
        ("7\tLoaded_Language\t-1\t24\n", "not a row of task2-TC labels"),
        (f"7\tLoaded_Language\t18\t{'9' * 5000}\n", "not a row of task2-TC labels"),
        ("7\tLoaded_Language\t18", "not a row of task2-TC labels"),
        ("7 Loaded_Language 18 24\n", "not a row of task2-TC labels"),
    ],
)
def test_a_row_that_does_not_fit_is_set_aside_and_its_article_is_not_taken_for_clean(
    corpus: Path, put: Put, put_ptc: Callable[..., None], readings: Table, reasons: Table, row: str, reason: str
) -> None:
    put_ptc(8, TEXT.replace("gate", "pier"), MARKED)
    put_ptc(7, TEXT, {})
    put(f"{TC}/article7.task2-TC.labels", row)
    put(f"{SI}/article7.task1-SI.labels", "7\t18\t24\n")
    dataset = read(corpus).dataset()
    assert reasons(dataset) == [reason]
    assert readings(dataset.gold) == []
    assert "7" in dataset.articles["article_id"]


def test_two_files_of_one_article_are_one_article_unless_their_texts_differ(corpus: Path, put: Put, put_ptc: Callable[..., None]) -> None:
    put_ptc(7, TEXT, MARKED)
    put("copy/article7.txt", TEXT)
    assert read(corpus).dataset().rejected == []
    put("copy/article7.txt", TEXT + "More.")
    assert read(corpus).dataset().rejected[0]["reason"] == "another article has this id"


def test_offsets_that_mostly_cut_words_are_of_other_texts_and_refused(corpus: Path, put: Put, put_ptc: Callable[..., None]) -> None:
    lines = [f"Line {i} has a savage word." for i in range(30)]
    text = "\n".join(["Title", "", *lines])
    put_ptc(7, text, {line.removesuffix("."): "Loaded_Language" for line in lines})
    assert read(corpus).dataset().gold is not None
    put("train-articles/article7.txt", text.replace("\n", "\r\n"))
    with pytest.raises(FramingError, match="most spans begin or end inside a word"):
        read(corpus)


def test_what_is_no_corpus_is_an_error_that_says_what_is_missing(corpus: Path, put: Put) -> None:
    with pytest.raises(FramingError, match="no such file or folder"):
        read(corpus)
    article = put("train-articles/article7.txt", TEXT)
    put("train-articles/Article8.md", TEXT)
    for path in (corpus, article):
        with pytest.raises(FramingError, match="holds no labels of task2-TC"):
            read(path)
    article.unlink()
    with pytest.raises(FramingError, match=r"holds no article<ID>\.txt"):
        read(corpus)


@pytest.mark.skipif(not PTC.is_dir(), reason="the Propaganda Techniques Corpus is not here")
def test_the_real_corpus_is_read_whole_and_every_quote_stands_at_its_offsets(tmp_path: Path, readings: Table) -> None:
    write_dataset(tmp_path, read(PTC).dataset())
    dataset: Dataset = read_dataset(tmp_path)
    assert dataset.gold is not None
    texts = dict(dataset.articles.select("article_id", "text").iter_rows())
    marked = dataset.gold.filter(pl.col("start").is_not_null())
    assert (len(texts), marked.height, len(readings(dataset.gold)), dataset.rejected) == (267, 4457, 11, [])
    assert all(texts[article][start:end] == quote for article, start, end, quote in marked.select("article_id", "start", "end", "quote").iter_rows())
    # Of shifted offsets most would cut a word.
    cut = sum(
        quote != quote.strip() or texts[article][end : end + 1].isalnum()
        for article, end, quote in marked.select("article_id", "end", "quote").iter_rows()
    )
    assert cut < 0.05 * marked.height
