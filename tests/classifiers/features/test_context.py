from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from classifiers.features.bag import sentence_segments
from classifiers.features.context import (
    ARTICLE,
    OWN,
    SHRINKAGE,
    answer_columns,
    answer_context,
    answer_figures,
    most_loaded,
    others_mean,
    sentence_columns,
    sentence_context,
    token_columns,
    token_context,
)
from classifiers.features.documents import Batch, make_batch, make_document
from schemas.arrays import Floats

TEXTS = ["One two three. Four five!\nSix", "", "Seven", "Eight nine. 😀\n\nTen eleven twelve one one two."]
COLUMNS = token_columns(("other",), ("biased: Yes", "biased: No"))


def batch_of(*texts: str) -> Batch:
    return make_batch(make_document(str(i), text) for i, text in enumerate(texts))


def figures_of(batch: Batch, logits: Floats, sentences: Floats, answers: Floats) -> Floats:
    return token_context(batch, sentence_segments(batch), logits, sentences, answers)


def seen(text: str, logits: list[float], sentences: list[float]) -> Callable[[str], list[float]]:
    """What the tokens of one article see in a column."""
    batch = batch_of(text)
    rows = np.zeros((len(batch.ids), 2))
    rows[batch.rows(0), 0] = logits
    figures = figures_of(batch, rows, np.array(sentences), np.zeros((1, 2)))[batch.rows(0)]
    return lambda name: [float(figure) for figure in figures[:, COLUMNS.index(name)]]


# Others


def test_the_mean_of_the_others_leaves_out_the_row_itself() -> None:
    groups = np.array([0, 0, 0, 1])
    found = others_mean(np.array([1.0, 2.0, 6.0, 5.0]), groups)
    assert found == pytest.approx([8 / (2 + SHRINKAGE), 7 / (2 + SHRINKAGE), 3 / (2 + SHRINKAGE), 0.0])
    changed = others_mean(np.array([-50.0, 2.0, 6.0, 5.0]), groups)
    assert changed[0] == found[0]
    assert changed[1] != found[1]


def test_a_sentence_sees_the_others_of_its_article_only() -> None:
    figures = sentence_context(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 1]))
    assert figures.shape[1] == len(sentence_columns())
    assert figures[:, 0].tolist() == [1.0, 3.0, 5.0]
    assert figures[:, 1] == pytest.approx([3 / (1 + SHRINKAGE), 1 / (1 + SHRINKAGE), 0.0])


def test_an_article_sees_the_other_parts_of_its_page_only() -> None:
    figures = answer_context(np.array([[1.0, 10.0], [3.0, 30.0], [5.0, 50.0], [7.0, 70.0]]), ["p", "p", "q", None])
    assert figures.shape[1] == len(answer_columns(("Yes", "No")))
    others: list[list[float]] = [[3 / (1 + SHRINKAGE), 30 / (1 + SHRINKAGE)], [1 / (1 + SHRINKAGE), 10 / (1 + SHRINKAGE)], [0, 0], [0, 0]]
    np.testing.assert_allclose(figures[:, 2:], others)


def test_articles_without_a_page_are_no_parts_of_one_another() -> None:
    assert not answer_context(np.ones((3, 1)), [None, "", None])[:, 1].any()


def test_the_answer_to_one_question_sees_those_to_the_other_questions_of_one_answer() -> None:
    logits = {"biased": np.array([[1.0, -1.0]]), "topics": np.array([[4.0, 5.0]]), "opinion": np.array([[6.0, 7.0, 8.0]])}
    singles = {"biased": ("Yes", "No"), "opinion": ("a", "b", "c"), "unanswered": ("x", "y")}
    names, figures = answer_figures("biased", "No", 1, logits, singles, np.array([9.0]))
    assert names == ("biased: No", "opinion: a", "opinion: b", "opinion: c", "most loaded sentence")
    assert figures.tolist() == [[-1.0, 6.0, 7.0, 8.0, 9.0]]
    assert answer_figures("topics", "Law", 1, logits, singles, np.array([9.0]))[1].tolist() == [[5.0, 1.0, -1.0, 6.0, 7.0, 8.0, 9.0]]


def test_the_most_loaded_sentence_is_of_the_article_and_an_article_without_sentences_has_none() -> None:
    batch = batch_of(*TEXTS)
    highest = most_loaded([len(document.sentences) for document in batch.documents], np.array([1.0, 3.0, 2.0, -9.0, 0.0, 1.0, 5.0]))
    assert highest[[0, 3]].tolist() == [3.0, 5.0]
    assert highest[1] == most_loaded([0], np.zeros(0))[0] < 0


# Tokens


def test_every_token_has_a_figure_for_each_column() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)
    batch = batch_of(*TEXTS)
    figures = figures_of(batch, np.zeros((len(batch.ids), 2)), np.zeros(7), np.zeros((4, 2)))
    assert figures.shape == (len(batch.ids), len(COLUMNS))


def test_no_token_looks_beyond_its_document() -> None:
    together, random = batch_of(*TEXTS), np.random.default_rng(3)
    logits, answers = random.normal(size=(len(together.ids), 2)), random.normal(size=(len(TEXTS), 2))
    sentences = random.normal(size=len(sentence_segments(together)))
    figures, first = figures_of(together, logits, sentences, answers), 0
    for number, document in enumerate(together.documents):
        alone = batch_of(document.text)
        own = random.normal(size=(len(alone.ids), 2))
        own[alone.rows(0)] = logits[together.rows(number)]
        last = first + len(document.sentences)
        found = figures_of(alone, own, sentences[first:last], answers[[number]])[alone.rows(0)]
        np.testing.assert_allclose(found, figures[together.rows(number)], rtol=0, atol=1e-12)
        first = last


def test_a_token_sees_itself_and_its_neighbours() -> None:
    column = seen("One two three.", [1.0, 2.0, 3.0, 4.0], [0.5])
    assert column(OWN) == [1.0, 2.0, 3.0, 4.0]
    assert column("neighbour +1")[:3] == [2.0, 3.0, 4.0]
    assert column("neighbour -2")[2:] == [1.0, 2.0]
    # Beyond the ends nothing is a span.
    assert column("neighbour -1")[0] == column("neighbour +2")[3] < 0
    assert column(ARTICLE) == [2.5] * 4


def test_a_token_sees_its_sentence_and_the_sentences_beside_it() -> None:
    column = seen("One two. Three.\nSix", [1.0, 2.0, 3.0, 4.0, 6.0, 7.0], [10.0, 20.0, 30.0])
    assert column("sentence") == [10.0] * 3 + [20.0] * 2 + [30.0]
    assert column("token x sentence") == [10.0, 20.0, 30.0, 80.0, 120.0, 210.0]
    assert column("highest in sentence") == [3.0] * 3 + [6.0] * 2 + [7.0]
    assert column("mean in sentence") == [2.0] * 3 + [5.0] * 2 + [7.0]
    assert column("rank in sentence") == pytest.approx([np.log(3), np.log(2), 0.0, np.log(2), 0.0, 0.0])
    # The first has none before it and the last none after: they stand for themselves.
    assert column("mean in sentence before") == [2.0] * 3 + [2.0] * 2 + [5.0]
    assert column("mean in sentence after") == [5.0] * 3 + [7.0] * 2 + [7.0]


def test_a_token_sees_the_answers_to_its_article() -> None:
    batch = batch_of("One", "", "Two three")
    figures = figures_of(batch, np.zeros((len(batch.ids), 2)), np.zeros(2), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    places = [COLUMNS.index("biased: Yes"), COLUMNS.index("biased: No")]
    assert figures[batch.rows(0)][:, places].tolist() == [[1.0, 2.0]]
    assert figures[batch.rows(2)][:, places].tolist() == [[5.0, 6.0]] * 2


def test_empty_articles_have_no_figures_and_harm_nobody() -> None:
    batch = batch_of("", "\n\n", "Seven")
    figures = figures_of(batch, np.ones((len(batch.ids), 2)), np.ones(1), np.zeros((3, 2)))
    assert np.isfinite(figures).all()
