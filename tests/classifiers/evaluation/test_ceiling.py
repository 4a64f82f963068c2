from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from classifiers.evaluation.ceiling import human_answers, human_spans
from classifiers.evaluation.metrics import binary_f1, mean_f1
from classifiers.training.targets import make_task
from schemas.arrays import Flags
from schemas.codebook import Codebook
from schemas.dataset import Dataset

TEXT = "The reckless plan was a total farce of a shameful plan."
KEYS = ("f1", "exact_f1", "partial_f1", "char_f1")
PAIRS = tuple[str, str]


def share_right(truth: Flags, given: Flags) -> float:
    return float((truth == given).all(axis=1).mean())


def ceiling_of(dataset_of: Callable[..., Dataset], **readings: list[PAIRS]) -> dict[str, float | None]:
    return human_spans(make_task(dataset_of({"a": TEXT}, {"a": readings})))


def test_annotators_who_agree_reach_one(dataset_of: Callable[..., Dataset]) -> None:
    pairs = [("Loaded", "reckless"), ("Loaded", "total farce")]
    assert ceiling_of(dataset_of, ada=pairs, ben=pairs) == dict.fromkeys(KEYS, 1.0)


def test_annotators_who_share_nothing_reach_zero(dataset_of: Callable[..., Dataset]) -> None:
    assert ceiling_of(dataset_of, ada=[("Loaded", "reckless")], ben=[("Loaded", "shameful")]) == dict.fromkeys(KEYS, 0.0)


def test_half_a_span_is_partly_right_and_never_exact(dataset_of: Callable[..., Dataset]) -> None:
    found = ceiling_of(dataset_of, ada=[("Loaded", "total farce")], ben=[("Loaded", "farce")])
    assert found["f1"] == pytest.approx(2 / 3)
    assert found["exact_f1"] == 0
    # Either way round one side has all of the other, which has 5 of its 11 characters: mean precision = mean recall.
    assert found["partial_f1"] == pytest.approx((1 + 5 / 11) / 2)
    # Five characters are shared, either way round: 2 * 10 / (16 + 16).
    assert found["char_f1"] == pytest.approx(2 * 10 / 32)


def test_each_of_three_is_held_against_the_majority_of_the_other_two(dataset_of: Callable[..., Dataset]) -> None:
    pairs = [("Loaded", "reckless")]
    # For ada and ben the other two are split, which is no majority; cem marks nothing where the others agree.
    assert ceiling_of(dataset_of, ada=pairs, ben=pairs, cem=[])["f1"] == 0
    assert ceiling_of(dataset_of, ada=pairs, ben=pairs, cem=pairs)["f1"] == 1


@pytest.mark.parametrize("readings", [{"ada": [("Loaded", "reckless")]}, {"ada": [], "ben": []}], ids=["one reader", "nothing marked"])
def test_there_is_no_ceiling_where_nothing_can_be_compared(dataset_of: Callable[..., Dataset], readings: dict[str, list[PAIRS]]) -> None:
    assert ceiling_of(dataset_of, **readings) == dict.fromkeys(KEYS)


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


def test_somebody_who_only_answered_is_no_reader_of_spans(dataset_of: Callable[..., Dataset]) -> None:
    pairs = [("Loaded", "reckless")]
    assert ceiling_of(dataset_of, ada=pairs, ben=pairs, cem=[("biased", "Yes")])["f1"] == 1
    assert ceiling_of(dataset_of, ada=pairs, ben=[("biased", "Yes")])["f1"] is None


def test_where_the_others_are_tied_a_question_of_one_answer_leaves_the_case_out(dataset_of: Callable[..., Dataset], codebook: Codebook) -> None:
    yes, no = [("biased", "Yes")], [("biased", "No")]
    task = make_task(dataset_of({"a": TEXT}, {"a": {"ada": yes, "ben": yes, "cem": no}}))
    # The others of ada are ben and cem, who differ, as do the others of ben; of cem's others both say Yes.
    assert human_answers(task, codebook.questions[0], share_right) == 0
    assert human_answers(task, codebook.questions[0], lambda truth, given: float(len(truth))) == 1


def test_where_the_others_are_tied_a_question_of_several_answers_has_none_of_them(dataset_of: Callable[..., Dataset], codebook: Codebook) -> None:
    money, law = [("topics", "Money")], [("topics", "Law")]
    task = make_task(dataset_of({"a": TEXT}, {"a": {"ada": money, "ben": money, "cem": law}}))
    assert human_answers(task, codebook.questions[1], lambda truth, given: float(len(truth))) == 3


def test_the_answer_that_most_of_the_others_gave_need_not_be_that_of_more_than_half(codebook: Codebook, dataset_of: Callable[..., Dataset]) -> None:
    values = [*codebook.questions[0].values, codebook.questions[1].values[0]]
    question = codebook.questions[0].model_copy(update={"values": tuple(values)})
    book = codebook.model_copy(update={"questions": (question,)})
    said = {"ada": "Yes", "ben": "Yes", "cem": "No", "dot": "Money", "eve": "Yes"}
    task = make_task(dataset_of({"a": TEXT}, {"a": {name: [("biased", answer)] for name, answer in said.items()}}, book=book))
    # Of Yes, Yes, No, Money it is Yes; the three who say Yes are held against such others and are right.
    assert human_answers(task, question, share_right) == 3 / 5


def test_the_human_ceiling_of_babe_is_785(babe: Dataset) -> None:
    task = make_task(babe)
    question = task.codebook.question("bias")
    assert question is not None
    assert human_answers(task, question, mean_f1) == pytest.approx(0.785, abs=0.01)
