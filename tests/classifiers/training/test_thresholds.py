from __future__ import annotations

from collections.abc import Callable

import numpy as np

from classifiers.evaluation.metrics import binary_f1
from classifiers.model.decoding import find_runs
from classifiers.training.targets import Task, make_task
from classifiers.training.thresholds import fit_decoding
from schemas.dataset import Dataset

TEXT = "The reckless old plan passed. It was late."


def test_decoding_finds_what_good_logits_show(small_task: Task) -> None:
    batch, gold = small_task.batch, small_task.gold_tokens()
    logits = np.random.default_rng(3).normal(size=len(batch.ids)) + np.where(gold, 6.0, -6.0)
    decoding = fit_decoding(small_task, logits, logits)
    found = np.zeros(len(gold), dtype=np.bool_)
    runs = find_runs(batch.read.tokens, logits, decoding.threshold, decoding.entry_cost)
    for first, last in zip(runs.firsts, runs.lasts, strict=True):
        found[first:last] = True
    assert binary_f1(gold, found) > 0.7


def test_of_equally_good_thresholds_the_strictest_is_taken(dataset_of: Callable[..., Dataset]) -> None:
    # Nothing is gold: whatever is found is wrong, and so nothing should be.
    task = make_task(dataset_of({"a": TEXT}, {"a": {"ada": []}}))
    logits = np.linspace(-3, 3, len(task.batch.ids))
    decoding = fit_decoding(task, logits, logits)
    assert not len(find_runs(task.batch.read.tokens, logits, decoding.threshold, decoding.entry_cost).firsts)
