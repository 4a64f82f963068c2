from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.features.documents import make_document
from classifiers.model.decoding import decode_runs, decode_spans
from schemas.spans import runs

# Eighths, so that sums are exact.
GAINS = st.lists(st.integers(-24, 24).map(lambda n: n / 8), max_size=9)
COSTS = st.integers(0, 24).map(lambda n: n / 8)
PIECES = st.lists(st.sampled_from(["plan", "a", "don't", "“", "”", '"', "!", "—", "_x", "\n", " \n ", " ", "😀", "改", "3"]), max_size=14).map(
    " ".join
)


def worth(gains: Sequence[float], ranges: Sequence[tuple[int, int]], entry_cost: float) -> float:
    return sum(sum(gains[start:end]) - entry_cost for start, end in ranges)


@given(GAINS, COSTS)
def test_runs_are_worth_as_much_as_the_best_of_all_choices(gains: list[float], entry_cost: float) -> None:
    best = max(worth(gains, runs(flags), entry_cost) for flags in product([False, True], repeat=len(gains)))
    assert worth(gains, decode_runs(gains, entry_cost), entry_cost) == best


@given(GAINS, COSTS)
def test_runs_are_in_order_and_apart(gains: list[float], entry_cost: float) -> None:
    found = decode_runs(gains, entry_cost)
    assert all(0 <= run.start < run.end <= len(gains) for run in found)
    assert all(a.end < b.start for a, b in zip(found, found[1:], strict=False))


def test_a_weak_word_is_bridged_when_opening_again_costs_more() -> None:
    gains = [2.0, -0.5, 2.0]
    assert decode_runs(gains, 0.0) == [(0, 1), (2, 3)]
    assert decode_runs(gains, 1.0) == [(0, 3)]


def test_a_run_that_does_not_earn_its_cost_is_not_opened() -> None:
    assert decode_runs([0.5, 0.4], 1.0) == []
    assert decode_runs([0.5, 0.6], 1.0) == [(0, 2)]


@given(PIECES, st.data())
def test_a_span_stays_on_its_line_and_begins_and_ends_with_a_word(text: str, data: st.DataObject) -> None:
    document = make_document("a", text)
    size = len(document.tokens)
    logits = np.array(data.draw(st.lists(st.floats(-3, 3), min_size=size, max_size=size)), dtype=float)
    for first, last in decode_spans(document, logits, data.draw(st.floats(-2, 2)), data.draw(st.floats(0, 2))):
        inside = text[document.tokens[first].start : document.tokens[last - 1].end]
        assert inside
        assert "\n" not in inside
        assert inside[0].isalnum()
        assert text[document.tokens[last - 1].start].isalnum()


def test_a_span_does_not_go_on_in_the_next_line_even_if_every_token_gains() -> None:
    document = make_document("a", "a sham\n\na farce")
    assert decode_spans(document, np.ones(4), 0.0, 0.5) == [(0, 2), (2, 4)]


def test_marks_at_the_ends_are_left_off_and_marks_inside_stay() -> None:
    document = make_document("a", '"sham, farce!"')
    assert decode_spans(document, np.ones(len(document.tokens)), 0.0, 0.0) == [(1, 4)]


def test_marks_alone_are_no_span() -> None:
    assert decode_spans(make_document("a", "!!! …"), np.ones(4), 0.0, 0.0) == []


@pytest.mark.parametrize("logits", [[-1.0, -2.0], [1.0, 1.0], [-np.inf, -np.inf]], ids=["below", "at the threshold", "no head"])
def test_nothing_is_found_where_no_token_gains(logits: list[float]) -> None:
    assert decode_spans(make_document("a", "a sham"), np.array(logits), 1.0, 0.0) == []


def test_an_empty_article_has_no_spans() -> None:
    assert decode_spans(make_document("a", ""), np.zeros(0), 0.0, 0.0) == []
