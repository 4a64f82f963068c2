from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from classifiers.evaluation.attributes import Given, give_values, leave_out, measure_attributes, measure_humans, summarise_attributes
from classifiers.model.card import beats_floor, evaluation_rows
from classifiers.model.model import Model
from classifiers.scoring.scorer import Scorer
from classifiers.training.targets import make_task
from schemas.arrays import Flags, Floats
from schemas.dataset import Dataset

NAMES = ("against", "for")


def given(truth: list[int], shares: list[float], commonest: int = 0) -> Given:
    """Of two values; `shares` are those of the second."""
    flags: Flags = np.eye(2, dtype=np.bool_)[truth]
    both: Floats = np.column_stack([1 - np.array(shares), shares])
    same: Flags = np.eye(2, dtype=np.bool_)[[commonest] * len(truth)]
    return Given([f"a{i}" for i in range(len(truth))], flags, both, same, same)


def shown(figures: dict[str, Any]) -> list[list[str]]:
    return evaluation_rows({"attributes": {"stance": figures | {"human_macro_f1": None}}, "spread": {}})


def test_values_are_measured_over_all_folds_together() -> None:
    folds = [{"stance": given([0, 0, 1, 1], [0.1, 0.2, 0.9, 0.4])}, {"stance": given([0, 1], [0.1, 0.9])}]
    figures = summarise_attributes(folds)["stance"]
    assert figures["spans"] == 6
    assert figures["accuracy"] == pytest.approx(5 / 6)
    assert figures["macro_f1"] == pytest.approx((6 / 7 + 4 / 5) / 2)
    assert figures["floor_macro_f1"] == pytest.approx((2 * 3 / 9 + 0) / 2)
    assert figures["low"] < figures["macro_f1"] < figures["high"]
    assert measure_attributes(folds[1])["stance"]["macro_f1"] == 1


def test_a_head_that_is_surely_better_than_the_commonest_value_is_kept() -> None:
    truth = [0, 1] * 20
    figures = summarise_attributes([{"stance": given(truth, [0.9 if one else 0.1 for one in truth])}])["stance"]
    assert beats_floor(figures)
    assert "left out" not in shown(figures)[0][0]


def test_a_head_that_guesses_is_left_out_and_the_card_says_so(stance_model: Model) -> None:
    figures = summarise_attributes([{"stance": given([0, 0, 0, 1], [0.1, 0.1, 0.9, 0.1])}])["stance"]
    assert not beats_floor(figures)
    assert "left out of the model" in shown(figures)[0][0]
    kept, left_out = leave_out(stance_model, {"attributes": {"stance": figures}})
    assert (kept.attributes, left_out) == ({}, ["stance"])
    assert leave_out(stance_model, {})[1] == []


def test_gold_spans_are_given_values_and_floors(stance_model: Model, stances: Dataset) -> None:
    task = make_task(stances)
    found = give_values(Scorer(stance_model), task, task.take(range(5, -1, -1)))
    assert list(found) == ["stance"]
    assert found["stance"].articles == ["s5", "s4", "s3", "s2", "s1", "s0"]
    assert found["stance"].truth.argmax(axis=1).tolist() == [2, 1, 0, 2, 1, 0]
    assert found["stance"].shares.argmax(axis=1).tolist() == [2, 1, 0, 2, 1, 0]
    assert found["stance"].commonest.argmax(axis=1).tolist() == [0] * 6
    # Each sentence has a word of its own that gives it away.
    assert found["stance"].bag.argmax(axis=1).tolist() == [2, 1, 0, 2, 1, 0]


def test_one_annotator_has_nobody_to_agree_with(stances: Dataset) -> None:
    assert measure_humans(make_task(stances)) == {"stance": None, "manner": None}
