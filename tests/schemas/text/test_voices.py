"""Who speaks: shared/design.md, section Text, is the rule."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schemas.text.voices import VOICES, find_quotations, voice_of, voices_of_tokens

from schemas.text.canonical import canonicalise
from schemas.text.tokens import tokenise

SEED = Path(os.environ.get("FRAMING_SEED_ARTICLE") or Path(__file__).parents[3] / "shared" / "seed-article.txt")


def voice(text: str, words: str) -> str:
    start = text.index(words)
    return voice_of(start, start + len(words), find_quotations(text))


@pytest.mark.parametrize(
    "text",
    [
        'The mayor said the plan was "a quiet *disaster* for every family here".',
        '"A *disaster*," the mayor said.',
        'The mayor called it "a *disaster*".',
        "“We warned them of *disaster* for years,” according to the clerk.",
        "She added: 'It is a *disaster*.'",
        'The clerk wrote of "*disaster*" in March.',
    ],
)
def test_words_in_inverted_commas_with_a_verb_of_speech_are_quoted(text: str) -> None:
    assert voice(text.replace("*", ""), "disaster") == "quoted"


@pytest.mark.parametrize(
    "text",
    [
        'The "*reform*" cost four hundred jobs.',
        "The port has become the “*heart disease*” of the coast.",
        "As the ‘*culprit*’, the clerk is under pressure.",
        "They mocked the 'free *press*' again.",
        "The «*reform*» failed.",
        "Die „*Reform*“ ist da.",
        'The so-called "*experts*" said nothing.',
        'The mayor said no. The "*reform*" stays.',
        'The United States sent its "*friends*" home.',
        'The "*experts*" who say otherwise won.',
        'The "*don\'t-knows*" won the vote.',
    ],
)
def test_up_to_four_words_in_inverted_commas_that_nobody_says_are_held_at_arms_length(text: str) -> None:
    assert voice(text.replace("*", ""), text.split("*")[1]) == "scare"


@pytest.mark.parametrize(
    "text",
    [
        "The *reform* cost jobs, the mayor said.",
        "The workers' *pay* and the owners' answer differ.",
        "He didn't; they'd *gone*, it's said.",
        'A stray " mark before *reform* stands alone.',
        'The "old\nnew" *reform* is here.',
        'They "agreed" on a *reform* at last.',
    ],
)
def test_words_outside_inverted_commas_are_the_narrators(text: str) -> None:
    assert voice(text.replace("*", ""), text.split("*")[1]) == "narrator"


def test_four_words_may_be_scare_quotes_and_five_may_not() -> None:
    assert voice('A "very fine old port" burnt.', "fine") == "scare"
    assert voice('A "very fine old sea port" burnt.', "fine") != "scare"


def test_marks_of_punctuation_do_not_count_as_words() -> None:
    assert voice('The "safe, clean, good, cheap" port burnt.', "clean") == "scare"


def test_offsets_of_quotations_count_code_points_and_leave_out_the_marks() -> None:
    text = "🚢🚢 the “ reform, ” sank."
    assert [(text[q.start : q.end], q.voice) for q in find_quotations(text)] == [("reform", "scare")]


def test_a_span_belongs_to_the_quotation_that_holds_most_of_it() -> None:
    text = 'A "reform" of ports.'
    quotations = find_quotations(text)
    assert voice_of(2, 10, quotations) == "scare"
    assert voice_of(3, len(text), quotations) == "narrator"


@given(st.text(st.sampled_from("ab \n\"'“”„«»「」‘’,.said🚢"), max_size=60))
def test_every_quotation_lies_in_the_text_and_its_tokens_have_its_voice(text: str) -> None:
    quotations, tokens = find_quotations(text), tokenise(text)
    assert all(0 <= q.start < q.end <= len(text) and text[q.start : q.end].strip() == text[q.start : q.end] for q in quotations)
    assert all(a.end <= b.start for a, b in pairwise(quotations))
    voices = voices_of_tokens(tokens, quotations)
    assert len(voices) == len(tokens)
    inside = [next((q.voice for q in quotations if q.start <= t.start < q.end), "narrator") for t in tokens]
    assert [VOICES[i] for i in voices] == inside


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not part of the repository")
@pytest.mark.parametrize("words", ["heart disease", "culprit"])
def test_the_seed_articles_words_in_inverted_commas_are_scare_quotes(words: str) -> None:
    assert voice(canonicalise(SEED.read_text(encoding="utf-8")).text, words) == "scare"
