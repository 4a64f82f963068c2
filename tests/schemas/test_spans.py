"""Comparing spans, against definitions written a second time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.spans import SpanCounts, compare_spans, merge_spans, runs

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=7)


def join_overlapping(spans: list[tuple[int, int]]) -> list[set[int]]:
    """Character sets, joined two at a time until no two share a character."""
    groups = [set(range(start, end)) for start, end in spans]
    while pair := next(((a, b) for i, a in enumerate(groups) for b in groups[i + 1 :] if a & b), None):
        groups = [group for group in groups if group is not pair[0] and group is not pair[1]] + [pair[0] | pair[1]]
    return groups


def semeval_f1(system: list[tuple[int, int]], gold: list[tuple[int, int]]) -> float:
    """Da San Martino et al. 2020, SemEval-2020 Task 11, section 4.1: P = 1/|S| sum |s n t|/|s|, R = 1/|T| sum |s n t|/|t|."""
    s_set, t_set = join_overlapping(system), join_overlapping(gold)
    if not s_set and not t_set:
        return 1.0
    if not s_set or not t_set:
        return 0.0
    precision = sum(len(s & t) / len(s) for s in s_set for t in t_set) / len(s_set)
    recall = sum(len(s & t) / len(t) for s in s_set for t in t_set) / len(t_set)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@given(SPANS, SPANS)
def test_partial_f1_is_that_of_semeval_2020(system: list[tuple[int, int]], gold: list[tuple[int, int]]) -> None:
    assert compare_spans(system, gold).partial_f1 == pytest.approx(semeval_f1(system, gold))


@given(SPANS, SPANS)
def test_character_f1_is_that_of_the_sets_of_characters(system: list[tuple[int, int]], gold: list[tuple[int, int]]) -> None:
    left = {i for start, end in system for i in range(start, end)}
    right = {i for start, end in gold for i in range(start, end)}
    expected = 2 * len(left & right) / (len(left) + len(right)) if left or right else 1.0
    assert compare_spans(system, gold).char_f1 == pytest.approx(expected)


@given(SPANS)
def test_merged_spans_cover_the_same_characters_in_order_without_overlap(spans: list[tuple[int, int]]) -> None:
    merged = merge_spans(spans)
    assert all(a.end <= b.start for a, b in pairwise(merged))
    assert {frozenset(range(*span)) for span in merged} == {frozenset(group) for group in join_overlapping(spans)}
    assert merge_spans(merged) == merged == merge_spans(reversed(spans))


@given(SPANS, SPANS)
def test_every_f1_is_between_nothing_and_one_and_does_not_mind_who_is_called_gold(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    there, back = compare_spans(a, b), compare_spans(b, a)
    for name in ("exact_f1", "partial_f1", "char_f1"):
        assert 0 <= getattr(there, name) <= 1 + 1e-12
        assert getattr(there, name) == pytest.approx(getattr(back, name))
    assert compare_spans(a, a).exact_f1 == 1


def test_spans_that_only_touch_stay_two_and_contained_ones_vanish() -> None:
    assert merge_spans([(0, 3), (3, 5)]) == [(0, 3), (3, 5)]
    assert merge_spans([(0, 9), (2, 4)]) == [(0, 9)]


def test_cutting_a_span_to_pieces_shows_in_the_count_ratio_and_not_in_partial_f1() -> None:
    counts = compare_spans([(0, 2), (2, 4), (4, 6)], [(0, 6)])
    assert (counts.partial_f1, counts.exact_f1, counts.count_ratio) == (1.0, 0.0, 3.0)


def test_counts_of_articles_add_up_to_a_micro_average() -> None:
    total = compare_spans([(0, 4)], [(0, 4)]) + compare_spans([(0, 4)], [(8, 9)]) + SpanCounts()
    assert (total.predicted, total.gold, total.exact, total.exact_f1) == (2, 2, 1, 0.5)


def test_nothing_found_where_nothing_was_is_right_and_where_something_was_is_wrong() -> None:
    assert compare_spans([], []).exact_f1 == 1.0
    assert compare_spans([], [(0, 1)]).partial_f1 == 0.0
    assert compare_spans([(0, 1)], []).char_f1 == 0.0


@given(st.lists(st.booleans()))
def test_runs_are_the_longest_stretches_of_true_flags(flags: list[bool]) -> None:
    found = runs(flags)
    assert [i for start, end in found for i in range(start, end)] == [i for i, flag in enumerate(flags) if flag]
    assert all(a.end < b.start for a, b in pairwise(found))
