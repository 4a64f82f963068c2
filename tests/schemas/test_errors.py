"""The one error a user sees is one safe line."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from schemas.errors import FramingError, printable


def test_an_error_says_where_what_and_what_to_do_in_one_line() -> None:
    assert str(FramingError("has no text", "a.csv", "Name its column")) == "a.csv: has no text. Name its column"
    assert str(FramingError("has no text", "a.csv")) == "a.csv: has no text"
    assert str(FramingError("has no text")) == "has no text"


@given(st.text(st.characters()), st.integers(2, 50))
@example("\x1b[31mred\x07\r\nnext\u2028line\u202eback\ud800", 200)
def test_printable_text_holds_no_control_character_and_is_not_longer_than_its_limit(text: str, limit: int) -> None:
    safe = printable(text, limit)
    assert safe.isprintable()
    assert len(safe) <= limit
    safe.encode()


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=200))
def test_printable_leaves_ordinary_text_alone(text: str) -> None:
    assert printable(text) == text


def test_names_with_escape_sequences_are_escaped_in_the_message() -> None:
    assert "\x1b" not in str(FramingError("bad\nthing", "a\x1b[2Jb"))
    assert "\\x1b[2J" in str(FramingError("bad", "a\x1b[2Jb"))
