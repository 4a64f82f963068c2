"""From token logits to spans with labels, by the definitions of `classifiers.decoding` and `classifiers.labelling`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import Floats, Integers
from classifiers.compiled.kernel import kernel
from classifiers.compiled.quotations import Quotations
from classifiers.compiled.reading import Places, Texts
from classifiers.compiled.tables import CAPITAL, CRY, JOINS, LENGTHY, QUESTION, QUOTE, LabelTables
from classifiers.labelling import DILUTION, FIRST, LAST

__all__ = ["Spans", "find_spans", "label_spans"]

_LIMIT = 60.0


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
    """Viterbi line by line, trimmed of marks; the voice of what holds most of a span."""
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
    firsts, lasts = firsts[:count].copy(), lasts[:count].copy()
    probabilities, voices = np.empty(count), np.zeros(count, np.int8)
    for document in range(documents):
        quotation, end_quotation = quotations.first_quotations[document], quotations.first_quotations[document + 1]
        for span in range(first_spans[document], first_spans[document + 1]):
            total = 0.0
            for token in range(firsts[span], lasts[span]):
                total += 1 / (1 + np.exp(-min(max(logits[token], -_LIMIT), _LIMIT)))
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
    return Spans(firsts, lasts, probabilities, voices, first_spans)


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


@kernel
def label_spans(
    spans: Spans,
    tables: LabelTables,
    ids: Integers,
    situations: Integers,
    first_tokens: Places,
    lower: Integers,
    distinct: int,
    flags: NDArray[np.uint8],
) -> Places:
    """The number of each span's label."""
    labels, chosen = len(tables.intercepts), np.empty(len(spans.firsts), np.int64)
    scores, counts = np.empty(labels), np.zeros(distinct, np.int64)
    for document in range(len(first_tokens) - 1):
        if spans.first_spans[document] == spans.first_spans[document + 1]:
            continue
        begin, end = first_tokens[document], first_tokens[document + 1]
        for token in range(begin, end):
            counts[lower[token]] += 1
        for span in range(spans.first_spans[document], spans.first_spans[document + 1]):
            first, last = spans.firsts[span], spans.lasts[span]
            scores[:] = tables.intercepts
            scores += _describe(ids, lower, counts, flags, begin, end, first, last) @ tables.figures
            share, weight = 1 / (last - first), (last - first) ** -DILUTION
            for token in range(first, last):
                row = tables.row_of[ids[token]]
                for label in range(labels):
                    scores[label] += weight * tables.rows[row, label] + share * tables.situations[situations[token], label]
            for k in range(len(FIRST) + len(LAST)):
                place = first + FIRST[k] if k < len(FIRST) else last - 1 + LAST[k - len(FIRST)]
                row = tables.row_of[ids[place] if begin <= place < end else 0]
                for label in range(labels):
                    scores[label] += tables.rows[row, (1 + k) * labels + label]
            chosen[span] = scores.argmax()
        for token in range(begin, end):
            counts[lower[token]] = 0
    return chosen


@kernel
def _describe(ids: Integers, lower: Integers, counts: Places, flags: NDArray[np.uint8], begin: int, end: int, first: int, last: int) -> Floats:
    """The figures of one span, in the order of labelling.FIGURES."""
    size = last - first
    said = 0
    for place in range(begin, end - size + 1):
        i = 0
        while i < size and lower[place + i] == lower[first + i]:
            i += 1
        said += i == size
    total = most = lengthy = joins = 0
    marks = 0
    for token in range(first, last):
        flag = flags[ids[token]]
        marks |= flag & (CRY | QUESTION | QUOTE)
        joins += (flag & JOINS) != 0
        if flag & LENGTHY:
            lengthy += 1
            total += counts[lower[token]]
            most = max(most, counts[lower[token]])
    figures = np.empty(16)
    figures[0], figures[1], figures[2] = np.log1p(size), size == 1, size == 2
    figures[3], figures[4], figures[5] = size <= 4, size > 10, size > 25
    figures[6], figures[7], figures[8] = np.log1p(said), said > 1, said > 3
    figures[9], figures[10] = np.log1p(total / max(lengthy, 1)), np.log1p(most)
    figures[11], figures[12], figures[13] = (marks & CRY) != 0, (marks & QUESTION) != 0, (marks & QUOTE) != 0
    figures[14], figures[15] = (flags[ids[first]] & CAPITAL) != 0, joins / size
    return figures
