from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.documents import Batch, make_batch, make_document
from classifiers.features import Feature
from classifiers.window import make_window_space

LEARNT = [
    'The "reform" cost jobs, the "reform" cost votes. The cronies cheered; the cronies left.',
    "“Nobody,” she said, “will forget the reckless reckless plan of the plan’s friends.”\nThe end of the end.",
]
AWKWARD = [
    "",
    "\n\n",
    "!",
    "plan",
    "the the the the",
    "ananas banana ANANAS",
    "😀😀 the 👩‍👩‍👧 plan 🇫🇷",
    "cafe\u0301 na\u00efve ﬁne \u200b\u2028 the\u00a0plan",
    "改革！「改革」了。the plan",
    "שלום the plan مرحبا",
    '"""" “” \'the\' ‘plan’ «cronies» "unclosed',
    "don't so-called eco‑zealots -- 3.14 %$#@ _under_ x²",
    "a" * 300 + " reckless\r\nplan\tthe",
]


def batch_of(*texts: str) -> Batch:
    return make_batch(make_document(str(i), text) for i, text in enumerate(texts))


SPACE = make_window_space(batch_of(*LEARNT))
WEIGHTS = np.random.default_rng(7).normal(size=(len(SPACE.columns), 3))


@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
def test_scores_by_tables_are_the_matrix_times_the_weights(text: str) -> None:
    batch = batch_of(text)
    np.testing.assert_allclose(SPACE.scores(batch, WEIGHTS), SPACE.matrix(batch) @ WEIGHTS, rtol=0, atol=1e-9)


def test_scores_by_tables_are_the_matrix_times_the_weights_over_a_batch() -> None:
    batch = batch_of(*AWKWARD, *LEARNT)
    scores = SPACE.scores(batch, WEIGHTS)
    np.testing.assert_allclose(scores, SPACE.matrix(batch) @ WEIGHTS, rtol=0, atol=1e-9)
    assert np.abs(scores).max() > 1


@given(st.lists(st.text(max_size=30), max_size=4))
def test_scores_by_tables_are_the_matrix_times_the_weights_on_any_text(texts: list[str]) -> None:
    batch = batch_of(*texts)
    np.testing.assert_allclose(SPACE.scores(batch, WEIGHTS), SPACE.matrix(batch) @ WEIGHTS, rtol=0, atol=1e-9)


def test_a_row_sees_two_tokens_to_either_side_and_no_more() -> None:
    batch = batch_of("one two the four five six")
    column = {column: i for i, column in enumerate(SPACE.columns)}
    matrix = SPACE.matrix(batch)[batch.rows(0)].toarray()
    the = Feature("word", "the")
    # "the" is token 2: to token 0 it stands two after, to token 4 two before.
    assert [row.tolist() for row in np.argwhere(matrix[:, [column[the, position] for position in (2, 1, 0, -1, -2)]])] == [
        [0, 0],
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
    ]


def test_a_trigram_that_comes_twice_in_a_word_counts_twice() -> None:
    space = make_window_space(batch_of("ananas"), minimum=1)
    batch = batch_of("ananas")
    column = space.columns.index((Feature("characters", "ana"), 0))
    assert space.matrix(batch)[batch.rows(0)].toarray()[0, column] == 2


def test_the_first_words_of_an_article_do_not_see_the_last_of_another() -> None:
    texts = ["the cronies", "reckless plan", "the reform"]
    together = batch_of(*texts)
    matrix = SPACE.matrix(together).toarray()
    for number, text in enumerate(texts):
        alone = batch_of(text)
        assert np.array_equal(matrix[together.rows(number)], SPACE.matrix(alone)[alone.rows(0)].toarray())


def test_the_space_holds_what_occurs_often_enough() -> None:
    space = make_window_space(batch_of("sham sham farce"))
    words = [feature.term for feature in space.words.features if feature.kind == "word"]
    assert words == ["sham"]


def test_the_space_does_not_depend_on_the_order_of_articles() -> None:
    assert make_window_space(batch_of(*LEARNT)).columns == make_window_space(batch_of(*reversed(LEARNT))).columns


def test_columns_are_distinct_and_as_many_as_the_matrix_has() -> None:
    assert len(set(SPACE.columns)) == len(SPACE.columns) == SPACE.matrix(batch_of("x")).shape[1] == len(SPACE.nearness)


def test_a_neighbour_counts_less_than_the_token_but_its_voice_does_not() -> None:
    nearness = dict(zip(SPACE.columns, SPACE.nearness.tolist(), strict=True))
    the, voice = Feature("word", "the"), Feature("voice", "scare")
    assert nearness[the, 0] > nearness[the, 1] > nearness[the, 2] > 0
    assert nearness[the, -2] == nearness[the, 2]
    assert nearness[voice, -1] == nearness[voice, 0] == 1
