from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from exports.estimates.intervals import density_interval, share_interval


@given(st.floats(0.001, 1000), st.floats(0.001, 3), st.integers(2, 200))
def test_the_limits_of_a_density_lie_as_many_of_their_own_standard_errors_away_as_the_quantile_says(mean: float, relative: float, df: int) -> None:
    variance = (relative * mean) ** 2
    quantile = float(stdtrit(df, 0.975))
    for limit in density_interval(mean, variance, mean, df):
        assert abs(mean - limit) == pytest.approx(quantile * (variance * (limit / mean) ** 1.5) ** 0.5, rel=1e-3, abs=1e-6 * mean)


@given(st.floats(0, 1000), st.floats(0.001, 1000), st.floats(0.001, 100), st.integers(1, 200))
def test_a_density_lies_in_its_interval_and_the_interval_above_zero(mean: float, variance: float, at: float, df: int) -> None:
    low, high = density_interval(mean, variance, at, df)
    assert 0 <= low <= mean <= high
    assert high > mean or variance < 1e-3


def test_the_interval_of_a_density_leans_away_from_zero() -> None:
    low, high = density_interval(5, 4, 5, 30)
    assert high - 5 > 5 - low > 0


def test_a_density_of_nothing_has_an_upper_limit_all_the_same() -> None:
    low, high = density_interval(0, 0.5, 1, 30)
    assert low == 0
    assert abs(high) == pytest.approx(float(stdtrit(30, 0.975)) * (0.5 * high**1.5) ** 0.5)
    assert density_interval(-1, 0.5, 1, 30) == (low, high)


@given(st.floats(-0.5, 1.5), st.floats(0.5, 10_000))
def test_a_share_and_its_interval_stay_between_zero_and_one(share: float, effective: float) -> None:
    low, high = share_interval(share, effective)
    assert 0 <= low < high <= 1
    assert low - 1e-9 <= min(max(share, 0), 1) <= high + 1e-9


def test_more_coded_articles_make_both_intervals_narrower() -> None:
    shares = [share_interval(0.3, n) for n in (20, 40, 80)]
    densities = [density_interval(3, 9 / n, 3, n - 1) for n in (20, 40, 80)]
    for intervals in (shares, densities):
        widths = [high - low for low, high in intervals]
        assert widths == sorted(widths, reverse=True)
