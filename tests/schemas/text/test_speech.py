from __future__ import annotations

import pytest

from schemas.text.speech import ACCORDING, CALLED, NOTES, SO, SO_CALLED, SPEAKS, THAT, TO, word_signs


@pytest.mark.parametrize("word", ["said", "Says", "WARNED", "claiming", "accuse", "accused", "accusing", "announces", "tweeted", "reading"])
def test_a_verb_of_speech_speaks_in_all_its_forms_and_cases(word: str) -> None:
    assert word_signs(word) == SPEAKS


@pytest.mark.parametrize("word", ["", "states", "report", "reports", "plan", "saids", "accuseed", "“", ","])
def test_other_words_and_marks_say_nothing(word: str) -> None:
    assert word_signs(word) == 0


def test_words_that_speak_in_twos_or_hold_another_at_arms_length_are_told_apart() -> None:
    # "The so called" is no speech, but "he called it" is.
    signs = [ACCORDING, TO, NOTES, THAT, SO, CALLED | SPEAKS, SO_CALLED]
    assert [word_signs(word) for word in ("According", "to", "notes", "THAT", "so", "called", "So-called")] == signs
    assert word_signs("so‑called") == SO_CALLED
    flags = [SPEAKS, ACCORDING, TO, NOTES, THAT, SO, CALLED, SO_CALLED]
    assert sum(flags) == sum({1 << bit for bit in range(len(flags))})
