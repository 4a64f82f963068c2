from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from classifiers.features.window import WindowView
from classifiers.model.model import Head, Model, Stage, rounded
from classifiers.training.targets import Task


def test_a_second_stage_is_a_logistic_function_of_its_figures() -> None:
    stage = Stage(("own", "other"), np.array([2.0, -1.0]), 0.5)
    figures = np.array([[0.0, 0.0], [1.0, 2.5], [900.0, 0.0], [-900.0, 0.0]])
    assert stage.logits(figures).tolist() == [0.5, 0.0, 1800.5, -1799.5]
    assert stage.probabilities(figures) == pytest.approx([1 / (1 + np.exp(-0.5)), 0.5, 1.0, 0.0])


def test_heads_are_named_and_those_that_are_not_there_are_left_out(small_model: Model) -> None:
    assert list(small_model.heads) == ["spans", "labels", "sentences", "question biased", "question topics"]
    assert list(replace(small_model, labels=None, questions={}).heads) == ["spans", "sentences"]


def test_weights_are_rounded_to_single_precision_and_the_negligible_dropped(small_model: Model) -> None:
    assert small_model.spans is not None
    weights = np.full_like(small_model.spans.weights, 1e-9)
    weights[:2, 0] = 1 / 3, -2 / 3
    head = rounded(replace(small_model, spans=replace(small_model.spans, weights=weights))).spans
    assert head is not None
    assert head.weights[:2, 0] == pytest.approx([1 / 3, -2 / 3], abs=2 / 3 / 8192)
    np.testing.assert_array_equal(head.weights, head.weights.astype(np.float32))
    assert not head.weights[2:].any()


def test_rounding_twice_is_rounding_once(small_model: Model) -> None:
    again = rounded(small_model)
    for name, head in small_model.heads.items():
        np.testing.assert_array_equal(again.heads[name].weights, head.weights)
        np.testing.assert_array_equal(again.heads[name].intercepts, head.intercepts)


def test_rounded_scores_are_those_of_the_weights_to_a_thousandth_of_the_largest(small_task: Task, small_model: Model) -> None:
    view, random = WindowView(small_model.window, small_task.batch), np.random.default_rng(3)
    exact = Head(("loaded",), random.normal(size=(small_model.window.width, 1)) / 20, np.array([-1.2345678]))
    head = rounded(replace(small_model, spans=exact)).spans
    assert head is not None
    before, after = (view.scores(some.weights[:, 0]) + some.intercepts[0] for some in (exact, head))
    assert np.abs(after - before).max() < 1e-3
    assert np.abs(after - before).max() > 0


def test_rounded_weights_add_up_to_the_same_in_any_order(small_model: Model) -> None:
    for head in small_model.heads.values():
        for output, intercept in enumerate(head.intercepts.tolist()):
            weights = [intercept, *head.weights[np.flatnonzero(head.weights[:, output]), output].tolist()]
            assert sum(weights) == sum(weights[::-1]) == sum(sorted(weights))
