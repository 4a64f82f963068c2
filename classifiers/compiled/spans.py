"""From token logits to spans, by the definition of `classifiers.decoding`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import Floats
from classifiers.compiled.kernel import kernel
from classifiers.compiled.quotations import Quotations
from classifiers.compiled.reading import Places, Texts
from schemas.voice import VOICES

__all__ = ["Spans", "find_spans", "leave_out_scare_quotes"]

_LIMIT = 60.0
_SCARE = VOICES.index("scare")


class Spans(NamedTuple):
    """The spans of a batch, in order: their first tokens, the ones after the last, the means of their tokens' probabilities, their
    voices (indices into VOICES), and those of each document: first_spans[d] to first_spans[d + 1]."""

    firsts: Places
    lasts: Places
    probabilities: Floats
    voices: NDArray[np.int8]
    first_spans: Places


@kernel
def find_spans(texts: Texts, quotations: Quotations, logits: Floats, threshold: float, entry_cost: float) -> Spans:
    """Viterbi line by line, trimmed of marks; the voice of the quotation that holds most of a span."""
    size, documents = len(logits), len(texts.first_tokens) - 1
    firsts, lasts, first_spans = np.empty(size, np.int64), np.empty(size, np.int64), np.zeros(documents + 1, np.int64)
    came_in, left = np.empty(size, np.bool_), np.empty(size, np.bool_)
    count = 0
    for document in range(documents):
        begin, end = texts.first_tokens[document], texts.first_tokens[document + 1]
        while begin < end:
            last = begin + 1
            while last < end and not texts.breaks[last]:
                last += 1
            count = _decode_line(texts.words, logits, threshold, entry_cost, begin, last, came_in, left, firsts, lasts, count)
            begin = last
        first_spans[document + 1] = count
    probabilities, voices = np.empty(count), np.zeros(count, np.int8)
    for document in range(documents):
        quotation, end_quotation = quotations.first_quotations[document], quotations.first_quotations[document + 1]
        for span in range(first_spans[document], first_spans[document + 1]):
            total = 0.0
            for token in range(firsts[span], lasts[span]):
                total += 1 / (1 + math.exp(-min(max(logits[token], -_LIMIT), _LIMIT)))
            probabilities[span] = total / (lasts[span] - firsts[span])
            start, end = texts.token_starts[firsts[span]], texts.token_ends[lasts[span] - 1]
            while quotation < end_quotation and quotations.ends[quotation] <= start:
                quotation += 1
            held = quotation
            while held < end_quotation and quotations.starts[held] < end:
                if 2 * (min(end, quotations.ends[held]) - max(start, quotations.starts[held])) > end - start:
                    voices[span] = quotations.voices[held]
                    break
                held += 1
    return Spans(firsts[:count].copy(), lasts[:count].copy(), probabilities, voices, first_spans)


def leave_out_scare_quotes(spans: Spans) -> Spans:
    kept = spans.voices != _SCARE
    first_spans = np.concatenate([[0], np.cumsum(kept)])[spans.first_spans]
    return Spans(spans.firsts[kept], spans.lasts[kept], spans.probabilities[kept], spans.voices[kept], first_spans)


@kernel
def _decode_line(
    words: NDArray[np.bool_],
    logits: Floats,
    threshold: float,
    entry_cost: float,
    begin: int,
    end: int,
    came_in: NDArray[np.bool_],
    left: NDArray[np.bool_],
    firsts: Places,
    lasts: Places,
    count: int,
) -> int:
    """Append the spans of tokens begin to end; returns how many spans there are now."""
    gains = False
    for token in range(begin, end):
        gains |= logits[token] > threshold
    if not gains:
        return count
    outside, inside = 0.0, -np.inf
    for token in range(begin, end):
        enter, leave = outside - entry_cost > inside, outside < inside
        came_in[token], left[token] = enter, leave
        gain = logits[token] - threshold
        outside, inside = (inside if leave else outside), (outside - entry_cost if enter else inside) + gain
    # Backwards, so the runs come last first, and are turned round.
    old, state, last = count, inside > outside, end
    for token in range(end - 1, begin - 1, -1):
        if state and came_in[token]:
            first, stop = token, last
            while first < stop and not words[first]:
                first += 1
            while stop > first and not words[stop - 1]:
                stop -= 1
            if first < stop:
                firsts[count], lasts[count] = first, stop
                count += 1
            state = False
        elif not state and left[token]:
            state, last = True, token
    firsts[old:count] = firsts[old:count][::-1].copy()
    lasts[old:count] = lasts[old:count][::-1].copy()
    return count
