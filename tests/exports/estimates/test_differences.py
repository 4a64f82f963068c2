from __future__ import annotations

import numpy as np
import pytest

from exports.estimates.correction import correct
from exports.estimates.differences import subtract


def alone(yes: int, n: int):  # type: ignore[no-untyped-def]
    coded = np.array([1.0] * yes + [0.0] * (n - yes))
    return correct(coded, coded * 0, np.zeros(10), "share")


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    # Newcombe 1998, Stat. Med. 17, pp. 873-890, table II, method 10.
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((6, 7), (2, 7), 0.0582, 0.8062), ((10, 10), (0, 20), 0.6791, 1.0)],
)
def test_the_interval_of_a_difference_is_the_one_that_newcombe_printed(one: tuple[int, int], other: tuple[int, int], low: float, high: float) -> None:
    found = subtract(alone(*one), alone(*other))
    assert found.value == pytest.approx(one[0] / one[1] - other[0] / other[1])
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.corrected


def test_the_other_way_round_it_is_the_same_with_the_other_sign() -> None:
    there, back = subtract(alone(5, 20), alone(12, 30)), subtract(alone(12, 30), alone(5, 20))
    assert (back.value, back.low, back.high) == pytest.approx((-there.value, -(there.high or 0), -(there.low or 0)))


def test_a_group_that_nobody_corrected_gives_a_figure_without_an_interval() -> None:
    uncorrected = correct(np.zeros(0), np.zeros(0), np.array([0.4, 0.6]), "share")
    for found in (subtract(alone(5, 20), uncorrected), subtract(uncorrected, alone(5, 20))):
        assert abs(found.value) == pytest.approx(0.25)
        assert (found.low, found.high, found.corrected) == (None, None, False)


def test_means_without_an_interval_have_a_difference_without_one() -> None:
    nothing = correct(np.zeros(20), np.linspace(0, 1, 20), np.zeros(10), "density")
    something = correct(np.arange(20.0), np.linspace(0, 1, 20), np.zeros(10), "density")
    found = subtract(something, nothing)
    assert (found.value, found.low, found.high, found.corrected) == (pytest.approx(9.5), None, None, True)
