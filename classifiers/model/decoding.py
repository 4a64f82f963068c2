"""Log-odds of tokens to spans: the best set of runs, where each run has to pay for being opened."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from schemas.arrays import Flags, Floats, Places
from schemas.text.kernel import kernel
from schemas.text.tokens import Tokens

__all__ = ["Runs", "find_runs", "trim"]


class Runs(NamedTuple):
    """Ranges of tokens, in order: those of document d are the ones from first_runs[d] to first_runs[d + 1]."""

    firsts: Places
    lasts: Places
    first_runs: Places


@kernel
def find_runs(tokens: Tokens, logits: Floats, threshold: float, entry_cost: float) -> Runs:
    """Ranges of tokens, within lines, that maximise the sum of (logit - threshold) minus `entry_cost` a range (Viterbi 1967).

    Ranges are trimmed of marks at their ends: a span begins and ends with a word.
    """
    size, documents = len(logits), len(tokens.firsts) - 1
    firsts, lasts, first_runs = np.empty(size, np.int64), np.empty(size, np.int64), np.zeros(documents + 1, np.int64)
    came_in, left = np.empty(size, np.bool_), np.empty(size, np.bool_)
    count = 0
    for document in range(documents):
        begin, end = tokens.firsts[document], tokens.firsts[document + 1]
        while begin < end:
            last = begin + 1
            while last < end and not tokens.breaks[last]:
                last += 1
            count = _decode_line(tokens.words, logits, threshold, entry_cost, begin, last, came_in, left, firsts, lasts, count)
            begin = last
        first_runs[document + 1] = count
    return Runs(firsts[:count].copy(), lasts[:count].copy(), first_runs)


@kernel
def trim(words: Flags, first: int, last: int) -> tuple[int, int]:
    """The range of tokens without the marks at its ends; empty if it has no word."""
    while first < last and not words[first]:
        first += 1
    while last > first and not words[last - 1]:
        last -= 1
    return first, last


@kernel
def _decode_line(
    words: Flags,
    logits: Floats,
    threshold: float,
    entry_cost: float,
    begin: int,
    end: int,
    came_in: Flags,
    left: Flags,
    firsts: Places,
    lasts: Places,
    count: int,
) -> int:
    """Append the runs of tokens begin to end; returns how many runs there are now."""
    gains = False
    for token in range(begin, end):
        gains |= logits[token] > threshold
    # Nothing can start where no single token gains: most lines are left at once.
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
            first, stop = trim(words, token, last)
            if first < stop:
                firsts[count], lasts[count] = first, stop
                count += 1
            state = False
        elif not state and left[token]:
            # The best way to be outside here was to have been inside until the token before.
            state, last = True, token
    low, high = old, count - 1
    while low < high:
        firsts[low], firsts[high] = firsts[high], firsts[low]
        lasts[low], lasts[high] = lasts[high], lasts[low]
        low, high = low + 1, high - 1
    return count
