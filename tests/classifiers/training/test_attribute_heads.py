from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from classifiers.features.surroundings import make_surrounding_space
from classifiers.features.window import make_window_space
from classifiers.training.attribute_heads import find_said, fit_attributes
from classifiers.training.targets import make_task
from schemas.dataset import Dataset
from schemas.tables import ATTRIBUTE

NOTHING = np.zeros((0, 1))


def test_a_head_learns_from_the_words_beside_a_span_what_is_said_of_it(stances: Dataset) -> None:
    task = make_task(stances)
    window = make_window_space([task.batch])
    heads = fit_attributes(task, window, NOTHING)
    # The others have no values, or none that anybody gave.
    assert list(heads) == ["stance"]
    attribute = task.codebook.attributes[0]
    said = find_said(task, attribute, task.votes)
    assert said.documents == list(range(24))
    scores = make_surrounding_space(window).matrix(task.batch, said.spans) @ heads["stance"].weights + heads["stance"].intercepts
    assert [heads["stance"].outputs[i] for i in scores.argmax(axis=1)] == said.values


def test_a_value_counts_by_the_share_of_those_who_read_the_article(stances: Dataset) -> None:
    annotations = stances.annotations
    assert annotations is not None
    disagreeing = annotations.with_columns(
        annotator=pl.lit("ben"), value=pl.when(pl.col("attribute") == "stance").then(pl.lit("for")).otherwise("value")
    )
    task = make_task(replace(stances, annotations=pl.concat([annotations, disagreeing]))).take([0])
    said = find_said(task, task.codebook.attributes[0], task.votes)
    assert list(zip(said.values, said.weights, strict=True)) == [("against", 0.5), ("for", 0.5)]


def test_where_no_annotator_says_anything_gold_is_learned_from(stances: Dataset) -> None:
    assert stances.annotations is not None
    silent = make_task(replace(stances, annotations=stances.annotations.filter(~ATTRIBUTE)))
    window = make_window_space([silent.batch])
    head, own = (fit_attributes(task, window, NOTHING)["stance"] for task in (silent, make_task(stances)))
    np.testing.assert_allclose(head.weights, own.weights)


def test_of_one_value_alone_nothing_is_learned(stances: Dataset) -> None:
    task = make_task(stances).take([0, 3, 6])
    assert fit_attributes(task, make_window_space([task.batch]), NOTHING) == {}
