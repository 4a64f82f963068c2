from __future__ import annotations

import numpy as np
import pytest

from exports.estimates import Estimate, correct
from exports.report.correction import show_estimates

CHANCE = np.random.default_rng(1)


def estimate_of(coded: int) -> Estimate:
    truth = CHANCE.gamma(2, 5, coded)
    return correct(truth, truth + CHANCE.normal(0, 1, coded), CHANCE.gamma(2, 5, 500), "density")


@pytest.fixture(scope="module")
def estimates() -> dict[str | None, Estimate]:
    return {"Gazette": estimate_of(30), "Herald": estimate_of(3), None: estimate_of(0)}


def test_three_means_stand_side_by_side_with_what_the_model_was_worth(estimates: dict[str | None, Estimate]) -> None:
    (figure,) = show_estimates(estimates, "outlet", "density", "density", []).figures
    assert figure.table.header == [
        "outlet",
        "articles",
        "coded",
        "as the model counts",
        "people alone",
        "corrected",
        "95 % interval",
        "articles of coding saved",
    ]
    gazette = estimates["Gazette"]
    assert gazette.human is not None
    assert gazette.corrected is not None
    assert figure.table.rows[0][:6] == ["Gazette", 530, 30, gazette.naive.value, gazette.human.value, gazette.corrected.value]
    assert figure.table.rows[0][7] == round(gazette.bought) > 0


def test_a_group_that_nobody_coded_is_uncorrected_and_not_drawn(estimates: dict[str | None, Estimate]) -> None:
    (figure,) = show_estimates(estimates, "outlet", "density", "density", []).figures
    assert figure.table.rows[2][4:] == [None, None, "uncorrected", 0]
    assert "Gazette" in figure.plots()[0]
    assert "(no outlet)" not in figure.plots()[0]


def test_what_the_model_bought_and_what_was_left_out_is_said(estimates: dict[str | None, Estimate]) -> None:
    text = show_estimates(estimates, "outlet", "density", "density", ["3 coded articles are left out: they were not scored"]).limits
    assert any(line.startswith("The classifier bought as much as") for line in text)
    assert text[-1] == "3 coded articles are left out: they were not scored."


def test_a_share_is_drawn_in_percent() -> None:
    found = correct(np.array([1.0, 0.0] * 10), np.array([0.8, 0.3] * 10), np.array([0.5, 0.6] * 20), "share")
    (figure,) = show_estimates({"A": found}, "outlet", "bias_yes", "share", []).figures
    assert "%" in figure.plots()[0]
    assert "share of articles" in figure.plots()[0]
