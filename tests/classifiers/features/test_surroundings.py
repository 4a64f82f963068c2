from __future__ import annotations

import numpy as np
import pytest

from classifiers.features.documents import make_batch
from classifiers.features.surroundings import PLACES, REACH, list_surroundings, make_surrounding_space, reach_of_spans
from classifiers.features.window import make_window_space
from classifiers.features.words import Feature
from schemas.text.tokens import Span

TEXTS = ["The mayor praised the council. The council blamed the mayor.", "The council praised the mayor. Nobody blamed the gulls."]
BATCH = make_batch(TEXTS)
SPACE = make_surrounding_space(make_window_space([BATCH], [Feature("company", "mayor")]))


def row_of(number: int, quote: str, after: int = 0) -> dict[tuple[str, str], float]:
    start = TEXTS[number].index(quote, after)
    row = SPACE.matrix(BATCH, BATCH.touched(number, [(start, start + len(quote))]))
    columns = [feature for features, _ in SPACE.blocks for feature in features]
    found: dict[tuple[str, str], float] = {}
    for column, value in zip(row.indices.tolist(), row.data.tolist(), strict=True):
        found[columns[column]] = found.get(columns[column], 0.0) + value
    return found


def test_the_same_word_before_and_after_a_span_is_not_the_same_evidence() -> None:
    praising, praised = row_of(0, "mayor"), row_of(1, "mayor")
    assert praising["word after", "praised"] == 1
    assert ("word before", "praised") not in praising
    assert praised["word before", "praised"] == pytest.approx(0.5**0.25)
    assert praising["word of sentence", "praised"] == praised["word of sentence", "praised"] == pytest.approx(6**-0.5)


def test_words_count_the_less_the_further_away_and_half_at_four_words_more() -> None:
    row = row_of(0, "The")
    assert row["word after", "mayor"] == 1
    assert row["word after", "council"] == pytest.approx(0.5 ** (3 / 4))


def test_another_sentence_says_nothing_of_a_span() -> None:
    assert ("word of sentence", "blamed") not in row_of(0, "mayor")
    assert row_of(0, "mayor", after=31)["word of sentence", "blamed"] > 0
    assert ("word of sentence", "praised") not in row_of(0, "mayor", after=31)


def test_a_span_over_two_sentences_has_both_around_it() -> None:
    row = row_of(0, "council. The council")
    assert row["inside word", "council"] == pytest.approx(2 * 4**-0.75)
    assert row["word before", "praised"] > 0
    assert row["word after", "blamed"] > 0


def test_of_a_sentence_without_end_only_what_is_near_is_looked_at() -> None:
    batch = make_batch(["gull " * 500])
    firsts, lasts = np.array([0, 200]), np.array([1, 202])
    begins, ends = reach_of_spans(batch.read, firsts, lasts)
    assert begins.tolist() == [0, 200 - REACH]
    assert ends.tolist() == [1 + REACH, 202 + REACH]


def test_every_token_around_a_span_stands_at_two_places_and_one_of_them_is_the_sentence() -> None:
    firsts, lasts, begins, ends = (np.array(places) for places in ([2], [4], [0], [7]))
    which, tokens, places, weights = list_surroundings(firsts, lasts, begins, ends)
    assert which.tolist() == [0] * 14
    assert tokens.tolist() == np.repeat(np.arange(7), 2).tolist()
    assert [PLACES[i] for i in places[::2]] == [*["before"] * 2, *["inside"] * 2, *["after"] * 3]
    assert {PLACES[i] for i in places[1::2]} == {"sentence"}
    assert (weights > 0).all()


def test_no_spans_have_no_surroundings() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert [len(column) for column in list_surroundings(none, none, *reach_of_spans(BATCH.read, none, none))] == [0] * 4
    assert SPACE.matrix(BATCH, list[Span]()).shape[0] == 0
