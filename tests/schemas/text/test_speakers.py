"""Who is quoted: the words beside a quotation that name its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.text.speakers import NEAR

Find = Callable[..., Any]
PIECES = st.sampled_from(
    [*'"“”„«»‘’\n', ". ", ", ", " ", " Doe", " said", " Mr. Roe", " he", " the", "According to", " of", "!", " call", "\n\n", " has"]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


def speakers_of(find: Find, text: str, language: str | None = "en") -> list[str | None]:
    """The words that name the source of each quotation, as though each had one."""
    return [text[start:end] if start >= 0 else None for start, end in find(text, language=language).speakers.tolist()]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“The toll is a theft,” Roe said.", "Roe"),
        ("“The toll is a theft,” said Roe.", "Roe"),
        ("“The toll is a theft,” said Anna Roe on Monday.", "Anna Roe"),
        ("“The toll is a theft,” she said.", "she"),
        ("“The toll is a theft,” Mr. Roe said.", "Mr. Roe"),
        ("“The toll is a theft,” said J. Roe.", "J. Roe"),
        ("“The toll is a theft,” the mayor of Gull Bay said.", "the mayor of Gull Bay"),
        ("“The toll is a theft,” said Roe, the mayor of Gull Bay.", "Roe, the mayor of Gull Bay"),
        ("“The toll is a theft,” Roe, the mayor, said.", "Roe, the mayor"),
        ("“The toll is a theft,” Roe has also said.", "Roe"),
        ("“The toll is a theft,” according to Roe.", "Roe"),
        ("“The toll is a theft!” Roe cried.", "Roe"),
        ("“Is the toll a theft?” asked Roe.", "Roe"),
        ("Roe said: “The toll is a theft.”", "Roe"),
        ("Roe said that the toll was “a theft” again.", "Roe"),
        ("The mayor of Gull Bay told them, “The toll is a theft.”", "The mayor of Gull Bay"),
        ("Roe, the mayor, said “the toll is a theft” twice.", "Roe, the mayor"),
        ("Roe called the toll “a theft” twice.", "Roe"),
        ("According to Roe, the toll is “a theft” of the town.", "Roe"),
        ("They said “the toll is a theft” twice.", "They"),
        ("“The toll,” Roe said, “is a theft.”", "Roe"),
        ("🚢 “The toll is a theft,” Roe said.", "Roe"),
        ("'The toll is a theft,' Roe said.", "Roe"),
    ],
)
def test_the_source_is_named_by_the_words_beside_the_verb(find: Find, text: str, speaker: str) -> None:
    assert speakers_of(find, text)[0] == speaker


@pytest.mark.parametrize("text", ["The “toll” rose.", "“Toll”", "It rained and the “toll” was paid.", "“Toll”, it rained."])
def test_where_nobody_is_named_there_is_no_source(find: Find, text: str) -> None:
    assert speakers_of(find, text) == [None]


def test_a_verb_of_another_sentence_names_no_source(find: Find) -> None:
    assert speakers_of(find, "Roe spoke up, he said. It rained on the “toll” all day. Doe said so.") == [None]


def test_a_quotation_goes_on_from_the_one_before_it_if_that_is_near(find: Find) -> None:
    assert speakers_of(find, "“The toll is a theft,” Roe said. “It must go.” “Now.”") == ["Roe", "Roe", "Roe"]
    far = f"“The toll is a theft,” Roe said. {'it rained. ' * (NEAR // 10)}“it must go.”"
    assert speakers_of(find, far)[1] != "Roe"


def test_each_quotation_has_its_own_source(find: Find) -> None:
    text = "“The toll is a theft,” Roe said. “It is fair,” said Doe. The clerk asked: “Who pays?”"
    assert speakers_of(find, text) == ["Roe", "Doe", "The clerk"]


def test_a_source_never_comes_from_another_text(find: Find) -> None:
    found = find("“The toll is a theft,” Roe said.", "“It must go.”", "Doe said", "“Now.”", language="en")
    assert [found.text[start:end] if start >= 0 else None for start, end in found.speakers.tolist()] == ["Roe", None, None]


def test_only_words_that_are_somebodys_have_a_source(find: Find) -> None:
    text = "“The toll is a theft of us all,” Roe said. The so-called “gift” rained."
    found = find(text, language="en").quotations
    assert [
        text[start:end] if start >= 0 else None for start, end in zip(found.speaker_starts.tolist(), found.speaker_ends.tolist(), strict=True)
    ] == [
        "Roe",
        None,
    ]


@pytest.mark.parametrize(
    ("language", "text", "speaker"),
    [
        ("de", "„Der Zoll ist ein Raub“, sagte Anna Roe.", "Anna Roe"),
        ("es", "«El peaje es un robo», dijo Roe.", "Roe"),
        ("fr", "« Le péage est un vol », dit Roe.", "Roe"),
        ("ru", "«Пошлина — это грабёж», — сказал Роу.", "Роу"),
        ("uk", "«Мито — це грабунок», — сказала вона.", "вона"),
        ("sv", "”Tullen är ett rån”, sade Roe.", "Roe"),
        ("fr", "« Le péage est un vol », a déclaré Roe.", "Roe"),
    ],
)
def test_sources_are_found_in_other_languages(find: Find, language: str, text: str, speaker: str) -> None:
    assert speakers_of(find, text, language) == [speaker]


@given(TEXTS)
@settings(max_examples=400)
@example("“Toll” said Mr. Roe, the“")
@example("! call”“, said Mr. Roe. “Toll”")
def test_a_source_lies_within_its_text_and_is_made_of_whole_tokens(find: Find, text: str) -> None:
    found = find("Doe said “no” ", text, language="en")
    first, last = found.pairs.firsts[1], found.pairs.firsts[2]
    starts, ends = {*found.read.tokens.starts.tolist()}, {*found.read.tokens.ends.tolist()}
    for start, end in found.speakers[first:last].tolist():
        assert (start, end) == (-1, -1) or (found.read.starts[1] <= start < end <= found.read.starts[2] and start in starts and end in ends)
