"""Offsets of others are found in the units that they count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.text.units import UNITS, Unit, count_units, find_character

ENCODINGS: dict[Unit, tuple[str, int]] = {"code points": ("utf-32-le", 4), "UTF-16 units": ("utf-16-le", 2), "UTF-8 bytes": ("utf-8", 1)}


@pytest.mark.parametrize("unit", UNITS)
@given(text=st.text(max_size=30))
def test_a_character_begins_where_what_is_before_it_ends(unit: Unit, text: str) -> None:
    encoding, size = ENCODINGS[unit]
    begins = count_units(text, unit)
    assert begins.tolist() == [len(text[:i].encode(encoding, "surrogatepass")) // size for i in range(len(text) + 1)]
    assert [find_character(begins, offset) for offset in begins.tolist()] == list(range(len(text) + 1))


def test_half_a_character_and_what_lies_outside_are_none() -> None:
    begins = count_units("a🚢b", "UTF-16 units")
    assert [find_character(begins, offset) for offset in (-1, 0, 1, 2, 3, 4, 5)] == [None, 0, 1, None, 2, 3, None]
    assert [find_character(count_units("", "UTF-8 bytes"), offset) for offset in (0, 1)] == [0, None]
