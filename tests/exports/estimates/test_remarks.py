from __future__ import annotations

import numpy as np
import pytest

from exports.estimates import Estimate, correct, name_group, remark

CHANCE = np.random.default_rng(0)


def estimate_of(coded: int, *, useful: bool = False, alike: bool = False) -> Estimate:
    truth = np.zeros(coded) if alike else CHANCE.gamma(2, 5, coded)
    predicted = truth + CHANCE.normal(0, 1, coded) if useful else CHANCE.gamma(2, 5, coded)
    return correct(truth, predicted, CHANCE.gamma(2, 5, 2000), "density")


def test_a_classifier_that_helps_nobody_is_said_to_have_bought_nothing() -> None:
    assert remark({"A": correct(np.arange(12.0), np.ones(12), np.ones(50), "density")}, "outlet") == [
        "The classifier bought nothing: the corrected means are those of the coded articles alone (human)."
    ]


def test_what_a_classifier_is_worth_is_said_in_articles() -> None:
    (line,) = remark({"A": estimate_of(40, useful=True), "B": correct(np.arange(12.0), np.ones(12), np.ones(50), "density")}, "outlet")
    assert line.startswith("The classifier bought as much as ")
    assert "more coded articles, in 1 of 2 groups" in line


def test_groups_of_which_little_can_be_said_are_named() -> None:
    estimates: dict[str | None, Estimate] = {"A": estimate_of(5), "C": estimate_of(4), "B": estimate_of(20, alike=True), None: estimate_of(0)}
    said = remark(estimates, "outlet")
    assert "Uncorrected, since no article of theirs is coded (do not compare them): (no outlet)." in said
    assert "Shaky, with fewer than 10 coded articles: A, C." in said
    assert "Without an interval, with fewer than 5 coded articles: C." in said
    assert "Without an interval, since all their coded articles are alike: B." in said


def test_of_many_groups_five_are_named() -> None:
    said = remark({f"outlet {i}": estimate_of(3) for i in range(8)}, "outlet")
    assert [line for line in remark({f"outlet {i}": estimate_of(3) for i in range(8)}, "outlet", 8) if line.endswith("outlet 7.")]
    assert any(line.endswith("outlet 0, outlet 1, outlet 2, outlet 3, outlet 4 and 3 more.") for line in said)


@pytest.mark.parametrize(("group", "name"), [(None, "(no month)"), ("2026-01", "2026-01"), ("", "")])
def test_a_group_without_a_name_is_said_to_have_none(group: str | None, name: str) -> None:
    assert name_group(group, "month") == name
