from __future__ import annotations

import numpy as np
import pytest

from classifiers.features.documents import Batch, make_batch, make_document
from classifiers.features.spans import FIGURE_KIND, FIGURES, Place, edge_kinds, make_label_space
from classifiers.features.window import make_window_space
from classifiers.features.words import Feature
from schemas.text.tokens import Span

TEXTS = [
    'The reckless "reform" cost jobs. The reckless mayor and the "reform" party left!',
    "“Reckless,” said the mayor of the reform.\nThe mayor left the party.",
    "İstanbul 😀 the mayor and reckless reform",
]
FIRST, LAST = edge_kinds("word")


def batch_of(*texts: str) -> Batch:
    return make_batch(make_document(str(i), text) for i, text in enumerate(texts))


SPACE = make_label_space(make_window_space([batch_of(*TEXTS)], [Feature("company", "mayor"), Feature("company", "the")]))
COLUMNS = {column: i for i, column in enumerate(SPACE.columns)}


def row_of(batch: Batch, place: Place) -> dict[tuple[str, str, int], float]:
    row = SPACE.matrix(batch, [place])
    return {(*SPACE.columns[i][0], SPACE.columns[i][1]): value for i, value in zip(row.indices.tolist(), row.data.tolist(), strict=True) if value}


def place_of(batch: Batch, number: int, quote: str) -> Place:
    document = batch.documents[number]
    start = document.text.index(quote)
    inside = document.tokens_between(start, start + len(quote))
    return number, Span(inside.start, inside.stop)


def test_columns_are_distinct_and_as_many_as_the_matrix_has() -> None:
    batch = batch_of("x")
    assert len(COLUMNS) == len(SPACE.columns) == SPACE.matrix(batch, [(0, Span(0, 1))]).shape[1]
    assert SPACE.matrix(batch, []).shape == (0, len(COLUMNS))


def test_a_span_is_known_by_its_words_and_their_company_and_by_who_says_it() -> None:
    batch = batch_of(*TEXTS)
    row = row_of(batch, place_of(batch, 0, "reckless mayor"))
    assert row["word", "reckless", 0] == row["word", "mayor", 0] == row["company", "mayor", 0] > 0
    assert row["voice", "narrator", 0] == pytest.approx(1)
    assert ("word", "the", 0) not in row
    assert ("company", "the", 0) not in row


def test_a_word_says_less_in_a_longer_span_but_not_in_proportion() -> None:
    batch = batch_of(*TEXTS)
    one, four = (row_of(batch, place_of(batch, 0, quote))["word", "mayor", 0] for quote in ("mayor", "reckless mayor and the"))
    assert one / 4 < four < one


def test_the_words_at_the_edges_are_known_by_their_place() -> None:
    batch = batch_of(*TEXTS)
    row = row_of(batch, place_of(batch, 1, "mayor of the reform"))
    edges = {key: value for key, value in row.items() if key[0] in (FIRST, LAST)}
    # Two before the first word stands "said", which the space does not know.
    assert set(edges) == {(FIRST, "the", -1), (FIRST, "mayor", 0), (LAST, "reform", 0), (LAST, ".", 1), (LAST, "the", 2)}
    assert set(edges.values()) == {1.0}


def test_nothing_is_seen_beyond_the_ends_of_the_article() -> None:
    batch = batch_of("reckless", "mayor", "reckless")
    assert {key for key in row_of(batch, (1, Span(0, 1))) if key[0] in (FIRST, LAST)} == {(FIRST, "mayor", 0), (LAST, "mayor", 0)}


@pytest.mark.parametrize(
    ("number", "quote", "expected"),
    [
        (0, "reckless", {"one word": 1, "said twice": 1, "log times said": np.log(3), "quotation mark": 0, "capital": 0}),
        (0, "The reckless", {"two words": 1, "capital": 1, "log times said": np.log(3)}),
        (0, '"reform" cost', {"quotation mark": 1, "up to four words": 1, "log words": np.log(5)}),
        (0, "left!", {"exclamation mark": 1, "question mark": 0, "said twice": 0}),
        (0, "mayor and", {"share of and, or, but": 0.5}),
    ],
)
def test_figures_say_how_long_a_span_is_and_how_often_it_is_said(number: int, quote: str, expected: dict[str, float]) -> None:
    batch = batch_of(*TEXTS)
    row = row_of(batch, place_of(batch, number, quote))
    assert {name: row.get((FIGURE_KIND, name, 0), 0.0) for name in expected} == pytest.approx(expected)


def test_a_span_is_the_same_row_alone_and_in_a_batch_and_among_other_spans() -> None:
    together = batch_of(*TEXTS)
    places = [(number, Span(start, start + size)) for number in (2, 0, 1) for start, size in ((0, 1), (2, 3), (4, 1))]
    matrix = SPACE.matrix(together, places).toarray()
    for row, (number, span) in zip(matrix, places, strict=True):
        np.testing.assert_array_equal(SPACE.matrix(batch_of(TEXTS[number]), [(0, span)]).toarray()[0], row)


def test_weights_of_parameters_bring_figures_to_one_scale_and_share_company() -> None:
    batch = batch_of(*TEXTS)
    matrix = SPACE.matrix(batch, [(0, Span(0, 2)), (0, Span(3, 9)), (1, Span(2, 3)), (2, Span(0, 1))])
    vectors = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    ties = SPACE.ties(vectors, matrix)
    assert ties.shape == (len(COLUMNS), len(COLUMNS) - 2 + 3)
    spreads = (matrix @ ties).toarray()[:, -len(FIGURES) :].std(axis=0)
    assert set(np.round(spreads[spreads > 0], 9)) == {max(np.round(spreads, 9))}
    parameters = np.random.default_rng(3).normal(size=ties.shape[1])
    rows = [COLUMNS[feature, 0] for feature in SPACE.window.company.features]
    begin = len(SPACE.window.words.features) + len(SPACE.window.characters.features)
    expected = vectors @ parameters[begin : begin + 3]
    weights = (ties @ parameters)[rows]
    assert weights / weights[0] == pytest.approx(expected / expected[0])


def test_a_figure_that_is_always_the_same_does_not_drown_the_others() -> None:
    # Spans of one word that are said once: most figures are the same in all of them, as they are in any small corpus.
    batch = batch_of("mayor", "reckless", "party")
    matrix = SPACE.matrix(batch, [(0, Span(0, 1)), (1, Span(0, 1)), (2, Span(0, 1))])
    assert np.abs((matrix @ SPACE.ties(np.eye(2), matrix)).toarray()).max() < 10
