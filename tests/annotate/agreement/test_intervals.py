"""Intervals are bootstrapped over whole articles, and the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.agreement.alpha import Figures, alphas, tally
from annotate.agreement.intervals import DRAWS, LEVEL, UNKNOWN, Estimate, estimate

NOMINAL = 1 - np.eye(2)


def article(agreed: int, differed: int, plain: int = 10) -> Figures:
    """An article of two observers: tokens that both marked, one of them, or neither."""
    return sum((times * tally(np.array(counts), NOMINAL) for times, counts in ((agreed, [0, 2]), (differed, [1, 1]), (plain, [2, 0]))), np.zeros(3))


def alpha(sums: Figures) -> Figures:
    return alphas(sums, NOMINAL)


def ratio(sums: Figures) -> Figures:
    return np.divide(sums[..., 0], sums[..., 1], out=np.full(sums.shape[:-1], np.nan), where=sums[..., 1] > 0)


COUNTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 20)), min_size=2, max_size=8)


@given(COUNTS)
def test_the_value_is_alpha_of_all_articles_together_and_lies_among_possible_draws(counts: list[tuple[int, int, int]]) -> None:
    tallies = [article(*row) for row in counts]
    found = estimate(tallies, alpha)
    expected = alpha(np.sum(tallies, axis=0))
    if np.isnan(expected):
        assert found == UNKNOWN
        return
    assert found.value == pytest.approx(expected)
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low <= found.high <= 1
    assert estimate(tallies, alpha) == found


def test_the_interval_is_that_of_drawing_articles_with_replacement() -> None:
    """Against a plain loop with draws of its own; 0.05 is far above the error of 4,000 draws here."""
    tallies = [article(i % 4, (i * 7) % 3) for i in range(20)]
    found = estimate(tallies, alpha)
    generator = np.random.default_rng(99)
    draws = [alpha(np.sum([tallies[i] for i in generator.integers(0, 20, 20)], axis=0)) for _ in range(4 * DRAWS)]
    low, high = np.quantile(np.array(draws, dtype=float), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    assert (found.low, found.high) == (pytest.approx(low, abs=0.05), pytest.approx(high, abs=0.05))


def test_articles_that_are_all_alike_leave_no_doubt() -> None:
    found = estimate([article(2, 1)] * 6, alpha)
    assert found.low == pytest.approx(found.value)
    assert found.high == pytest.approx(found.value)


def test_more_articles_of_the_same_kinds_make_the_interval_narrower() -> None:
    few = [article(3, 0), article(0, 3), article(2, 2), article(1, 0)]
    some, many = estimate(few, alpha), estimate(few * 25, alpha)
    assert None not in (*some, *many)
    assert many.high - many.low < (some.high - some.low) / 2  # type: ignore[operator]
    assert some.value == pytest.approx(many.value, abs=0.01)


def test_one_article_has_a_value_and_no_interval_and_none_has_neither() -> None:
    one = estimate([article(2, 1)], alpha)
    assert one.value is not None
    assert (one.low, one.high) == (None, None)
    assert estimate([], alpha) == UNKNOWN
    assert estimate([np.zeros(3)] * 3, alpha) == UNKNOWN


def test_draws_in_which_the_figure_is_not_defined_are_left_out() -> None:
    """A ratio that one article of three alone can give: any draw that has this article gives the same."""
    assert estimate(np.array([[1.0, 2.0], [0.0, 0.0], [0.0, 0.0]]), ratio) == (0.5, 0.5, 0.5)
    assert estimate(np.zeros((3, 2)), ratio) == UNKNOWN


def test_what_an_article_adds_may_have_any_shape() -> None:
    rows = np.arange(12.0).reshape(3, 2, 2) + 1
    flat = estimate(rows.reshape(3, 4), lambda sums: sums[..., 0] / sums[..., 3])
    assert estimate(rows, lambda sums: sums[..., 0, 0] / sums[..., 1, 1]) == flat


def test_the_keys_of_an_estimate_have_the_prefix_that_is_asked_for() -> None:
    assert Estimate(0.5, 0.4, None).named("alpha") == {"alpha": 0.5, "low": 0.4, "high": None}
    assert Estimate(0.5, 0.4, None).named("f1", "f1_") == {"f1": 0.5, "f1_low": 0.4, "f1_high": None}
