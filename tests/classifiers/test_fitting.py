from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from classifiers.fitting import INNER_FOLDS, calibrate, fit_bag, fit_multinomial, fit_window, folds_of, out_of_fold
from classifiers.model import Calibration

POINTS = st.lists(st.tuples(st.floats(-8, 8), st.sampled_from([0.0, 0.25, 0.5, 1.0])), min_size=1, max_size=25)


@settings(max_examples=60, deadline=None)
@given(POINTS)
def test_the_slope_of_a_calibration_is_never_negative(points: list[tuple[float, float]]) -> None:
    logits, shares = (np.array(column) for column in zip(*points, strict=True))
    slope, offset = calibrate(logits, shares)
    assert slope >= 0
    assert np.isfinite([slope, offset]).all()


def test_logits_that_point_the_wrong_way_are_worth_the_base_rate() -> None:
    slope, offset = calibrate(np.array([3.0, 2.0, -2.0, -3.0]), np.array([0.0, 0.0, 0.0, 1.0]))
    assert slope == 0
    assert Calibration(slope, offset).apply(np.array([5.0, -5.0])) == pytest.approx([2 / 6, 2 / 6])


def test_calibrated_probabilities_have_the_mean_of_the_shares() -> None:
    random = np.random.default_rng(3)
    logits = random.normal(size=400)
    shares = random.binomial(2, 1 / (1 + np.exp(-(2 * logits - 1)))) / 2
    calibrated = Calibration(*calibrate(logits, shares)).apply(logits)
    assert calibrated.mean() == pytest.approx(shares.mean(), abs=1e-3)


def test_a_share_of_two_fifths_is_two_yes_and_three_no() -> None:
    matrix = sparse.csr_matrix(np.array([[1.0], [-1.0]]))
    soft, offset = fit_bag(matrix, np.array([0.4, 1.0]), strength=5.0)
    rows = sparse.csr_matrix(np.repeat([[1.0], [-1.0]], 5, axis=0))
    hard, same_offset = fit_bag(rows, np.array([1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]), strength=1.0)
    assert soft == pytest.approx(hard, abs=1e-3)
    assert offset == pytest.approx(same_offset, abs=1e-3)


@pytest.mark.parametrize("fit", [fit_bag, fit_window])
@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_unanimous_answers_give_finite_odds_and_no_weights(fit, answer: float) -> None:
    weights, intercept = fit(sparse.csr_matrix(np.eye(4)), np.full(4, answer))
    assert weights.tolist() == [0.0] * 4
    assert intercept == pytest.approx(np.log(5) * (1 if answer else -1))


def test_a_window_is_fitted_alike_every_time() -> None:
    random = np.random.default_rng(3)
    matrix, shares = sparse.random(200, 30, density=0.2, random_state=1, format="csr"), random.choice([0, 0.5, 1], size=200)
    (first, a), (second, b) = fit_window(matrix, shares), fit_window(matrix, shares)
    assert np.array_equal(first, second)
    assert a == b


def test_a_window_learns_which_column_counts() -> None:
    random = np.random.default_rng(3)
    column = random.integers(0, 2, size=300)
    weights, intercept = fit_window(sparse.csr_matrix(np.column_stack([column, random.integers(0, 2, size=300)])), column.astype(float))
    assert weights[0] > 3 * abs(weights[1])
    assert weights[0] + intercept > 0 > intercept


def test_a_row_out_of_fold_is_scored_by_a_fit_that_has_not_seen_its_group() -> None:
    groups = np.repeat(np.arange(7), 3)
    membership = sparse.csr_matrix(np.eye(7)[groups])

    def memorise(matrix: sparse.csr_matrix, shares: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        return np.asarray(matrix.T @ shares), 0.0

    assert out_of_fold(memorise, membership, np.ones(21), groups).tolist() == [0.0] * 21
    seen = out_of_fold(memorise, sparse.csr_matrix(np.ones((21, 1))), np.ones(21), groups)
    assert (seen < 21).all()
    assert (seen >= 15).all()


@pytest.mark.parametrize("count", [2, 3, 12])
def test_inner_folds_are_as_many_as_there_are_groups_up_to_five(count: int) -> None:
    groups = np.arange(count).repeat(2)
    folds = list(folds_of(groups))
    assert len(folds) == min(count, INNER_FOLDS)
    assert sorted(i for _, test in folds for i in test) == list(range(2 * count))
    assert all(not set(groups[train]) & set(groups[test]) for train, test in folds)


def test_a_single_group_is_scored_by_itself() -> None:
    ((train, test),) = folds_of(np.array(["a", "a", "a"]))
    assert train.tolist() == test.tolist() == [0, 1, 2]


def test_a_label_that_never_occurs_never_wins() -> None:
    matrix = sparse.csr_matrix(np.eye(4))
    weights, intercepts = fit_multinomial(matrix, ["b", "b", "d", "d"], [1.0] * 4, ["a", "b", "c", "d"])
    assert {["a", "b", "c", "d"][i] for i in (matrix @ weights + intercepts).argmax(axis=1)} == {"b", "d"}


def test_the_only_label_always_wins() -> None:
    weights, intercepts = fit_multinomial(sparse.csr_matrix(np.eye(2)), ["b", "b"], [1.0, 1.0], ["a", "b"])
    assert (np.eye(2) @ weights + intercepts).argmax(axis=1).tolist() == [1, 1]


@pytest.mark.parametrize("outputs", [["a", "b"], ["a", "b", "c"]])
def test_odds_between_labels_are_those_of_scikit_learn(outputs: list[str]) -> None:
    random = np.random.default_rng(3)
    matrix = sparse.csr_matrix(random.normal(size=(60, 5)))
    labels, importance = [outputs[i % len(outputs)] for i in range(60)], random.uniform(0.2, 1, size=60)
    weights, intercepts = fit_multinomial(matrix, labels, importance.tolist(), outputs, strength=2.0)
    logits = matrix @ weights + intercepts
    odds = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    theirs = LogisticRegression(C=2.0, max_iter=1000).fit(matrix, labels, sample_weight=importance)
    np.testing.assert_allclose(odds, theirs.predict_proba(matrix), atol=1e-3)
