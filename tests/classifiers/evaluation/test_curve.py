from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from classifiers.evaluation.curve import measure_curve, measure_model, spread_out, uncertainty
from classifiers.model.model import Model
from classifiers.training.targets import Task
from schemas.errors import FramingError


def test_the_diverse_are_each_the_farthest_from_those_before(whole_task: Task) -> None:
    chosen, rest = np.arange(5), np.arange(5, 40)
    places = spread_out(whole_task, chosen, rest, 10)
    assert len(set(places.tolist())) == 10
    # The first choice does not depend on how many are wanted.
    assert spread_out(whole_task, chosen, rest, 3).tolist() == places[:3].tolist()


def test_a_copy_of_what_was_chosen_is_the_last_to_be_called_diverse(whole_task: Task) -> None:
    task = whole_task.take([0, 1, 2, 3, 0])
    assert spread_out(task, np.array([0]), np.array([1, 2, 3, 4]), 4).tolist()[-1] == 3


def test_doubt_is_between_none_and_all(model: Model, whole_task: Task) -> None:
    doubt = uncertainty(model, whole_task)
    assert len(doubt) == len(whole_task)
    assert ((doubt >= 0) & (doubt <= 1)).all()
    assert doubt.std() > 0


def test_too_few_articles_for_a_curve_are_said_to_be_too_few(small_task: Task, small_articles: pl.DataFrame) -> None:
    with pytest.raises(FramingError, match=r"12 annotated articles are too few for a curve\. It needs at least 75"):
        measure_curve(small_task, small_articles)


def test_an_answer_of_two_is_measured_by_what_is_a_half_by_chance_too(small_model: Model, small_task: Task) -> None:
    measured = dict(measure_model(small_model, small_task, small_task))
    assert set(measured) == {"tokens, F1", "biased, macro-F1", "biased, AUROC", "topics, macro-F1"}
    # The model has seen these very articles.
    assert measured["biased, AUROC"] == 1.0
