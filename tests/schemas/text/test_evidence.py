"""What stands in and beside a quotation, as yes and no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.text.evidence import NAME, REACH, SHAPES, ZONES
from schemas.text.pairs import LINE
from schemas.text.quotations import evidence_columns, evidence_matrix
from schemas.text.words import KINDS

Find = Callable[..., Any]
PIECES = st.sampled_from(
    [*'"“”„«»‘’\n', ". ", ", ", ": ", " ", " Doe said", " the film", " experts", "so-called ", " MORE", "? ", "\n\n", "ROE: ", "7"]
)
TEXTS = st.lists(PIECES, max_size=24).map("".join)


def zones_of(find: Find, text: str, which: int = 0) -> dict[str, set[str]]:
    """What kinds of words stand in each zone of a quotation, the commonest words left out."""
    row = find(text, language="en").evidence.words[which]
    names = {1 << bit: kind for bit, kind in enumerate(KINDS)} | {NAME: "name"}
    return {zone: {kind for bit, kind in names.items() if int(row[number]) & bit} - {"common"} for number, zone in enumerate(ZONES)}


def shape_of(find: Find, text: str, which: int = 0) -> set[str]:
    row = find(text, language="en").evidence.shape[which]
    return {shape for number, shape in enumerate(SHAPES) if row[number]}


def test_words_are_told_by_how_far_from_the_quotation_they_stand() -> None:
    assert len(set(ZONES)) == len(ZONES)
    assert len(set(SHAPES)) == len(SHAPES)


def test_each_word_has_its_zone(find: Find) -> None:
    before, after = "It rained here. Critics of a film that was long and very dark complained, he said ", " because senators warn folk. Asked again."
    text = f"{before}“Roe told us lies”{after}"
    zones = zones_of(find, text)
    assert "speech" in zones["word before"]
    assert "persons" in zones["few words before"]
    assert "works" in zones["sentence before it"]
    assert zones["word after"] == set()
    assert zones["few words after"] >= {"speech"}
    assert zones["first word within"] == {"name"}
    assert zones["within"] >= {"speech", "selves"}
    assert "speech" in zones["sentence after"]
    assert zones["sentence before"] == set()


def test_a_sentence_before_and_one_behind_are_told_and_no_further_ones(find: Find) -> None:
    zones = zones_of(find, "Doe shouted. It rained. The “toll” rose. It rained. Doe shouted.")
    assert not any("speech" in kinds for kinds in zones.values())
    zones = zones_of(find, "Roe shouted. The “toll” rose. Roe shouted.")
    assert "speech" in zones["sentence before"] & zones["sentence after"]


def test_no_word_beyond_reach_counts(find: Find) -> None:
    for between, found in ((REACH - 2, True), (REACH, False)):
        assert ("speech" in zones_of(find, f"They said {'x ' * between}“toll” y")["sentence before it"]) == found


@pytest.mark.parametrize(("words", "shape"), [("a", "one word"), ("a b", "two words"), ("a b c", "three words"), ("a b c d", "four words")])
def test_short_quotations_are_told_by_their_length(find: Find, words: str, shape: str) -> None:
    assert shape in shape_of(find, f"The “{words}” rose.")


def test_longer_ones_are_told_by_steps(find: Find) -> None:
    lengths = {
        5: "five or six words",
        6: "five or six words",
        7: "seven to nine words",
        9: "seven to nine words",
        10: "ten words or more",
        99: "ten words or more",
    }
    for length, shape in lengths.items():
        told = shape_of(find, f"The “{' '.join(['sea'] * length)}” rose.")
        assert told & {*SHAPES[:7]} == {shape}


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("The 'toll' rose.", {"single marks"}),
        ("The “Toll” rose.", {"begins in upper case", "all words in upper case"}),
        ("The “TOLL” rose.", {"all letters in upper case"}),
        ("The “7 tolls” rose.", {"has a number"}),
        ("The “toll, duty” rose.", {"has a pause within"}),
        (
            "“The toll,” Doe said.",
            {"comma before the end", "verb of speech and who speaks after it", "a pause, then a verb of speech", "begins the sentence"},
        ),
        ("“The toll.” It rose.", {"full stop before the end"}),
        ("“The toll?” It rose.", {"question or cry before the end"}),
        ("The “toll”, it rose.", {"comma after"}),
        ("It was the “toll”.", {"ends the sentence"}),
        ("He said: “the toll”.", {"colon before", "verb of speech, then a pause", "lower case beside a verb of speech"}),
        ("He said, “The toll rose”.", {"comma before", "verb of speech, then a pause"}),
        ("It rose (“toll”) again.", {"bracket or dash before"}),
        ("It rained.\n“The toll rose.”\nIt rained.", {"alone in its sentence", "begins the sentence"}),
        ("The “toll” rose.", {"first sentence of its article", "lower case without one", "one word without one"}),
        ("Doe said the “toll” rose.", {"one word beside a verb of speech", "lower case beside a verb of speech"}),
        ("Doe said that the “toll” rose.", {"said that before it"}),
        ("He sang in the film “Salt Road” then.", {"all words in upper case beside a word for works"}),
        ("Doe said “Salt Road” then.", {"all words in upper case beside a verb of speech"}),
    ],
)
def test_what_a_quotation_looks_like_and_where_it_stands_is_told(find: Find, text: str, shapes: set[str]) -> None:
    assert shapes <= shape_of(find, text)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("The toll “rose” so.", "begins in upper case"),
        ("The “toll” rose.", "single marks"),
        ("The “toll” rose.", "said that before it"),
        ("It rained. The “toll” rose.", "first sentence of its article"),
        ("The “toll” rose.", "ends the sentence"),
        ("The “toll” rose.", "begins the sentence"),
        ("The “toll and duty” rose.", "has a pause within"),
    ],
)
def test_what_is_not_so_is_not_told(find: Find, text: str, shape: str) -> None:
    assert shape not in shape_of(find, text)


def test_the_quotations_beside_one_count(find: Find) -> None:
    text = "The “toll” is one, “and nobody at all will ever pay it” another."
    assert "long quotation in its sentence" in shape_of(find, text, 0)
    assert "short quotation in its sentence" in shape_of(find, text, 1)
    assert "long quotation near after" in shape_of(find, text, 0)
    assert "long quotation near before" not in shape_of(find, text, 1)
    far = f"The “toll” is one. {'It rained. ' * 60}“And nobody at all will ever pay it,” Doe said."
    assert not {"long quotation in its sentence", "long quotation near after"} & shape_of(find, far, 0)
    assert "long quotations are most of the article's" in shape_of(find, "“And nobody at all will ever pay it,” Doe said.")


def test_of_lines_and_words_without_a_partner_nothing_is_told(find: Find) -> None:
    evidence = find("> We said “no” there.\n\n“It rained, Doe said.", language="en").evidence
    assert not evidence.words.any()
    assert not evidence.shape[:, : len(SHAPES)].any()


@given(TEXTS)
@settings(max_examples=300)
@example("“Toll” Doe said “we” said")
def test_there_is_a_row_for_each_quotation_and_one_length_for_each_that_stands_in_marks(find: Find, text: str) -> None:
    found = find(text)
    evidence, between = found.evidence, found.pairs.forms < LINE
    assert evidence.words.shape == (len(found.pairs.starts), len(ZONES))
    np.testing.assert_array_equal(evidence.shape[:, :7].sum(axis=1), between.astype(int))
    assert set(np.unique(evidence.shape)) <= {0, 1}
    matrix = evidence_matrix(evidence)
    assert matrix.shape == (len(between), len(evidence_columns()))
    assert len(set(evidence_columns())) == len(evidence_columns())
    assert matrix.sum() == evidence.shape.sum() + sum(int(bits).bit_count() for bits in evidence.words.ravel())


def test_the_columns_of_the_matrix_are_what_they_are_called(find: Find) -> None:
    found = find("Doe said “toll”.", language="en")
    told = {name for name, value in zip(evidence_columns(), evidence_matrix(found.evidence)[0], strict=True) if value}
    assert {"word before: speech", "one word", "one word beside a verb of speech", "ends the sentence"} <= told
    assert "word after: speech" not in told
