"""Alpha for unitizing against the printed example, against its own sums written out, and at its edges."""

from __future__ import annotations

import random
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotate.agreement.unitizing import disagreements, squared_distances, tally_unitizing, unit_lengths, unitizing_alphas
from schemas.text.tokens import Span

Units = list[list[Span]]
BEGIN, LENGTH = 150, 300


def spans(*units: tuple[int, int]) -> list[Span]:
    """From begin and length, as the book has them."""
    return [Span(begin - BEGIN, begin - BEGIN + length) for begin, length in units]


# Krippendorff 2004, p. 254: two observers, a continuum that begins at 150 and is 300 long.
EXAMPLE = {
    "c": [spans((225, 70), (370, 30)), spans((220, 80), (355, 20), (400, 20))],
    "k": [spans((180, 60), (300, 50)), spans((180, 60), (300, 50))],
}


def alpha_u(articles: list[tuple[Units, int]]) -> float:
    sizes = unit_lengths(units for units, _ in articles)
    return float(unitizing_alphas(np.sum([tally_unitizing(units, length, sizes) for units, length in articles], axis=0)[None], sizes))


def test_the_printed_example_has_the_printed_disagreements_and_alphas() -> None:
    """Krippendorff 2004, pp. 254-256: D_o .0144 and .0000, D_e .0532 and .0490, alpha .7286 and 1, .859 of both."""
    sizes = unit_lengths(EXAMPLE.values())
    tallies = np.array([tally_unitizing(units, LENGTH, sizes) for units in EXAMPLE.values()])
    observed, expected = disagreements(tallies, sizes)
    assert observed.tolist() == pytest.approx([0.0144, 0.0], abs=5e-5)
    assert expected.tolist() == pytest.approx([0.0532, 0.0490], abs=5e-5)
    assert unitizing_alphas(tallies[:, None], sizes).tolist() == pytest.approx([0.7286, 1.0], abs=5e-5)
    assert float(unitizing_alphas(tallies, sizes)) == pytest.approx(0.859, abs=5e-4)


def test_the_printed_squared_distances() -> None:
    assert squared_distances(spans((225, 70)), spans((220, 80))) == 50
    assert squared_distances(spans((370, 30)), spans((355, 20))) == 850
    assert squared_distances([], spans((400, 20))) == squared_distances(spans((400, 20)), []) == 400
    assert squared_distances(*EXAMPLE["c"]) == 50 + 850 + 400


@st.composite
def units(draw: st.DrawFn, length: int, most: int = 3) -> list[Span]:
    edges = sorted(draw(st.sets(st.integers(0, length), max_size=2 * most)))
    return [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]


ARTICLES = st.lists(
    st.integers(1, 12).flatmap(lambda length: st.tuples(st.lists(units(length), min_size=2, max_size=4), st.just(length))), max_size=4
)


def by_the_sums(articles: list[tuple[Units, int]]) -> float:
    """The definition, written out: every section of every observer against every other, and every shift by which two
    units can overlap."""
    observed = 0.0
    for observers, _ in articles:
        distances = 0.0
        for ours, theirs in permutations(observers, 2):
            for a in ours:
                hits = [b for b in theirs if a.start < b.end and b.start < a.end]
                # Both the unit against the gap, and in the other order of observers the gap against the unit.
                distances += sum((a.start - b.start) ** 2 + (a.end - b.end) ** 2 for b in hits) if hits else 2 * (a.end - a.start) ** 2
        observed += distances / (len(observers) * (len(observers) - 1))
    length, observations = sum(size for _, size in articles), sum(len(observers) * size for observers, size in articles)
    lengths = [end - start for observers, _ in articles for found in observers for start, end in found]
    gaps = []
    for observers, size in articles:
        for found in observers:
            flags = [any(start <= i < end for start, end in found) for i in range(size)]
            gaps += [len(run) for run in "".join(" x"[flag] for flag in flags).split("x")]
    total = sum(b * b * (g - b + 1) for b in lengths for g in gaps if g >= b)
    total += sum(d * d + (d + c - b) ** 2 for b, c in combinations(lengths, 2) for d in range(1 - c, b))
    expected = 2 / length * total / (observations * (observations - 1) - sum(b * (b - 1) for b in lengths))
    return 1 - observed / length**2 / expected


@given(ARTICLES)
def test_alpha_is_that_of_the_sums_written_out(articles: list[tuple[Units, int]]) -> None:
    assume(not np.isnan(alpha_u(articles)) if articles else False)
    assert alpha_u(articles) == pytest.approx(by_the_sums(articles))


@given(ARTICLES, st.randoms(use_true_random=False))
def test_the_order_of_observers_and_of_articles_does_not_matter(articles: list[tuple[Units, int]], generator: random.Random) -> None:
    assume(articles)
    shuffled = [(generator.sample(observers, len(observers)), length) for observers, length in articles]
    assert alpha_u(generator.sample(shuffled, len(shuffled))) == pytest.approx(alpha_u(articles), nan_ok=True)


@given(st.lists(st.tuples(units(12), st.integers(2, 4)), min_size=1, max_size=4))
def test_observers_who_cut_alike_agree_fully(found: list[tuple[list[Span], int]]) -> None:
    alpha = alpha_u([([spans] * observers, 12) for spans, observers in found])
    assert np.isnan(alpha) == (not any(spans for spans, _ in found))
    assert np.isnan(alpha) or alpha == 1


@given(ARTICLES)
def test_the_same_articles_once_more_change_nothing_much(articles: list[tuple[Units, int]]) -> None:
    """The pooled expectation has one pair less in each million then: the figure is one of articles, not of their number."""
    assume(articles)
    once, again = alpha_u(articles * 50), alpha_u(articles * 100)
    assert again == pytest.approx(once, abs=0.02, rel=0.02, nan_ok=True)


def test_units_of_other_places_are_worse_than_chance_and_neighbours_stay_two() -> None:
    assert alpha_u([([[Span(0, 3)], [Span(6, 9)]], 9)]) < 0
    assert alpha_u([([[Span(0, 3), Span(3, 6)], [Span(0, 6)]], 20)]) < 1


def test_alpha_is_not_defined_without_units_or_without_a_pair() -> None:
    assert np.isnan(alpha_u([([[], []], 9)]))
    assert np.isnan(alpha_u([([[Span(0, 3)]], 9)]))
    assert np.isnan(alpha_u([([[], []], 0)]))


def test_an_observer_who_marked_nothing_disagrees_with_one_who_did() -> None:
    assert alpha_u([([[Span(0, 3)], []], 9), ([[], []], 9)]) < 0.5
