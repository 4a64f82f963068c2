"""Cutting spans for the partial-overlap measure of SemEval-2020 Task 11, for when that measure is asked for.

Its precision is a mean over predicted spans and its recall a mean over gold spans, so what a span is expected to earn is
the mean probability of its tokens plus, for each token, the share of a gold span it is expected to be. A span is worth
cutting if that exceeds a cost. Readers are shown other spans (`decoding`): this measure also rewards cutting sure regions to
pieces, which a gap between spans prevents here, and the number of spans against gold, always reported, would show.
"""

from __future__ import annotations

import numpy as np

from classifiers.model.decoding import Runs, trim
from schemas.arrays import Floats
from schemas.text.kernel import kernel
from schemas.text.tokens import Tokens

__all__ = ["GAP", "cut_spans"]

# Tokens between two spans of a line.
GAP = 4
# The longest range that is thought of, in tokens: a text may be one line of a million.
LONGEST = 256


@kernel
def cut_spans(tokens: Tokens, probabilities: Floats, recalls: Floats, weight: float, cost: float) -> Runs:
    """Token ranges within lines that maximise the sum over ranges of mean probability + weight * sum of recalls - cost."""
    size, documents = len(probabilities), len(tokens.firsts) - 1
    firsts, lasts, first_runs = np.empty(size, np.int64), np.empty(size, np.int64), np.zeros(documents + 1, np.int64)
    count = 0
    for document in range(documents):
        begin, end = tokens.firsts[document], tokens.firsts[document + 1]
        while begin < end:
            last, highest, total = begin + 1, probabilities[begin], recalls[begin]
            while last < end and not tokens.breaks[last]:
                highest, total = max(highest, probabilities[last]), total + recalls[last]
                last += 1
            # No range has a higher mean than its best token, or a higher sum than the whole line: most lines are left at once.
            if highest + weight * total >= cost:
                for start, stop in _cut_line(probabilities[begin:last], recalls[begin:last], weight, cost):
                    first, after = trim(tokens.words, begin + start, begin + stop)
                    if first < after:
                        firsts[count], lasts[count] = first, after
                        count += 1
            begin = last
        first_runs[document + 1] = count
    return Runs(firsts[:count].copy(), lasts[:count].copy(), first_runs)


@kernel
def _cut_line(probabilities: Floats, recalls: Floats, weight: float, cost: float) -> list[tuple[int, int]]:
    size = len(probabilities)
    sums, shares = np.zeros(size + 1), np.zeros(size + 1)
    for i in range(size):
        sums[i + 1], shares[i + 1] = sums[i] + probabilities[i], shares[i] + recalls[i]
    # The best total of what ends at or before each place, and the start of the range that ends there (or none).
    best, starts = np.zeros(size + 1), np.full(size + 1, -1)
    for end in range(1, size + 1):
        best[end] = best[end - 1]
        for start in range(max(end - LONGEST, 0), end):
            before = best[max(start - GAP, 0)]
            total = before + (sums[end] - sums[start]) / (end - start) + weight * (shares[end] - shares[start]) - cost
            if total > best[end]:
                best[end], starts[end] = total, start
    ranges = [(size, size)]
    end = size
    while end > 0:
        if starts[end] < 0:
            end -= 1
        else:
            ranges.append((starts[end], end))
            end = max(starts[end] - GAP, 0)
    return ranges[:0:-1]
