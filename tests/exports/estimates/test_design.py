"""Articles that were not drawn each by itself with the same chance."""

from __future__ import annotations

import numpy as np
import pytest

from exports.estimates import Design, Drawn, correct
from exports.estimates.intervals import Kind


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_a_mean_is_weighted_by_inverse_chances_and_its_variance_is_that_of_totals_about_it() -> None:
    design = Design.of(floats(2, 1, 1))
    assert design.mean(floats(1, 0, 0)) == pytest.approx(0.5)
    # Lohr 2022, Sampling, 3rd ed., section 4.1: the ratio's linearised residuals, w (y - mean) over the sum of weights.
    assert design.square(floats(1, 0, 0)) == pytest.approx((0.5 * 0.5) ** 2 + 2 * (0.25 * 0.5) ** 2)
    assert design.size == pytest.approx(16 / 6)


def test_articles_of_one_page_that_say_the_same_are_worth_one() -> None:
    pages, alone = floats(1, 4, 2, 7), Design.even(4)
    each = Design.of(np.ones(12), np.repeat(["a", "b", "c", "d"], 3))
    assert each.size == 4
    assert each.mean(np.repeat(pages, 3)) == alone.mean(pages)
    assert each.covariance(np.repeat(pages, 3)) == pytest.approx(alone.covariance(pages)) == pages.var(ddof=1)


def test_clusters_of_one_are_none_and_weights_that_are_none_are_refused() -> None:
    assert Design.of(np.ones(2), np.array(["x", "y"])).clusters is None
    for weight in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="weights are above 0"):
            Design.of(floats(1, weight))


@pytest.mark.parametrize("kind", ["share", "density"])
def test_equal_chances_are_corrected_as_without_a_design(kind: Kind) -> None:
    chance = np.random.default_rng(3)
    predicted = chance.random(300)
    coded = (chance.random(40) < predicted[:40]).astype(float)
    plain = correct(coded, predicted[:40], predicted[40:], kind)
    found = correct(coded, predicted[:40], predicted[40:], kind, drawn=Drawn(Design.even(40), Design.even(300)))
    assert plain.corrected
    assert found.corrected
    assert (found.corrected.value, found.corrected.se, found.weight) == pytest.approx((plain.corrected.value, plain.corrected.se, plain.weight))


def test_a_sample_of_what_is_doubtful_speaks_of_all_with_its_weights_and_not_without() -> None:
    chance = np.random.default_rng(5)
    predicted = chance.random(4000)
    coded = (chance.random(4000) < predicted).astype(float)
    chances = np.where(predicted > 0.5, 0.2, 0.05)
    rows = np.flatnonzero(chance.random(4000) < chances)
    others = np.setdiff1d(np.arange(4000), rows)
    drawn = Drawn(Design.of(1 / chances[rows]), Design.even(4000))
    weighted = correct(coded[rows], predicted[rows], predicted[others], "share", drawn=drawn)
    naive = correct(coded[rows], predicted[rows], predicted[others], "share")
    assert weighted.human
    assert naive.human
    assert weighted.human.value == pytest.approx(coded.mean(), abs=0.04)
    assert naive.human.value > coded.mean() + 0.1
    assert weighted.corrected
    assert weighted.corrected.low is not None
    assert weighted.corrected.low < coded.mean() < (weighted.corrected.high or 0)
