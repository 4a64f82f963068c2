"""Who says a span: the quotation that holds most of it, and its source."""

from __future__ import annotations

import numpy as np

from schemas.text.quotations import VOICES, Quotations
from schemas.text.tokens import Span
from schemas.text.voices import OWN_VOICES, Told, find_holders, find_voices, tell_spans, voices_of

# Two texts: one with a name in marks, a quotation and words at a mark that has no partner; one with scare quotes.
HELD = Quotations(
    starts=np.array([5, 20, 50, 110]),
    ends=np.array([10, 40, 90, 120]),
    voices=np.array([VOICES.index(voice) for voice in ("narrator", "quoted", "unclear", "scare")], dtype=np.int8),
    probabilities=np.array([0.9, 0.8, np.nan, 0.7]),
    speaker_starts=np.array([-1, 42, -1, -1]),
    speaker_ends=np.array([-1, 47, -1, -1]),
    first_tokens=np.array([1, 4, 10, 22]),
    last_tokens=np.array([2, 8, 18, 24]),
    firsts=np.array([0, 3, 4]),
    unpaired=np.array([1, 0]),
)


def test_a_span_is_held_by_the_quotation_with_most_of_it_and_else_by_none() -> None:
    starts, ends = np.array([0, 6, 15, 25, 60, 112, 118]), np.array([4, 9, 25, 30, 70, 116, 130])
    holders = find_holders(starts, ends, np.array([0, 5, 7]), HELD)
    assert holders.tolist() == [-1, 0, -1, 1, 2, 3, -1]
    assert [VOICES[voice] for voice in find_voices(holders, HELD)] == ["narrator", "narrator", "narrator", "quoted", "unclear", "scare", "narrator"]


def test_without_quotations_every_span_is_the_narrators() -> None:
    none = Quotations(*(column[:0] for column in HELD[:-2]), firsts=np.zeros(2, np.int64), unpaired=np.zeros(1, np.int64))
    holders = find_holders(np.array([0, 3]), np.array([2, 4]), np.array([0, 2]), none)
    assert find_voices(holders, none).tolist() == [0, 0]


def test_what_is_unclear_is_not_the_outlets_own() -> None:
    assert OWN_VOICES == ("narrator", "scare")
    assert set(VOICES) - set(OWN_VOICES) == {"quoted", "unclear"}


def test_the_source_is_told_of_a_span_that_is_quoted_and_of_no_other() -> None:
    text = '🚢 "A reckless plan of theirs," Doe said. The "reform" failed.'
    spans = [Span(text.index(word), text.index(word) + len(word)) for word in ("reform", "failed", "reckless")]
    assert tell_spans(text, spans) == [Told("scare", None), Told("narrator", None), Told("quoted", "Doe")]
    assert voices_of(text, spans) == ["scare", "narrator", "quoted"]
    assert tell_spans(text, []) == []
