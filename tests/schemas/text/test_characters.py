from __future__ import annotations

import re
import sys
import unicodedata

from schemas.text.characters import (
    ALPHANUMERIC,
    CLOSER,
    CLOSERS,
    ENDER,
    ENDERS,
    FULL,
    FULL_ENDERS,
    INNER,
    INVISIBLE,
    INVISIBLES,
    JOINER,
    JOINERS,
    LOWER,
    MARK,
    MARKS,
    SHAPERS,
    SPACE,
    UPPER,
    WORD,
    character_classes,
    code_points,
    visible,
)


def test_every_character_of_unicode_is_what_python_says_it_is() -> None:
    classes = character_classes().tolist()
    assert len(classes) == sys.maxunicode + 1
    word = re.compile(r"\w")
    for code, kind in enumerate(classes):
        character = chr(code)
        lower = character.islower() and not "\u10d0" <= character <= "\u10ff"
        answers = (character.isspace(), character.isalnum(), lower, character.isupper(), bool(word.match(character)))
        assert tuple(bool(kind & flag) for flag in (SPACE, ALPHANUMERIC, LOWER, UPPER, WORD)) == answers, hex(code)


EASTERN = r"CJK|HIRAGANA|KATAKANA|HALFWIDTH KATAKANA|VERTICAL (KANA|IDEOGRAPHIC)|IDEOGRAPHIC (ITERATION|NUMBER|CLOSING)|HANGZHOU|MASU|HENTAIGANA"


def test_letters_and_their_marks_go_on_in_a_word_and_han_and_kana_are_words_each() -> None:
    for code, kind in enumerate(character_classes().tolist()):
        character = chr(code)
        name = unicodedata.name(character, "")
        eastern = re.match(EASTERN, name) is not None
        is_mark = unicodedata.category(character)[0] == "M" or character in SHAPERS
        assert bool(kind & INNER) == (is_mark or (bool(kind & WORD) and not eastern)), f"{code:x} {name}"


def test_marks_that_the_rules_name_are_known() -> None:
    classes = character_classes()
    for flag, characters in (*((JOINER, JOINERS), (ENDER, ENDERS), (CLOSER, CLOSERS), (MARK, MARKS), (FULL, FULL_ENDERS), (INVISIBLE, INVISIBLES)),):
        assert {chr(code) for code, kind in enumerate(classes.tolist()) if kind & flag} == set(characters)


def test_a_text_is_as_many_code_points_as_it_has_characters() -> None:
    assert code_points("a😀é\ud800").tolist() == [97, 0x1F600, 0xE9, 0xD800]


def test_a_word_reads_the_same_with_what_nobody_sees() -> None:
    assert visible("Staats\xadbank") == visible("\ufeffStaats\u2060bank") == "Staatsbank"
    assert visible("می\u200cخواهم") == "می\u200cخواهم"
