"""Runs of capitalised words, as news writes names."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from schemas.text.names import find_names, signs_of_names
from schemas.text.reading import read_texts
from schemas.text.vocabulary import Vocabulary

TEXT = (
    "Perhaps Sen. Bernie Sanders met J. K. Rowling's lawyer in the U.S. Senate. She likes the U.S. Then the Bank of England spoke, and "
    'Theresa May said on Monday: However mild, "The Times" errs.\nHarbour News\nDoe is here, Tr\u00adump not.'
)


def names(text: str, language: str = "en") -> list[tuple[str, bool, bool]]:
    read, vocabulary = read_texts([text], [language]), Vocabulary()
    ids = vocabulary.number(read.codes, read.tokens.starts, read.tokens.ends)
    found = find_names(read, ids, signs_of_names(vocabulary.words_from(0)))
    places = zip(found.starts.tolist(), found.ends.tolist(), found.initial.tolist(), found.speaking.tolist(), strict=True)
    return [(text[start:end], initial, speaking) for start, end, initial, speaking in places]


@pytest.mark.parametrize("compiled", [False, True])
def test_names_have_their_titles_initials_stops_and_joints(compiled: bool, running: Callable[..., AbstractContextManager[None]]) -> None:  # noqa: FBT001
    with running(compiled=compiled):
        found = names(TEXT)
    assert found == [
        ("Perhaps Sen. Bernie Sanders", True, False),
        ("J. K. Rowling's", False, False),
        ("U.S. Senate", False, False),
        ("U.S.", False, False),
        ("Bank of England", False, True),
        ("Theresa May", False, True),
        ("However", True, False),
        ("Times", False, False),
        ("Harbour News", True, False),
        ("Doe", True, False),
        ("Tr\u00adump", False, False),
    ]


def test_what_has_no_capitals_has_no_names_and_other_languages_have_their_own_words() -> None:
    assert names("中国と米国。 الصين 😀", "ja") == []
    assert [name for name, _, _ in names("Gestern sagte Angela Merkel in der Stadt Bonn.", "de")] == ["Angela Merkel", "Stadt Bonn"]
    assert [name for name, _, _ in names("Вчера Владимир Зеленский сказал это.", "ru")] == ["Вчера Владимир Зеленский"]
