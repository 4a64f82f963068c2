from __future__ import annotations

import pytest

from schemas.wording import count, enumerate_some


@pytest.mark.parametrize(("number", "said"), [(0, "0 spans"), (1, "1 span"), (2, "2 spans")])
def test_one_of_them_is_said_in_the_singular(number: int, said: str) -> None:
    assert count(number, "span") == said


@pytest.mark.parametrize(("length", "end"), [(0, ""), (1, "n0"), (12, ", n11"), (13, ", n11 and 1 more"), (3000, ", n11 and 2988 more")])
def test_a_long_list_is_cut_and_says_how_much_is_missing(length: int, end: str) -> None:
    said = enumerate_some([f"n{i}" for i in range(length)])
    assert said.endswith(end)
    assert said.count(",") == max(min(length, 12) - 1, 0)
