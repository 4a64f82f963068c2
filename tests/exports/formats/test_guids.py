from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.formats.guids import make_guid, make_moment

PARTS = st.lists(st.one_of(st.none(), st.integers(), st.text()), max_size=4)


def test_a_guid_is_a_uuid_of_version_five_that_never_changes() -> None:
    # Programs that have imported one know it for good.
    assert make_guid("article", "a") == "51eec51c-40df-5dbb-950b-379ab8e1f2a9"
    assert uuid.UUID(make_guid("article", "a")).version == 5


@given(PARTS, PARTS)
def test_two_different_things_have_different_guids(one: list[str | int | None], other: list[str | int | None]) -> None:
    assert (make_guid("x", *one) == make_guid("x", *other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05.678901Z"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"),
        ("2026-01-02", "2026-01-02T00:00:00Z"),
        ("yesterday", None),
        ("", None),
        (None, None),
        ("0001-01-01T00:00:00+05:00", None),
    ],
)
def test_times_are_utc_or_none(text: str | None, moment: str | None) -> None:
    assert make_moment(text) == moment
