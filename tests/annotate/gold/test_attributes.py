"""What is said of a gold span is decided by the rule that decides the span, from what was said of the spans that it came of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from annotate.gold.adjudication import RULES, adjudicate
from annotate.gold.disputes import find_disputes, gather_marks, join_decisions
from schemas.checks import partition_quotes, refuse_unknown_labels
from schemas.codebook import Codebook
from schemas.dataset import Dataset
from schemas.tables import ATTRIBUTE, SPAN, Gold, conform

Make = Callable[..., Dataset]
Mark = tuple[str, ...]
TEXT = "The reckless zealots sank the old port in one night."
TEXTS = dict.fromkeys("ab", TEXT)


def mark(annotator: str, words: str, article: str = "a", label: str = "Loaded", **attributes: str) -> list[Mark]:
    span = (article, annotator, label, words)
    return [span, *((*span, name, value) for name, values in attributes.items() for value in values.split("+"))]


def said(gold: pl.DataFrame) -> list[tuple[str, str, str, float]]:
    return gold.filter(ATTRIBUTE).select("quote", "attribute", "value", "support").rows()


@pytest.mark.parametrize(("rule", "won"), [("majority", [("reckless", "stance", "for", pytest.approx(2 / 3))]), ("unanimous", [])])
def test_the_share_of_those_who_said_something_decides(make_dataset: Make, attributed: Codebook, rule: str, won: list[object]) -> None:
    marks = [*mark("ada", "reckless", stance="for"), *mark("ben", "reckless", stance="for"), *mark("cyd", "reckless", stance="against")]
    assert said(adjudicate(make_dataset(TEXTS, [*marks, *mark("dan", "reckless")], attributed), rule)) == won


def test_a_tie_is_no_decision_and_who_is_silent_has_no_vote(make_dataset: Make, attributed: Codebook) -> None:
    marks = [*mark("ada", "reckless", stance="for", note="bad"), *mark("ben", "reckless", stance="against"), *mark("cyd", "reckless")]
    assert said(adjudicate(make_dataset(TEXTS, marks, attributed))) == [("reckless", "note", "bad", 1.0)]


def test_rows_stand_at_the_place_of_the_gold_span_whichever_spans_said_it(make_dataset: Make, attributed: Codebook) -> None:
    marks = [
        *mark("ada", "reckless zealots", stance="against", field="war+game"),
        *mark("ben", "zealots", stance="against", field="war"),
        *mark("cyd", "reckless zealots"),
    ]
    dataset = make_dataset(TEXTS, marks, attributed)
    gold = conform(adjudicate(dataset), Gold, "test")
    refuse_unknown_labels(gold, attributed, "test")
    assert partition_quotes(gold, dataset.articles)[1].is_empty()
    assert said(gold) == [("reckless zealots", "stance", "against", 1.0), ("reckless zealots", "field", "war", 1.0)]
    assert gold.filter(ATTRIBUTE).select("label", "start", "end").unique().rows() == gold.filter(SPAN).select("label", "start", "end").rows()


def test_a_span_of_the_same_label_speaks_before_one_that_overlaps_more_and_another_label_where_there_is_none(
    make_dataset: Make, attributed: Codebook
) -> None:
    others = [*mark("ada", "reckless"), *mark("ben", "reckless")]
    both = [*mark("cyd", "reckless zealots", label="Name", stance="for", target="China"), *mark("cyd", "reck", stance="against")]
    assert said(adjudicate(make_dataset(TEXTS, others + both, attributed))) == [
        ("reckless", "target", "China", 1.0),
        ("reckless", "stance", "against", 1.0),
    ]


def test_words_that_differ_in_marks_and_case_are_one_and_an_alias_is_its_actor(make_dataset: Make, attributed: Codebook) -> None:
    marks = [
        *mark("ada", "reckless", target="U.S.", note="The Fed"),
        *mark("ben", "reckless", target="Washington", note="the fed!"),
        *mark("cyd", "reckless", target="China", note="The Fed"),
    ]
    assert said(adjudicate(make_dataset(TEXTS, marks, attributed))) == [
        ("reckless", "target", "United States", pytest.approx(2 / 3)),
        ("reckless", "note", "The Fed", 1.0),
    ]


def test_dawid_skene_believes_those_who_agree_of_choices_and_counts_words(make_dataset: Make, attributed: Codebook) -> None:
    words = ["reckless", "zealots", "sank", "old", "port", "night"]
    truth = dict(zip(words, ["for", "against", "for", "against", "neither", "for"], strict=True))
    marks = [one for article in "ab" for name in ("ada", "ben") for word in words for one in mark(name, word, article, stance=truth[word])]
    # Cyd and Dan say the same of everything, and on the last word Ada is alone against both.
    marks = [one for one in marks if one[:2] != ("b", "ben") or one[3] != "night"]
    for name in ("cyd", "dan"):
        marks += [one for article in "ab" for word in words for one in mark(name, word, article, stance="against", note=name)]
    dataset = make_dataset(TEXTS, marks, attributed)
    last = pl.col("article_id") == "b", pl.col("quote") == "night", pl.col("attribute") == "stance"
    assert adjudicate(dataset, "dawid-skene").filter(*last)["value"].to_list() == ["for"]
    assert adjudicate(dataset).filter(*last)["value"].to_list() == ["against"]
    assert adjudicate(dataset, "dawid-skene").filter(attribute="note").is_empty()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_leaves_spans_and_answers_as_they_were(make_dataset: Make, attributed: Codebook, rule: str) -> None:
    marks = [*mark("ada", "reckless", stance="for", field="war+game"), *mark("ben", "reckless zealots", stance="for"), ("a", "ada", "bias", "yes")]
    bare = [one for one in marks if len(one) == 4]
    assert adjudicate(make_dataset(TEXTS, marks, attributed), rule).filter(~ATTRIBUTE).equals(adjudicate(make_dataset(TEXTS, bare), rule))


def test_gold_of_articles_without_readers_keeps_its_attributes(make_dataset: Make, attributed: Codebook) -> None:
    before = adjudicate(make_dataset(TEXTS, mark("ada", "port", "b", stance="for"), attributed))
    dataset = replace(make_dataset(TEXTS, mark("ada", "reckless", stance="against"), attributed), gold=conform(before, Gold, "test"))
    assert said(adjudicate(dataset)) == [("reckless", "stance", "against", 1.0), ("port", "stance", "for", 1.0)]


def test_an_attribute_alone_may_be_disputed_and_weighs_little(make_dataset: Make, attributed: Codebook) -> None:
    marks = [*mark("ada", "reckless", stance="for", note="Bad"), *mark("ben", "reckless", stance="against", note="bad.")]
    marks += [*mark("ada", "port", "b", target="China"), *mark("ben", "port", "b")]
    assert find_disputes(make_dataset(TEXTS, marks, attributed)) == {"a": pytest.approx(0.1 / 2)}


def test_the_expert_is_shown_what_most_said_with_the_shares_of_all_values(make_dataset: Make, attributed: Codebook) -> None:
    marks = [
        *mark("ada", "reckless", stance="for", field="war+game"),
        *mark("ben", "reckless", stance="for"),
        *mark("cyd", "reckless", stance="against"),
    ]
    shown = gather_marks(make_dataset(TEXTS, marks, attributed), ["a"])
    assert shown.select("quote", "attribute", "value", "probability", "note").rows() == [
        ("reckless", None, None, 1.0, "100% of 3 annotators; stance: against 33%, for 67%"),
        ("reckless", "stance", "for", pytest.approx(2 / 3), "stance: against 33%, for 67%"),
        ("reckless", "field", "game", 1.0, "field: game 100%, war 100%"),
        ("reckless", "field", "war", 1.0, "field: game 100%, war 100%"),
    ]


def test_what_the_expert_decides_of_a_span_is_gold_with_the_share_who_had_said_so(make_dataset: Make, attributed: Codebook) -> None:
    marks = [*mark("ada", "reckless", stance="for", target="U.S."), *mark("ben", "reckless", stance="against", target="China")]
    marks += [one for name in ("ada", "ben") for one in mark(name, "port", "b", stance="for")]
    expert = mark("eve", "reckless zealots", stance="against", target="United States", note="mine")
    gold, waiting = join_decisions(make_dataset(TEXTS, marks, attributed), make_dataset(TEXTS, expert, attributed).require_annotations("test"))
    assert waiting == []
    assert said(gold) == [
        ("reckless zealots", "stance", "against", 0.5),
        ("reckless zealots", "target", "United States", 0.5),
        ("reckless zealots", "note", "mine", 0.0),
        ("port", "stance", "for", 1.0),
    ]
