from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exports.estimates.correction import correct
from exports.estimates.intervals import Kind
from exports.estimates.planning import plan_coding

CHANCE = np.random.default_rng(2)
ANSWERS = (CHANCE.random(5000) < 0.3).astype(float)
GUESSES = np.clip(0.3 + 0.3 * ANSWERS + 0.3 * CHANCE.random(5000), 0, 1)
SPANS = CHANCE.gamma(1.0, 5.0, size=5000)


def test_a_share_that_is_coded_alone_takes_as_many_as_the_textbook_says() -> None:
    found = correct(ANSWERS[:40], ANSWERS[:40] * 0, np.zeros(4000), "share")
    more = plan_coding(found, 0.1)
    assert more is not None
    share = float(ANSWERS[:40].mean())
    assert 40 + more == pytest.approx(4 * 1.96**2 * share * (1 - share) / 0.1**2, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "width", "make"), [("share", 0.12, lambda: (ANSWERS, GUESSES)), ("density", 0.8, lambda: (SPANS, SPANS * 0.5 + GUESSES))]
)
def test_after_coding_what_was_planned_the_interval_is_about_as_narrow_as_wanted(kind: Kind, width: float, make: Callable[[], tuple]) -> None:  # type: ignore[type-arg]
    coded, predicted = make()
    found = correct(coded[:80], predicted[:80], predicted[80:3000], kind)
    more = plan_coding(found, width)
    assert more
    n = 80 + more
    then = correct(coded[:n], predicted[:n], predicted[n:3000], kind).corrected
    assert then is not None
    assert then.width == pytest.approx(width, rel=0.25)
    assert plan_coding(found, width * 0.8) > more  # type: ignore[operator]


def test_what_is_narrow_enough_takes_no_more() -> None:
    assert plan_coding(correct(ANSWERS[:40], GUESSES[:40], GUESSES[40:400], "share"), 0.9) == 0


def test_what_all_articles_together_would_not_do_is_out_of_reach() -> None:
    assert plan_coding(correct(ANSWERS[:40], GUESSES[:40], GUESSES[40:100], "share"), 0.01) is None
    assert plan_coding(correct(ANSWERS[:40], GUESSES[:40], np.zeros(0), "share"), 0.01) is None


def test_the_smallest_number_that_does_is_named() -> None:
    found = correct(ANSWERS[:40], ANSWERS[:40] * 0, np.zeros(4000), "share")
    low, high = found.corrected.low, found.corrected.high  # type: ignore[union-attr]
    assert plan_coding(found, high - low - 1e-9) == 1  # type: ignore[operator]


def test_without_an_interval_nothing_can_be_planned() -> None:
    assert plan_coding(correct(np.zeros(0), np.zeros(0), GUESSES[:9], "share"), 0.1) is None
    assert plan_coding(correct(np.zeros(20), GUESSES[:20], GUESSES[:90], "density"), 0.1) is None
