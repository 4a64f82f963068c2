"""Two people speak of the same span where one label overlaps, and say the same where marks, case and aliases are all that differs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.attributes import fold_values, measure_overlap, pair_spans
from annotate.readings import Reading
from schemas.codebook import Codebook
from schemas.text.tokens import Span


def reading(**spans: list[tuple[int, int]]) -> Reading:
    return Reading(marked=True, spans={label: [Span(*span) for span in places] for label, places in spans.items()})


def test_spans_pair_with_the_one_they_share_most_with_and_each_is_in_one_pair() -> None:
    one, other = reading(L=[(0, 10), (12, 20)]), reading(L=[(8, 18), (18, 19), (0, 3)])
    assert pair_spans(one, other) == [(("L", Span(0, 10)), ("L", Span(0, 3))), (("L", Span(12, 20)), ("L", Span(8, 18)))]


def test_of_spans_that_share_as_much_the_most_alike_pair() -> None:
    assert pair_spans(reading(L=[(5, 9)]), reading(L=[(0, 20), (5, 9), (5, 12)])) == [(("L", Span(5, 9)), ("L", Span(5, 9)))]


def test_another_label_or_a_shared_edge_pairs_nothing() -> None:
    assert pair_spans(reading(L=[(0, 5)], M=[(7, 9)]), reading(M=[(0, 5)], L=[(5, 9)])) == []


SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=8)


@given(one=SPANS, other=SPANS)
def test_no_span_is_in_two_pairs_and_no_two_that_overlap_are_both_left(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    pairs = pair_spans(reading(L=one), reading(L=other))
    ours, theirs = [a for (_, a), _ in pairs], [b for _, (_, b) in pairs]
    assert (len(ours), len(theirs)) == (len(set(ours)), len(set(theirs)))
    assert all(measure_overlap(a, b) > 0 for a, b in zip(ours, theirs, strict=True))
    left = [{Span(*span) for span in spans} - set(paired) for spans, paired in ((one, ours), (other, theirs))]
    assert not [(a, b) for a in left[0] for b in left[1] if measure_overlap(a, b)]
    assert pair_spans(reading(L=other), reading(L=one)) == sorted((b, a) for a, b in pairs)


@pytest.mark.parametrize(
    ("attribute", "value", "folded"),
    [
        ("stance", "against", "against"),
        ("note", "The “Fed”!", "the fed"),
        ("note", "Washington", "washington"),
        ("target", "washington", "United States"),
        ("target", "united  states", "United States"),
        ("target", "U.S.", "United States"),
        # An alias of two actors is nobody's.
        ("target", "the Union", "the union"),
        ("target", "?!", "?!"),
    ],
)
def test_words_count_without_marks_and_case_and_an_alias_for_its_actor(attributed: Codebook, attribute: str, value: str, folded: str) -> None:
    known = attributed.attribute(attribute)
    assert known is not None
    assert fold_values(known, attributed)(value) == folded
