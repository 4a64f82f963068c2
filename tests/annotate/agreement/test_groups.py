"""Shares and rates beside each other, against figures made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from annotate.agreement.groups import compare_rates, compare_shares, mean_error, split_lengths, split_outlets


def test_a_difference_of_matched_shares_has_the_interval_of_agresti_and_min() -> None:
    truth = np.array([[True]] * 4 + [[False]] * 6)
    found = np.array([[True]] * 3 + [[False]] + [[True]] * 3 + [[False]] * 3)
    share = compare_shares(truth, found, np.full((10, 1), True), ["yes"])["yes"]
    # Three more, one less, of ten; half an article is added to each of the four cells.
    centre, half = 2 / 12, 1.959964 * math.sqrt((3.5 + 1.5 - 2**2 / 12) / 12**2)
    assert (share["n"], share["people"], share["coder"], share["difference"]) == (10, 0.4, 0.6, 0.2)
    assert (share["low"], share["high"]) == pytest.approx((centre - half, centre + half))


def test_two_articles_on_which_both_agree_prove_no_agreement() -> None:
    share = compare_shares(np.array([[True]] * 2), np.array([[True]] * 2), np.array([[True]] * 2), ["yes"])["yes"]
    assert share["low"] < -0.4
    assert share["high"] > 0.4


def test_what_is_not_known_counts_for_nothing() -> None:
    nothing = compare_shares(np.array([[True]]), np.array([[False]]), np.array([[False]]), ["yes"])["yes"]
    assert nothing == {"n": 0, "people": None, "coder": None, "difference": None, "low": None, "high": None}
    assert mean_error([None, 0.2, -0.4]) == pytest.approx(0.3)
    assert mean_error([None]) is None


def test_rates_are_spans_per_thousand_words_and_long_articles_count_more() -> None:
    found = compare_rates(np.array([1.0, 0.5]), np.array([2.0, 0.0]), np.array([100.0, 50.0]))
    assert (found["people"], found["coder"], found["difference"]) == pytest.approx((10.0, 2000 / 150, 500 / 150))
    # By hand: residuals 1000 * 1 - 333.3 and 1000 * -.5 - 166.7 of 150 words, t of one degree of freedom.
    half = 12.706205 * math.sqrt(2 * (2000 / 3) ** 2 * 2) / 150
    assert (found["low"], found["high"]) == pytest.approx((500 / 150 - half, 500 / 150 + half))
    assert compare_rates(np.array([1.0]), np.array([2.0]), np.array([100.0]))["low"] is None
    assert compare_rates(np.array([]), np.array([]), np.array([]))["people"] is None


def test_thirds_keep_articles_of_one_length_together_and_lose_none() -> None:
    parts = split_lengths(np.array([5, 9, 1, 3, 7, 8]))
    assert [about["tokens"] for about, _ in parts] == [[1, 3], [5, 7], [8, 9]]
    assert sum(part.sum() for _, part in parts) == 6
    assert [about["tokens"] for about, _ in split_lengths(np.array([4, 4, 4]))] == [[4, 4]]
    assert split_lengths(np.array([], dtype=np.int64)) == []


def test_articles_without_an_outlet_are_of_none() -> None:
    assert [(name, part.tolist()) for name, part in split_outlets(["b", None, "a", "b", ""])] == [
        ("a", [False, False, True, False, False]),
        ("b", [True, False, False, True, False]),
    ]
