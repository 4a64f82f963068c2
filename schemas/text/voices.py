"""Who says a stretch of a text: the quotation that holds most of it, and the words that name its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from schemas.arrays import Places
from schemas.text.characters import visible
from schemas.text.kernel import kernel
from schemas.text.quotations import VOICES, Quotations, Voice, Voices, find_quotations
from schemas.text.reading import read_texts
from schemas.text.tokens import Span
from schemas.text.words import signs_of_words

__all__ = ["OWN_VOICES", "Told", "find_holders", "find_voices", "tell_spans", "voices_of"]

# The voices in which an outlet speaks for itself: what it reports from others is not its own, nor is what nobody can tell.
OWN_VOICES: tuple[Voice, ...] = ("narrator", "scare")


class Told(NamedTuple):
    """The voice of a span, and the words that name the source of the quotation that holds it; None in other voices than `quoted`,
    and where none was found."""

    voice: Voice
    speaker: str | None


def tell_spans(text: str, spans: Sequence[Span], language: str | None = None) -> list[Told]:
    """Who says each span of a text. `language`: as in `read_texts`."""
    read = read_texts([text], [language])
    words = [visible(text[start:end]) for start, end in zip(read.tokens.starts, read.tokens.ends, strict=True)]
    quotations = find_quotations(read, np.arange(len(words), dtype=np.int32), signs_of_words(words))
    order = sorted(range(len(spans)), key=spans.__getitem__)
    starts, ends = np.array([spans[i] for i in order], dtype=np.int64).reshape(-1, 2).T
    holders = find_holders(starts, ends, np.array([0, len(spans)]), quotations)
    voices = find_voices(holders, quotations)
    told: dict[int, Told] = {}
    for i, holder, number in zip(order, holders.tolist(), voices.tolist(), strict=True):
        voice = VOICES[number]
        begin, end = (int(quotations.speaker_starts[holder]), int(quotations.speaker_ends[holder])) if voice == "quoted" else (-1, -1)
        told[i] = Told(voice, text[begin:end] if begin >= 0 else None)
    return [told[i] for i in range(len(spans))]


def voices_of(text: str, spans: Sequence[Span]) -> list[Voice]:
    """The voice of each span of a text."""
    return [told.voice for told in tell_spans(text, spans)]


def find_voices(holders: Places, quotations: Quotations) -> Voices:
    """The voices (indices into VOICES) of spans that these quotations hold, as `find_holders` says: the narrator's where none does."""
    # One more stands behind them, for the spans that are held by none: their holder is -1.
    return np.append(quotations.voices, np.int8(0))[holders]


@kernel
def find_holders(starts: Places, ends: Places, firsts: Places, quotations: Quotations) -> Places:
    """The quotation which holds most of each span starts[i]:ends[i], -1 where none does; the spans stand by where they begin within each
    text (text d has firsts[d] to firsts[d + 1])."""
    holders = np.full(len(starts), -1, np.int64)
    for document in range(len(firsts) - 1):
        quotation, last = quotations.firsts[document], quotations.firsts[document + 1]
        for span in range(firsts[document], firsts[document + 1]):
            while quotation < last and quotations.ends[quotation] <= starts[span]:
                quotation += 1
            held = quotation
            while held < last and quotations.starts[held] < ends[span]:
                if 2 * (min(ends[span], quotations.ends[held]) - max(starts[span], quotations.starts[held])) > ends[span] - starts[span]:
                    holders[span] = held
                    break
                held += 1
    return holders
