"""Marked words stand at their offsets or do not, and who counted otherwise is told so."""

from __future__ import annotations

import pytest

from annotate.marked import NOT_THERE, doubt_words


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [
        ("a savage plan", 2, 8, "savage"),
        ("a  savage\nplan", 3, 14, "savage\\nplan"),
        ("a savage\r\nplan", 2, 14, "savage plan"),
        ("“plan”", 0, 6, "“plan”"),
        ("a savage plan", 2, 8, ""),
        ("a savage plan", 2, 8, None),
        ("a savage plan", "2", 8, "plan"),
        ("a savage plan", 2, 800, "plan"),
    ],
)
def test_words_that_are_there_or_cannot_be_told_are_not_doubted(text: str, start: object, end: object, words: object) -> None:
    assert doubt_words(text, start, end, words) is None


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [("a savage plan", 3, 9, "savage"), ("He said “plan” twice", 9, 15, "“plan”"), ("a savage plan!", 9, 13, "plan!"), ("a plan", 2, 6, "Plan")],
)
def test_a_shift_by_one_character_of_any_kind_is_seen(text: str, start: int, end: int, words: str) -> None:
    assert doubt_words(text, start, end, words) == NOT_THERE


def test_utf_16_units_and_line_ends_counted_as_one_are_recognised() -> None:
    reason = doubt_words("a 🚢 savage plan of it", 12, 16, "plan")
    assert reason is not None
    assert "UTF-16" in reason
    reason = doubt_words("so\r\na savage plan", 12, 16, "plan")
    assert reason is not None
    assert "a line end as one character" in reason
