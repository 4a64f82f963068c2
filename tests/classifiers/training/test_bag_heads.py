from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import sparse

from classifiers.features.answers import answer_figures, other_parts
from classifiers.features.bag import make_bag_space
from classifiers.features.pages import Alone
from classifiers.model.model import Head
from classifiers.training.aims import F1
from classifiers.training.bag_heads import fit_answer_stages, fit_question, fit_sentence_stage, fit_sentences
from classifiers.training.fitting import fit_bag, folds_of
from classifiers.training.targets import Task, make_task
from schemas.arrays import Floats
from schemas.dataset import Dataset

GROUPS = np.arange(12)


def words_of(task: Task) -> sparse.csr_matrix:
    bounds = task.batch.read.tokens.firsts
    return make_bag_space([(task.batch, bounds)], (), ()).matrix(task.batch, bounds, np.zeros((len(task.batch.ids), 0)))


def identity(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.identity(matrix.shape[1], format="csr")


def fitted(task: Task, name: str, *, unseen: bool = False) -> tuple[Head, Floats]:
    question, matrix = task.codebook.question(name), words_of(task)
    assert question is not None
    found = fit_question(task, question, matrix, identity(matrix), None, np.arange(len(task)), unseen=unseen)
    assert found is not None
    return found


@pytest.mark.parametrize("unseen", [False, True])
def test_two_answers_to_one_question_are_one_fit_turned_round(small_task: Task, unseen: bool) -> None:  # noqa: FBT001
    head, logits = fitted(small_task, "biased", unseen=unseen)
    np.testing.assert_array_equal(head.weights[:, 0], -head.weights[:, 1])
    assert head.intercepts[0] == -head.intercepts[1]
    np.testing.assert_array_equal(logits[:, 0], -logits[:, 1])
    assert (logits[::2, 0] > logits[1::2, 0].max()).all()


def test_two_answers_to_a_question_of_several_are_two_fits(small_task: Task) -> None:
    head, _ = fitted(small_task, "topics")
    assert head.outputs == ("Money", "Law")
    # All are about money: there is nothing to learn but that.
    assert not head.weights[:, 0].any()
    assert head.intercepts[0] > 1
    assert head.weights[:, 1].any()


def test_an_article_is_scored_by_a_fit_that_has_not_seen_its_group(small_task: Task) -> None:
    matrix, shares = words_of(small_task), small_task.answer_shares(small_task.codebook.questions[0])[:, 0]
    logits = fitted(small_task, "biased")[1][:, 0]
    for train, test in folds_of(GROUPS):
        weights, intercept = fit_bag(matrix[train], shares[train])
        assert logits[test] == pytest.approx(matrix[test] @ weights + intercept, abs=1e-6)


def test_articles_that_nobody_answered_teach_nothing_and_are_scored(dataset_of: Callable[..., Dataset]) -> None:
    texts = {f"a{i}": f"The {'court' if i % 2 else 'bank'} met on a day." for i in range(10)}
    readings = {name: {"ada": [("biased", "Yes" if "court" in text else "No")] if i < 8 else []} for i, (name, text) in enumerate(texts.items())}
    task = make_task(dataset_of(texts, readings))
    head, logits = fitted(task, "biased")
    expected, offset = fit_bag(words_of(task)[:8], task.answer_shares(task.codebook.questions[0])[:8, 0])
    assert head.weights[:, 0] == pytest.approx(expected, abs=1e-6)
    assert logits[8:, 0] == pytest.approx(words_of(task)[8:] @ expected + offset, abs=1e-6)


def test_a_question_that_nobody_answered_has_no_head(dataset_of: Callable[..., Dataset]) -> None:
    task = make_task(dataset_of({"a": "A plan."}, {"a": {"ada": []}}))
    matrix = words_of(task)
    assert fit_question(task, task.codebook.questions[0], matrix, identity(matrix), None, np.zeros(1, dtype=np.int64), unseen=False) is None


def test_a_sentence_is_scored_by_a_fit_that_has_not_seen_its_group(small_task: Task) -> None:
    bounds = small_task.batch.read.tokens_of_sentences
    space = make_bag_space([(small_task.batch, bounds)], (), ())
    matrix = space.matrix(small_task.batch, bounds, np.zeros((len(small_task.batch.ids), 0)))
    head, logits = fit_sentences(small_task, matrix, identity(matrix), GROUPS)
    gold = small_task.gold_sentences()
    assert logits[gold].min() > logits[~gold].max()
    assert not np.allclose(logits, matrix @ head.weights[:, 0] + head.intercepts[0])
    probabilities = fit_sentence_stage(small_task, logits).probabilities(np.column_stack([logits, np.zeros(len(logits))]))
    assert probabilities[gold].min() > probabilities[~gold].max()


def test_the_second_stage_of_answers_learns_whether_parts_of_a_page_agree(page_task: Task) -> None:
    question = page_task.codebook.questions[0]
    singles = page_task.codebook.single_choices({"biased"})
    own = np.random.default_rng(3).normal(size=36) + np.where(page_task.gold_answers(question)[:, 0], 1, -1)
    alone = Alone({"biased": np.column_stack([own, -own])}, np.zeros(36))
    stages, thresholds = fit_answer_stages(page_task, question, alone, singles, np.arange(36) // 3, F1)
    # A question of one answer is decided by the most probable.
    assert thresholds == ()
    weights = dict(zip(stages["Yes"].columns, stages["Yes"].weights.tolist(), strict=True))
    assert weights["biased: Yes"] > 0
    assert weights["biased: Yes, other parts"] > 0
    np.testing.assert_allclose(stages["No"].weights[[0, 2]], stages["Yes"].weights[[0, 2]], atol=1e-2)


def test_without_pages_the_other_parts_say_nothing(small_task: Task) -> None:
    question = small_task.codebook.questions[0]
    own = np.linspace(-1, 1, 12)
    alone, singles = Alone({"biased": np.column_stack([own, -own])}, np.zeros(12)), small_task.codebook.single_choices({"biased"})
    stages, _ = fit_answer_stages(small_task, question, alone, singles, GROUPS, F1)
    weights = dict(zip(stages["Yes"].columns, stages["Yes"].weights.tolist(), strict=True))
    assert weights["biased: Yes, other parts"] == pytest.approx(0, abs=1e-6)


def test_each_answer_of_several_has_a_threshold_that_out_of_fold_probabilities_chose(small_task: Task) -> None:
    question = small_task.codebook.questions[1]
    law = small_task.gold_answers(question)[:, 1]
    # The head is right of every article, but far too careful.
    alone = Alone({"topics": np.column_stack([np.full(12, 3.0), np.where(law, -1.0, -3.0)])}, np.zeros(12))
    stages, thresholds = fit_answer_stages(small_task, question, alone, {}, GROUPS, F1)
    assert len(thresholds) == len(stages) == 2
    # All are about money, so nothing can be chosen.
    assert thresholds[0] == 0.5
    figures = answer_figures("topics", 1, {}, alone, other_parts(small_task.batch.pages, alone))
    assert ((stages["Law"].probabilities(figures) > thresholds[1]) == law).all()
