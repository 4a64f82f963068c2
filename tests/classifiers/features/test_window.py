from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.features.documents import EDGE, SITUATIONS, Batch, make_batch
from classifiers.features.window import WindowSpace, WindowView, make_window_space
from classifiers.features.words import Feature
from schemas.arrays import Floats

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
COMPANY = [Feature("company", word) for word in ("plan", "reckless", "the", "zorgish")]


def batch_of(*texts: str) -> Batch:
    return make_batch(texts)


def matrix_of(space: WindowSpace, batch: Batch) -> Floats:
    """The matrix that the window never makes: a feature of the token at i + position is a one in row i."""
    columns = {column: i for i, column in enumerate(space.columns)}
    matrix = np.zeros((len(batch.ids), len(columns)))
    for row in range(len(matrix)):
        document = batch.rows(int(batch.documents[row]))
        for stream in space.streams:
            for position in stream.positions:
                place = row + position
                # Beyond the ends of an article stands the edge, and no other article.
                inside = document.start <= place < document.stop
                item = batch.words[batch.ids[place]] if inside else EDGE
                if stream is space.situations:
                    item = SITUATIONS[batch.situations[place]] if inside else "edge"
                for feature in stream.features_of(item):
                    if (feature, position) in columns:
                        matrix[row, columns[feature, position]] += 1
    return matrix


def scores_of(batch: Batch, weights: Floats) -> Floats:
    return WindowView(SPACE, batch).scores(weights)


SPACE = make_window_space([batch_of(*LEARNT)], COMPANY)
WEIGHTS = np.random.default_rng(7).normal(size=len(SPACE.columns))


@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
def test_scores_are_the_matrix_times_the_weights(text: str) -> None:
    batch = batch_of(text)
    np.testing.assert_allclose(scores_of(batch, WEIGHTS), matrix_of(SPACE, batch) @ WEIGHTS, rtol=0, atol=1e-9)


def test_scores_are_the_matrix_times_the_weights_over_a_batch() -> None:
    batch = batch_of(*AWKWARD, *LEARNT)
    scores = scores_of(batch, WEIGHTS)
    np.testing.assert_allclose(scores, matrix_of(SPACE, batch) @ WEIGHTS, rtol=0, atol=1e-9)
    assert np.abs(scores).max() > 1


@given(st.lists(st.text(max_size=30), max_size=4))
def test_scores_are_the_matrix_times_the_weights_on_any_text(texts: list[str]) -> None:
    batch = batch_of(*texts)
    np.testing.assert_allclose(scores_of(batch, WEIGHTS), matrix_of(SPACE, batch) @ WEIGHTS, rtol=0, atol=1e-9)


def test_scores_of_some_rows_are_part_of_all_scores() -> None:
    batch = batch_of(*AWKWARD, *LEARNT)
    every, rows = scores_of(batch, WEIGHTS), np.array([7, 2, 2, 30], dtype=np.int32)
    np.testing.assert_array_equal(WindowView(SPACE, batch).at(rows).scores(WEIGHTS), every[rows])


@pytest.mark.parametrize("texts", [AWKWARD + LEARNT, [""], []], ids=["many", "one empty", "none"])
def test_gathering_is_the_transpose_of_scoring(texts: list[str]) -> None:
    batch, random = batch_of(*texts), np.random.default_rng(3)
    view = WindowView(SPACE, batch)
    residuals, weights = random.normal(size=len(batch.ids)), random.normal(size=len(SPACE.columns))
    np.testing.assert_allclose(view.gather(residuals), matrix_of(SPACE, batch).T @ residuals, rtol=0, atol=1e-9)
    assert view.scores(weights) @ residuals == pytest.approx(weights @ view.gather(residuals))


@pytest.mark.parametrize("the", [Feature("word", "the"), Feature("company", "the")])
def test_a_row_sees_words_and_their_company_five_tokens_to_either_side_and_no_more(the: Feature) -> None:
    batch = batch_of("one two three four five six the seven eight nine ten eleven twelve")
    positions = [position for feature, position in SPACE.columns if feature == the]
    assert positions == list(range(-5, 6))
    # "the" is token 6: to token 4 it stands two after, to token 8 two before.
    for position in positions:
        weights = np.zeros(len(SPACE.columns))
        weights[SPACE.columns.index((the, position))] = 1
        assert np.flatnonzero(scores_of(batch, weights)[batch.rows(0)]).tolist() == [6 - position]


def test_a_run_of_letters_that_comes_twice_in_a_word_counts_twice() -> None:
    batch = batch_of("ananas")
    space = make_window_space([batch], minimum=1)
    weights = np.zeros(len(space.columns))
    weights[space.columns.index((Feature("characters", "ana"), 0))] = 1
    assert WindowView(space, batch).scores(weights)[batch.rows(0)].tolist() == [2]


def test_the_first_words_of_an_article_do_not_see_the_last_of_another() -> None:
    texts = ["the cronies", "reckless plan", "", "the reform"]
    together = batch_of(*texts)
    scores = scores_of(together, WEIGHTS)
    for number, text in enumerate(texts):
        alone = batch_of(text)
        np.testing.assert_array_equal(scores[together.rows(number)], scores_of(alone, WEIGHTS)[alone.rows(0)])


def test_the_space_holds_what_occurs_often_enough_in_all_batches_together() -> None:
    space = make_window_space([batch_of("sham sham farce"), batch_of("farce plan")])
    words = [feature.term for feature in space.words.features if feature.kind == "word"]
    assert words == ["farce", "sham"]


def test_the_edge_is_in_the_space_where_there_are_articles_though_no_token_is_one() -> None:
    edge = Feature("shape", "edge")
    assert edge in make_window_space([batch_of(""), batch_of()]).words.features
    assert edge not in make_window_space([batch_of()]).words.features
    assert edge not in make_window_space([batch_of("")], minimum=3).words.features


def test_what_the_features_of_an_item_are_worth_is_the_indicators_times_the_weights() -> None:
    words = [EDGE, *(word for text in AWKWARD for word in text.split())]
    for stream, items in zip(SPACE.streams, (words, words, words, SITUATIONS), strict=True):
        weights = np.random.default_rng(3).normal(size=(len(stream.features), 2))
        worth = stream.weigh(items, weights)
        np.testing.assert_allclose(worth, stream.indicators(items) @ weights, rtol=0, atol=1e-12)
        assert np.abs(worth).max() > 0
        assert stream.weigh([], weights).shape == (0, 2)


def test_the_space_knows_the_company_that_it_is_given_and_no_other() -> None:
    assert SPACE.company.features == tuple(COMPANY)
    assert make_window_space([batch_of(*LEARNT)]).company.features == ()


def test_the_space_does_not_depend_on_the_order_of_articles() -> None:
    assert make_window_space([batch_of(*LEARNT)]).columns == make_window_space([batch_of(*reversed(LEARNT))]).columns


def test_columns_are_distinct_and_as_many_as_each_view_has() -> None:
    view = WindowView(SPACE, batch_of("x"))
    assert len(set(SPACE.columns)) == len(SPACE.columns) == SPACE.width == len(view.gather(np.zeros(1)))


def test_seen_as_vectors_the_company_has_a_column_for_each_of_their_dimensions() -> None:
    batch, vectors = batch_of(*LEARNT), np.random.default_rng(5).normal(size=(len(COMPANY), 3))
    view, begin, places = WindowView(SPACE, batch, vectors), SPACE.words.width + SPACE.characters.width, len(SPACE.company.positions)
    weights, seen = np.zeros(SPACE.width), np.zeros(SPACE.width + places * (3 - len(COMPANY)))
    assert len(view.gather(np.zeros(len(batch.ids)))) == len(seen)
    seen[begin:][: places * 3] = np.random.default_rng(7).normal(size=places * 3)
    weights[begin:][: SPACE.company.width] = (seen[begin:][: places * 3].reshape(places, 3) @ vectors.T).ravel()
    np.testing.assert_allclose(view.scores(seen), scores_of(batch, weights), rtol=0, atol=1e-9)
    residuals = np.random.default_rng(9).normal(size=len(batch.ids))
    assert view.scores(seen) @ residuals == pytest.approx(seen @ view.gather(residuals))
