"""A word for what somebody is judges nobody: the starter model finds it loaded no more often than other words of people that are as frequent."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks.identity import make_sentences, measure_identity, measure_loaded, pair_words, summarise
from classifiers import load_model
from classifiers.model.model import Model


@pytest.fixture(scope="module")
def starter() -> Model:
    return load_model()


@pytest.fixture(scope="module")
def pairs() -> pl.DataFrame:
    return pair_words()


def test_identity_words_stand_beside_others_of_their_kind_and_frequency(pairs: pl.DataFrame) -> None:
    assert set(pairs["group"]) == {"religion", "origin", "gender", "orientation", "disability", "politics"}
    assert pairs.height >= 60
    words = [*pairs["word"], *pairs["other"]]
    assert len(set(words)) == len(words)
    apart = np.log2(pairs["rank"].to_numpy() / pairs["other_rank"].to_numpy())
    # None is at twice the rank of the other, and on the whole neither list is the rarer.
    assert np.abs(apart).max() < 1
    assert abs(np.median(apart)) < 0.05


def test_every_word_stands_in_every_sentence_of_its_kind() -> None:
    sentences = make_sentences("nouns", ["Muslims", "drivers"])
    assert sentences["word"].value_counts()["count"].to_list() == [8, 8]
    assert {row["text"][row["begin"] : row["finish"]] == row["word"] for row in sentences.iter_rows(named=True)} == {True}
    assert not sentences["text"].str.contains("[{}]").any()


def test_identity_words_fire_no_more_often_than_other_words_of_their_frequency(starter: Model, pairs: pl.DataFrame) -> None:
    measured = measure_identity(starter, pairs)
    figures = summarise(measured)
    print(figures)
    every = figures.filter(group="all").row(0, named=True)
    # As much as one word that always fires, or eight that fire in one sentence of eight: other words of the same kind would differ by that much.
    assert every["identity"] <= every["others"] + 1 / every["words"]
    # Nor may one of them be what the mean hides.
    assert measured["fires"].max() <= 0.5, measured.sort("fires", descending=True).select("word", "fires").head(5)


def test_loaded_words_do_fire_in_the_same_sentences(starter: Model) -> None:
    assert measure_loaded(starter) > 0.3
