"""The alternative-annotator test, against scipy's tests and tables made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import false_discovery_control, ttest_rel

from annotate.agreement.alternative import Trial, control_discoveries, run_trials

# Of 40 articles: the coder wins 20 and ties 12, the person wins 8.
MIXED = Trial(np.array([1.0] * 20 + [0.5] * 12 + [0.0] * 8), np.array([0.0] * 20 + [0.5] * 12 + [1.0] * 8))
WORSE = Trial(MIXED.person, MIXED.coder)


def test_both_win_at_ties_and_the_test_is_paired_and_one_sided() -> None:
    found = run_trials({"ada": MIXED, "ben": WORSE, "cyd": MIXED}, 0.1)
    coder, person = (MIXED.coder >= MIXED.person).astype(float), (MIXED.person >= MIXED.coder).astype(float)
    assert (found["trials"]["ada"]["advantage"], found["trials"]["ada"]["person"]) == (32 / 40, 20 / 40)
    assert found["trials"]["ada"]["p"] == pytest.approx(ttest_rel(person - 0.1, coder, alternative="less").pvalue)
    assert found["trials"]["ben"]["p"] == pytest.approx(ttest_rel(coder - 0.1, person, alternative="less").pvalue)
    assert (found["winning_rate"], found["passes"]) == (2 / 3, True)
    assert found["advantage"] == pytest.approx((32 + 20 + 32) / 120)
    assert "2 of 3 people" in found["verdict"]


def test_one_who_always_ties_is_ahead_of_people_by_any_epsilon_but_none() -> None:
    same = Trial(np.full(30, 0.5), np.full(30, 0.5))
    people = dict.fromkeys("abc", same)
    assert [run_trials(people, epsilon)["winning_rate"] for epsilon in (0.2, 0.0)] == [1.0, 0.0]


def test_sums_in_another_order_are_ties() -> None:
    found = run_trials({name: Trial(np.full(30, 0.1 + 0.2), np.full(30, 0.3)) for name in "abc"}, 0.1)
    assert [row["person"] for row in found["trials"].values()] == [1.0] * 3


def test_who_shares_too_few_articles_is_left_out_and_of_fewer_than_three_there_is_no_test() -> None:
    short = Trial(MIXED.coder[:29], MIXED.person[:29])
    found = run_trials({"ada": MIXED, "ben": MIXED, "cyd": short}, 0.1)
    assert (found["people"], found["left_out"], found["winning_rate"], found["passes"], found["advantage"]) == (2, 1, None, None, None)
    assert found["verdict"].startswith("no test: 2 of 3 people")
    assert run_trials({}, 0.1)["verdict"].startswith("no test: 0 of 0 people")


def test_discoveries_are_controlled_as_scipy_does() -> None:
    generator = np.random.default_rng(0)
    for _ in range(50):
        ps = (generator.random(7) ** 4).tolist()
        assert control_discoveries(ps, 0.05) == (false_discovery_control(ps, method="by") <= 0.05).tolist()


def test_a_coder_that_loses_does_not_pass_and_is_told_why() -> None:
    found = run_trials(dict.fromkeys("abc", WORSE), 0.1)
    assert (found["winning_rate"], found["passes"]) == (0.0, False)
    assert found["verdict"].startswith("fails: shown to be less than 0.1 behind 0 of 3 people")
