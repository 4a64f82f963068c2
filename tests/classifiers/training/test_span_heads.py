from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import sparse

from classifiers.evaluation.metrics import binary_f1
from classifiers.features.window import WindowSpace, make_window_space
from classifiers.model.decoding import decode_spans
from classifiers.training.fitting import folds_of
from classifiers.training.span_heads import fit_decoding, fit_span_head, fit_span_stage, rows_of_groups, span_shares
from classifiers.training.targets import Task, make_task
from schemas.arrays import logistic
from schemas.dataset import Dataset

TEXT = "The reckless old plan passed. It was late."


@pytest.fixture(scope="module")
def space(small_task: Task) -> WindowSpace:
    return make_window_space([small_task.batch])


def identity(space: WindowSpace) -> sparse.csr_matrix:
    return sparse.identity(len(space.columns), format="csr")


def test_each_token_has_the_value_of_its_document_and_edges_have_another(small_task: Task) -> None:
    values = rows_of_groups(small_task.batch, np.arange(12), -1)
    assert [set(values[small_task.batch.rows(i)]) for i in range(12)] == [{i} for i in range(12)]
    assert np.array_equal(values == -1, small_task.batch.ids == 0)


def test_the_tokens_of_a_gold_span_share_it(dataset_of: Callable[..., Dataset]) -> None:
    readings = {"a": {"ada": [("Loaded", "reckless old"), ("Loaded", "late")]}, "b": {"ada": [("Loaded", "reckless old"), ("Scare", "old plan")]}}
    task = make_task(dataset_of(dict.fromkeys("ab", TEXT), readings))
    shares = span_shares(task)
    assert shares[task.batch.rows(0)].tolist() == [0, 0.5, 0.5, 0, 0, 0, 0, 0, 1, 0]
    # Spans that overlap are one.
    assert shares[task.batch.rows(1)] == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3, 0, 0, 0, 0, 0, 0])


def test_a_token_is_scored_by_a_fit_that_has_not_seen_its_group(small_task: Task, space: WindowSpace) -> None:
    view, groups = space.view(small_task.batch), np.arange(12) % 4
    logits = fit_span_head(view, small_task, identity(space), np.ones(12), groups)[1]
    train, test = next(iter(folds_of(groups)))
    inside = np.zeros(12)
    inside[train] = 1
    expected = fit_span_head(view, small_task, identity(space), inside, None)[0]
    scores = view.scores(expected.weights[:, 0]) + expected.intercepts[0]
    for number in test:
        rows = small_task.batch.rows(number)
        np.testing.assert_allclose(logits[rows], scores[rows], rtol=0, atol=1e-9)
    for number in train:
        assert np.abs(logits[small_task.batch.rows(number)] - scores[small_task.batch.rows(number)]).max() > 1e-6


def test_without_groups_nothing_is_scored(small_task: Task, space: WindowSpace) -> None:
    head, logits = fit_span_head(space.view(small_task.batch), small_task, identity(space), np.ones(12), None)
    assert not logits.any()
    assert head.outputs == ("loaded",)


def test_the_second_stage_calibrates_and_edges_have_no_chance(small_task: Task) -> None:
    groups = rows_of_groups(small_task.batch, np.arange(12), -1)
    gold = small_task.gold_tokens().astype(float)
    figures = np.column_stack([np.random.default_rng(3).normal(size=len(gold)) + 4 * gold, np.zeros(len(gold))])
    stage, logits = fit_span_stage(("own", "nothing"), figures, gold, groups)
    inside = groups >= 0
    assert stage.probabilities(figures)[inside].mean() == pytest.approx(gold[inside].mean(), abs=1e-3)
    assert stage.weights[0] > 0 == stage.weights[1]
    assert np.isneginf(logits[~inside]).all()
    assert logistic(logits[inside]).mean() == pytest.approx(gold[inside].mean(), rel=0.5)


def test_decoding_finds_what_good_logits_show(small_task: Task) -> None:
    gold, noise = small_task.gold_tokens(), np.random.default_rng(3).normal(size=len(small_task.batch.ids))
    logits = np.where(small_task.batch.ids == 0, -np.inf, noise + np.where(gold, 6.0, -6.0))
    decoding = fit_decoding(small_task, logits, logits)
    found = np.zeros(len(gold), dtype=np.bool_)
    for number, document in enumerate(small_task.documents):
        rows = small_task.batch.rows(number)
        ranges = decode_spans(document, logits[rows], decoding.threshold, decoding.entry_cost)
        found[rows] = document.touched(document.stretch(span) for span in ranges)
    assert binary_f1(gold, found) > 0.7


def test_of_equally_good_thresholds_the_strictest_is_taken(dataset_of: Callable[..., Dataset]) -> None:
    # Nothing is gold: whatever is found is wrong, and so nothing should be.
    task = make_task(dataset_of({"a": TEXT}, {"a": {"ada": []}}))
    logits = np.where(task.batch.ids == 0, -np.inf, np.linspace(-3, 3, len(task.batch.ids)))
    decoding = fit_decoding(task, logits, logits)
    assert decode_spans(task.documents[0], logits[task.batch.rows(0)], decoding.threshold, decoding.entry_cost) == []
