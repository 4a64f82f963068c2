from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from classifiers.evaluation.metrics import binary_f1
from classifiers.evaluation.spans import cut_for_overlap, mark_spans, measure_probabilities, measure_spans, two_class_f1
from classifiers.model.model import Model
from classifiers.scoring.scorer import Scorer
from classifiers.training.targets import Task, make_task
from schemas.dataset import Dataset
from schemas.text.voices import voices_of


def measured(model: Model, test: Task) -> dict[str, Any]:
    scorer = Scorer(model)
    found = scorer.find(test.batch.texts)
    return measure_spans(test, found, mark_spans(scorer, test, found))


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
    test = whole_task.take(range(1, len(whole_task), 3))
    found = measured(model, test)
    shown = Scorer(model).find(test.batch.texts).spans
    marked = np.zeros(len(test.batch.ids), dtype=np.bool_)
    for first, last in zip(shown.firsts, shown.lasts, strict=True):
        marked[first:last] = True
    assert found["tokens"]["f1"] == pytest.approx(binary_f1(test.gold_tokens(), marked))
    assert found["spans"]["partial_f1"] != found["spans"]["readers_partial_f1"]
    gold = sum(len(vote.spans) for vote in test.gold)
    assert found["spans"]["readers_count_ratio"] == pytest.approx(len(shown.firsts) / gold, rel=0.1)


def test_where_gold_has_no_span_f1_says_nothing(small_model: Model, dataset_of: Callable[..., Dataset]) -> None:
    test = make_task(dataset_of({"a": "The zorgish plan passed. It was late."}, {"a": {"ada": []}}))
    found = measured(small_model, test)
    for group in ("tokens", "spans", "labels"):
        assert set(found[group].values()) == {None}
    assert found["sentences"]["brier"] is not None
    assert found["sentences"]["auroc"] is None


def test_labels_are_measured_on_gold_spans_whatever_was_found(small_model: Model, dataset_of: Callable[..., Dataset]) -> None:
    test = make_task(dataset_of({"a": "The zorgish plan passed. It was late."}, {"a": {"ada": [("Loaded", "zorgish"), ("Loaded", "late")]}}))
    found = measured(small_model, test)["labels"]
    # The small model knows no other label; without a cue the floor says what the codebook lists first.
    assert found == {"micro_f1": 1, "macro_f1": 1, "floor_micro_f1": 1}


def test_the_floor_is_what_the_cues_find(small_model: Model, dataset_of: Callable[..., Dataset]) -> None:
    test = make_task(dataset_of({"a": "A zorgish grab. It was calm."}, {"a": {"ada": [("Loaded", "zorgish")]}}))
    found = measured(small_model, test)
    # Found: zorgish and grab; gold: zorgish.
    assert found["tokens"]["floor_f1"] == found["spans"]["floor_exact_f1"] == pytest.approx(2 / 3)
    assert found["sentences"]["floor_macro_f1"] == 1


def test_labels_are_measured_span_by_span_in_whatever_order_gold_has_them(model: Model, whole_task: Task) -> None:
    test = whole_task.take(range(1, len(whole_task), 3))
    turned = replace(test, gold=[replace(vote, spans=vote.spans[::-1]) for vote in test.gold])
    labels = measured(model, test)["labels"]
    assert 0 < labels["micro_f1"] < 1
    assert measured(model, turned)["labels"] == labels


def test_spans_for_the_overlap_measure_begin_and_end_with_a_word_of_one_line(model: Model, task: Task) -> None:
    batch = task.batch
    runs = cut_for_overlap(model, Scorer(model).find(batch.texts))
    assert len(runs.firsts) > 20
    np.testing.assert_array_equal(np.repeat(np.arange(len(task)), np.diff(runs.first_runs)), batch.documents[runs.firsts])
    assert batch.read.tokens.words[runs.firsts].all()
    assert batch.read.tokens.words[runs.lasts - 1].all()
    for document, (start, end) in batch.stretches(runs.firsts, runs.lasts):
        assert "\n" not in batch.texts[document][start:end]


@pytest.mark.parametrize("name", ["model", "page_model"])
def test_the_spans_for_the_overlap_measure_are_the_same_alone_in_a_batch_and_in_any_order(
    request: pytest.FixtureRequest, task: Task, page_task: Task, name: str
) -> None:
    model: Model = request.getfixturevalue(name)
    texts, scorer = [*task.batch.texts[:12], *page_task.batch.texts[:9], "", "😀", "\n\n \n", "Shameful"], Scorer(model)

    def cut(batch: list[str]) -> list[list[tuple[int, int]]]:
        """For each text its ranges of tokens, from its own first token on."""
        found = scorer.find(batch)
        firsts, lasts, first_runs = cut_for_overlap(model, found)
        documents = np.repeat(np.arange(len(batch)), np.diff(first_runs))
        ranges: list[list[tuple[int, int]]] = [[] for _ in batch]
        for document, first, last in zip(documents, firsts, lasts, strict=True):
            begin = found.texts.tokens.firsts[document]
            ranges[document].append((int(first - begin), int(last - begin)))
        return ranges

    alone = [cut([text])[0] for text in texts]
    assert sum(map(len, alone)) > 3
    random = np.random.default_rng(3)
    for size in (len(texts), len(texts), 5, 4, 3):
        order = random.permutation(len(texts))[:size].tolist()
        assert cut([texts[i] for i in order]) == [alone[i] for i in order]


def test_no_texts_are_cut_to_nothing_and_where_scare_quotes_are_left_out_none_is_cut(model: Model, task: Task) -> None:
    assert cut_for_overlap(model, Scorer(model).find([])).first_runs.tolist() == [0]
    strict = replace(model, codebook=model.codebook.model_copy(update={"scare_quotes": False}))
    texts = task.batch.texts
    every, kept = (cut_for_overlap(some, Scorer(some).find(texts)) for some in (model, strict))
    voices = [voices_of(texts[document], [stretch])[0] for document, stretch in task.batch.stretches(every.firsts, every.lasts)]
    wanted = [i for i, voice in enumerate(voices) if voice != "scare"]
    assert 0 < len(wanted) < len(voices)
    assert (kept.firsts.tolist(), kept.lasts.tolist()) == (every.firsts[wanted].tolist(), every.lasts[wanted].tolist())
