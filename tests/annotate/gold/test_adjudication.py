"""Many readings become gold by a rule that anyone can apply by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.gold.adjudication import RULES, adjudicate
from annotate.readings import collect_readings
from schemas.checks import partition_quotes
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.tables import Gold, conform

Make = Callable[..., Dataset]
TEXT = "The reckless zealots sank the old port 🚢 in one night."
A: Mapping[str, str] = {"a": TEXT}
WORDS = ["The", "reckless", "reckless zealots", "zealots sank", "old port 🚢", "one night", "."]


def spans(gold: pl.DataFrame) -> list[tuple[str, str, float]]:
    return gold.filter(pl.col("start").is_not_null()).select("label", "quote", "support").rows()


def answers(gold: pl.DataFrame) -> list[tuple[str, str, float]]:
    return gold.filter(pl.col("value").is_not_null()).select("label", "value", "support").rows()


def test_two_of_three_are_a_majority_and_their_share_is_kept(make_dataset: Make) -> None:
    gold = adjudicate(make_dataset(A, [("a", "ada", "Loaded", "reckless"), ("a", "ben", "Loaded", "reckless"), ("a", "cyd")]))
    assert spans(gold) == [("Loaded", "reckless", pytest.approx(2 / 3))]
    assert gold["rule"].to_list() == ["majority"]


def test_half_is_not_a_majority_and_the_article_stays_with_an_empty_row(make_dataset: Make) -> None:
    gold = adjudicate(make_dataset(A, [("a", "ada", "Loaded", "reckless"), ("a", "ben")]))
    assert gold.select("article_id", "label", "start", "end", "quote", "value").rows() == [("a", None, None, None, None, None)]


def test_boundaries_are_those_of_the_tokens_that_won_and_support_is_their_mean(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "reckless zealots"), ("a", "ben", "Loaded", "reckless"), ("a", "cyd", "Loaded", "reckless zealots sank")]
    assert spans(adjudicate(make_dataset(A, marks))) == [("Loaded", "reckless zealots", pytest.approx((1 + 2 / 3) / 2))]
    assert spans(adjudicate(make_dataset(A, marks), "unanimous")) == [("Loaded", "reckless", 1.0)]


def test_labels_may_overlap_in_gold(make_dataset: Make) -> None:
    marks = [("a", name, label, words) for name in ("ada", "ben") for label, words in (("Loaded", "reckless zealots"), ("Name", "zealots"))]
    assert spans(adjudicate(make_dataset(A, marks))) == [("Loaded", "reckless zealots", 1.0), ("Name", "zealots", 1.0)]


def test_words_that_all_marked_under_split_labels_are_gold_under_the_label_with_most_votes(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "zealots"), ("a", "ben", "Name", "zealots"), ("a", "cyd", "Name", "zealots"), ("a", "dan", "Loaded", "The")]
    assert spans(adjudicate(make_dataset(A, marks))) == [("Name", "zealots", 0.5)]


def test_where_labels_have_as_many_votes_the_codebooks_order_decides(make_dataset: Make) -> None:
    marks = [("a", "ada", "Name", "zealots"), ("a", "ben", "Loaded", "zealots")]
    assert spans(adjudicate(make_dataset(A, marks))) == [("Loaded", "zealots", 0.5)]


def test_an_answer_wins_by_the_share_of_those_who_answered(make_dataset: Make) -> None:
    marks = [("a", "ada", "bias", "yes"), ("a", "ben", "bias", "yes"), ("a", "cyd", "bias", "no"), ("a", "dan")]
    assert answers(adjudicate(make_dataset(A, marks))) == [("bias", "yes", pytest.approx(2 / 3))]
    assert answers(adjudicate(make_dataset(A, marks), "unanimous")) == []
    assert answers(adjudicate(make_dataset(A, [("a", "ada", "bias", "yes"), ("a", "ben", "bias", "no")]))) == []


def test_each_of_several_answers_wins_or_loses_by_itself(make_dataset: Make) -> None:
    marks = [("a", "ada", "frames", "Law"), ("a", "ada", "frames", "Health"), ("a", "ben", "frames", "Law"), ("a", "ben", "frames", "Economy")]
    assert answers(adjudicate(make_dataset(A, marks))) == [("frames", "Law", 1.0)]


def test_one_reader_alone_is_gold_with_full_support(make_dataset: Make) -> None:
    gold = adjudicate(make_dataset(A, [("a", "ada", "Loaded", "reckless"), ("a", "ada", "bias", "yes")]))
    assert (spans(gold), answers(gold)) == ([("Loaded", "reckless", 1.0)], [("bias", "yes", 1.0)])


def test_articles_that_nobody_read_have_no_gold(make_dataset: Make) -> None:
    gold = adjudicate(make_dataset({"a": TEXT, "b": TEXT}, [("b", "ada")]))
    assert gold["article_id"].to_list() == ["b"]


def test_a_label_that_the_codebook_does_not_know_does_not_become_another_one(make_dataset: Make) -> None:
    dataset = make_dataset(A, [("a", "ada", "Old_Label", "zealots"), ("a", "ben", "Old_Label", "zealots")])
    with pytest.raises(FramingError, match="Old_Label"):
        adjudicate(dataset)


def test_a_text_without_tokens_can_be_adjudicated(make_dataset: Make) -> None:
    gold = adjudicate(make_dataset({"a": " \n"}, [("a", "ada"), ("a", "ben")]))
    assert gold["label"].to_list() == [None]


def test_a_rule_that_is_not_there_or_a_missing_table_is_an_error_of_ours(make_dataset: Make) -> None:
    dataset = make_dataset(A, [("a", "ada")])
    with pytest.raises(FramingError, match="majority, unanimous"):
        adjudicate(dataset, "loudest")
    with pytest.raises(FramingError, match="framing pull"):
        adjudicate(replace(dataset, annotations=None))
    with pytest.raises(FramingError, match="codebook"):
        adjudicate(replace(dataset, codebook=None))


MARKS = st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from(["Loaded", "Name"]), st.sampled_from(WORDS)), max_size=9)


@given(marks=MARKS)
def test_gold_is_a_valid_table_whose_every_span_somebody_marked_so(make_dataset_once: Make, marks: list[tuple[str, str, str]]) -> None:
    dataset = make_dataset_once(A, [("a", name) for name in "xyz"] + [("a", *mark) for mark in marks])
    (article,) = collect_readings(dataset.articles, dataset.require_annotations("test"))
    tokens: dict[str, set[tuple[Any, int]]] = {}
    for rule in RULES:
        gold = conform(adjudicate(dataset, rule), Gold, "test")
        good, bad = partition_quotes(gold, dataset.articles)
        assert (good.height, bad.height) == (gold.height, 0)
        tokens[rule] = set()
        for row in gold.filter(pl.col("start").is_not_null()).iter_rows(named=True):
            covered = [i for i, start in enumerate(article.tokens.starts.tolist()) if row["start"] <= start < row["end"]]
            votes = article.marks(row["label"])[:, covered]
            assert row["support"] == pytest.approx(votes.mean())
            assert votes.any()
            tokens[rule] |= {(None, i) for i in covered}
    assert tokens["unanimous"] <= tokens["majority"]
    shares = article.marks(None).mean(axis=0)
    assert {i for _, i in tokens["majority"]} == {i for i, share in enumerate(shares) if share > 0.5}


@pytest.mark.parametrize("rule", RULES)
def test_a_headline_is_decided_by_those_who_read_it(make_dataset: Make, rule: str) -> None:
    texts = {**A, "a/title": "Zealots sank it", "b": "Plain words.", "b/title": "Plain too", "c": "Nobody read the headline.", "c/title": "Sank"}
    both = [(name, *mark) for name in ("ada", "ben") for mark in (("a/title", "Name", "Zealots"), ("b/title",), ("b",))]
    marks = [(article, name, *rest) for name, article, *rest in both] + [(article, "cyd") for article in "bc"]
    marks += [("a", name, label, words) for name in ("ada", "ben", "cyd") for label, words in (("Loaded", "reckless"), ("bias", "yes"))]
    dataset = make_dataset(texts, marks)
    gold = conform(adjudicate(dataset, rule), Gold, "test")
    assert gold.select("article_id", "part", "label", "quote", "value", "support").rows() == [
        ("a", "text", "Loaded", "reckless", None, 1.0),
        ("a", "text", "bias", None, "yes", 1.0),
        ("a", "title", "Name", "Zealots", None, 1.0),
        ("b", "text", None, None, None, 1.0),
        ("b", "title", None, None, None, 1.0),
        ("c", "text", None, None, None, 1.0),
    ]
    assert partition_quotes(gold, dataset.articles)[1].height == 0


def test_gold_of_a_headline_stays_where_only_the_text_was_read_here(make_dataset: Make) -> None:
    texts = {**A, "a/title": "Zealots sank it"}
    elsewhere = adjudicate(make_dataset(texts, [("a/title", "zoe", "Name", "Zealots"), ("a", "zoe", "Loaded", "sank")]))
    here = replace(make_dataset(texts, [("a", "ada", "Loaded", "reckless")]), gold=elsewhere)
    assert adjudicate(here).select("part", "quote").rows() == [("text", "reckless"), ("title", "Zealots")]
