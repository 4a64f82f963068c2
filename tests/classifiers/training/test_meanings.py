from __future__ import annotations

import numpy as np
import pytest

from classifiers.evaluation.metrics import auroc
from classifiers.features.bag import make_bag_space
from classifiers.features.company import Company
from classifiers.scoring.answers import answer
from classifiers.scoring.scorer import Scorer
from classifiers.training.meanings import meanings_of_values
from classifiers.training.recipe import Recipe
from classifiers.training.targets import Task
from classifiers.training.training import train


def test_a_frame_that_nobody_coded_is_found_by_its_definition(whole_task: Task, english: Company) -> None:
    """Coded articles that use it are left out of training, so that all the model knows of it is what the codebook says."""
    question = whole_task.codebook.question("frames")
    assert question is not None
    index = question.value_names.index("Health_and_safety")
    given = np.nan_to_num(whole_task.answer_shares(question)[:, index]) > 0
    without = np.flatnonzero(~given)
    model = train(whole_task.take(without[:50].tolist()), Recipe(vectors=english))
    test = whole_task.take([*np.flatnonzero(given).tolist(), *without[50:].tolist()])
    found = Scorer(model).find(test.batch.texts)
    shares = answer(model, found.alone, found.alone)["frames"][:, index]
    area = auroc(test.gold_answers(question)[:, index], shares)
    assert area is not None
    assert area > 0.75
    # Of fifty articles none used it: it is nowhere likely, and nowhere decided.
    assert shares.mean() < 0.1
    assert model.thresholds["frames"][index] == 0.5


def test_words_like_those_of_a_definition_speak_for_the_answer(whole_task: Task, english: Company) -> None:
    question = whole_task.codebook.question("frames")
    assert question is not None
    space = make_bag_space([(whole_task.batch, whole_task.batch.read.tokens.firsts)], english.features, ())
    meanings = meanings_of_values(question, space, english)
    assert meanings is not None
    assert meanings.shape == (len(space.columns), len(question.values))
    columns = {feature: i for i, feature in enumerate(space.columns)}
    for word, value in {
        "injuries": "Health_and_safety",
        "profits": "Economic",
        "soldiers": "Security_and_defense",
        "burglary": "Crime_and_punishment",
    }.items():
        row = meanings[columns["company", word]].toarray()[0]  # type: ignore[index]
        assert question.value_names[int(row.argmax())] == value


@pytest.mark.parametrize("company", [Company((), np.zeros((0, 1))), Company(("zorg",), np.ones((1, 2)))])
def test_where_no_word_of_the_definitions_is_known_they_say_nothing(whole_task: Task, company: Company) -> None:
    question = whole_task.codebook.question("frames")
    assert question is not None
    space = make_bag_space([(whole_task.take([0]).batch, np.zeros(1, dtype=np.int64))], company.features, ())
    assert meanings_of_values(question, space, company) is None
