from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from classifiers.features.company import Company
from classifiers.features.window import WindowSpace, WindowView, make_window_space
from classifiers.model.logits import logistic
from classifiers.training.fitting import fit_bag, folds_of
from classifiers.training.span_heads import fit_span_head, fit_span_stage, span_shares
from classifiers.training.targets import Task, make_task
from schemas.dataset import Dataset

TEXT = "The reckless old plan passed. It was late."


@pytest.fixture(scope="module")
def space(small_task: Task) -> WindowSpace:
    return make_window_space([small_task.batch])


NOTHING = Company((), np.zeros((0, 1)))


def test_the_tokens_of_a_gold_span_share_it(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("Loaded", "reckless old"), ("Loaded", "late")]}, "b": {"ada": [("Loaded", "reckless old"), ("Scare", "old plan")]}}
    task = make_task(dataset_of(dict.fromkeys("ab", TEXT), readings))
    shares = span_shares(task)
    assert shares[task.batch.rows(0)].tolist() == [0, 0.5, 0.5, 0, 0, 0, 0, 0, 1, 0]
    # Spans that overlap are one.
    assert shares[task.batch.rows(1)] == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3, 0, 0, 0, 0, 0, 0])


def test_a_token_is_scored_by_a_fit_that_has_not_seen_its_group(small_task: Task, space: WindowSpace) -> None:
    view, groups = WindowView(space, small_task.batch), np.arange(12) % 4
    logits = fit_span_head(space, NOTHING, small_task, np.ones(12), groups)[1]
    train, test = next(iter(folds_of(groups)))
    inside = np.zeros(12)
    inside[train] = 1
    expected = fit_span_head(space, NOTHING, small_task, inside, None)[0]
    scores = view.scores(expected.weights[:, 0]) + expected.intercepts[0]
    for number in test:
        rows = small_task.batch.rows(number)
        np.testing.assert_allclose(logits[rows], scores[rows], rtol=0, atol=1e-9)
    for number in train:
        assert np.abs(logits[small_task.batch.rows(number)] - scores[small_task.batch.rows(number)]).max() > 1e-6


def test_without_groups_nothing_is_scored(small_task: Task, space: WindowSpace) -> None:
    head, logits = fit_span_head(space, NOTHING, small_task, np.ones(12), None)
    assert not logits.any()
    assert head.outputs == ("loaded",)


def test_a_word_that_no_text_has_weighs_what_the_word_does_that_has_its_vector(small_task: Task) -> None:
    company = Company(("zorgish", "glib"), np.array([[0.8, 0.6], [0.8, 0.6]]))
    window = make_window_space([small_task.batch], company.features)
    head, logits = fit_span_head(window, company, small_task, np.ones(12), np.arange(12))
    weights = dict(zip(window.columns, head.weights[:, 0].tolist(), strict=True))
    met, other = company.features
    for position in window.company.positions:
        assert weights[other, position] == pytest.approx(weights[met, position])
    assert weights[other, 0] > 0
    # Out of fold, the word that is marked is told from the others by its company, too.
    assert logits[small_task.gold_tokens()].min() > logits[~small_task.gold_tokens()].max()


def test_an_article_that_does_not_count_is_not_learned_from(small_task: Task, space: WindowSpace) -> None:
    counts = np.arange(12) % 2 * 1.0
    # Whatever is marked stands in the others.
    head = fit_span_head(space, NOTHING, small_task, counts, None)[0]
    assert not head.weights.any()
    assert head.intercepts[0] < 0


def test_the_second_stage_calibrates(small_task: Task) -> None:
    gold = small_task.gold_tokens().astype(float)
    figures = np.column_stack([np.random.default_rng(3).normal(size=len(gold)) + 4 * gold, np.zeros(len(gold))])
    stage, logits = fit_span_stage(("own", "nothing"), figures, gold, small_task.batch.documents)
    assert stage.probabilities(figures).mean() == pytest.approx(gold.mean(), abs=1e-3)
    assert stage.weights[0] > 0 == stage.weights[1]
    assert logistic(logits).mean() == pytest.approx(gold.mean(), rel=0.5)


def test_the_second_stage_scores_a_token_by_a_fit_that_has_not_seen_its_group(small_task: Task) -> None:
    groups, gold = small_task.batch.documents % 4, small_task.gold_tokens().astype(float)
    figures = np.random.default_rng(3).normal(size=(len(gold), 1)) + gold[:, None]
    logits = fit_span_stage(("own",), figures, gold, groups)[1]
    for train, test in folds_of(groups):
        weights, intercept = fit_bag(figures[train], gold[train])
        np.testing.assert_allclose(logits[test], figures[test] @ weights + intercept, rtol=0, atol=1e-9)
