"""What each of several sources was worth beside the coded articles alone."""

from __future__ import annotations

import numpy as np
import pytest

from exports.estimates import Estimate, compare_sources, correct, find_groups

CODED = np.array([0.0, 1.0] * 20)
OTHERS = np.array([0.0, 1.0] * 200)
GOOD = correct(CODED, CODED * 0.8 + 0.1, OTHERS * 0.8 + 0.1, "share")
USELESS = correct(CODED, np.full(40, 0.5), np.full(400, 0.5), "share")


def test_the_codes_alone_stand_first_and_each_source_with_what_it_bought() -> None:
    alone, good, useless = compare_sources({"good": {"a": GOOD, None: GOOD}, "useless": {"a": USELESS, None: USELESS}})
    assert (alone.source, alone.groups, alone.coded, alone.bought, alone.weight) == (None, 2, 80, 0, 0)
    assert (good.source, good.coded, good.weight) == ("good", 80, GOOD.weight)
    assert good.bought == pytest.approx(2 * GOOD.bought)
    assert GOOD.bought > 0
    assert useless.bought == useless.weight == 0
    assert alone.width is not None
    assert useless.width == pytest.approx(alone.width)
    assert good.width is not None
    assert good.width < alone.width


def test_widths_are_those_of_groups_in_which_every_source_has_an_interval() -> None:
    few = correct(CODED[:2], CODED[:2], OTHERS, "density")
    rows = compare_sources({"one": {"a": GOOD, "b": few, "c": GOOD}, "two": {"a": USELESS, "b": few}})
    assert [row.groups for row in rows] == [1, 1, 1]
    assert rows[1].width == (GOOD.corrected.width if GOOD.corrected else None)
    nothing: dict[str | None, Estimate] = {"a": correct(np.array([]), np.array([]), OTHERS, "share")}
    assert [(row.groups, row.width) for row in compare_sources({"one": nothing})] == [(0, None)] * 2


def test_groups_are_those_of_all_sources_in_the_order_of_the_first() -> None:
    assert find_groups([{"b": GOOD, None: GOOD}, {"a": GOOD, "b": GOOD}]) == ["b", None, "a"]
