from __future__ import annotations

import pytest

from schemas.wording import count, enumerate_some, say_unpaired


@pytest.mark.parametrize(("number", "said"), [(0, "0 spans"), (1, "1 span"), (2, "2 spans")])
def test_one_of_them_is_said_in_the_singular(number: int, said: str) -> None:
    assert count(number, "span") == said
    assert count(number, "span", "is", "are") == f"{said} {'is' if number == 1 else 'are'}"


@pytest.mark.parametrize(("length", "end"), [(0, ""), (1, "n0"), (12, ", n11"), (13, ", n11 and 1 more"), (3000, ", n11 and 2988 more")])
def test_a_long_list_is_cut_and_says_how_much_is_missing(length: int, end: str) -> None:
    said = enumerate_some([f"n{i}" for i in range(length)])
    assert said.endswith(end)
    assert said.count(",") == max(min(length, 12) - 1, 0)


def test_marks_without_a_partner_are_said_of_one_article_and_of_several() -> None:
    assert say_unpaired(17, 267).startswith("17 of 267 articles have quotation marks without a partner")
    assert say_unpaired(1, 1).startswith("1 of 1 article has ")
