from __future__ import annotations

import re
import sys

from schemas.text.characters import (
    ALPHANUMERIC,
    CLOSER,
    CLOSERS,
    ENDER,
    ENDERS,
    JOINER,
    JOINERS,
    LOWER,
    OPENER,
    OPENERS,
    SPACE,
    WORD,
    character_classes,
    code_points,
)


def test_every_character_of_unicode_is_what_python_says_it_is() -> None:
    classes = character_classes().tolist()
    assert len(classes) == sys.maxunicode + 1
    word = re.compile(r"\w")
    for code, kind in enumerate(classes):
        character = chr(code)
        answers = (character.isspace(), character.isalnum(), character.islower(), bool(word.match(character)))
        assert tuple(bool(kind & flag) for flag in (SPACE, ALPHANUMERIC, LOWER, WORD)) == answers, hex(code)


def test_marks_that_the_rules_name_are_known() -> None:
    classes = character_classes()
    for flag, characters in ((JOINER, JOINERS), (ENDER, ENDERS), (CLOSER, CLOSERS), (OPENER, OPENERS)):
        assert {chr(code) for code, kind in enumerate(classes.tolist()) if kind & flag} == set(characters)


def test_a_text_is_as_many_code_points_as_it_has_characters() -> None:
    assert code_points("a😀é\ud800").tolist() == [97, 0x1F600, 0xE9, 0xD800]
