from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifiers.features.documents import Batch, make_batch
from classifiers.model.decoding import find_runs, trim
from schemas.arrays import Floats
from schemas.spans import runs
from schemas.text.kernel import Kernel

# Eighths, so that sums are exact.
GAINS = st.lists(st.integers(-24, 24).map(lambda n: n / 8), max_size=9)
COSTS = st.integers(0, 24).map(lambda n: n / 8)
PIECES = st.lists(st.sampled_from(["plan", "a", "don't", "“", "”", '"', "!", "—", "_x", "\n", " \n ", " ", "😀", "改", "3"]), max_size=14).map(
    " ".join
)


def worth(gains: Sequence[float], ranges: Sequence[tuple[int, int]], entry_cost: float) -> float:
    return sum(sum(gains[start:end]) - entry_cost for start, end in ranges)


def decode(batch: Batch, logits: Sequence[float] | Floats, threshold: float, entry_cost: float) -> list[tuple[int, int]]:
    found = find_runs(batch.read.tokens, np.array(logits, dtype=float), threshold, entry_cost)
    assert found.first_runs[[0, -1]].tolist() == [0, len(found.firsts)]
    return list(zip(found.firsts.tolist(), found.lasts.tolist(), strict=True))


def decode_runs(gains: Sequence[float], entry_cost: float) -> list[tuple[int, int]]:
    """Of a line of words, so that nothing is trimmed."""
    return decode(make_batch([" ".join(["word"] * len(gains))]), gains, 0.0, entry_cost)


@given(GAINS, COSTS)
def test_runs_are_worth_as_much_as_the_best_of_all_choices(gains: list[float], entry_cost: float) -> None:
    best = max(worth(gains, runs(flags), entry_cost) for flags in product([False, True], repeat=len(gains)))
    assert worth(gains, decode_runs(gains, entry_cost), entry_cost) == best


@given(GAINS, COSTS)
def test_runs_are_in_order_and_apart(gains: list[float], entry_cost: float) -> None:
    found = decode_runs(gains, entry_cost)
    assert all(0 <= first < last <= len(gains) for first, last in found)
    assert all(a[1] < b[0] for a, b in pairwise(found))


def test_a_weak_word_is_bridged_when_opening_again_costs_more() -> None:
    gains = [2.0, -0.5, 2.0]
    assert decode_runs(gains, 0.0) == [(0, 1), (2, 3)]
    assert decode_runs(gains, 1.0) == [(0, 3)]


def test_a_run_that_does_not_earn_its_cost_is_not_opened() -> None:
    assert decode_runs([0.5, 0.4], 1.0) == []
    assert decode_runs([0.5, 0.6], 1.0) == [(0, 2)]


@given(st.lists(PIECES, max_size=3), st.data())
def test_a_span_stays_on_its_line_and_begins_and_ends_with_a_word(texts: list[str], data: st.DataObject) -> None:
    batch = make_batch(texts)
    size = len(batch.ids)
    logits = np.array(data.draw(st.lists(st.floats(-3, 3), min_size=size, max_size=size)), dtype=float)
    found = find_runs(batch.read.tokens, logits, data.draw(st.floats(-2, 2)), data.draw(st.floats(0, 2)))
    documents = np.repeat(np.arange(len(texts)), np.diff(found.first_runs)).tolist()
    for number, (document, (start, end)) in zip(documents, batch.stretches(found.firsts, found.lasts), strict=True):
        assert number == document
        inside = texts[document][start:end]
        assert inside
        assert "\n" not in inside
        assert inside[0].isalnum()
    words = [batch.words[i] for i in batch.ids[found.lasts - 1].tolist()]
    assert all(word[0].isalnum() for word in words)


@given(st.lists(PIECES, max_size=4), st.integers(0, 99), st.sampled_from([-1.0, 0.0, 0.5]), st.sampled_from([0.0, 0.5, 2.0]))
@example(["a sham", "", "farce plan", "!"], 0, -9.0, 0.5)
def test_the_spans_of_many_texts_are_those_of_each(texts: list[str], seed: int, threshold: float, entry_cost: float) -> None:
    together = make_batch(texts)
    logits = np.random.default_rng(seed).integers(-8, 9, size=len(together.ids)) / 4
    found = find_runs(together.read.tokens, logits, threshold, entry_cost)
    assert len(found.first_runs) == len(texts) + 1
    for number, text in enumerate(texts):
        rows, some = together.rows(number), slice(*found.first_runs[number : number + 2])
        alone = decode(make_batch([text]), logits[rows], threshold, entry_cost)
        assert list(zip((found.firsts[some] - rows.start).tolist(), (found.lasts[some] - rows.start).tolist(), strict=True)) == alone


def test_a_span_does_not_go_on_in_the_next_line_or_text_even_if_every_token_gains() -> None:
    batch = make_batch(["a sham\n\na farce", "a plan"])
    assert decode(batch, np.ones(6), 0.0, 0.5) == [(0, 2), (2, 4), (4, 6)]
    assert find_runs(batch.read.tokens, np.ones(6), 0.0, 0.5).first_runs.tolist() == [0, 2, 3]


def test_marks_at_the_ends_are_left_off_and_marks_inside_stay() -> None:
    batch = make_batch(['"sham, farce!"'])
    assert decode(batch, np.ones(len(batch.ids)), 0.0, 0.0) == [(1, 4)]


def test_a_range_is_trimmed_to_its_words_and_one_of_marks_is_empty() -> None:
    words = np.array([False, True, False, True, False, False])
    assert trim(words, 0, 6) == (1, 4)
    assert trim(words, 1, 4) == (1, 4)
    first, last = trim(words, 4, 6)
    assert first == last


def test_marks_alone_are_no_span() -> None:
    assert decode(make_batch(["!!! …"]), np.ones(4), 0.0, 0.0) == []


@pytest.mark.parametrize("logits", [[-1.0, -2.0], [1.0, 1.0], [-np.inf, -np.inf]], ids=["below", "at the threshold", "no head"])
def test_nothing_is_found_where_no_token_gains(logits: list[float]) -> None:
    assert decode(make_batch(["a sham"]), logits, 1.0, 0.0) == []


@pytest.mark.parametrize("texts", [[], [""], ["", "\n"]])
def test_empty_articles_have_no_spans(texts: list[str]) -> None:
    found = find_runs(make_batch(texts).read.tokens, np.zeros(0), 0.0, 0.0)
    assert len(found.firsts) == 0
    assert found.first_runs.tolist() == [0] * (len(texts) + 1)


def test_runs_are_worth_as_much_as_the_best_of_all_choices_in_machine_code_too(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    cases = [(random.integers(-24, 25, size=9) / 8, float(random.integers(0, 25) / 8)) for _ in range(50)]
    plain = [decode_runs(gains.tolist(), cost) for gains, cost in cases]
    monkeypatch.setattr(Kernel, "met", 10**9)
    assert [decode_runs(gains.tolist(), cost) for gains, cost in cases] == plain
