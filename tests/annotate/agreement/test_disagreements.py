"""The worst disagreements, as excerpts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from annotate.agreement import agree
from annotate.agreement.disagreements import MOST, MOST_CONTESTED
from schemas.dataset import Dataset

Make = Callable[..., Dataset]
CALM = "The ferry left at nine. "
TEXTS = {
    "a": CALM + "The reckless zealots sank the port. " + "It rained.",
    "b": "A cosy deal was done by cronies. " + CALM,
}


def test_an_excerpt_is_a_sentence_with_what_everybody_marked_in_it(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "reckless"), ("a", "ada", "Name", "zealots"), ("a", "ben")]
    dataset = make_dataset(TEXTS, marks)
    (found,) = agree(replace(dataset, articles=dataset.articles.with_columns(title=pl.lit("On ferries")))).disagreements
    assert found["text"] == "The reckless zealots sank the port."
    assert TEXTS["a"][found["start"] : found["end"]] == found["text"]
    assert (found["article_id"], found["title"], found["tokens"], found["differing"]) == ("a", "On ferries", 7, 2)
    assert found["annotators"] == {"ada": [{"label": "Loaded", "quote": "reckless"}, {"label": "Name", "quote": "zealots"}], "ben": []}


def test_an_excerpt_has_what_its_readers_said_of_the_article(make_dataset: Make) -> None:
    dataset = make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless"), ("a", "ben"), ("b", "ada"), ("b", "ben", "Name", "cronies")])
    ben, of_a = pl.col("annotator") == "ben", pl.col("article_id") == "a"
    note = pl.when(ben & of_a).then(pl.lit("Who is meant?"))
    said = dataset.require_annotations("test").with_columns(unsure=ben & of_a, note=note)
    found = {one["article_id"]: (one["unsure"], one["notes"]) for one in agree(replace(dataset, annotations=said)).disagreements}
    assert found == {"a": (["ben"], {"ben": "Who is meant?"}), "b": ([], {})}


def test_the_worst_stand_first_and_agreement_is_left_out(make_dataset: Make) -> None:
    marks = [
        *(("a", "ada", "Loaded", "reckless"), ("a", "ben"), ("a", "ada", "Loaded", "rained"), ("a", "ben", "Loaded", "rained")),
        *(("b", "ada", "Loaded", "cosy deal"), ("b", "ben", "Name", "cosy deal")),
    ]
    found = agree(make_dataset(TEXTS, marks)).disagreements
    assert [(one["article_id"], one["differing"]) for one in found] == [("b", 2), ("a", 1)]


def test_readers_differ_on_a_token_as_far_as_pairs_of_them_do(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "reckless"), ("a", "ben"), ("a", "cyd")]
    (found,) = agree(make_dataset(TEXTS, marks)).disagreements
    assert found["differing"] == 0.667


def test_neither_a_long_sentence_nor_a_short_one_wins_by_its_length(make_dataset: Make) -> None:
    """15 tokens of 101 are the most, and 1 of 2 is the largest share; 5 of 12 are the clearest."""
    texts = {
        "long": "word " * 85 + "odd " * 14 + "odd.",
        "calm": CALM * 30,
        "short": "Lies.",
        "clear": "They lied and lied and cheated in one year after another.",
    }
    marked = {"long": "odd " * 14 + "odd", "short": "Lies", "clear": "lied and lied and cheated"}
    marks = [mark for article, words in marked.items() for mark in ((article, "ada", "Loaded", words), (article, "ben"))]
    found = agree(make_dataset(texts, [*marks, ("calm", "ada"), ("calm", "ben")])).disagreements
    assert [(one["article_id"], one["differing"], one["tokens"]) for one in found] == [("clear", 5, 12), ("long", 15, 101), ("short", 1, 2)]


def test_a_span_over_two_sentences_is_quoted_in_each_as_far_as_it_lies_there(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "port. It rained"), ("a", "ben")]
    quotes = [one["annotators"]["ada"][0]["quote"] for one in agree(make_dataset(TEXTS, marks)).disagreements]
    assert sorted(quotes) == ["It rained", "port."]


def test_there_are_none_where_nobody_differs_or_nobody_overlaps(make_dataset: Make) -> None:
    alike = [("a", name, "Loaded", "reckless") for name in ("ada", "ben")]
    assert agree(make_dataset(TEXTS, alike)).disagreements == []
    assert agree(make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless"), ("a", "ben", "bias", "no")])).disagreements == []


def test_no_more_than_the_worst_are_kept(make_dataset: Make) -> None:
    texts = {f"n{number}": TEXTS["a"] for number in range(MOST + 5)}
    marks = [mark for article in texts for mark in ((article, "ada", "Loaded", "reckless"), (article, "ben"))]
    assert len(agree(make_dataset(texts, marks)).disagreements) == MOST


def test_a_contested_article_has_everybodys_spans_and_the_two_who_are_furthest_apart(make_dataset: Make) -> None:
    marks = [
        *(("a", "ada", "Loaded", "reckless"), ("a", "ben"), ("a", "cyd", "Loaded", "The reckless zealots"), ("a", "cyd", "Name", "zealots")),
        *(("b", "ada", "Loaded", "cosy"), ("b", "ben", "Loaded", "cosy")),
    ]
    (found,) = agree(make_dataset(TEXTS, marks)).contested
    assert (found["article_id"], found["text"], found["furthest"]) == ("a", TEXTS["a"], ["ben", "cyd"])
    assert list(found["annotators"]) == ["ada", "ben", "cyd"]
    assert found["annotators"]["ben"] == []
    quotes = [(mark["label"], TEXTS["a"][mark["start"] : mark["end"]]) for mark in found["annotators"]["cyd"]]
    assert quotes == [("Loaded", "The reckless zealots"), ("Name", "zealots")]


def test_contested_articles_are_those_with_most_beyond_the_mean_rate_and_no_more_than_the_worst(make_dataset: Make) -> None:
    texts = {f"n{number}": TEXTS["b"] for number in range(MOST_CONTESTED + 5)}
    marks = [mark for article in texts for mark in ((article, "ada", "Loaded", "cosy"), (article, "ben"))]
    found = agree(make_dataset(texts | {"worst": TEXTS["b"]}, [*marks, ("worst", "ada", "Loaded", "cosy deal"), ("worst", "ben")])).contested
    assert len(found) == MOST_CONTESTED
    assert found[0]["article_id"] == "worst"
