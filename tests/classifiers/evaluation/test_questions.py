from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold

from classifiers.evaluation.folds import first_of_each_text
from classifiers.evaluation.questions import choose, decided_rows, measure_question
from classifiers.training.targets import Task, make_task
from schemas.arrays import Floats
from schemas.codebook import Codebook
from schemas.dataset import Dataset

CALM, CUED = "The vote was today.", "The zorgish vote was today."


def task_of(dataset_of: Callable[..., Dataset], answers: str, *, outlets: str = "", cued: str = "") -> Task:
    """One article for each letter of `answers`: Y and N answer `biased`, and - does not."""
    names = [f"a{i}" for i in range(len(answers))]
    said = {"Y": [("biased", "Yes")], "N": [("biased", "No")], "-": []}
    texts = {name: CUED if cued[i : i + 1] == "c" else CALM for i, name in enumerate(names)}
    readings = {name: {"ada": said[answer]} for name, answer in zip(names, answers, strict=True)}
    return make_task(dataset_of(texts, readings, outlets=dict(zip(names, outlets, strict=False))))


def measures_of(training: Task, test: Task, yes: list[float]) -> dict[str, Any]:
    shares: Floats = np.column_stack([yes, 1 - np.array(yes)])
    return measure_question(test.codebook.questions[0], training, test, shares)


def test_of_several_answers_those_above_a_half_are_given_and_of_one_the_likeliest(codebook: Codebook) -> None:
    one, several = codebook.questions
    shares = np.array([[0.6, 0.7], [0.2, 0.5], [0.5, 0.5]])
    assert choose(several, shares).tolist() == [[True, True], [False, False], [False, False]]
    assert choose(one, shares).tolist() == [[False, True], [False, True], [True, False]]


def test_articles_without_a_truth_are_not_measured(dataset_of: Callable[..., Dataset]) -> None:
    task = task_of(dataset_of, "Y-N-")
    assert decided_rows(task, task.codebook.questions[0]) == [0, 2]
    found = measures_of(task, task, [0.9, 0.1, 0.2, 0.9])
    assert (found["macro_f1"], found["accuracy"], found["auroc"], found["articles_per_fold"]) == (1, 1, 1, 2)
    assert found["brier"] == pytest.approx((0.1**2 + 0.2**2) / 2)


def test_the_floor_of_outlets_is_what_is_commonest_in_each(dataset_of: Callable[..., Dataset]) -> None:
    training = task_of(dataset_of, "YYNNNNNN-", outlets="aaabbbbba")
    test = task_of(dataset_of, "YYNNYN", outlets="aaabcc")
    found = measures_of(training, test, [0.5] * 6)
    # a says Yes, b No, and c, which is not known, what is commonest overall: No.
    # Yes: found 3, true 3, both 2; No: found 3, true 3, both 2.
    assert found["outlet_macro_f1"] == pytest.approx(2 / 3)
    # All No: of Yes none is found, of No 3 of 6.
    assert found["commonest_macro_f1"] == pytest.approx((0 + 2 * 3 / 9) / 2)
    assert found["floor_macro_f1"] == found["outlet_macro_f1"]


def test_the_floor_of_cues_is_what_is_commonest_with_and_without_one(dataset_of: Callable[..., Dataset]) -> None:
    training = task_of(dataset_of, "YYNNN", cued="cc-c-")
    found = measures_of(training, task_of(dataset_of, "YN", cued="c-"), [0.5, 0.5])
    assert found["cues_macro_f1"] == found["floor_macro_f1"] == 1


def test_without_outlets_there_is_no_floor_of_outlets(dataset_of: Callable[..., Dataset]) -> None:
    task = task_of(dataset_of, "YNY")
    assert "outlet_macro_f1" not in measures_of(task, task, [0.5] * 3)


def test_floors_are_learned_from_training_alone(dataset_of: Callable[..., Dataset]) -> None:
    training, test = task_of(dataset_of, "NNNN", outlets="abab"), task_of(dataset_of, "YYYY", outlets="abab")
    assert measures_of(training, test, [0.5] * 4)["floor_macro_f1"] == 0


def test_where_training_answered_nothing_the_floors_are_still_figures(dataset_of: Callable[..., Dataset]) -> None:
    found = measures_of(task_of(dataset_of, "--", outlets="ab"), task_of(dataset_of, "YN", outlets="ab"), [0.5, 0.5])
    assert 0 <= found["floor_macro_f1"] <= 1


def test_the_confident_half_is_that_of_which_the_model_is_surest(dataset_of: Callable[..., Dataset]) -> None:
    task = task_of(dataset_of, "YYNNYN")
    # Sure and right of three, unsure and wrong of the others.
    found = measures_of(task, task, [0.95, 0.45, 0.02, 0.6, 0.9, 0.55])
    assert found["accuracy"] == 0.5
    assert (found["confident_accuracy"], found["confident_macro_f1"]) == (1, 1)
    turned = measures_of(task, task, [0.05, 0.55, 0.98, 0.4, 0.1, 0.45])
    assert (turned["confident_accuracy"], turned["accuracy"]) == (0, 0.5)


def test_of_several_answers_the_least_sure_says_how_sure_the_model_is(small_task: Task) -> None:
    task = small_task.take(range(4))
    question = task.codebook.questions[1]
    # The first two are sure of both answers, and right; the others are unsure of one, and wrong.
    shares = np.array([[0.9, 0.9], [0.9, 0.1], [0.99, 0.45], [0.99, 0.55]])
    found = measure_question(question, task, task, shares)
    assert found["confident_accuracy"] == found["confident_macro_f1"] == 1
    assert found["accuracy"] == 0.75


def test_one_article_is_its_own_half(dataset_of: Callable[..., Dataset]) -> None:
    task = task_of(dataset_of, "Y")
    found = measures_of(task, task, [0.9])
    assert (found["confident_accuracy"], found["auroc"]) == (1, None)


def test_the_outlet_floor_of_babe_is_738(babe: Dataset) -> None:
    task = make_task(babe)
    task = task.take(first_of_each_text(task.batch.texts))
    question = task.codebook.question("bias")
    assert question is not None
    pages = [page or str(i) for i, page in enumerate(task.batch.pages)]
    found = []
    for train, test in GroupKFold(5).split(pages, groups=pages):
        unsure = np.full((len(test), 2), 0.5)
        found.append(measure_question(question, task.take(train), task.take(test), unsure)["outlet_macro_f1"])
    assert np.mean(found) == pytest.approx(0.738, abs=0.01)


def test_outlets_are_what_counts_there_and_not_their_names(dataset_of: Callable[..., Dataset]) -> None:
    task = task_of(dataset_of, "YYNN", outlets="aabb")
    renamed = replace(task, outlets=["x", "x", "y", "y"])
    assert measures_of(renamed, renamed, [0.5] * 4) == measures_of(task, task, [0.5] * 4)
