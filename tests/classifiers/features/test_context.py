from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifiers.features.context import (
    ARTICLE,
    ELSEWHERE,
    NEIGHBOURS,
    OWN,
    REACH,
    SHRINKAGE,
    describe_tokens,
    most_loaded,
    others_mean,
    sentence_columns,
    sentence_context,
    token_columns,
)
from classifiers.features.documents import Batch, make_batch
from schemas.arrays import Floats

TEXTS = ["One two three. Four five!\nSix", "", "Seven", "Eight nine. 😀\n\nTen eleven twelve one one two."]
COLUMNS = token_columns(("other",), ("biased: Yes", "biased: No"))
# Few words, so that they come again, and sentences of any length: one of them longer than a short one may be.
PIECES = st.one_of(
    st.lists(st.sampled_from(["one", "One", "two", "three", "!", ".", "\n", ". Four", "é"]), max_size=20).map(" ".join),
    st.integers(60, 70).map(lambda n: "one two " * (n // 2) + "three" * (n % 2) + ". Four."),
)


def figures_of(batch: Batch, logits: Floats, sentences: Floats, answers: Floats) -> Floats:
    return describe_tokens(logits, sentences, answers, batch.lower, *batch.read.places)


def seen(text: str, logits: list[float], sentences: list[float]) -> Callable[[str], list[float]]:
    """What the tokens of one article see in a column."""
    rows = np.column_stack([logits, np.zeros(len(logits))])
    figures = figures_of(make_batch([text]), rows, np.array(sentences), np.zeros((1, 2)))
    return lambda name: [float(figure) for figure in figures[:, COLUMNS.index(name)]]


def expected_figures(batch: Batch, logits: Floats, sentences: Floats, answers: Floats) -> Floats:
    """The same, token by token, as the columns say it."""
    edge, bounds = float(most_loaded([0], np.zeros(0))[0]), batch.read.tokens_of_sentences.tolist()
    rows = []
    for token in range(len(logits)):
        document = int(batch.documents[token])
        inside = range(*batch.rows(document).indices(len(logits)))
        mine = batch.read.sentences.firsts[document : document + 2].tolist()
        own = logits[:, 0].tolist()
        number = next(s for s in range(*mine) if bounds[s] <= token < bounds[s + 1])
        means = [np.mean(own[bounds[s] : bounds[s + 1]]) if bounds[s] < bounds[s + 1] else edge for s in range(*mine)]
        place = number - mine[0]
        sentence = own[bounds[number] : bounds[number + 1]]
        rank = sum(other > own[token] for other in sentence) + sentence[: token - bounds[number]].count(own[token])
        same = [i for i in inside if batch.lower[i] == batch.lower[token] and i != token]
        rows.append(
            [
                *logits[token],
                *(own[token + position] if token + position in inside else edge for position in NEIGHBOURS),
                np.mean([own[i] for i in inside if abs(i - token) <= REACH]),
                *(sentences[number], own[token] * sentences[number], max(sentence), means[place], math.log1p(rank)),
                *(means[max(place - 1, 0)], means[min(place + 1, len(means) - 1)]),
                *(np.mean([own[i] for i in inside]), sum(own[i] for i in same) / (len(same) + 1)),
                *answers[document],
            ]
        )
    return np.array(rows, dtype=float).reshape(len(logits), logits.shape[1] + len(COLUMNS) - 4 + answers.shape[1])


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


def test_the_most_loaded_sentence_is_of_the_article_and_an_article_without_sentences_has_none() -> None:
    batch = make_batch(TEXTS)
    highest = most_loaded(np.diff(batch.read.sentences.firsts), np.array([1.0, 3.0, 2.0, -9.0, 0.0, 1.0, 5.0]))
    assert highest[[0, 3]].tolist() == [3.0, 5.0]
    assert highest[1] == most_loaded([0], np.zeros(0))[0] < 0


# Tokens


def test_every_token_has_a_figure_for_each_column() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)
    batch = make_batch(TEXTS)
    figures = figures_of(batch, np.zeros((len(batch.ids), 2)), np.zeros(7), np.zeros((4, 2)))
    assert figures.shape == (len(batch.ids), len(COLUMNS))


@given(st.lists(PIECES, max_size=3), st.integers(0, 2), st.integers(0, 3), st.integers(0, 9))
@example([*TEXTS, "\n\n", "one " * 70], 1, 2, 3)
def test_figures_are_what_the_columns_say(texts: list[str], auxiliaries: int, answers: int, seed: int) -> None:
    batch, random = make_batch(texts), np.random.default_rng(seed)
    # Halves, so that there are ties among them, and sums are exact.
    logits = random.integers(-4, 5, size=(len(batch.ids), 1 + auxiliaries)) / 2
    sentences, given = random.normal(size=len(batch.read.sentences.starts)), random.normal(size=(len(texts), answers))
    found = figures_of(batch, logits, sentences, given)
    assert found.shape[1] == len(token_columns(["x"] * auxiliaries, ["y"] * answers))
    np.testing.assert_allclose(found, expected_figures(batch, logits, sentences, given), rtol=0, atol=1e-12)


def test_no_token_looks_beyond_its_document() -> None:
    together, random = make_batch(TEXTS), np.random.default_rng(3)
    logits, answers = random.normal(size=(len(together.ids), 2)), random.normal(size=(len(TEXTS), 2))
    firsts = together.read.sentences.firsts
    sentences = random.normal(size=firsts[-1])
    figures = figures_of(together, logits, sentences, answers)
    for number, text in enumerate(TEXTS):
        rows = together.rows(number)
        found = figures_of(make_batch([text]), logits[rows].copy(), sentences[firsts[number] : firsts[number + 1]], answers[[number]])
        np.testing.assert_array_equal(found, figures[rows])


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
    batch = make_batch(["One", "", "Two three"])
    figures = figures_of(batch, np.zeros((len(batch.ids), 2)), np.zeros(2), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    places = [COLUMNS.index("biased: Yes"), COLUMNS.index("biased: No")]
    assert figures[batch.rows(0)][:, places].tolist() == [[1.0, 2.0]]
    assert figures[batch.rows(2)][:, places].tolist() == [[5.0, 6.0]] * 2


def test_a_token_sees_its_word_elsewhere_in_the_article_whatever_its_case() -> None:
    column = seen("One two ONE one.", [1.0, 5.0, 2.0, 6.0, 7.0], [0.0])
    assert column(ELSEWHERE) == pytest.approx([8 / 3, 0.0, 7 / 3, 3 / 3, 0.0])


def test_empty_articles_have_no_figures_and_harm_nobody() -> None:
    batch = make_batch(["", "\n\n", "Seven"])
    figures = figures_of(batch, np.ones((1, 2)), np.ones(1), np.zeros((3, 2)))
    assert figures.shape == (1, len(COLUMNS))
    assert np.isfinite(figures).all()
    assert figures_of(make_batch([]), np.zeros((0, 2)), np.zeros(0), np.zeros((0, 2))).shape == (0, len(COLUMNS))
