"""Canonical text is made once and stays as it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.errors import FramingError
from schemas.text.canonical import canonicalise

TROUBLE = st.text(st.one_of(st.sampled_from("\r\n\0\ufeffe\u0301\u030c\u2028🚢가\u1100\u1161"), st.characters(exclude_categories=["Cs"])))


@given(TROUBLE)
@example("\r\0\n")
@example("e\0\u0301")
@example("\r\ufeff\r\n")
def test_canonicalising_twice_changes_nothing_more(raw: str) -> None:
    text, _ = canonicalise(raw)
    assert canonicalise(text) == (text, {})


@given(TROUBLE)
def test_canonical_text_holds_no_carriage_return_no_mark_no_nul_and_is_composed(raw: str) -> None:
    text = canonicalise(raw).text
    assert not {"\r", "\0", "\ufeff"} & set(text)
    assert unicodedata.is_normalized("NFC", text)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff")).map(lambda s: unicodedata.normalize("NFC", s)))
def test_text_that_is_canonical_already_comes_back_as_it_was(text: str) -> None:
    assert canonicalise(text) == (text, {})


@pytest.mark.parametrize(
    ("raw", "text", "changes"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree", {"carriage return": 2}),
        ("\ufeffone", "one", {"byte-order mark": 1}),
        ("a\0b\0", "ab", {"NUL": 2}),
        ("cafe\u0301", "café", {"composed to NFC": 1}),
        ("\u212b", "\u00c5", {"composed to NFC": 1}),
    ],
    ids=["line ends", "mark", "nul", "composed", "same length"],
)
def test_every_change_is_counted_by_its_kind(raw: str, text: str, changes: dict[str, int]) -> None:
    assert canonicalise(raw) == (text, changes)


def test_other_line_separators_and_astral_characters_stay() -> None:
    text = "one\u2028two\u2029three\x85four 👩\u200d🚀 x\u030c"
    assert canonicalise(text).text == text


@pytest.mark.parametrize("raw", ["ab\ud83d", "ab\udc00c"])
def test_half_a_surrogate_pair_is_refused_with_its_place(raw: str) -> None:
    with pytest.raises(FramingError, match="character 2"):
        canonicalise(raw)
