"""What words can be to a quotation beside them, by language."""

from __future__ import annotations

import numpy as np
import pytest

from schemas.text.languages import LANGUAGES, read_language
from schemas.text.words import DEFAULT, KINDS, signs_of_words


def kinds_of(word: str, language: str) -> set[str]:
    """Which kinds of word it is there; another language than those with a file is the last."""
    column = LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)
    (signs,) = signs_of_words([word])
    return {kind for bit, kind in enumerate(KINDS) if signs[column] >> np.uint32(bit) & np.uint32(1)}


@pytest.mark.parametrize("word", ["said", "Says", "WARNED", "claiming", "asks", "told", "adding", "shouted", "tweeted"])
def test_a_verb_of_speech_is_one_in_all_its_forms_and_cases(word: str) -> None:
    assert "speech" in kinds_of(word, "en")


@pytest.mark.parametrize("word", ["", "plan", "saids", "accuseed", "“", ",", "harbour", "42"])
def test_other_words_and_marks_say_nothing(word: str) -> None:
    assert not signs_of_words([word]).any()


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *(("slammed", "judging"), ("According", "according"), ("so-called", "so_called"), ("So‑called", "so_called"), ("film", "works")),
        *(("nickname", "terms"), ("he", "persons"), ("we", "selves"), ("the", "determiners"), ("isn’t", "auxiliaries"), ("that", "complementisers")),
        *(("statement", "sayings"), ("like", "comparisons"), ("of", "joints"), ("entitled", "naming"), ("and", "common")),
    ],
)
def test_the_kinds_of_words_are_told_apart(word: str, kind: str) -> None:
    assert kind in kinds_of(word, "en")
    assert "speech" not in kinds_of(word, "en")


@pytest.mark.parametrize(
    ("language", "word"),
    [
        *(
            ("de", "sagte"),
            ("fr", "déclaré"),
            ("es", "dijo"),
            ("ru", "сказала"),
            ("uk", "сказав"),
            ("ar", "قال"),
            ("hi", "कहा"),
            ("zh", "说"),
            ("ja", "言"),
        ),
        *(("it", "detto"), ("nl", "zei"), ("pl", "powiedział"), ("pt", "disse"), ("sv", "sade")),
    ],
)
def test_each_language_has_verbs_of_its_own_that_are_none_elsewhere(language: str, word: str) -> None:
    assert "speech" in kinds_of(word, language)
    assert "speech" not in kinds_of(word, "en")
    assert "speech" not in kinds_of("said", language)


def test_the_words_of_a_language_without_a_file_are_those_of_the_default() -> None:
    words = ["said", "sagte", "according", "so-called", "plan"]
    signs = signs_of_words(words)
    np.testing.assert_array_equal(signs[:, len(LANGUAGES)], signs[:, LANGUAGES.index(DEFAULT)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_file_is_found_as_it_stands_there_and_in_capitals(language: str) -> None:
    known = read_language(language)
    column = LANGUAGES.index(language)
    for bit, kind in enumerate(KINDS):
        words = getattr(known, kind)
        assert (signs_of_words(words)[:, column] >> np.uint32(bit) & np.uint32(1)).all()
        assert all(word == word.lower() for word in words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_knows_verbs_of_speech_and_who_may_speak(language: str) -> None:
    known = read_language(language)
    assert known.speech
    assert known.persons
    assert known.selves


def test_there_is_a_row_for_each_word_and_a_column_for_each_language_and_all_others() -> None:
    assert signs_of_words([]).shape == (0, len(LANGUAGES) + 1)
    signs = signs_of_words(["said", "plan", "said"])
    assert signs.shape == (3, len(LANGUAGES) + 1)
    np.testing.assert_array_equal(signs[0], signs[2])
    # All kinds have their bit.
    assert len(KINDS) < signs.dtype.itemsize * 8
