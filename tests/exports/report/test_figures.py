from __future__ import annotations

import pytest

from exports.report.figures import number, spread


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (None, "–"),
        ("<b>", "<b>"),
        (0, "0"),
        (12345, "12,345"),
        (0.0, "0.00"),
        (0.12345, "0.12"),
        (-0.5, "-0.50"),
        (9.96, "9.96"),
        (1234.56, "1,234.6"),
    ],
)
def test_a_cell_is_shown_with_as_many_places_as_say_something(cell: str | float | None, shown: str) -> None:
    assert number(cell) == shown


@pytest.mark.parametrize(("low", "high", "shown"), [(0.1, 0.2, "0.10 to 0.20"), (None, 1.0, "–"), (1.0, None, "–"), (None, None, "–")])
def test_an_interval_has_both_ends_or_is_none(low: float | None, high: float | None, shown: str) -> None:
    assert spread(low, high) == shown
