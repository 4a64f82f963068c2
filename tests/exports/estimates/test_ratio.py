"""A share of spans is a ratio of two means over articles: its interval is by the delta method, and people correct it."""

from __future__ import annotations

import numpy as np
import pytest

from exports.estimates.correction import FEWEST, SHAKY, Drawn
from exports.estimates.design import Design
from exports.estimates.intervals import share_interval, widen
from exports.estimates.ratio import Pair, correct_ratio


def pair(*rows: tuple[float, float]) -> Pair:
    return Pair(*np.array(rows, dtype=float).reshape(-1, 2).T)


def draw(seed: int, count: int, share: float = 0.3) -> tuple[Pair, Pair]:
    """Spans of articles, some of which have none; and a model that finds most of them, and takes a quarter of the others for the kind."""
    chance = np.random.default_rng(seed)
    whole = chance.poisson(chance.gamma(1.0, 2.0, size=count))
    part = chance.binomial(whole, chance.beta(4 * share, 4 * (1 - share), size=count))
    found, others = chance.binomial(part, 0.8), chance.binomial(whole - part, 0.8)
    return Pair(part * 1.0, whole * 1.0), Pair(found + chance.binomial(others, 0.25) * 1.0, found + others * 1.0)


def cut(of: Pair, begin: int, end: int) -> Pair:
    return Pair(of.part[begin:end], of.whole[begin:end])


def test_without_the_model_it_is_cochrans_ratio_with_his_variance() -> None:
    coded = pair((1, 2), (0, 1), (2, 2), (0, 0), (1, 3), (0, 2), (1, 1), (0, 0))
    found = correct_ratio(coded, pair(*[(0, 0)] * 8), pair((1, 1), (0, 2)))
    # By hand: 5 of 11 spans; residuals part - 5/11 whole squared sum to 1 + 71/121 + ..., over (11/8)^2 and 8^2.
    squares = sum((part - 5 / 11 * whole) ** 2 for part, whole in zip(*coded, strict=True))
    worth = 11**2 / (4 + 1 + 4 + 9 + 4 + 1)
    assert found.human is not None
    assert found.human.value == pytest.approx(5 / 11)
    assert found.human.se == pytest.approx((worth / (worth - 1) * squares / 8**2 / (11 / 8) ** 2) ** 0.5)
    effective = 5 / 11 * 6 / 11 / found.human.se**2 / widen(worth - 1) ** 2
    assert (found.human.low, found.human.high) == pytest.approx(share_interval(5 / 11, effective))
    assert (found.coded, found.uncoded, found.naive.value, found.corrected) == (6, 2, pytest.approx(1 / 3), found.human)


def test_one_span_in_every_article_is_a_share_of_articles() -> None:
    coded = pair(*[(i % 3 == 0, 1) for i in range(30)])
    found = correct_ratio(coded, coded, pair((1, 1)))
    assert found.human is not None
    assert found.human.se == pytest.approx((10 / 30 * 20 / 30 / 29) ** 0.5)


def test_a_model_that_takes_sides_is_corrected_and_makes_the_interval_narrower() -> None:
    coded, predicted = draw(5, 3000)
    found = correct_ratio(cut(coded, 0, 150), cut(predicted, 0, 150), cut(predicted, 150, 3000))
    assert found.naive.value > 0.42
    assert found.corrected is not None
    assert found.corrected.value == pytest.approx(0.3, abs=0.06)
    assert found.weight > 0
    assert found.narrower is not None
    assert found.narrower > 0.1


def test_intervals_hold_in_small_studies() -> None:
    covered = []
    for seed in range(400):
        coded, predicted = draw(seed, 240)
        mean = correct_ratio(cut(coded, 0, 40), cut(predicted, 0, 40), cut(predicted, 40, 240)).corrected
        assert mean is not None
        covered.append(mean.low is not None and mean.high is not None and mean.low <= 0.3 <= mean.high)
    assert 0.92 < np.mean(covered) < 0.98


def test_of_few_articles_with_such_spans_there_is_no_interval_and_the_model_is_not_heard() -> None:
    predicted, others = pair(*[(i % 2, 1) for i in range(30)]), pair(*[(i % 2, 1) for i in range(300)])
    for having, bounded, heard in ((FEWEST - 1, False, False), (FEWEST, True, False), (SHAKY, True, True)):
        coded = pair(*[(i % 2, i < having) if i < having else (0, 0) for i in range(30)])
        found = correct_ratio(coded, Pair(predicted.part * coded.whole, predicted.whole * coded.whole), others)
        assert found.corrected is not None
        assert found.coded == having
        assert (found.corrected.low is not None, found.weight > 0) == (bounded, heard)


def test_where_no_coded_article_has_such_a_span_there_is_the_naive_share_alone() -> None:
    found = correct_ratio(pair(*[(0, 0)] * 20), pair(*[(1, 1)] * 20), pair((0, 1)))
    assert (found.coded, found.human, found.corrected, found.naive.low) == (0, None, None, None)
    assert found.naive.value == pytest.approx(20 / 21)


def test_articles_that_come_together_count_as_one_and_heavy_ones_for_many() -> None:
    coded, predicted = draw(1, 400)
    apart = correct_ratio(cut(coded, 0, 60), cut(predicted, 0, 60), cut(predicted, 60, 400))
    twice = [Pair(np.repeat(of.part, 2), np.repeat(of.whole, 2)) for of in (cut(coded, 0, 60), cut(predicted, 0, 60), cut(predicted, 60, 400))]
    pages = np.repeat(np.arange(400), 2)
    drawn = Drawn(Design.of(np.ones(120), pages[:120]), Design.of(np.ones(800), pages))
    together = correct_ratio(*twice, drawn)
    assert together.human is not None
    assert apart.human is not None
    assert together.human.se == pytest.approx(apart.human.se, rel=0.01)
    weights = np.where(cut(coded, 0, 60).part > 0, 3.0, 1.0)
    heavy = correct_ratio(cut(coded, 0, 60), cut(predicted, 0, 60), cut(predicted, 60, 400), Drawn(Design.of(weights), Design.even(400)))
    assert heavy.human is not None
    assert heavy.human.value > apart.human.value


def test_figures_that_do_not_belong_together_are_a_defect() -> None:
    for coded, predicted, others in ((pair((1, 1)), pair(), pair((1, 1))), (pair((1, 1)), pair((0, 0)), pair())):
        with pytest.raises(ValueError, match="there is one span at least"):
            correct_ratio(coded, predicted, others)
