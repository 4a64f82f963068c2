from __future__ import annotations

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from exports.estimates.correction import SHAKY, Estimate, correct
from exports.estimates.intervals import Kind

Floats = NDArray[np.float64]


def floats(*values: float) -> Floats:
    return np.array(values, dtype=float)


def draw(seed: int, n: int, others: int, share: float = 0.3, skill: float = 0.6) -> tuple[Floats, Floats, Floats]:
    """Answers, and a classifier that is too high by .2 and knows so many of them."""
    chance = np.random.default_rng(seed)
    coded = (chance.random(n + others) < share).astype(float)
    predicted = 0.2 + 0.8 * np.where(chance.random(n + others) < skill, coded, chance.random(n + others))
    return coded[:n], predicted[:n], predicted[n:]


def draw_density(seed: int, n: int, others: int) -> tuple[Floats, Floats, Floats]:
    chance = np.random.default_rng(seed)
    coded = chance.poisson(chance.gamma(0.5, 6, size=n + others)).astype(float)
    predicted = chance.binomial(coded.astype(int), 0.7) + chance.poisson(4, size=n + others).astype(float)
    return coded[:n], predicted[:n], predicted[n:]


def test_the_estimate_and_its_error_are_those_of_the_published_implementation() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ppi_py import ppi_mean_ci, ppi_mean_pointestimate
    for data, kind in ((draw(1, 4000, 20_000), "share"), (draw_density(1, 4000, 20_000), "density")):
        found = correct(*data, kind)  # type: ignore[arg-type]
        assert 0 < found.weight < 1
        assert found.corrected is not None
        assert found.corrected.value == pytest.approx(float(ppi_mean_pointestimate(*data, lam=found.weight)[0]), abs=1e-12)
        # Theirs tunes the weight with a covariance over n, ours with one over n - 1.
        assert found.corrected.value == pytest.approx(float(ppi_mean_pointestimate(*data)[0]), rel=1e-4)
        low, high = (float(limit[0]) for limit in ppi_mean_ci(*data, alpha=0.05, lam=found.weight))
        assert found.corrected.se == pytest.approx((high - low) / (2 * 1.959964), rel=5e-3)
        # With thousands of codes all intervals are Wald's.
        assert (found.corrected.low, found.corrected.high) == pytest.approx((low, high), rel=0.01)


@pytest.mark.parametrize(("data", "kind"), [(draw(1, 40, 700), "share"), (draw_density(3, 40, 700), "density")])
def test_but_for_the_safeguards_few_codes_have_the_published_variance_to_the_last_digit(data: tuple[Floats, Floats, Floats], kind: Kind) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ppi_py import ppi_mean_ci, ppi_mean_pointestimate
    coded, predicted, others = data
    found, n = correct(*data, kind), len(coded)
    assert found.corrected is not None
    assert found.corrected.se is not None
    tuned = (float(ppi_mean_pointestimate(*data)[0]) - coded.mean()) / (others.mean() - predicted.mean())
    assert found.weight == pytest.approx(min(tuned * n / (n - 1), 1.0))
    low, high = (float(limit[0]) for limit in ppi_mean_ci(*data, alpha=0.05, lam=found.weight))
    # Ours adds one unknown article, divides by n - 2, and takes the variance of all predictions; theirs that of the others'.
    from_others = found.weight**2 / len(others)
    unknown = 0.25 if kind == "share" else coded.var(ddof=1)
    squares = (found.corrected.se**2 - from_others * np.concatenate([predicted, others]).var(ddof=1)) * n * (n - 2) - unknown
    assert squares / n**2 + from_others * others.var() == pytest.approx(((high - low) / 2 / 1.959963984540054) ** 2, rel=1e-12)


def test_the_human_interval_of_a_share_is_wilsons_as_newcombe_printed_it() -> None:
    # Newcombe 1998, Stat. Med. 17, pp. 857-872, table I: score method without continuity correction.
    for yes, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)):
        coded = floats(*[1] * yes, *[0] * (n - yes))
        human = correct(coded, coded * 0, floats(0.5), "share").human
        assert human is not None
        assert (human.low, human.high) == pytest.approx((low, high), abs=5e-5)


def test_a_biased_classifier_is_corrected() -> None:
    found = correct(*draw(3, 200, 5000), "share")
    assert found.human is not None
    assert found.corrected is not None
    assert found.naive.value > 0.45
    assert found.corrected.value == pytest.approx(0.3, abs=0.04)
    assert found.bought > 100
    assert found.narrower is not None
    assert found.narrower > 0.15


def test_what_the_classifier_bought_is_the_sample_that_would_have_been_as_sure() -> None:
    found = correct(*draw(3, 100, 5000), "share")
    assert found.human is not None
    assert found.human.se is not None
    assert found.corrected is not None
    assert found.human.se * (100 / (100 + found.bought)) ** 0.5 == pytest.approx(found.corrected.se)


@pytest.mark.parametrize("kind", ["share", "density"])
def test_a_useless_classifier_is_not_heard(kind: Kind) -> None:
    coded, _, _ = draw(4, 40, 1)
    chance = np.random.default_rng(0)
    predicted = 0.5 - 0.1 * coded + 0.1 * chance.random(40)
    found = correct(coded, predicted, chance.random(500), kind)
    assert (found.weight, found.bought, found.narrower) == (0, 0, 0)
    assert found.corrected == found.human


def test_a_corrected_interval_is_never_less_sure_than_the_human_one() -> None:
    for seed in range(200):
        found = correct(*draw(seed, 25, 100, skill=0.1), "share")
        assert found.human is not None
        assert found.human.se is not None
        assert found.corrected is not None
        assert found.corrected.se is not None
        assert found.corrected.se <= found.human.se


def test_without_a_coded_article_there_is_the_naive_figure_alone() -> None:
    found = correct(floats(), floats(), floats(0.2, 0.4), "share")
    assert (found.human, found.corrected, found.bought, found.narrower) == (None, None, 0, None)
    assert found.naive.value == pytest.approx(0.3)
    assert (found.naive.se, found.naive.low, found.naive.high) == (None, None, None)


def test_one_coded_article_says_little_of_a_share_and_nothing_of_a_density() -> None:
    share = correct(floats(1), floats(0.5), floats(0.2, 0.4), "share")
    assert share.corrected is not None
    assert (share.corrected.value, share.corrected.se, share.corrected.high) == (1, None, 1)
    assert share.corrected.low == pytest.approx(0.2065, abs=1e-4)
    density = correct(floats(3), floats(2), floats(1, 4), "density").corrected
    assert density is not None
    assert (density.value, density.se, density.low, density.high) == (3, None, None, None)


@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_twenty_equal_answers_have_an_interval_that_ends_at_theirs(answer: float) -> None:
    predicted = np.linspace(0, 1, 20)
    found = correct(np.full(20, answer), predicted, np.linspace(0, 1, 100), "share")
    assert found.corrected is not None
    assert found.corrected.value == answer
    assert (found.corrected.low, found.corrected.high) == pytest.approx((0, 0.1611) if answer == 0 else (0.8389, 1), abs=1e-4)


def test_where_nothing_was_found_in_any_coded_article_a_density_has_no_interval() -> None:
    found = correct(np.zeros(20), np.linspace(0, 9, 20), np.linspace(0, 9, 100), "density")
    assert found.corrected is not None
    assert (found.corrected.value, found.corrected.low, found.corrected.high) == (0, None, None)


def test_equal_predictions_correct_nothing() -> None:
    coded, _, _ = draw(1, 40, 1)
    found = correct(coded, np.full(40, 0.4), np.full(100, 0.4), "share")
    assert (found.weight, found.naive.value) == (0, pytest.approx(0.4))
    assert found.corrected == found.human


def test_where_all_articles_are_coded_the_human_mean_is_the_mean() -> None:
    coded, predicted, _ = draw(1, 40, 1)
    found = correct(coded, predicted, floats(), "share")
    assert found.uncoded == 0
    assert found.corrected == found.human


def test_a_few_codes_are_not_enough_to_hear_the_classifier() -> None:
    for n, heard in ((SHAKY - 1, False), (SHAKY, True)):
        coded = floats(*[0, 1] * 5)[:n]
        assert (correct(coded, coded * 0.8, np.linspace(0, 0.8, 500), "density").weight > 0) is heard


def test_a_classifier_that_made_no_error_in_the_sample_is_not_taken_to_be_perfect() -> None:
    coded = floats(*[0] * 15, *[1] * 5)
    found = correct(coded, coded, floats(*[0, 0, 0, 1] * 500), "share")
    assert found.corrected is not None
    assert found.corrected.se is not None
    assert found.corrected.se > 0.02


def test_a_corrected_mean_stays_within_what_is_possible() -> None:
    coded = floats(*[0] * 38, 1, 1)
    predicted = 0.5 + 0.5 * coded
    found = correct(coded, predicted, np.append(np.full(4000, 0.3), 0.9), "share")
    assert found.corrected is not None
    assert found.weight > 0
    assert (found.corrected.value, found.corrected.low) == (0, 0)
    assert found.corrected.high is not None
    assert 0 < found.corrected.high < 0.3
    density = correct(coded * 9, predicted * 9, np.append(np.full(4000, 1.0), 9.0), "density").corrected
    assert density is not None
    assert density.value == 0
    assert density.low == 0
    assert density.high is not None
    assert density.high > 0


def test_the_naive_interval_knows_of_sampling_alone() -> None:
    naive = correct(*draw(3, 40, 5000), "share").naive
    assert naive.low is not None
    assert naive.low > 0.4  # the truth is .3


@pytest.mark.parametrize(("coded", "predicted", "others"), [(floats(1), floats(), floats(1)), (floats(), floats(), floats())])
def test_figures_that_do_not_belong_together_are_a_defect(coded: Floats, predicted: Floats, others: Floats) -> None:
    with pytest.raises(ValueError, match="each coded article has one prediction"):
        correct(coded, predicted, others, "share")


def coverage(found: list[Estimate], truth: float) -> tuple[float, float]:
    """Of the human and the corrected interval, of those that have one."""
    pairs = [(each.human, each.corrected) for each in found if each.human and each.human.low is not None]
    both = np.array([[mean.low <= truth <= mean.high for mean in pair] for pair in pairs])  # type: ignore[union-attr,operator]
    human, corrected = both.mean(axis=0)
    return float(human), float(corrected)


def test_intervals_of_shares_hold_in_small_studies_with_a_biased_classifier() -> None:
    human, corrected = coverage([correct(*draw(seed, 30, 300), "share") for seed in range(800)], 0.3)
    assert 0.9 < human < 0.98
    assert 0.93 < corrected < 0.98


def test_intervals_of_skewed_densities_hold_in_small_studies_where_walds_do_not() -> None:
    found = [correct(*draw_density(seed, 20, 300), "density") for seed in range(800)]
    human, corrected = coverage(found, 3.0)
    assert 0.9 < human < 0.97
    assert 0.92 < corrected < 0.98
    wald = np.mean([abs(each.human.value - 3) <= 1.96 * (each.human.se or 0) for each in found if each.human])
    assert wald < 0.9
