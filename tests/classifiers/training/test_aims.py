from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.evaluation.metrics import binary_f1
from classifiers.model.model import Model
from classifiers.training.aims import F1, Aim, best_threshold, read_aim
from schemas.errors import FramingError

# One article in ten, of which the model is never sure.
RARE = np.arange(100) % 10 == 0
SHARES = np.where(RARE, 0.3, 0.1) + np.linspace(0, 0.1, 100)


def test_a_rare_answer_is_decided_far_below_a_half() -> None:
    threshold = best_threshold(RARE, SHARES)
    assert 0.1 < threshold < 0.4
    assert binary_f1(RARE, SHARES > 0.5) == 0
    assert binary_f1(RARE, threshold < SHARES) > 0.9


def test_an_answer_that_always_or_never_was_right_is_decided_at_a_half() -> None:
    for truth in (np.zeros(100, dtype=np.bool_), np.ones(100, dtype=np.bool_), np.zeros(0, dtype=np.bool_)):
        assert best_threshold(truth, SHARES[: len(truth)]) == 0.5


def test_the_most_right_articles_are_those_above_a_half() -> None:
    assert best_threshold(RARE, SHARES, Aim("accuracy")) == 0.5


@pytest.mark.parametrize("wanted", [0.3, 0.6, 0.9])
def test_for_a_precision_as_many_answers_are_given_as_it_allows(wanted: float) -> None:
    shares = np.random.default_rng(1).normal(np.where(RARE, 0.6, 0.4), 0.1)
    given = shares > best_threshold(RARE, shares, Aim("precision", wanted))
    assert (given & RARE).sum() / given.sum() >= wanted
    lower = shares > best_threshold(RARE, shares, Aim("precision", wanted / 3))
    assert lower.sum() >= given.sum() > 0


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=30), st.sampled_from([F1, Aim("accuracy"), Aim("precision", 0.7)]))
def test_every_threshold_is_a_probability(cases: list[tuple[bool, float]], aim: Aim) -> None:
    truth, shares = (np.array(column) for column in zip(*cases, strict=True))
    assert 0 <= best_threshold(truth.astype(bool), shares, aim) <= 1


def test_an_aim_is_read_as_it_is_said() -> None:
    assert [str(read_aim(text)) for text in ("f1", "accuracy", "precision=0.80")] == ["f1", "accuracy", "precision=0.8"]


@pytest.mark.parametrize(
    "text", ["", "F1", "f1=1", "recall", "precision", "precision=", "precision=1", "precision=0", "precision=nan", "precision=x"]
)
def test_what_is_no_aim_is_refused(text: str) -> None:
    with pytest.raises(FramingError, match=r"f1, accuracy or precision=0\.8"):
        read_aim(text)


def test_a_model_has_a_threshold_for_each_of_several_answers_and_none_for_a_question_of_one(small_model: Model) -> None:
    assert {name: len(thresholds) for name, thresholds in small_model.thresholds.items()} == {"topics": 2}
