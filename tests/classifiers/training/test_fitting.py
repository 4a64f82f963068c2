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
from classifiers.training.fitting import INNER_FOLDS, PRIOR, fit_bag, fit_figures, fit_multiclass, fit_window, folds_of
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
    return np.array([view.gather(row) for row in np.eye(view.rows)])


def alike(view: WindowView) -> Floats:
    """All columns count the same."""
    return np.ones(columns_of(view))


# The window


def test_the_gradient_is_that_of_finite_differences(view: WindowView, monkeypatch: pytest.MonkeyPatch) -> None:
    random, caught = np.random.default_rng(3), list[Callable[[Floats], tuple[float, Floats]]]()

    def catch(loss: Callable[[Floats], tuple[float, Floats]], *rest: Any, **settings: Any) -> Any:
        caught.append(loss)
        return minimize(loss, *rest, **settings)

    monkeypatch.setattr(fitting, "minimize", catch)
    scale, size = random.uniform(0.2, 2, size=columns_of(view)), columns_of(view) + 1
    fit_window(view, random.choice([0.0, 0.3, 1.0], size=view.rows), random.choice([0.0, 0.5, 2.0], size=view.rows), scale, 0.7)
    (loss,) = caught
    for strength in (0.1, 3.0):
        parameters = random.normal(size=size) * strength
        gradient = loss(parameters)[1]
        for i in (0, 7, size - 2, size - 1):
            step = np.zeros(size)
            step[i] = 1e-5
            assert gradient[i] == pytest.approx((loss(parameters + step)[0] - loss(parameters - step)[0]) / 2e-5, rel=1e-4, abs=1e-6)


def test_a_window_of_hard_labels_is_fitted_as_scikit_learn_does(view: WindowView) -> None:
    random = np.random.default_rng(3)
    shares, counts = random.integers(0, 2, size=view.rows).astype(float), random.choice([0.0, 0.5, 1.0, 2.0], size=view.rows)
    weights, intercept = fit_window(view, shares, counts, alike(view), 0.3)
    theirs = LogisticRegression(C=0.3, tol=1e-8, max_iter=2000).fit(matrix_of(view), shares, sample_weight=counts)
    np.testing.assert_allclose(weights, theirs.coef_[0], atol=5e-3)
    assert intercept == pytest.approx(theirs.intercept_[0], abs=2e-2)


def test_a_window_of_soft_labels_is_fitted_as_a_bag_is(view: WindowView) -> None:
    shares = np.random.default_rng(3).choice([0.0, 0.25, 0.5, 1.0], size=view.rows)
    weights, intercept = fit_window(view, shares, np.ones(view.rows), alike(view), 0.3)
    expected, offset = fit_bag(sparse.csr_matrix(matrix_of(view)), shares, 0.3)
    np.testing.assert_allclose(weights, expected, atol=5e-3)
    assert intercept == pytest.approx(offset, abs=2e-2)


def test_a_column_that_counts_more_is_fitted_as_if_it_said_more(view: WindowView) -> None:
    random = np.random.default_rng(3)
    shares, scale = random.choice([0.0, 1.0], size=view.rows), random.choice([0.2, 1.0, 2.0], size=columns_of(view))
    weights, intercept = fit_window(view, shares, np.ones(view.rows), scale, 0.5)
    expected, offset = fit_bag(sparse.csr_matrix(matrix_of(view) * scale), shares, 0.5)
    np.testing.assert_allclose(weights, scale * expected, atol=2e-2)
    assert intercept == pytest.approx(offset, abs=2e-2)


def test_rows_that_do_not_count_are_not_looked_at(view: WindowView) -> None:
    random = np.random.default_rng(3)
    shares, counts = random.uniform(size=view.rows), np.ones(view.rows)
    counts[::3] = 0
    other = np.where(counts == 0, 1 - shares, shares)
    (first, a), (second, b) = (fit_window(view, given, counts, alike(view), 0.3) for given in (shares, other))
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
    weights, intercept = fit_window(view, np.zeros(view.rows), np.ones(view.rows), alike(view), 0.3)
    assert not weights.any()
    assert intercept == pytest.approx(-np.log(view.rows + 1))


def test_a_window_in_which_everything_is_marked_is_sure_of_it(view: WindowView) -> None:
    weights, intercept = fit_window(view, np.ones(view.rows), np.ones(view.rows), alike(view), 0.3)
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


# Second stages


def figures_of(rows: int, seed: int = 3) -> tuple[Floats, Floats]:
    """An own log-odds that is half as sure as it might be, one of a neighbour, one that is nearly always zero; and answers."""
    random = np.random.default_rng(seed)
    truth = random.normal(size=rows)
    answers = (truth + random.normal(size=rows) > 0).astype(float)
    rare = np.where(np.arange(rows) % 25 == 7, 0.01, 0.0)
    return np.column_stack([truth, truth + random.normal(size=rows), rare]), answers


def test_of_many_rows_figures_are_fitted_as_scikit_learn_does() -> None:
    figures, answers = figures_of(20_000)
    weights, intercept = fit_figures(figures[:, :2], answers)
    theirs = LogisticRegression(C=1e6, tol=1e-8).fit(figures[:, :2], answers)
    np.testing.assert_allclose(weights, theirs.coef_[0], atol=5e-3)
    assert intercept == pytest.approx(theirs.intercept_[0], abs=5e-3)
    assert weights[0] > 1.5


def test_of_few_rows_figures_say_what_the_first_of_them_says() -> None:
    for seed in range(20):
        figures, answers = figures_of(8, seed)
        weights, _ = fit_figures(figures, answers)
        assert abs(weights[0] - 1) < 0.8


def test_a_figure_that_is_nearly_always_zero_cannot_speak_up() -> None:
    figures, answers = figures_of(50)
    # Whoever brings it to one spread with the others makes it worth ten times as much as they are.
    answers[figures[:, 2] > 0] = 0.0
    weights, _ = fit_figures(figures, answers)
    assert abs(weights[2]) < 0.1
    assert abs(figures[:, 2] * weights[2]).max() < 0.01


def test_to_say_figures_and_answers_the_other_way_round_turns_what_is_fitted_round() -> None:
    figures, answers = figures_of(40)
    (weights, intercept), (same, opposite) = fit_figures(figures, answers), fit_figures(-figures, 1 - answers)
    np.testing.assert_allclose(weights, same, atol=1e-4)
    assert intercept == pytest.approx(-opposite, abs=1e-4)


@pytest.mark.parametrize("sure", [1.0, 5.0, 20.0, 200.0])
def test_a_first_stage_that_is_sure_and_wrong_is_put_right(sure: float) -> None:
    # Where all are far from what they should be, the loss is all but straight, and Newton's steps lead far beyond its least.
    answers = np.array([1.0, 0.0] * 6 + [1.0])
    own = np.where(answers > 0, -sure, sure) * np.linspace(0.5, 1, 13)
    scale = own.std()

    def loss(parameters: Floats) -> float:
        logits = own * parameters[0] + parameters[1]
        return float(np.logaddexp(0, logits).sum() - answers @ logits + PRIOR * scale**2 * (parameters[0] - 1) ** 2 / 2)

    (weight,), intercept = fit_figures(own[:, None], answers)
    least = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 10_000}).fun
    assert loss(np.array([weight, intercept])) == pytest.approx(least, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_where_all_answers_are_one_the_odds_are_finite_and_figures_say_nothing(answer: float) -> None:
    weights, intercept = fit_figures(figures_of(9)[0], np.full(9, answer))
    assert weights.tolist() == [0, 0, 0]
    assert intercept == pytest.approx(np.log(10) * (1 if answer else -1))


@pytest.mark.parametrize("rows", [0, 1])
def test_figures_that_are_all_the_same_leave_the_first_stage_as_it_is(rows: int) -> None:
    weights, intercept = fit_figures(np.tile([0.4, 0.0], (2 + rows, 1)), np.array([0.0, 1.0, 0.5])[: 2 + rows])
    np.testing.assert_allclose(logistic(np.array([0.4, 0.0]) @ weights + intercept), 0.5, atol=1e-3)


def test_rows_that_are_fewer_than_the_columns_are_fitted_as_scikit_learn_does_in_the_columns() -> None:
    random = np.random.default_rng(3)
    matrix = sparse.random(60, 300, density=0.1, random_state=1, format="csr")
    # Two rows that are alike, and one of nothing, leave fewer directions than rows.
    matrix = sparse.vstack([matrix, matrix[:1], sparse.csr_matrix((1, 300))], format="csr")
    shares, counts = random.choice([0.0, 0.3, 1.0], size=62), random.uniform(0.5, 2, size=62)
    # It knows no shares: each row is there as a yes and as a no.
    theirs = LogisticRegression(C=5.0, solver="newton-cholesky", tol=1e-9)
    twice, importance = sparse.vstack([matrix, matrix]).toarray(), np.concatenate([counts * shares, counts * (1 - shares)])
    theirs.fit(twice, np.repeat([1, 0], 62), sample_weight=importance)
    assert np.abs(theirs.coef_).max() > 0.5
    for rows in (matrix, matrix.toarray()):
        weights, intercept = fit_bag(rows, shares, 5.0, counts)
        np.testing.assert_allclose(weights, theirs.coef_[0], atol=1e-4)
        assert intercept == pytest.approx(theirs.intercept_[0], abs=1e-4)


@pytest.mark.parametrize("size", [0.01, 1.0, 1e3])
def test_answers_that_are_told_apart_by_figures_of_any_size_are_fitted_to_the_end(size: float) -> None:
    # The odds would have no end but for the penalty.
    figures = size * np.random.default_rng(3).normal(size=(8, 12))
    shares = np.array([1.0, 0.0] * 4)
    weights, intercept = fit_bag(sparse.csr_matrix(figures), shares, 1e4)
    logits = figures @ weights + intercept
    assert ((logits > 0) == (shares > 0)).all()
    # Where it is least, it is flat: what each row pulls at a weight is what the penalty holds it by.
    pulled = 1e4 * figures.T @ (shares - logistic(logits))
    np.testing.assert_allclose(pulled, weights, rtol=1e-3, atol=1e-3 * np.abs(weights).max())


def test_rows_without_anything_in_them_teach_no_weights() -> None:
    for shares in (np.array([1.0, 0.0, 0.0, 0.0]), np.array([0.2, 0.3])):
        weights, intercept = fit_bag(sparse.csr_matrix((len(shares), 9)), shares)
        assert not weights.any()
        assert intercept < 0
