from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from classifiers.evaluation.intervals import bound, draw_answers, draw_groups, draw_spans
from classifiers.evaluation.questions import measure_question
from classifiers.evaluation.spans import mark_spans, measure_spans
from classifiers.model.model import Model
from classifiers.scoring.scorer import Scorer
from classifiers.training.targets import Task


@pytest.fixture(scope="module")
def test(whole_task: Task) -> Task:
    return whole_task.take(range(1, len(whole_task), 5))


def test_a_draw_of_every_article_once_gives_each_figure_itself(model: Model, test: Task) -> None:
    scorer = Scorer(model)
    found = scorer.find(test.batch.texts)
    marks, once = mark_spans(scorer, test, found), np.ones((1, len(test)), dtype=np.int32)
    drawn, measured = draw_spans(test, marks, found.sentences, once), measure_spans(test, found, marks)
    for group, figures in drawn.items():
        assert {name: column.item() for name, column in figures.items()} == pytest.approx({name: measured[group][name] for name in figures})
    # All that is measured of what a model says has an interval, but for the error of calibration.
    assert [set(measured[group]) - set(drawn[group]) for group in ("tokens", "labels")] == [{"floor_f1"}, {"floor_micro_f1"}]
    assert set(measured["sentences"]) - set(drawn["sentences"]) == {"ece", "floor_macro_f1"}


def test_the_same_holds_for_questions(test: Task) -> None:
    (question,) = test.codebook.questions
    shares = np.random.default_rng(0).random((len(test), len(question.values))).round(1)
    drawn: dict[str, Any] = {}
    for thresholds in ((), (0.8,) * len(question.values)):
        drawn = draw_answers(question, test, shares, thresholds, np.ones((1, len(test)), dtype=np.int32))
        measured = measure_question(question, test, test, shares, thresholds)
        assert {name: column.item() for name, column in drawn.items()} == pytest.approx({name: measured[name] for name in drawn})
    assert {"macro_f1", "accuracy", "confident_macro_f1", "confident_accuracy", "auroc", "brier"} == set(drawn)


def test_groups_are_drawn_whole() -> None:
    weights = draw_groups(["a", "b", "a", "c"], draws=20)
    assert np.array_equal(weights[:, 0], weights[:, 2])
    assert set((weights[:, [0, 1, 3]]).sum(axis=1).tolist()) == {3}
    assert len(np.unique(weights, axis=0)) > 5


def test_an_interval_is_of_the_mean_over_the_folds_that_have_the_figure() -> None:
    nothing = float("nan")
    assert bound([np.array([0.2, nothing, nothing]), np.array([0.4, 0.5, nothing])]) == pytest.approx((0.305, 0.495))
    assert bound([np.array([nothing])]) is None


def test_every_figure_of_an_evaluation_is_in_its_interval(evaluation: dict[str, Any]) -> None:
    for group in ("tokens", "spans", "labels", "sentences"):
        for name, low in evaluation["low"][group].items():
            assert low < evaluation[group][name] < evaluation["high"][group][name]
    low, high = (evaluation[end]["questions"]["frames"]["auroc"] for end in ("low", "high"))
    assert low < evaluation["questions"]["frames"]["auroc"] < high
    assert evaluation["gold_spans"] > 100
