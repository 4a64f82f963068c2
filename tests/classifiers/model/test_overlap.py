from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from classifiers.features.documents import Batch, make_batch
from classifiers.model.overlap import GAP, LONGEST, cut_spans
from schemas.arrays import Floats
from schemas.text.tokens import Span

SHARES = st.lists(st.tuples(st.integers(0, 16), st.integers(0, 16)), min_size=1, max_size=11)


def cut_batch(batch: Batch, probabilities: Floats, recalls: Floats, weight: float, cost: float) -> list[Span]:
    found = cut_spans(batch.read.tokens, probabilities, recalls, weight, cost)
    assert found.first_runs[[0, -1]].tolist() == [0, len(found.firsts)]
    return list(map(Span, found.firsts.tolist(), found.lasts.tolist()))


def cut(probabilities: list[float], recalls: list[float], weight: float, cost: float) -> list[Span]:
    """Of a line of words, so that nothing is trimmed."""
    batch = make_batch([" ".join(["word"] * len(probabilities))])
    return cut_batch(batch, np.array(probabilities), np.array(recalls), weight, cost)


def choices(size: int, first: int = 0) -> Iterator[list[Span]]:
    """All sets of ranges that keep their distance."""
    yield []
    for start in range(first, size):
        for end in range(start + 1, size + 1):
            for rest in choices(size, end + GAP):
                yield [Span(start, end), *rest]


def worth(spans: list[Span], probabilities: Floats, recalls: Floats, weight: float, cost: float) -> float:
    return sum(float(probabilities[start:end].mean() + weight * recalls[start:end].sum()) - cost for start, end in spans)


@given(SHARES, st.sampled_from([0.0, 0.3, 0.9]), st.sampled_from([0.1, 0.3, 0.6]))
def test_the_cut_is_worth_as_much_as_the_best_of_all_choices(shares: list[tuple[int, int]], weight: float, cost: float) -> None:
    probabilities, recalls = np.array(shares).T / 16
    # The shares of gold spans that tokens are expected to be do not sum to more than it is likely that there is one.
    recalls *= probabilities.max() / max(recalls.sum(), 1)
    assume(probabilities.max() > 0)
    found = cut(probabilities.tolist(), recalls.tolist(), weight, cost)
    best = max(worth(choice, probabilities, recalls, weight, cost) for choice in choices(len(probabilities)))
    assert worth(found, probabilities, recalls, weight, cost) == pytest.approx(best, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0, 1), st.floats(0.01, 1))
def test_spans_are_in_order_and_a_gap_apart(probabilities: list[float], weight: float, cost: float) -> None:
    found = cut(probabilities, [share / 3 for share in probabilities], weight, cost)
    assert all(0 <= span.start < span.end <= len(probabilities) for span in found)
    assert all(before.end + GAP <= after.start for before, after in pairwise(found))


def test_a_sure_region_is_not_cut_to_pieces_within_the_gap() -> None:
    assert len(cut([0.9] * (GAP + 1), [0.2] * (GAP + 1), 0.5, 0.3)) == 1


def test_two_sure_words_far_apart_are_two_spans() -> None:
    middle = [0.0] * (GAP + 2)
    assert cut([0.9, *middle, 0.9], [0.9, *middle, 0.9], 0.5, 0.5) == [(0, 1), (GAP + 3, GAP + 4)]


def test_what_does_not_earn_its_cost_is_not_cut() -> None:
    assert cut([0.3, 0.2], [0.1, 0.1], 0.5, 0.6) == []
    assert cut([0.0, 0.0], [0.0, 0.0], 0.5, 0.0) == []


def test_a_span_does_not_go_on_in_the_next_line_or_text_and_these_need_no_gap() -> None:
    batch = make_batch(["a sham\na farce", "", "a plan"])
    assert cut_batch(batch, np.ones(6), np.ones(6), 1.0, 0.5) == [(0, 2), (2, 4), (4, 6)]
    assert cut_spans(batch.read.tokens, np.ones(6), np.ones(6), 1.0, 0.5).first_runs.tolist() == [0, 2, 2, 3]


def test_marks_at_the_ends_are_left_off_and_marks_alone_are_no_span() -> None:
    ones = np.ones(4)
    assert cut_batch(make_batch(['"sham!"']), ones, ones, 1.0, 0.5) == [(1, 2)]
    assert cut_batch(make_batch(["!?!?"]), ones, ones, 1.0, 0.5) == []


@given(st.lists(st.lists(st.sampled_from(["plan", "!", "\n", "sham"]), max_size=12).map(" ".join), max_size=3), st.integers(0, 99))
@example(["plan plan", "", "sham"], 1)
def test_the_cut_of_many_texts_is_that_of_each(texts: list[str], seed: int) -> None:
    together, random = make_batch(texts), np.random.default_rng(seed)
    probabilities, recalls = random.random(len(together.ids)), random.random(len(together.ids)) / 3
    found = cut_spans(together.read.tokens, probabilities, recalls, 0.6, 0.5)
    for number, text in enumerate(texts):
        rows, some = together.rows(number), slice(*found.first_runs[number : number + 2])
        alone = cut_batch(make_batch([text]), probabilities[rows], recalls[rows], 0.6, 0.5)
        assert list(zip((found.firsts[some] - rows.start).tolist(), (found.lasts[some] - rows.start).tolist(), strict=True)) == alone


def test_no_span_is_longer_than_the_longest_range_that_is_thought_of() -> None:
    found = cut([0.9] * 600, [0.9] * 600, 0.5, 0.1)
    assert max(span.end - span.start for span in found) == LONGEST


def test_empty_articles_have_no_spans() -> None:
    assert cut_batch(make_batch([""]), np.zeros(0), np.zeros(0), 0.5, 0.5) == []
    assert cut_batch(make_batch([]), np.zeros(0), np.zeros(0), 0.5, 0.5) == []
