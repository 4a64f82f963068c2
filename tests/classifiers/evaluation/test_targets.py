"""How often it is right whom spans are about, beside the nearest name and nobody."""

from __future__ import annotations

from typing import Any

import numpy as np

from classifiers.evaluation.targets import Ranked, summarise_targets
from classifiers.features.candidates import NOBODY
from classifiers.training.targets import Marked, Task, Vote, make_task
from schemas.codebook import Attribute
from schemas.dataset import Dataset
from schemas.text.tokens import Span

TARGET = Attribute(name="target", kind="actor", definition="Whom it is about.")


def ranked(*rows: tuple[str, int, int, int, int]) -> Ranked:
    articles, *columns = zip(*rows, strict=True)
    return Ranked(list(articles), *map(np.array, columns))


def task_of(stances: Dataset, *values: tuple[str, str]) -> Task:
    """An article whose only span two annotators took to be about these, for each pair."""
    task = make_task(stances).take(range(len(values)))
    votes = [[Vote(spans=[Marked("Person", Span(0, 3), 1.0, {"target": {value: 1.0}})]) for value in pair] for pair in values]
    return Task(task.codebook, task.batch, votes, task.gold, task.outlets)


def test_all_that_is_told_counts_and_nobody_is_right_where_no_actor_is(stances: Dataset) -> None:
    folds = [ranked(("a", 0, 0, 0, 1), ("a", NOBODY, NOBODY, 1, 1)), ranked(("b", 1, NOBODY, 1, 1), ("c", 1, 0, 0, 0))]
    found: dict[str, Any] = summarise_targets(folds, task_of(stances, ("Board", "Board"), ("Board", "Mill")), TARGET)
    assert (found["spans"], found["named"]) == (4, 3)
    assert found["accuracy"] == 0.5
    # The nearest name is right once, as is nobody.
    assert found["floor_accuracy"] == 0.25
    assert found["named_accuracy"] == 2 / 3
    assert found["nearest_accuracy"] == 1 / 3
    assert found["human_accuracy"] == 0.5
    assert 0 <= found["low"] <= 0.5 <= found["high"] <= 1


def test_what_nobody_marked_twice_has_no_human_figure(stances: Dataset) -> None:
    task = task_of(stances, ("Board", "Board"))
    alone = Task(task.codebook, task.batch, [task.votes[0][:1]], task.gold, task.outlets)
    assert summarise_targets([ranked(("a", 0, 0, 0, 0))], alone, TARGET)["human_accuracy"] is None
