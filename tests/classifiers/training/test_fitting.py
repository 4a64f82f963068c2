from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from classifiers.features.documents import make_batch
from classifiers.features.window import WindowView, make_window_space
from classifiers.model.logits import logistic
from classifiers.training import fitting
from classifiers.training.fitting import INNER_FOLDS, fit_bag, fit_figures, fit_multiclass, fit_window, folds_of
from schemas.arrays import Floats

TEXTS = [
    "A sham and a farce, a reckless sham.",
    "The careful plan of the mayor; the mayor left.",
    "“A sham,” she said of the plan.\nA reckless plan!",
]


@pytest.fixture(scope="module")
def view() -> WindowView:
    batch = make_batch(TEXTS)
    return WindowView(make_window_space([batch]), batch)


def columns_of(view: WindowView) -> int:
    return len(view.gather(np.zeros(view.rows)))


def matrix_of(view: WindowView) -> Floats:
    return view.scores(np.eye(columns_of(view)))


def identity(view: WindowView) -> sparse.csr_matrix:
    return sparse.identity(columns_of(view), format="csr")


# The window


def test_the_gradient_is_that_of_finite_differences(view: WindowView, monkeypatch: pytest.MonkeyPatch) -> None:
    random, caught = np.random.default_rng(3), list[Callable[[Floats], tuple[float, Floats]]]()

    def catch(loss: Callable[[Floats], tuple[float, Floats]], *rest: Any, **settings: Any) -> Any:
        caught.append(loss)
        return minimize(loss, *rest, **settings)

    monkeypatch.setattr(fitting, "minimize", catch)
    ties = sparse.random(columns_of(view), 40, density=0.1, random_state=1, format="csr")
    fit_window(view, random.choice([0.0, 0.3, 1.0], size=view.rows), random.choice([0.0, 0.5, 2.0], size=view.rows), ties, 0.7)
    (loss,) = caught
    for size in (0.1, 3.0):
        parameters = random.normal(size=41) * size
        gradient = loss(parameters)[1]
        for i in (0, 7, 39, 40):
            step = np.zeros(41)
            step[i] = 1e-5
            assert gradient[i] == pytest.approx((loss(parameters + step)[0] - loss(parameters - step)[0]) / 2e-5, rel=1e-4, abs=1e-6)


def test_a_window_of_hard_labels_is_fitted_as_scikit_learn_does(view: WindowView) -> None:
    random = np.random.default_rng(3)
    shares, counts = random.integers(0, 2, size=view.rows).astype(float), random.choice([0.0, 0.5, 1.0, 2.0], size=view.rows)
    weights, intercept = fit_window(view, shares, counts, identity(view), 0.3)
    theirs = LogisticRegression(C=0.3, tol=1e-8, max_iter=2000).fit(matrix_of(view), shares, sample_weight=counts)
    np.testing.assert_allclose(weights, theirs.coef_[0], atol=5e-3)
    assert intercept == pytest.approx(theirs.intercept_[0], abs=2e-2)


def test_a_window_of_soft_labels_is_fitted_as_a_bag_is(view: WindowView) -> None:
    shares = np.random.default_rng(3).choice([0.0, 0.25, 0.5, 1.0], size=view.rows)
    weights, intercept = fit_window(view, shares, np.ones(view.rows), identity(view), 0.3)
    expected, offset = fit_bag(sparse.csr_matrix(matrix_of(view)), shares, 0.3)
    np.testing.assert_allclose(weights, expected, atol=5e-3)
    assert intercept == pytest.approx(offset, abs=2e-2)


def test_ties_fit_the_tied_columns_and_give_back_weights_of_all_columns(view: WindowView) -> None:
    random = np.random.default_rng(3)
    shares = random.choice([0.0, 1.0], size=view.rows)
    ties = sparse.random(columns_of(view), 12, density=0.3, random_state=1, format="csr")
    weights, intercept = fit_window(view, shares, np.ones(view.rows), ties, 0.5)
    expected, offset = fit_bag(sparse.csr_matrix(matrix_of(view) @ ties), shares, 0.5)
    np.testing.assert_allclose(weights, ties @ expected, atol=2e-2)
    assert intercept == pytest.approx(offset, abs=2e-2)


def test_rows_that_do_not_count_are_not_looked_at(view: WindowView) -> None:
    random = np.random.default_rng(3)
    shares, counts = random.uniform(size=view.rows), np.ones(view.rows)
    counts[::3] = 0
    other = np.where(counts == 0, 1 - shares, shares)
    (first, a), (second, b) = (fit_window(view, given, counts, identity(view), 0.3) for given in (shares, other))
    np.testing.assert_array_equal(first, second)
    assert a == b


# Bags


def test_a_share_of_two_fifths_is_two_yes_and_three_no() -> None:
    matrix = sparse.csr_matrix(np.array([[1.0], [-1.0]]))
    soft, offset = fit_bag(matrix, np.array([0.4, 1.0]), strength=5.0)
    rows = sparse.csr_matrix(np.repeat([[1.0], [-1.0]], 5, axis=0))
    hard, same_offset = fit_bag(rows, np.array([1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]), strength=1.0)
    assert soft == pytest.approx(hard, abs=1e-3)
    assert offset == pytest.approx(same_offset, abs=1e-3)


def test_a_row_that_counts_twice_is_there_twice() -> None:
    matrix, shares = sparse.csr_matrix(np.array([[1.0], [-1.0], [0.5]])), np.array([0.4, 1.0, 0.0])
    counted, offset = fit_bag(matrix, shares, 2.0, np.array([2.0, 1.0, 1.0]))
    twice, same_offset = fit_bag(matrix[[0, 0, 1, 2]], shares[[0, 0, 1, 2]], 2.0)
    assert counted == pytest.approx(twice, abs=1e-3)
    assert offset == pytest.approx(same_offset, abs=1e-3)


def test_fitted_probabilities_have_the_mean_of_the_shares() -> None:
    random = np.random.default_rng(3)
    logits = random.normal(size=(400, 1))
    shares = random.binomial(2, logistic(2 * logits[:, 0] - 1)) / 2
    weights, intercept = fit_bag(sparse.csr_matrix(logits), shares)
    assert logistic(logits @ weights + intercept).mean() == pytest.approx(shares.mean(), abs=1e-3)


@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_unanimous_answers_give_finite_odds_and_no_weights(answer: float) -> None:
    weights, intercept = fit_bag(sparse.csr_matrix(np.eye(4)), np.full(4, answer))
    assert weights.tolist() == [0.0] * 4
    assert intercept == pytest.approx(np.log(5) * (1 if answer else -1))


def test_a_window_in_which_nothing_is_marked_has_finite_odds_and_no_weights(view: WindowView) -> None:
    weights, intercept = fit_window(view, np.zeros(view.rows), np.ones(view.rows), identity(view), 0.3)
    assert not weights.any()
    assert intercept == pytest.approx(-np.log(view.rows + 1))


def test_a_window_in_which_everything_is_marked_is_sure_of_it(view: WindowView) -> None:
    weights, intercept = fit_window(view, np.ones(view.rows), np.ones(view.rows), identity(view), 0.3)
    assert np.isfinite(weights).all()
    assert (view.scores(weights) + intercept > 2).all()


# Folds


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


# Labels


def test_a_label_that_never_occurs_never_wins() -> None:
    matrix = sparse.csr_matrix(np.eye(4))
    weights, intercepts = fit_multiclass(matrix, ["b", "b", "d", "d"], [1.0] * 4, ["a", "b", "c", "d"], 1.0)
    assert [["a", "b", "c", "d"][i] for i in (matrix @ weights + intercepts).argmax(axis=1)] == ["b", "b", "d", "d"]


def test_two_labels_mirror_each_other() -> None:
    random = np.random.default_rng(3)
    matrix = sparse.csr_matrix(random.normal(size=(30, 4)))
    weights, intercepts = fit_multiclass(matrix, ["a", "b", "b"] * 10, [1.0] * 30, ["a", "b"], 1.0)
    np.testing.assert_array_equal(weights[:, 0], -weights[:, 1])
    assert intercepts[0] == -intercepts[1]


def test_three_labels_are_told_apart_as_scikit_learn_does_whatever_their_order() -> None:
    random = np.random.default_rng(3)
    matrix, labels = sparse.csr_matrix(random.normal(size=(60, 5))), [["c", "a", "b"][i % 3] for i in range(60)]
    importance = random.uniform(0.2, 1, size=60)
    theirs = LinearSVC(C=0.5, max_iter=2000, random_state=0).fit(matrix, labels, sample_weight=importance).predict(matrix).tolist()
    for outputs in (["a", "b", "c"], ["c", "a", "b"]):
        weights, intercepts = fit_multiclass(matrix, labels, importance.tolist(), outputs, 0.5)
        found = [outputs[i] for i in (matrix @ weights + intercepts).argmax(axis=1)]
        # Their solver stops at a tolerance, and goes through the outputs in their order.
        assert np.mean([a == b for a, b in zip(found, theirs, strict=True)]) >= 0.95


def test_the_size_of_a_figure_does_not_change_what_it_says() -> None:
    figures = np.random.default_rng(3).normal(size=(60, 2))
    shares = (figures[:, 0] > 0).astype(float)
    weights, intercept = fit_figures(figures, shares)
    small, same = fit_figures(figures * [0.01, 1.0], shares)
    np.testing.assert_allclose(small * [0.01, 1.0], weights, rtol=1e-6)
    assert same == pytest.approx(intercept)


def test_a_figure_that_never_changes_has_no_weight() -> None:
    weights, _ = fit_figures(np.array([[0.0, 5.0], [1.0, 5.0], [0.2, 5.0]]), np.array([0.0, 1.0, 0.0]))
    assert weights[0] > 0 == weights[1]
