from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from classifiers.explanation.answers import Answer, attribute_answer, explain_answers
from classifiers.features.answers import other_parts
from classifiers.features.documents import make_batch
from classifiers.model.model import Model
from classifiers.scoring.answers import answer
from classifiers.scoring.scorer import Scorer
from classifiers.training.targets import Task
from classifiers.training.training import train

TEXT = "On day 9 the zorgish plan of the court cost 4 coins. It is due."


@pytest.mark.parametrize("text", [TEXT, "", "!!!"])
def test_all_reasons_and_the_intercepts_sum_to_the_log_odds_of_the_answer(page_model: Model, text: str) -> None:
    batch, found = make_batch([text]), Scorer(page_model).find([text])
    answers = answer(page_model, found.alone, other_parts([None], found.alone))
    for name, head in page_model.questions.items():
        stages = page_model.stages[f"question {name}"]
        odds = []
        for i, value in enumerate(head.outputs):
            reasons = attribute_answer(page_model, batch, found, name, i)
            odds.append(sum(reason.weight for reason in reasons) + stages[value].intercept + stages[value].weights[0] * head.intercepts[i])
            assert len({reason.words for reason in reasons}) == len(reasons)
        shares = 1 / (1 + np.exp(-np.array(odds)))
        if name == "biased":
            shares /= shares.sum()
        assert answers[name][0] == pytest.approx(shares, abs=1e-6)


def test_the_likeliest_answer_to_each_question_is_explained_by_words_strongest_first(page_model: Model) -> None:
    biased, topics = explain_answers(page_model, TEXT)
    assert (biased.question, biased.value, topics.question, topics.value) == ("biased", "Yes", "topics", "Law")
    assert any('"court"' in reason.words for reason in topics.reasons)
    weights = [reason.weight for reason in topics.reasons]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0
    assert explain_answers(page_model, TEXT, 2)[1].reasons == topics.reasons[:2]


def test_all_answers_that_are_decided_are_named_with_what_they_are_above(page_model: Model) -> None:
    def decide(*thresholds: float) -> Answer:
        return explain_answers(replace(page_model, thresholds={"topics": thresholds}), TEXT)[1]

    both, none = decide(0.0, 0.0), decide(1.0, 1.0)
    assert {(given.value, given.threshold) for given in both.decided} == {("Law", 0.0), ("Money", 0.0)}
    assert (both.value, both.probability) in {(given.value, given.probability) for given in both.decided}
    assert (none.value, none.threshold, none.decided) == ("Law", 1.0, [])


def test_of_one_answer_the_likeliest_is_decided_and_there_is_no_threshold(page_model: Model) -> None:
    biased = explain_answers(page_model, TEXT)[0]
    assert [(given.value, given.probability, given.threshold) for given in biased.decided] == [("Yes", biased.probability, None)]


def test_nothing_that_is_said_is_the_name_of_a_column(page_model: Model) -> None:
    said = {reason.words for answer in explain_answers(page_model, TEXT, 10**6) for reason in answer.reasons}
    columns = {column for name in page_model.questions for stage in page_model.stages[f"question {name}"].values() for column in stage.columns}
    assert said
    assert not said & columns
    assert {"its most loaded word", "its most loaded word, by the spans of leaflets"} & said


def test_a_model_without_questions_answers_none(leaflets: Task) -> None:
    assert explain_answers(train(leaflets), TEXT) == []
