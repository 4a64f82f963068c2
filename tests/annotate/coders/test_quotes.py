"""A quote stands at one place of a text, or it is not placed: it is never put where it might not belong."""

from __future__ import annotations

import random

import numpy as np
import pytest

from annotate.coders.quotes import ABSENT, EMPTY, INSIDE, SEVERAL, TORN, Found, _align, _of, find_quote
from schemas.text.characters import code_points

TEXT = "The “reckless” mayor — who\nnever  slept — left the party, and his radical left-wing mob stayed. He said he would. He said he would not."


def there(quote: str, text: str = TEXT) -> tuple[str, str, int]:
    found = find_quote(text, quote)
    assert isinstance(found, Found), found
    return text[found.start : found.end], found.how, found.distance


@pytest.mark.parametrize(
    ("quote", "words", "how", "distance"),
    [
        ("reckless", "reckless", "exact", 0),
        ("“reckless” mayor", "“reckless” mayor", "exact", 0),
        ('the "Reckless" mayor...', "The “reckless” mayor", "but for marks", 0),
        ("mayor - who never slept", "mayor — who\nnever  slept", "but for marks", 0),
        ("LEFT THE PARTY!", "left the party", "but for marks", 0),
        ("his radicl left-wing mob", "his radical left-wing mob", "nearly", 1),
        ("and his radical left-wing mobs stay", "and his radical left-wing mob stayed", "nearly", 3),
    ],
)
def test_a_quote_is_found_as_it_stands_but_for_marks_or_nearly(quote: str, words: str, how: str, distance: int) -> None:
    assert there(quote) == (words, how, distance)


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        ("", EMPTY),
        (" … ", EMPTY),
        ("\ud83d", TORN),
        ("He said he would", SEVERAL),
        ("he SAID he would", SEVERAL),
        ("eckles", INSIDE),
        ("ruthless", ABSENT),
        ("his moderate left-wing mob", ABSENT),
        ("The mayor, who has never been asleep, quit the party", ABSENT),
        (TEXT + TEXT, ABSENT),
    ],
)
def test_what_is_not_there_or_there_twice_has_no_place(quote: str, reason: str) -> None:
    assert find_quote(TEXT, quote) == reason


def test_two_places_that_are_near_enough_are_two() -> None:
    text = "He said that he would come at once. Later he said that she would come at once."
    assert find_quote(text, "he said that hhe would come at once") == SEVERAL


def test_a_word_is_looked_for_before_parts_of_words() -> None:
    text = "The party of art was a partial start. Radicalised men."
    assert there("art", text)[0] == "art"
    assert there("radical", text + " Radical women.")[1] == "but for marks"
    assert there("Radical", text) == ("Radical", "exact", 0)


def test_a_script_without_spaces_has_no_words_to_cut() -> None:
    assert there("无耻的政客", "他说这些无耻的政客都走了。") == ("无耻的政客", "exact", 0)
    assert there("นักการเมือง", "เขาเป็นนักการเมืองที่ไร้ยางอาย")[0] == "นักการเมือง"


def test_what_nobody_sees_does_not_part_a_quote_from_its_place() -> None:
    text = "A rad\u00adical\u200b\u00a0plan İS here 😀 it is."
    assert there("radical plan", text)[0] == "rad\u00adical\u200b\u00a0plan"
    assert there("here 😀 it is", text)[0] == "here 😀 it is"


def test_the_distance_is_that_of_the_nearest_stretch_of_whole_words_and_machine_code_finds_the_same() -> None:
    lot = random.Random(7)
    for _ in range(12):
        text = "".join(lot.choice("ab ") for _ in range(30))
        quote = "".join(lot.choice("ab ") for _ in range(8)).strip() or "a"
        folded, codes = _of(text), code_points(quote)
        for limit in (1, 3, 8):
            plain = _align._function(folded.codes, codes, folded.free, limit)
            machine = _align._compiled(folded.codes, codes, folded.free, limit)
            assert all(np.array_equal(one, other) for one, other in zip(plain, machine, strict=True))
            for end in range(1, len(folded.text) + 1):
                least = min((_edits(folded.text[start:end], quote) for start in range(end + 1) if folded.free[start]), default=limit + 1)
                assert plain[0][end] == min(least, limit + 1)


def _edits(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row, before = [i], row
        for j, b in enumerate(other, start=1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
    return row[-1]
