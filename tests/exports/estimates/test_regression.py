"""Regression on corrected codes, beside what others' implementations give where the method is the same."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import expit

from exports.estimates.regression import Fit, Link, NoSolution, Sample, fit_codes, fit_corrected, fit_predictions, recalibrate


def draw(seed: int, count: int = 300, coded: float = 1.0) -> tuple[np.ndarray, Sample]:
    """Two outlets beside a third, and a number; yes or no; a classifier that is too high in one outlet; pages of three."""
    chance = np.random.default_rng(seed)
    outlet, number = chance.integers(0, 3, count), chance.normal(size=count)
    matrix = np.column_stack([np.ones(count), outlet == 1, outlet == 2, number]).astype(float)
    truth = expit(matrix @ [-0.5, 0.8, -0.4, 0.5])
    codes = (chance.random(count) < truth).astype(float)
    predicted = np.clip(truth + 0.25 * (outlet == 2) + chance.normal(0, 0.1, count), 0, 1)
    by_hand = np.arange(count) < round(coded * count)
    return matrix, Sample(predicted, np.where(by_hand, codes, np.nan), np.full(count, 1 / coded), np.arange(count) // 3)


def alone(sample: Sample) -> Sample:
    return Sample(sample.predicted, sample.coded, sample.weights, np.arange(len(sample.coded)))


@pytest.mark.parametrize("link", ["linear", "logistic"])
def test_where_everything_is_coded_coefficients_and_errors_are_those_of_statsmodels(link: Link) -> None:
    models = pytest.importorskip("statsmodels.api")
    matrix, sample = draw(1)
    theirs = (models.OLS if link == "linear" else models.Logit)(sample.coded, matrix)
    for some, robust in (
        (alone(sample), {"cov_type": "HC1"}),
        (sample, {"cov_type": "cluster", "cov_kwds": {"groups": sample.clusters}}),
    ):
        expected = theirs.fit(disp=0, **robust)
        # Its HC1 of a logit is HC0: what few articles ask for is left out there.
        few = np.sqrt(300 / 296) if link == "logistic" and robust["cov_type"] == "HC1" else 1.0
        for ours in (fit_corrected(csr_array(matrix), some, link), fit_codes(csr_array(matrix), some, link)):
            assert ours.coefficients == pytest.approx(expected.params, abs=1e-7)
            assert ours.se == pytest.approx(expected.bse * few, rel=1e-6)


def test_coefficients_are_those_of_the_published_implementation_of_prediction_powered_inference() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ppi_py import ppi_logistic_pointestimate, ppi_ols_pointestimate

    matrix, sample = draw(2, 900, coded=1 / 3)
    # Theirs divides by the coded articles' own moments in linear regression; where these are alike the method is the same.
    alike = np.tile(matrix[:300], (3, 1))
    for terms, link, theirs in ((alike, "linear", ppi_ols_pointestimate), (matrix, "logistic", ppi_logistic_pointestimate)):
        ours = fit_corrected(csr_array(terms), sample, link)  # type: ignore[arg-type]
        arguments = (terms[:300], sample.coded[:300], sample.predicted[:300], terms, sample.predicted)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert ours.coefficients == pytest.approx(theirs(*arguments, lam=1), abs=2e-5 if link == "logistic" else 1e-10)


def test_a_mean_with_known_chances_is_that_of_active_inference_as_glide_prints_it() -> None:
    # glide-py 0.9.0, the example of ASIMeanEstimator with power_tuning=False: point .500, 95 % interval .080 to .920.
    predicted, coded = np.array([0.1, 0.9, 0.5, 0.5]), np.array([0.0, 1.0, np.nan, np.nan])
    found = fit_corrected(csr_array(np.ones((4, 1))), Sample(predicted, coded, np.full(4, 1 / 0.8), np.arange(4)), "linear")
    assert found.coefficients[0] == pytest.approx(0.5)
    # Theirs counts four articles, ours the two that are coded.
    half = 1.959964 * found.se[0] * np.sqrt((4 / 3) / 2)
    assert (0.5 - half, 0.5 + half) == pytest.approx((0.080, 0.920), abs=5e-4)


def covers(link: Link, studies: int, coded: int) -> tuple[np.ndarray, np.ndarray]:
    """How often the intervals of each coefficient hold, and the mean naive coefficients' distance from the truth."""
    chance, truth = np.random.default_rng(7), np.array([-0.5, 0.8, -0.4, 0.5])
    held, off = np.zeros(4), np.zeros(4)
    for _ in range(studies):
        count = 1500
        outlet, number = chance.integers(0, 3, count), chance.normal(size=count)
        matrix = np.column_stack([np.ones(count), outlet == 1, outlet == 2, number]).astype(float)
        mean = expit(matrix @ truth)
        outcome = (chance.random(count) < mean).astype(float)
        predicted = np.clip(0.6 * outcome + 0.2 + 0.2 * (outlet == 2) + chance.normal(0, 0.2, count), 0, 1)
        chances = np.clip(coded * (0.5 + predicted * (1 - predicted) * 2) / count, 0, 1)
        by_hand = chance.random(count) < chances
        sample = Sample(predicted, np.where(by_hand, outcome, np.nan), 1 / chances, np.arange(count))
        sample = recalibrate(csr_array(matrix), sample, share=True)
        low, high = fit_corrected(csr_array(matrix), sample, link).limits
        held += (low <= truth) & (truth <= high)
        off += fit_predictions(csr_array(matrix), sample, link).coefficients - truth
    return held / studies, off / studies


def test_intervals_hold_where_those_of_predictions_are_off() -> None:
    held, off = covers("logistic", 60, 200)
    assert (held >= 0.85).all()
    assert np.abs(off).max() > 0.2


def test_a_classifier_that_knows_nothing_is_not_heard() -> None:
    matrix, sample = draw(3, 600, coded=0.2)
    noise = Sample(np.random.default_rng(1).random(600), sample.coded, sample.weights, np.arange(600))
    as_it_is, calm = (fit_corrected(csr_array(matrix), some, "linear").se for some in (noise, recalibrate(csr_array(matrix), noise, share=True)))
    assert (calm < as_it_is).all()


def test_a_level_of_all_or_nothing_has_no_log_odds() -> None:
    matrix, sample = draw(4)
    all_yes = Sample(sample.predicted, np.where(matrix[:, 1] == 1, 1.0, sample.coded), sample.weights, np.arange(300))
    with pytest.raises(NoSolution):
        fit_codes(csr_array(matrix), all_yes, "logistic")


def test_p_and_limits_are_of_students_distribution_with_few_degrees_of_freedom() -> None:
    fit = Fit(np.array([2.0]), np.array([[1.0]]), np.array([4.0]))
    # Student's t of 4 degrees of freedom: 2.776 in any table.
    assert [limit.tolist() for limit in fit.limits] == [pytest.approx([2 - 2.776], abs=1e-3), pytest.approx([2 + 2.776], abs=1e-3)]
    assert fit.p.tolist() == pytest.approx([0.1161], abs=1e-4)
