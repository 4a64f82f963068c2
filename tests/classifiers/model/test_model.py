from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from classifiers.model.model import Model, Stage, rounded


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
    assert head.weights[:2, 0].tolist() == [float(np.float32(1 / 3)), float(np.float32(-2 / 3))]
    assert not head.weights[2:].any()


def test_rounding_twice_is_rounding_once(small_model: Model) -> None:
    again = rounded(small_model)
    for name, head in small_model.heads.items():
        np.testing.assert_array_equal(again.heads[name].weights, head.weights)
