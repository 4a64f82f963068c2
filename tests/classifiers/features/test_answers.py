from __future__ import annotations

import numpy as np
import pytest

from classifiers.features.answers import OTHER_PARTS, answer_columns, answer_figures, other_parts
from classifiers.features.context import SHRINKAGE
from classifiers.features.pages import Alone

SINGLES = {"biased": ("Yes", "No"), "opinion": ("a", "b", "c")}
ALONE = Alone({"biased": np.array([[1.0, -1.0]]), "topics": np.array([[4.0, 5.0]]), "opinion": np.array([[6.0, 7.0, 8.0]])}, np.array([9.0]))
OTHERS = Alone({"biased": np.array([[0.1, -0.1]]), "topics": np.array([[0.4, 0.5]]), "opinion": np.array([[0.6, 0.7, 0.8]])}, np.array([0.9]))


def test_the_answer_to_one_question_sees_those_to_the_other_questions_of_one_answer() -> None:
    own = ("biased: No", "opinion: a", "opinion: b", "opinion: c", "most loaded sentence")
    assert answer_columns("biased", "No", SINGLES) == (*own, *(f"{name}{OTHER_PARTS}" for name in own))
    figures = answer_figures("biased", 1, SINGLES, ALONE, OTHERS)
    assert figures.tolist() == [[-1.0, 6.0, 7.0, 8.0, 9.0, -0.1, 0.6, 0.7, 0.8, 0.9]]


def test_the_answer_to_a_question_of_several_answers_is_seen_by_itself_alone() -> None:
    assert answer_columns("topics", "Law", SINGLES)[:3] == ("topics: Law", "biased: Yes", "biased: No")
    assert answer_figures("topics", 1, SINGLES, ALONE, OTHERS)[0, :7].tolist() == [5.0, 1.0, -1.0, 6.0, 7.0, 8.0, 9.0]


@pytest.mark.parametrize(("question", "value", "index"), [("biased", "Yes", 0), ("topics", "Law", 1), ("opinion", "c", 2)])
def test_there_is_a_figure_for_each_column_and_a_row_for_each_document(question: str, value: str, index: int) -> None:
    columns = answer_columns(question, value, SINGLES)
    assert len(set(columns)) == len(columns)
    many = [Alone({name: np.repeat(rows, 3, axis=0) for name, rows in known.logits.items()}, np.repeat(known.loaded, 3)) for known in (ALONE, OTHERS)]
    figures = answer_figures(question, index, SINGLES, *many)
    assert figures.shape == (3, len(columns))
    np.testing.assert_array_equal(figures, np.repeat(answer_figures(question, index, SINGLES, ALONE, OTHERS), 3, axis=0))


def test_an_article_sees_the_other_parts_of_its_page_only() -> None:
    alone = Alone({"biased": np.array([[1.0, 10.0], [3.0, 30.0], [5.0, 50.0], [7.0, 70.0]])}, np.array([2.0, 4.0, 6.0, 8.0]))
    found = other_parts(["p", "p", "q", None], alone)
    others: list[list[float]] = [[3 / (1 + SHRINKAGE), 30 / (1 + SHRINKAGE)], [1 / (1 + SHRINKAGE), 10 / (1 + SHRINKAGE)], [0, 0], [0, 0]]
    np.testing.assert_allclose(found.logits["biased"], others)
    np.testing.assert_allclose(found.loaded, [4 / (1 + SHRINKAGE), 2 / (1 + SHRINKAGE), 0, 0])


def test_articles_without_a_page_are_no_parts_of_one_another() -> None:
    found = other_parts([None, "", None], Alone({"biased": np.ones((3, 1))}, np.ones(3)))
    assert not found.logits["biased"].any()
    assert not found.loaded.any()
