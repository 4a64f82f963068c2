from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from classifiers.prediction import predict

from classifiers.evaluation.metrics import binary_f1
from classifiers.evaluation.spans import measure_probabilities, measure_spans, two_class_f1
from classifiers.model.model import Model
from classifiers.training.targets import Task, make_task
from schemas.dataset import Dataset


def test_the_f1_of_two_classes_is_the_mean_of_either_being_the_positive_one() -> None:
    truth, found = np.array([True, True, False, False]), np.array([True, False, False, False])
    assert two_class_f1(truth, found) == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert two_class_f1(~truth, ~found) == two_class_f1(truth, found)


def test_the_confident_half_of_sentences_is_that_furthest_from_a_half() -> None:
    truth, shares = np.array([True, False, True, False]), np.array([0.9, 0.2, 0.4, 0.55])
    found = measure_probabilities(truth, shares)
    assert found["confident_macro_f1"] == 1
    assert found["macro_f1"] == 0.5


def test_what_is_measured_is_what_is_shown_and_the_overlap_measure_has_its_own_cut(model: Model, whole_task: Task) -> None:
    test = whole_task.take(range(1, len(whole_task.documents), 3))
    prediction = predict(model, test.batch)
    found = measure_spans(model, test, prediction)
    marked = np.concatenate(
        [document.touched((s.start, s.end) for s in spans) for document, spans in zip(test.documents, prediction.spans, strict=True)]
    )
    truth = test.gold_tokens()[test.batch.ids != 0]
    assert found["tokens"]["f1"] == pytest.approx(binary_f1(truth, marked))
    assert found["spans"]["partial_f1"] != found["spans"]["readers_partial_f1"]
    shown, gold = sum(map(len, prediction.spans)), sum(len(vote.spans) for vote in test.gold)
    assert found["spans"]["readers_count_ratio"] == pytest.approx(shown / gold, rel=0.1)


def test_where_gold_has_no_span_f1_says_nothing(small_model: Model, dataset_of: Callable[..., Dataset]) -> None:
    test = make_task(dataset_of({"a": "The zorgish plan passed. It was late."}, {"a": {"ada": []}}))
    found = measure_spans(small_model, test, predict(small_model, test.batch))
    for group in ("tokens", "spans", "labels"):
        assert set(found[group].values()) == {None}
    assert found["sentences"]["brier"] is not None
    assert found["sentences"]["auroc"] is None


def test_labels_are_measured_on_gold_spans_whatever_was_found(small_model: Model, dataset_of: Callable[..., Dataset]) -> None:
    test = make_task(dataset_of({"a": "The zorgish plan passed. It was late."}, {"a": {"ada": [("Loaded", "zorgish"), ("Loaded", "late")]}}))
    found = measure_spans(small_model, test, predict(small_model, test.batch))["labels"]
    # The small model knows no other label; without a cue the floor says what the codebook lists first.
    assert found == {"micro_f1": 1, "macro_f1": 1, "floor_micro_f1": 1}


def test_the_floor_is_what_the_cues_find(small_model: Model, dataset_of: Callable[..., Dataset]) -> None:
    test = make_task(dataset_of({"a": "A zorgish grab. It was calm."}, {"a": {"ada": [("Loaded", "zorgish")]}}))
    found = measure_spans(small_model, test, predict(small_model, test.batch))
    # Found: zorgish and grab; gold: zorgish.
    assert found["tokens"]["floor_f1"] == found["spans"]["floor_exact_f1"] == pytest.approx(2 / 3)
    assert found["sentences"]["floor_macro_f1"] == 1
