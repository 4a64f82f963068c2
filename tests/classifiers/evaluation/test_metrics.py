from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score, roc_auc_score

from classifiers.evaluation.metrics import auroc, binary_f1, brier, expected_calibration_error, macro_f1, mean_f1, micro_f1

PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30)
NAMED = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=30)
SCORED = st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=30)


@given(PAIRS)
def test_binary_f1_is_that_of_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    truth, found = np.array(pairs).T
    assert binary_f1(truth, found) == pytest.approx(f1_score(truth, found, zero_division=1))


@given(NAMED)
def test_macro_and_micro_f1_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    truth, found = [list(column) for column in zip(*pairs, strict=True)]
    assert macro_f1(truth, found) == pytest.approx(f1_score(truth, found, average="macro"))
    assert micro_f1(truth, found) == pytest.approx(accuracy_score(truth, found))
    assert micro_f1(truth, found) == pytest.approx(f1_score(truth, found, average="micro"))


@given(SCORED)
def test_auroc_and_brier_are_those_of_scikit_learn(pairs: list[tuple[bool, float]]) -> None:
    truth, probabilities = np.array([t for t, _ in pairs]), np.array([p for _, p in pairs])
    assert brier(truth, probabilities) == pytest.approx(brier_score_loss(truth, probabilities, pos_label=True))
    if truth.all() or not truth.any():
        assert auroc(truth, probabilities) is None
    else:
        assert auroc(truth, probabilities) == pytest.approx(roc_auc_score(truth, probabilities))


@given(SCORED)
def test_calibration_error_is_the_weighted_gap_over_ten_bins(pairs: list[tuple[bool, float]]) -> None:
    expected = 0.0
    for i in range(10):
        inside = [(t, p) for t, p in pairs if i <= min(p * 10, 9.5) < i + 1]
        if inside:
            confidence, frequency = np.mean([p for _, p in inside]), np.mean([t for t, _ in inside])
            expected += len(inside) / len(pairs) * abs(float(confidence - frequency))
    found = expected_calibration_error(np.array([t for t, _ in pairs]), np.array([p for _, p in pairs]))
    assert found == pytest.approx(expected, abs=1e-12)


def test_calibration_error_of_a_worked_example() -> None:
    truth, probabilities = np.array([True, False, True, True]), np.array([0.85, 0.85, 0.15, 1.0])
    # Bins .8 to .9: |.85 - .5| * 2/4; .1 to .2: |.15 - 1| / 4; the last: 0.
    assert expected_calibration_error(truth, probabilities) == pytest.approx(0.175 + 0.2125)


def test_nothing_to_find_and_nothing_found_is_right() -> None:
    nothing = np.zeros(0, dtype=bool)
    assert binary_f1(nothing, nothing) == macro_f1([], []) == micro_f1([], []) == 1
    assert brier(nothing, np.zeros(0)) == expected_calibration_error(nothing, np.zeros(0)) == 0


def test_the_mean_f1_of_values_leaves_out_what_nobody_used() -> None:
    truth, found = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0]], dtype=bool), np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0]], dtype=bool)
    assert mean_f1(truth, found) == pytest.approx(2 / 3)
    assert mean_f1(truth[:, 2:], found[:, 2:]) == 1
    assert mean_f1(truth[:, :2], found[:, :2]) == pytest.approx(f1_score(truth[:, :2], found[:, :2], average="macro"))
