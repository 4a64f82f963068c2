from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from classifiers.ceiling import human_answers, human_spans
from classifiers.metrics import Flags, binary_f1
from classifiers.targets import make_task
from schemas.codebook import Codebook
from schemas.dataset import Dataset

TEXT = "The reckless plan was a total farce of a shameful plan."
PAIRS = tuple[str, str]


def share_right(truth: Flags, given: Flags) -> float:
    return float((truth == given).all(axis=1).mean())


def ceiling_of(dataset_of: Callable[..., Dataset], **readings: list[PAIRS]) -> dict[str, float | None]:
    return human_spans(make_task(dataset_of({"a": TEXT}, {"a": readings})))


def test_annotators_who_agree_reach_one(dataset_of: Callable[..., Dataset]) -> None:
    pairs = [("Loaded", "reckless"), ("Loaded", "total farce")]
    assert ceiling_of(dataset_of, ada=pairs, ben=pairs) == {"f1": 1.0, "exact_f1": 1.0, "partial_f1": 1.0}


def test_annotators_who_share_nothing_reach_zero(dataset_of: Callable[..., Dataset]) -> None:
    assert ceiling_of(dataset_of, ada=[("Loaded", "reckless")], ben=[("Loaded", "shameful")]) == {"f1": 0.0, "exact_f1": 0.0, "partial_f1": 0.0}


def test_half_a_span_is_partly_right_and_never_exact(dataset_of: Callable[..., Dataset]) -> None:
    found = ceiling_of(dataset_of, ada=[("Loaded", "total farce")], ben=[("Loaded", "farce")])
    assert found["f1"] == pytest.approx(2 / 3)
    assert found["exact_f1"] == 0
    # Either way round one side has all of the other, which has 5 of its 11 characters: mean precision = mean recall.
    assert found["partial_f1"] == pytest.approx((1 + 5 / 11) / 2)


def test_each_of_three_is_held_against_the_majority_of_the_other_two(dataset_of: Callable[..., Dataset]) -> None:
    pairs = [("Loaded", "reckless")]
    # For ada and ben the other two are split, which is no majority; cem marks nothing where the others agree.
    assert ceiling_of(dataset_of, ada=pairs, ben=pairs, cem=[])["f1"] == 0
    assert ceiling_of(dataset_of, ada=pairs, ben=pairs, cem=pairs)["f1"] == 1


@pytest.mark.parametrize("readings", [{"ada": [("Loaded", "reckless")]}, {"ada": [], "ben": []}], ids=["one reader", "nothing marked"])
def test_there_is_no_ceiling_where_nothing_can_be_compared(dataset_of: Callable[..., Dataset], readings: dict[str, list[PAIRS]]) -> None:
    assert ceiling_of(dataset_of, **readings) == {"f1": None, "exact_f1": None, "partial_f1": None}


def test_answers_are_held_against_those_of_the_others(dataset_of: Callable[..., Dataset], codebook: Codebook) -> None:
    question = codebook.question("topics")
    assert question is not None
    readings = {
        "a": {"ada": [("topics", "Money")], "ben": [("topics", "Money")]},
        "b": {"ada": [("topics", "Money")], "ben": [("topics", "Law")]},
        "c": {"ada": [("topics", "Money")], "ben": []},
    }
    task = make_task(dataset_of(dict.fromkeys("abc", TEXT), readings))
    assert human_answers(task, question, share_right) == 0.5
    assert human_answers(task.take([2]), question, share_right) is None
    assert human_answers(task.take([0]), question, lambda a, b: binary_f1(np.ravel(a), np.ravel(b))) == 1
