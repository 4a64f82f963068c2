from __future__ import annotations

import numpy as np
import pytest

from annotate.lots import draw, find_chances


def test_chances_are_partly_alike_and_partly_in_proportion_and_sum_to_n() -> None:
    chances = find_chances(np.array([0.0, 1.0, 3.0, 0.0]), 1, 0.5)
    assert chances.tolist() == pytest.approx([0.125, 0.25, 0.5, 0.125])


def test_who_would_have_more_than_certainty_is_certain_and_the_others_share_the_rest() -> None:
    chances = find_chances(np.array([100.0, 1.0, 1.0, 1.0]), 2, 0.1)
    assert chances.tolist() == pytest.approx([1.0, 1 / 3, 1 / 3, 1 / 3])
    assert find_chances(np.zeros(3), 3, 0.5).tolist() == [1, 1, 1]
    assert find_chances(np.ones(3), 0, 0.5).tolist() == [0, 0, 0]


def test_figures_that_are_none_and_articles_without_a_chance_are_refused() -> None:
    for figures, n, floor in (([1.0, -1.0], 1, 0.5), ([1.0, float("nan")], 1, 0.5), ([1.0], 2, 0.5)):
        with pytest.raises(ValueError, match="n of figures"):
            find_chances(np.array(figures), n, floor)
    with pytest.raises(ValueError, match="without a chance"):
        find_chances(np.array([1.0, 0.0]), 1, 0.0)


def test_each_is_drawn_as_often_as_its_chance_says_and_never_twice() -> None:
    chances = find_chances(np.arange(20.0), 8, 0.2)
    generator, times = np.random.default_rng(1), np.zeros(20)
    for _ in range(4000):
        rows = draw(chances, generator)
        assert len(set(rows.tolist())) == 8
        times[rows] += 1
    assert np.abs(times / 4000 - chances).max() < 0.03
