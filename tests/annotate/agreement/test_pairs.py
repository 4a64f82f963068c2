"""How far each two annotators agree: alpha of two coders, beside that of others."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import polars as pl
import pytest

from annotate.agreement import agree
from annotate.agreement.pairs import agree_pair_by_pair
from annotate.readings import collect_readings
from schemas.dataset import Dataset
from schemas.text.tokens import tokenise

Make = Callable[..., Dataset]
TEXTS = {"a": "The reckless zealots sank the port.", "b": "A cosy deal was done by cronies.", "c": "It rained."}
MARKS = [
    *(("a", "ada", "Loaded", "reckless"), ("a", "ben", "Loaded", "reckless zealots"), ("a", "cyd", "Name", "zealots")),
    *(("b", "ada", "Loaded", "cosy deal"), ("b", "ben"), ("c", "dan", "Loaded", "rained")),
]


def test_the_alpha_of_two_is_that_of_nltk_whatever_the_label(make_dataset: Make) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what nltk imports is its own affair, and takes its time
        from nltk.metrics import agreement as nltk_agreement
    pairs = {tuple(pair["annotators"]): pair for pair in agree(make_dataset(TEXTS, MARKS)).pairs}
    assert list(pairs) == [("ada", "ben"), ("ada", "cyd"), ("ben", "cyd")]
    marked = {("a", "ada"): "reckless", ("a", "ben"): "reckless zealots", ("a", "cyd"): "zealots", ("b", "ada"): "cosy deal", ("b", "ben"): ""}
    for (first, second), pair in pairs.items():
        articles = [name for name in TEXTS if (name, first) in marked and (name, second) in marked]
        assert pair["articles"] == len(articles)
        triples = [
            (person, f"{name} {token}", TEXTS[name][token.start : token.end] in marked[name, person].split())
            for name in articles
            for token in tokenise(TEXTS[name])
            for person in (first, second)
        ]
        assert pair["alpha"] == pytest.approx(nltk_agreement.AnnotationTask(data=triples).alpha())


def test_two_who_read_nothing_both_are_no_pair_and_two_who_marked_nothing_have_no_alpha(make_dataset: Make) -> None:
    (pair,) = agree(make_dataset(TEXTS, [("a", "ada"), ("a", "ben"), ("c", "dan")])).pairs
    assert pair == {"annotators": ["ada", "ben"], "articles": 1, "alpha": None, "low": None, "high": None}
    assert agree(make_dataset(TEXTS, [("a", "ada"), ("b", "ben")])).pairs == []


def test_of_two_people_the_alpha_is_that_of_any_label_with_the_same_interval(make_dataset: Make) -> None:
    found = agree(make_dataset(TEXTS, [mark for mark in MARKS if mark[1] in {"ada", "ben"}]))
    (pair,) = found.pairs
    assert {name: pair[name] for name in ("alpha", "low", "high")} == {name: found.any_label[name] for name in ("alpha", "low", "high")}


def test_a_headline_is_no_article_of_its_own(make_dataset: Make) -> None:
    dataset = make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless"), ("a", "ben", "Loaded", "reckless")])
    assert dataset.annotations is not None
    titled = dataset.articles.with_columns(title=pl.lit("A reckless plan"))
    headline = dataset.annotations.with_columns(part=pl.lit("title"), start=pl.lit(2, pl.Int64), end=pl.lit(10, pl.Int64))
    (pair,) = agree_pair_by_pair(collect_readings(titled, pl.concat([dataset.annotations, headline.cast(dataset.annotations.schema)])))
    assert (pair["articles"], pair["alpha"]) == (1, 1.0)
