"""Answers as probabilities: what a page's parts say of each other, and answers that exclude each other."""

from __future__ import annotations

import numpy as np
import pytest

from classifiers.features.answers import other_parts
from classifiers.features.pages import Alone
from classifiers.model.logits import logistic
from classifiers.model.model import Model
from classifiers.scoring.answers import answer
from classifiers.scoring.scorer import Scorer
from classifiers.training.targets import Task
from schemas.arrays import Floats

CALM, LOUD = "On day 9 the careful plan of the council cost 4 coins. It is due.", "On day 8 the zorgish plan of the council cost 3 coins. It is due."
TEXTS = [LOUD, CALM, "", "😀", "\n\n \n", 'The cronies boasted of their "reform". It was total chaos.\n\nNobody answered.']


def answers_to(model: Model, *parts: tuple[str, str | None]) -> dict[str, Floats]:
    """The answers to texts, each with the address of its page."""
    alone = Scorer(model).find([text for text, _ in parts]).alone
    return answer(model, alone, other_parts([page for _, page in parts], alone))


def test_each_article_has_a_probability_for_each_answer(model: Model) -> None:
    answers = answers_to(model, *((text, None) for text in TEXTS))
    assert answers.keys() == {"frames"}
    assert answers["frames"].shape == (len(TEXTS), len(model.questions["frames"].outputs))
    assert ((answers["frames"] >= 0) & (answers["frames"] <= 1)).all()


def test_two_answers_to_one_question_mirror_each_other(page_model: Model, page_task: Task) -> None:
    alone = Scorer(page_model).find(page_task.batch.texts).alone
    # Scoring holds weights in single precision, where the two are rounded alike.
    np.testing.assert_array_equal(alone.logits["biased"][:, 0], -alone.logits["biased"][:, 1])
    answers = answer(page_model, alone, other_parts(page_task.batch.pages, alone))
    np.testing.assert_allclose(answers["biased"].sum(axis=1), 1)
    turned, given = page_model.stages["question biased"]["No"], page_model.stages["question biased"]["Yes"]
    assert turned.intercept == pytest.approx(-given.intercept, abs=1e-2)
    # Its own logit is turned round as well, so the weights are the same for it and turned round for the others.
    assert np.abs(turned.weights) == pytest.approx(np.abs(given.weights), abs=1e-2)


def test_an_answer_looks_at_the_other_parts_of_its_page_and_not_at_other_pages(page_model: Model) -> None:
    def share(*others: tuple[str, str | None]) -> float:
        return float(answers_to(page_model, (CALM, "https://gull.example"), *others)["biased"][0, 0])

    alone = share()
    assert share((LOUD, "https://gull.example"), (LOUD, "https://gull.example")) > alone + 0.1
    assert share((LOUD, "https://other.example"), (LOUD, None), (LOUD, "")) == alone


def test_the_answers_of_a_single_choice_sum_to_one_and_those_of_several_need_not(small_model: Model) -> None:
    answers = answers_to(small_model, *((text, None) for text in TEXTS))
    np.testing.assert_allclose(answers["biased"].sum(axis=1), 1)
    assert not np.allclose(answers["topics"].sum(axis=1), 1)


def test_an_answer_is_the_weighted_sum_of_what_its_second_stage_sees(page_model: Model) -> None:
    """Of the article, and of the other parts of its page: its own logit, those of other questions of one answer (here none), and that
    of the most loaded sentence."""
    own, beside = (np.random.default_rng(seed).normal(size=(5, 3)) for seed in (1, 2))
    alone, others = (Alone({"biased": x[:, :2], "topics": x[:, :2]}, x[:, 2]) for x in (own, beside))
    answers = answer(page_model, alone, others)
    for name, value, i in (("topics", "Money", 0), ("topics", "Law", 1)):
        stage = page_model.stages[f"question {name}"][value]
        singles = {"biased": ("Yes", "No")}
        seen = [np.column_stack([x[:, i], *(x[:, k] for k in range(len(singles["biased"]))), x[:, 2]]) for x in (own, beside)]
        np.testing.assert_allclose(answers[name][:, i], logistic(np.hstack(seen) @ stage.weights + stage.intercept), rtol=0, atol=1e-12)
    shares = [
        logistic(np.hstack([x[:, [i, 2]] for x in (own, beside)]) @ stage.weights + stage.intercept)
        for i, stage in enumerate(page_model.stages["question biased"][value] for value in ("Yes", "No"))
    ]
    np.testing.assert_allclose(answers["biased"][:, 0], shares[0] / (shares[0] + shares[1]), rtol=0, atol=1e-12)


def test_no_articles_have_no_answers(model: Model) -> None:
    assert answers_to(model)["frames"].shape == (0, len(model.questions["frames"].outputs))


def test_an_article_without_words_is_answered_all_the_same(model: Model) -> None:
    assert np.isfinite(answers_to(model, (" \n ", None))["frames"]).all()
