from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from classifiers.features.bag import bag_space_of
from classifiers.features.company import learn_company
from classifiers.features.documents import make_batch
from classifiers.features.spans import FIGURES, make_label_space
from classifiers.features.window import WindowView, make_window_space
from classifiers.features.words import Feature
from classifiers.training.targets import Task
from classifiers.training.ties import COMPANY, FEW, bag_ties, label_ties, outlet_counts, sign_agreement, window_scale, window_weights
from schemas.text.tokens import Span

TEXTS = [
    'The reckless "reform" cost jobs. The reckless mayor and the "reform" party left!',
    "“Reckless,” said the mayor of the reform.\nThe mayor left the party.",
    "İstanbul 😀 the mayor and reckless reform",
]
LABELS = make_label_space(make_window_space([make_batch(TEXTS)], [Feature("company", "mayor"), Feature("company", "the")]))
COLUMNS = {column: i for i, column in enumerate(LABELS.columns)}


def test_the_weight_of_a_known_word_is_what_its_vector_says_at_each_position() -> None:
    batch = make_batch([f"Then the {'dog' if i % 2 else 'hound'} barked on day {i}." for i in range(8)])
    company = learn_company([batch])
    space = make_window_space([batch], company.features)
    view, seen = WindowView(space, batch), WindowView(space, batch, company.vectors)
    parameters = np.random.default_rng(3).normal(size=len(seen.gather(np.zeros(seen.rows))))
    weights = window_weights(space, company.vectors, parameters)
    assert len(weights) == space.width
    # To score with the folded weights is to score with the vectors.
    np.testing.assert_allclose(view.scores(weights), seen.scores(parameters), rtol=0, atol=1e-9)


def test_what_stands_further_away_counts_less_but_its_voice_does_not() -> None:
    space = make_window_space([make_batch(["one two one two"])], [Feature("company", "two")])
    # A word of one dimension has one column, as it has when it is no vector.
    scale = dict(zip(space.columns, window_scale(space, 1).tolist(), strict=True))
    word, known, voice = Feature("word", "one"), Feature("company", "two"), Feature("voice", "scare")
    assert all(scale[word, i] == scale[word, -i] > scale[word, i + 1] == scale[word, -i - 1] > 0 for i in range(5))
    assert all(scale[known, i] == pytest.approx(COMPANY * scale[word, i]) for i in space.company.positions)
    assert scale[voice, -1] == scale[voice, 0] == scale[Feature("characters", "one"), 0] == 1


def test_the_scale_has_an_entry_for_each_column_of_the_view() -> None:
    batch = make_batch(["one two one two"])
    space = make_window_space([batch], [Feature("company", "two"), Feature("company", "zorgish")])
    for vectors in (np.zeros((2, 7)), np.zeros((2, 1))):
        view = WindowView(space, batch, vectors)
        assert len(window_scale(space, vectors.shape[1])) == len(view.gather(np.zeros(view.rows)))


def test_figures_of_a_bag_are_brought_to_one_scale_and_words_are_left_as_they_are() -> None:
    batch = make_batch(["plan", "a plan sham", "sham sham sham mob"])
    space = bag_space_of([Feature("word", "plan")], [Feature("pair", "plan sham")], [Feature("company", "sham")], ["spans"])
    matrix = space.matrix(batch, batch.read.tokens.firsts, 50 * np.random.default_rng(3).normal(size=(len(batch.ids), 1)))
    tied = matrix @ bag_ties(space, np.array([[0.5, 2.0]]), matrix)
    np.testing.assert_array_equal(tied[:, :2].toarray(), matrix[:, :2].toarray())
    np.testing.assert_allclose(tied[:, 2:4].toarray(), matrix[:, [2]].toarray() * [[0.5, 2.0]])
    spreads = tied[:, 4:].toarray().std(axis=0)
    assert spreads == pytest.approx([spreads[0]] * len(spreads))


def test_the_end_of_a_word_counts_less_than_the_word() -> None:
    batch = make_batch(["plan"])
    space = bag_space_of([Feature("word", "plan"), Feature("prefix", "pla")], [], [], [])
    matrix = space.matrix(batch, batch.read.tokens.firsts, np.zeros((len(batch.ids), 0)))
    word, end = (matrix @ bag_ties(space, np.zeros((0, 1)), matrix)).toarray()[0, :2]
    assert 0 < end < word


def test_a_figure_that_is_always_the_same_does_not_drown_the_others() -> None:
    space = bag_space_of([], [], [], ["spans"])
    matrix = sparse.csr_matrix(np.full((3, len(space.columns)), 0.7))
    assert np.abs((matrix @ bag_ties(space, np.zeros((0, 1)), matrix)).toarray()).max() < 10


def test_articles_of_a_large_outlet_count_less_each_and_more_together(whole_task: Task) -> None:
    outlets = ["large"] * 32 + ["small"] * 8 + ["tiny"]
    task = whole_task.take(range(41))
    counts = outlet_counts(Task(task.codebook, task.batch, task.votes, task.gold, outlets), 0.5)
    assert counts.mean() == pytest.approx(1)
    assert counts[32] / counts[0] == pytest.approx(2)
    assert counts[:32].sum() > counts[32:40].sum()
    # One of few is not made as important as one of many.
    assert counts[40] / counts[32] == pytest.approx((8 / FEW) ** 0.5)


def test_tokens_count_by_the_tokens_of_their_outlet(small_task: Task) -> None:
    # Outlets as small as these count alike.
    assert outlet_counts(small_task, 0.5) == pytest.approx(np.ones(12))


def test_the_two_answers_within_an_outlet_are_evened_out(whole_task: Task) -> None:
    task = whole_task.take(range(40))
    task = Task(task.codebook, task.batch, task.votes, task.gold, ["one"] * 40)
    counts = outlet_counts(task, 0.5, np.repeat([1.0, 0.0], [32, 8]))
    assert counts[39] / counts[0] == pytest.approx(2)
    assert outlet_counts(task, 0.5) == pytest.approx(np.ones(40))


def test_a_column_that_points_another_way_in_each_outlet_does_not_count() -> None:
    outlets = ["a"] * 4 + ["b"] * 4 + ["few"]
    shares = np.array([1.0, 1.0, 0.0, 0.0] * 2 + [1.0])
    agrees, turns, silent_in_one, never = shares, [1, 1, 0, 0, 0, 0, 1, 1, 0], [1, 1, 0, 0, 1, 1, 1, 1, 0], np.zeros(9)
    matrix = sparse.csr_matrix(np.column_stack([agrees, turns, silent_in_one, never]).astype(float))
    assert sign_agreement(matrix, shares, outlets, minimum=4).tolist() == [1.0, 0.0, 1.0, 0.0]


def test_where_no_outlet_is_large_enough_every_column_counts() -> None:
    assert sign_agreement(sparse.csr_matrix(np.ones((4, 3))), np.array([1.0, 0.0, 1.0, 0.0]), ["a", "a", "b", "b"]).tolist() == [1.0] * 3


# Spans


def test_weights_of_parameters_bring_figures_to_one_scale_and_share_company() -> None:
    batch = make_batch(TEXTS)
    begin = batch.rows(1).start, batch.rows(2).start
    matrix = LABELS.matrix(batch, [Span(0, 2), Span(3, 9), Span(begin[0] + 2, begin[0] + 3), Span(begin[1], begin[1] + 1)])
    vectors = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    ties = label_ties(LABELS, vectors, matrix)
    assert ties.shape == (len(COLUMNS), len(COLUMNS) - 2 + 3)
    spreads = (matrix @ ties).toarray()[:, -len(FIGURES) :].std(axis=0)
    assert set(np.round(spreads[spreads > 0], 9)) == {max(np.round(spreads, 9))}
    parameters = np.random.default_rng(3).normal(size=ties.shape[1])
    rows = [COLUMNS[feature, 0] for feature in LABELS.window.company.features]
    first = len(LABELS.window.words.features) + len(LABELS.window.characters.features)
    expected = vectors @ parameters[first : first + 3]
    weights = (ties @ parameters)[rows]
    assert weights / weights[0] == pytest.approx(expected / expected[0])


def test_a_figure_of_spans_that_is_always_the_same_does_not_drown_the_others() -> None:
    # Spans of one word that are said once: most figures are the same in all of them, as they are in any small corpus.
    matrix = LABELS.matrix(make_batch(["mayor", "reckless", "party"]), [Span(0, 1), Span(1, 2), Span(2, 3)])
    assert np.abs((matrix @ label_ties(LABELS, np.eye(2), matrix)).toarray()).max() < 10
