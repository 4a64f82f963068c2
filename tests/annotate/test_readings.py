"""Rows of annotations as one reading per article and annotator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from annotate.readings import ArticleReadings, Reading, collect_readings
from schemas.codebook import Codebook
from schemas.dataset import Dataset
from schemas.text.tokens import Span, tokens_of

TEXTS = {"b": "A reckless port 🚢 deal.", "a": "Nobody read this.", "c": "Plain words."}


def collect(dataset: Dataset) -> list[ArticleReadings]:
    return collect_readings(dataset.articles, dataset.require_annotations("test"))


def test_articles_keep_their_order_annotators_go_by_name_and_unread_articles_are_left_out(make_dataset: Callable[..., Dataset]) -> None:
    found = collect(make_dataset(TEXTS, [("c", "zoe"), ("b", "zoe"), ("b", "ada"), ("c", "ada", "bias", "no")]))
    assert [(article.article_id, list(article.readings)) for article in found] == [("b", ["ada", "zoe"]), ("c", ["ada", "zoe"])]


def test_who_marked_nothing_has_a_reading_all_the_same(make_dataset: Callable[..., Dataset]) -> None:
    (article,) = collect(make_dataset(TEXTS, [("b", "ada"), ("b", "ben", "Loaded", "reckless")]))
    assert article.readings["ada"] == Reading(marked=True)
    assert article.marks(None).tolist() == [[False] * 6, [False, True, False, False, False, False]]


def test_several_answers_to_one_question_are_a_set(make_dataset: Callable[..., Dataset]) -> None:
    marks = [("b", "ada", "frames", "Law"), ("b", "ada", "frames", "Health"), ("b", "ada", "bias", "no")]
    (article,) = collect(make_dataset(TEXTS, marks))
    assert article.readings["ada"].answers == {"frames": {"Law", "Health"}, "bias": {"no"}}
    assert article.readings["ada"].spans == {}


def test_a_span_marks_every_token_it_touches_also_in_part_and_after_an_emoji(make_dataset: Callable[..., Dataset]) -> None:
    (article,) = collect(make_dataset(TEXTS, [("b", "ada", "Loaded", "less po"), ("b", "ada", "Name", "deal")]))
    words = [article.text[start:end] for start, end in zip(article.tokens.starts, article.tokens.ends, strict=True)]
    assert [word for word, marked in zip(words, article.marks("Loaded")[0], strict=True) if marked] == ["reckless", "port"]
    assert [word for word, marked in zip(words, article.marks("Name")[0], strict=True) if marked] == ["deal"]
    assert [word for word, marked in zip(words, article.marks(None)[0], strict=True) if marked] == ["reckless", "port", "deal"]
    assert not article.marks("Unknown").any()


def test_a_span_that_only_touches_a_tokens_edge_does_not_mark_it() -> None:
    text = "one two"
    article = ArticleReadings("a", text, tokens_of(text), {"ada": Reading(marked=True, spans={"L": [Span(3, 4)]})})
    assert article.units("L") == [[]]
    assert article.marks("L").tolist() == [[False, False]]


def test_of_somebody_who_only_answered_the_spans_are_not_known(make_dataset: Callable[..., Dataset]) -> None:
    (article,) = collect(make_dataset(TEXTS, [("b", "ada", "bias", "no"), ("b", "ben"), ("b", "cyd", "Name", "deal")]))
    assert list(article.readings) == ["ada", "ben", "cyd"]
    assert list(article.markers) == ["ben", "cyd"]
    assert article.marks(None).tolist() == [[False] * 6, [False] * 4 + [True, False]]


def test_a_persons_units_are_runs_of_tokens_and_those_that_overlap_are_one(make_dataset: Callable[..., Dataset]) -> None:
    marks = [("b", "ada", "Loaded", "reck"), ("b", "ada", "Loaded", "less"), ("b", "ada", "Loaded", "port"), ("b", "ada", "Name", "port 🚢")]
    (article,) = collect(make_dataset(TEXTS, marks))
    assert article.units("Loaded") == [[Span(1, 2), Span(2, 3)]]
    assert article.units("Name") == [[Span(2, 4)]]
    assert article.units(None) == [[Span(1, 2), Span(2, 4)]]


def test_what_is_said_of_a_span_belongs_to_it_and_to_nobody_elses(make_dataset: Callable[..., Dataset], attributed: Codebook) -> None:
    deal = ("b", "ada", "Name", "deal")
    marks = [(*deal, "field", "war"), deal, (*deal, "field", "game"), (*deal, "target", "China"), ("b", "ben", "Name", "deal")]
    (article,) = collect(make_dataset(TEXTS, marks, attributed))
    place = ("Name", Span(TEXTS["b"].index("deal"), TEXTS["b"].index("deal") + 4))
    assert article.readings["ada"].attributes == {place: {"field": {"war", "game"}, "target": {"China"}}}
    assert replace(article.readings["ada"], attributes={}) == article.readings["ben"]


def test_a_headline_is_a_text_of_its_own_behind_that_of_its_article(make_dataset: Callable[..., Dataset]) -> None:
    texts = {**TEXTS, "b/title": "Reckless 🚢", "a/title": "Unread"}
    marks = [
        ("b/title", "ada", "Loaded", "Reckless"),
        ("b/title", "zoe"),
        ("b", "ada", "Loaded", "reckless"),
        ("b", "ada", "bias", "no"),
        ("c", "zoe"),
    ]
    dataset = make_dataset(texts, marks)
    timed = dataset.require_annotations("test").with_columns(seconds=pl.lit(60.0), suggested=pl.lit("m"))
    text, title, other = collect_readings(dataset.articles, timed)
    assert [(one.article_id, one.part, one.size, list(one.readings)) for one in (text, title, other)] == [
        ("b", "text", 6, ["ada"]),
        ("b", "title", 2, ["ada", "zoe"]),
        ("c", "text", 3, ["zoe"]),
    ]
    # What is about the article stands once.
    assert text.readings["ada"] == Reading(True, {"Loaded": [Span(2, 10)]}, {"bias": {"no"}}, origins=["manual"], seconds=60.0, suggested="m")
    assert title.readings == {"ada": Reading(True, {"Loaded": [Span(0, 8)]}, origins=["manual"]), "zoe": Reading(True)}
