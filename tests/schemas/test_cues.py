from __future__ import annotations

import pytest

from schemas.codebook import Codebook, Label
from schemas.cues import CueFinder


@pytest.fixture
def codebook(codebook: Codebook) -> Codebook:
    """A label whose cues are words and a phrase."""
    return with_cues(codebook, "zorgish", "power grab", "grab")


def with_cues(codebook: Codebook, *cues: str) -> Codebook:
    return codebook.model_copy(update={"labels": (Label(name="L", definition="d", colour="#000000", cues=cues),)})


def finds(codebook: Codebook, text: str) -> list[tuple[str, str]]:
    return [(label, text[start:end]) for label, (start, end) in CueFinder(codebook).find(text)]


def test_a_cue_is_found_whatever_its_case(codebook: Codebook) -> None:
    assert finds(codebook, "A ZORGISH plan is Zorgish.") == [("L", "ZORGISH"), ("L", "Zorgish")]


def test_a_cue_is_a_whole_word(codebook: Codebook) -> None:
    assert finds(codebook, "Grabbing zorgishly, they hit a sandgrab.") == []


def test_the_longest_cue_wins(codebook: Codebook) -> None:
    assert finds(codebook, "A power grab is a grab.") == [("L", "power grab"), ("L", "grab")]


def test_signs_in_a_cue_mean_themselves(codebook: Codebook) -> None:
    assert finds(with_cues(codebook, "a.b", "(sic)", "wow!"), "axb a.b (sic) wow!") == [("L", "a.b"), ("L", "(sic)"), ("L", "wow!")]


def test_offsets_are_code_points(codebook: Codebook) -> None:
    assert finds(codebook, "😀😀 改 zorgish") == [("L", "zorgish")]


def test_a_label_without_cues_finds_nothing(codebook: Codebook) -> None:
    assert finds(with_cues(codebook), "zorgish grab") == []


def test_a_span_has_the_label_of_the_cue_in_it_if_there_is_one(codebook: Codebook) -> None:
    finder = CueFinder(codebook)
    assert finder.label_of("their zorgish plan") == "L"
    assert finder.label_of("their careful plan") is None
