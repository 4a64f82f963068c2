"""Intervals are bootstrapped over whole articles, and the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.agreement.alpha import Matrix, alpha_of_coincidences, coincidences
from annotate.agreement.intervals import DRAWS, LEVEL, Estimate, estimate_alpha

NOMINAL = 1 - np.eye(2)


def article(agreed: int, differed: int, plain: int = 10) -> Matrix:
    """An article of two observers: tokens that both marked, one of them, or neither."""
    return agreed * coincidences(np.array([0, 2])) + differed * coincidences(np.array([1, 1])) + plain * coincidences(np.array([2, 0]))


COUNTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 20)), min_size=2, max_size=8)


@given(COUNTS)
def test_the_value_is_alpha_of_all_articles_together_and_lies_among_possible_draws(counts: list[tuple[int, int, int]]) -> None:
    matrices = [article(*row) for row in counts]
    found = estimate_alpha(matrices, NOMINAL)
    assert found.value == pytest.approx(alpha_of_coincidences(np.sum(matrices, axis=0), NOMINAL))
    if found.value is None:
        assert (found.low, found.high) == (None, None)
        return
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low <= found.high <= 1
    assert estimate_alpha(matrices, NOMINAL) == found


def test_the_interval_is_that_of_drawing_articles_with_replacement() -> None:
    """Against a plain loop with draws of its own; 0.05 is far above the error of 4,000 draws here."""
    matrices = [article(i % 4, (i * 7) % 3) for i in range(20)]
    found = estimate_alpha(matrices, NOMINAL)
    generator = np.random.default_rng(99)
    draws = [alpha_of_coincidences(np.sum([matrices[i] for i in generator.integers(0, 20, 20)], axis=0), NOMINAL) for _ in range(4 * DRAWS)]
    low, high = np.quantile(np.array(draws, dtype=float), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    assert (found.low, found.high) == (pytest.approx(low, abs=0.05), pytest.approx(high, abs=0.05))


def test_articles_that_are_all_alike_leave_no_doubt() -> None:
    found = estimate_alpha([article(2, 1)] * 6, NOMINAL)
    assert found.low == pytest.approx(found.value)
    assert found.high == pytest.approx(found.value)


def test_more_articles_of_the_same_kinds_make_the_interval_narrower() -> None:
    few = [article(3, 0), article(0, 3), article(2, 2), article(1, 0)]
    some, many = estimate_alpha(few, NOMINAL), estimate_alpha(few * 25, NOMINAL)
    assert None not in (*some, *many)
    assert many.high - many.low < (some.high - some.low) / 2  # type: ignore[operator]
    assert some.value == pytest.approx(many.value, abs=0.01)


def test_one_article_has_a_value_and_no_interval_and_none_has_neither() -> None:
    one = estimate_alpha([article(2, 1)], NOMINAL)
    assert one.value is not None
    assert (one.low, one.high) == (None, None)
    assert estimate_alpha([], NOMINAL) == Estimate(None, None, None)
    assert estimate_alpha([np.zeros((2, 2))] * 3, NOMINAL) == Estimate(None, None, None)
