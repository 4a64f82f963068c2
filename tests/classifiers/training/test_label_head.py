from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from classifiers.features.spans import make_label_space
from classifiers.features.window import make_window_space
from classifiers.training.label_head import find_marked, fit_labels
from classifiers.training.targets import Task, make_task
from schemas.dataset import Dataset

TEXTS = {f"a{i}": f"The {'reckless' if i % 2 else 'so-called'} plan of day {i} passed." for i in range(8)}
NOTHING = np.zeros((0, 1))


def task_of(dataset_of: Callable[..., Dataset]) -> Task:
    pairs = {name: [("Loaded", "reckless")] if "reckless" in text else [("Scare", "so-called plan")] for name, text in TEXTS.items()}
    return make_task(dataset_of(TEXTS, {name: {"ada": pairs[name], "ben": pairs[name], "cem": []} for name in TEXTS}))


def labels_found(task: Task) -> list[str]:
    """What the head says of everybody's spans."""
    window = make_window_space([task.batch])
    head = fit_labels(task, window, NOTHING)
    assert head is not None
    scores = make_label_space(window).matrix(task.batch, find_marked(task)[0]) @ head.weights + head.intercepts
    return [head.outputs[i] for i in scores.argmax(axis=1)]


def test_everybodys_spans_are_learned_from_each_by_its_share_of_the_votes(dataset_of: Callable[..., Dataset]) -> None:
    spans, labels, weights = find_marked(task_of(dataset_of).take([0, 1]))
    # The first article has eight tokens.
    assert spans == [(1, 3), (1, 3), (9, 10), (9, 10)]
    assert labels == ["Scare", "Scare", "Loaded", "Loaded"]
    assert weights == [1 / 3] * 4


def test_labels_are_told_apart(dataset_of: Callable[..., Dataset]) -> None:
    task = task_of(dataset_of)
    assert labels_found(task) == find_marked(task)[1]


def test_the_only_label_that_occurs_always_wins(dataset_of: Callable[..., Dataset]) -> None:
    assert set(labels_found(task_of(dataset_of).take([1, 3, 5]))) == {"Loaded"}
    assert set(labels_found(task_of(dataset_of).take([0, 2]))) == {"Scare"}


def test_labels_of_another_codebook_are_passed_over(dataset_of: Callable[..., Dataset]) -> None:
    task = task_of(dataset_of)
    book = task.codebook.model_copy(update={"labels": task.codebook.labels[:1]})
    assert set(find_marked(replace(task, codebook=book))[1]) == {"Loaded"}


def test_without_a_span_there_is_no_head(dataset_of: Callable[..., Dataset]) -> None:
    task = make_task(dataset_of(TEXTS, {name: {"ada": []} for name in TEXTS}))
    assert fit_labels(task, make_window_space([task.batch]), NOTHING) is None
