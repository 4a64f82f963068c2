"""Who speaks: shared/design.md, section Text, is the rule."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.text.canonical import canonicalise
from schemas.text.quotations import SCARE_WORDS, VOICES, Quotations, Voice, find_quotations
from schemas.text.reading import Texts, read_texts
from schemas.text.speech import word_signs
from schemas.text.tokens import Span, count_words, tokenise
from schemas.text.voices import find_holders, find_voices, voices_of

SEED = Path(os.environ.get("FRAMING_SEED_ARTICLE") or Path(__file__).parents[4] / "shared" / "seed-article.txt")
PIECES = st.sampled_from(
    [
        *('"', "“", "”", "‘", "’", "'", "„", "«", "»", "「", "」", "\n", ". ", "; ", ", ", " ", "🚢"),
        *(" he said", " according to", " notes that", " the plan", ", so-called ", " so called ", "experts", "don't"),
    ]
)
TEXTS = st.one_of(st.text(st.sampled_from("ab \n\"'“”„«»「」‘’,.;!B🚢"), max_size=60), st.lists(PIECES, max_size=16).map("".join))


def read_quotations(texts: list[str]) -> tuple[Texts, Quotations]:
    read = read_texts(texts)
    return read, find_quotations(read, np.array([word_signs(text[start:end]) for text in texts for start, end in tokenise(text)], dtype=np.uint8))


def quotations_of(text: str) -> list[tuple[int, int, Voice]]:
    found = read_quotations([text])[1]
    return [(start, end, VOICES[voice]) for start, end, voice in zip(*map(np.ndarray.tolist, found[:3]), strict=True)]


def voice(text: str, words: str) -> Voice:
    start = text.index(words)
    return voices_of(text, [Span(start, start + len(words))])[0]


@pytest.mark.parametrize(
    "text",
    [
        'The mayor said the plan was "a quiet *disaster* for every family here".',
        '"A *disaster*," the mayor said.',
        'The mayor called it "a *disaster*".',
        "“We warned them of *disaster* for years,” according to the clerk.",
        "She added: 'It is a *disaster*.'",
        'The clerk wrote of "*disaster*" in March.',
        '"A *disaster*", according to the clerk.',
        'The report notes that "*disaster*" struck.',
        '"A *disaster*;" the mayor said.',
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
        "The 「*reform*」 failed.",
        "Die „*Reform*“ ist da.",
        'The so-called "*experts*" said nothing.',
        'The so called "*experts*" said nothing.',
        'The mayor said no. The "*reform*" stays.',
        'The United States sent its "*friends*" home.',
        'The "*experts*" who say otherwise won.',
        'The "*don\'t-knows*" won the vote.',
        '"A *reform*"; so the mayor said.',
        'According the "*reform*" to them, the notes of that "plan" failed.',
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


@pytest.mark.parametrize(("between", "expected"), [(44, "quoted"), (45, "scare")])
def test_a_speaker_before_a_quotation_is_sought_so_far_and_no_further(between: int, expected: Voice) -> None:
    assert voice(f'said {"x" * between} "reform" it', "reform") == expected


@pytest.mark.parametrize(("between", "expected"), [(33, "quoted"), (34, "scare")])
def test_a_speaker_after_a_quotation_is_sought_so_far_and_all_of_the_word_must_be_there(between: int, expected: Voice) -> None:
    assert voice(f'"reform", {"x" * between} said it', "reform") == expected


def test_marks_of_punctuation_do_not_count_as_words() -> None:
    assert voice('The "safe, clean, good, cheap" port burnt.', "clean") == "scare"


def test_offsets_of_quotations_count_code_points_and_leave_out_the_marks() -> None:
    text = "🚢🚢 the “ reform, ” sank."
    assert [(text[start:end], voice) for start, end, voice in quotations_of(text)] == [("reform", "scare")]


def test_a_span_belongs_to_the_quotation_that_holds_most_of_it() -> None:
    text = 'A "reform" of ports.'
    assert voices_of(text, [Span(2, 10), Span(3, len(text))]) == ["scare", "narrator"]


def test_spans_have_their_voices_in_any_order_and_when_they_overlap() -> None:
    text = 'The "reform" failed. "We will never forget what was done here," she said of the "plan". No.'
    words = ["plan", "forget what", "reform", "failed", "never forget what", "The", "forget", "No", "reform"]
    spans = [Span(text.index(word), text.index(word) + len(word)) for word in words]
    expected = ["quoted", "quoted", "scare", "narrator", "quoted", "narrator", "quoted", "narrator", "scare"]
    assert voices_of(text, spans) == expected
    assert [voices_of(text, [span]) for span in spans] == [[voice] for voice in expected]
    assert voices_of(text, []) == []


@given(TEXTS)
@settings(max_examples=600)
@example("“Reform,” she said. The so-called 'experts' met.\n\"Who?\" „Tief“ «la» 「字」")
@example('"reform" it, \'a\' "b c d e f g"')
def test_every_quotation_lies_in_the_text_and_its_tokens_have_its_voice(text: str) -> None:
    quotations, tokens = quotations_of(text), tokenise(text)
    assert all(0 <= start < end <= len(text) and text[start:end].strip() == text[start:end] != "" for start, end, _ in quotations)
    assert all(a[1] < b[0] for a, b in pairwise(quotations))
    inside = [next((voice for start, end, voice in quotations if start <= token.start < end), "narrator") for token in tokens]
    assert voices_of(text, tokens) == inside
    found = read_quotations([text])[1]
    held = [[token for token in tokens if start <= token.start < end] for start, end, _ in quotations]
    assert [tokens[first:last] for first, last in zip(found.first_tokens.tolist(), found.last_tokens.tolist(), strict=True)] == held


@given(TEXTS)
def test_a_quotation_stands_between_two_marks_of_one_line_and_is_scare_only_if_it_is_short(text: str) -> None:
    pairs = {'""', "“”", "““", "„“", "„”", "«»", "「」", "‘’", "''"}
    for start, end, voice in quotations_of(text):
        before, after = text[:start].rstrip(), text[end:].lstrip(" \n,;")
        assert before[-1] + after[0] in pairs
        assert "\n" not in text[len(before) : len(text) - len(after)]
        assert voice == "quoted" or (voice == "scare" and count_words(text[start:end]) <= SCARE_WORDS)


@given(st.lists(TEXTS, max_size=3))
@settings(max_examples=300)
@example(['"never closed', 'said "reform" it', "", "he said\n", "“plan”", "so-called", "'x'"])
def test_the_quotations_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    read, found = read_quotations(texts)
    assert len(found.firsts) == len(texts) + 1
    for document, text in enumerate(texts):
        rows = slice(found.firsts[document], found.firsts[document + 1])
        alone = read_quotations([text])[1]
        for many, own in ((found.starts, alone.starts), (found.ends, alone.ends)):
            np.testing.assert_array_equal(many[rows] - read.starts[document], own)
        for many, own in ((found.first_tokens, alone.first_tokens), (found.last_tokens, alone.last_tokens)):
            np.testing.assert_array_equal(many[rows] - read.tokens.firsts[document], own)
        np.testing.assert_array_equal(found.voices[rows], alone.voices)


@given(st.lists(TEXTS, max_size=3))
@example(['"reform', '" the "plan"', "", "“we” and „so“"])
def test_the_voices_of_spans_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    read, found = read_quotations(texts)
    voices = find_voices(find_holders(read.tokens.starts, read.tokens.ends, read.tokens.firsts, found), found)
    assert [VOICES[voice] for voice in voices.tolist()] == [voice for text in texts for voice in voices_of(text, tokenise(text))]


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not part of the repository")
@pytest.mark.parametrize("words", ["heart disease", "culprit"])
def test_the_seed_articles_words_in_inverted_commas_are_scare_quotes(words: str) -> None:
    assert voice(canonicalise(SEED.read_text(encoding="utf-8")).text, words) == "scare"
