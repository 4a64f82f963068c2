"""Spans as rows, to say which label each has: its words, the words at its edges, its length, and how often the article says them again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from classifiers.features.documents import SITUATIONS, Batch
from classifiers.features.window import Block, Stream, WindowSpace
from classifiers.features.words import Feature
from schemas.arrays import Bytes, Flags, Floats, Integers, Places
from schemas.text.kernel import kernel
from schemas.text.tokens import Span

__all__ = ["DILUTION", "FIGURES", "FIGURE_KIND", "FIRST", "LAST", "LabelSpace", "describe_spans", "edge_kinds", "make_label_space", "word_flags"]

# Between a mean (1) and a sum (0) over the span's tokens: long spans have more to say, but not in proportion.
# PTC, micro-F1 on gold spans: mean .580, root .582, this .591.
DILUTION = 0.75
FIRST, LAST = (-2, -1, 0), (0, 1, 2)
FIGURE_KIND = "span"
FIGURES = (
    "log words",
    "one word",
    "two words",
    "up to four words",
    "more than ten words",
    "more than twenty-five words",
    "log times said",
    "said twice",
    "said more than thrice",
    "log mean times of its words",
    "log most times of a word",
    "exclamation mark",
    "question mark",
    "quotation mark",
    "capital",
    "share of and, or, but",
)
QUOTES, JOINING = ('"', "“", "”"), ("and", "or", "but")
# Shorter words say nothing when they are said again.
LONG = 3
LENGTHY, CRY, QUESTION, QUOTE, JOINS, CAPITAL = (1 << bit for bit in range(6))
# Products stay below 2 ** 63.
_BASES, _PRIME = (1_000_003, 998_244_353), 2_147_483_647


@dataclass(frozen=True)
class LabelSpace:
    """The columns of spans: words, characters, company and voice inside, words before and at the first token, at and after
    the last, and figures of the span."""

    window: WindowSpace
    edges: Stream

    @property
    def inside(self) -> tuple[Stream, Stream, Stream]:
        return self.window.words, self.window.characters, self.window.company

    @property
    def blocks(self) -> list[Block]:
        blocks: list[Block] = [(stream.features, 0) for stream in (*self.inside, self.window.situations)]
        for kind, positions in zip(edge_kinds("word"), (FIRST, LAST), strict=True):
            words = [Feature(kind, feature.term) for feature in self.edges.features]
            blocks += [(words, position) for position in positions]
        return [*blocks, ([Feature(FIGURE_KIND, figure) for figure in FIGURES], 0)]

    @property
    def columns(self) -> list[tuple[Feature, int]]:
        return [(feature, position or 0) for features, position in self.blocks for feature in features]

    def matrix(self, batch: Batch, spans: Sequence[Span]) -> scipy.sparse.csr_matrix:
        """spans (ranges of the batch's tokens, those of one document after those of another) x columns."""
        firsts, lasts = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        lengths, which = lasts - firsts, np.repeat(np.arange(len(spans)), lasts - firsts)
        inside = np.arange(int(lengths.sum())) + np.repeat(firsts - np.cumsum(lengths) + lengths, lengths)
        around = [batch.beside(batch.ids, position, 0)[firsts] for position in FIRST]
        around += [batch.beside(batch.ids, position, 0)[lasts - 1] for position in LAST]
        # Spans are few: only their own words are looked at.
        used, ids = np.unique(np.concatenate([batch.ids[inside], *around]), return_inverse=True)
        words = [batch.words[i] for i in used]
        counts = scipy.sparse.csr_matrix((np.repeat(lengths**-DILUTION, lengths), (which, ids[: len(inside)])), shape=(len(spans), len(words)))
        edges = self.edges.indicators(words)
        blocks = [counts @ stream.indicators(words) for stream in self.inside]
        voices = scipy.sparse.csr_matrix((np.repeat(1 / lengths, lengths), (which, batch.situations[inside])), shape=(len(spans), len(SITUATIONS)))
        blocks.append(voices @ self.window.situations.indicators(SITUATIONS))
        blocks += [edges[part] for part in np.split(ids[len(inside) :], len(around))]
        flags = np.array([word_flags(word) for word in batch.words], dtype=np.uint8)[batch.ids]
        first_spans = np.searchsorted(batch.documents[firsts], np.arange(len(batch) + 1))
        figures = describe_spans(firsts, lasts, first_spans, batch.lower, flags, batch.read.tokens.firsts)
        return scipy.sparse.csr_matrix(scipy.sparse.hstack([*blocks, scipy.sparse.csr_matrix(figures)], format="csr"))


def edge_kinds(kind: str) -> tuple[str, str]:
    """What a feature of this kind is called at the first and at the last token of a span."""
    return f"first {kind}", f"last {kind}"


def make_label_space(window: WindowSpace) -> LabelSpace:
    words = tuple(feature for feature in window.words.features if feature.kind == "word")
    return LabelSpace(window, Stream(window.words.features_of, words, (0,)))


def word_flags(word: str) -> int:
    """What the figures of a span ask of each of its words: LENGTHY and so on, added up."""
    lower = word.lower()
    signs = {LENGTHY: len(lower) > LONG, CRY: lower == "!", QUESTION: lower == "?", QUOTE: lower in QUOTES, JOINS: lower in JOINING}
    return sum(flag for flag, holds in signs.items() if holds) | CAPITAL * word[:1].isupper()


@kernel
def describe_spans(firsts: Places, lasts: Places, first_spans: Places, lower: Integers, flags: Bytes, first_tokens: Places) -> Floats:
    """spans x FIGURES. Spans are ranges of tokens; those of document d are first_spans[d] to first_spans[d + 1]. `lower` and `flags`
    are of each token: the number of its lower-cased word, and its `word_flags`."""
    figures = np.empty((len(firsts), len(FIGURES)))
    distinct = 0 if not len(lower) else lower.max() + 1
    counts, marks, said = np.zeros(distinct, np.int64), np.zeros(distinct, np.bool_), np.zeros(len(firsts), np.int64)
    for document in range(len(first_tokens) - 1):
        first, last = first_spans[document], first_spans[document + 1]
        if first == last:
            continue
        words = lower[first_tokens[document] : first_tokens[document + 1]]
        for word in words:
            counts[word] += 1
        begin = first_tokens[document]
        _count_repeats(firsts[first:last] - begin, lasts[first:last] - begin, words, marks, said[first:last])
        for span in range(first, last):
            _describe(lower[firsts[span] : lasts[span]], flags[firsts[span] : lasts[span]], counts, said[span], figures[span])
        for word in words:
            counts[word] = 0
    return figures


@kernel
def _describe(words: Integers, flags: Bytes, counts: Places, said: int, figures: Floats) -> None:
    """The FIGURES of one span."""
    size = len(words)
    total = most = lengthy = joins = marks = 0
    for i in range(size):
        marks |= flags[i] & (CRY | QUESTION | QUOTE)
        joins += (flags[i] & JOINS) != 0
        if flags[i] & LENGTHY:
            lengthy += 1
            total += counts[words[i]]
            most = max(most, counts[words[i]])
    figures[0], figures[1], figures[2] = math.log1p(size), size == 1, size == 2
    figures[3], figures[4], figures[5] = size <= 4, size > 10, size > 25
    figures[6], figures[7], figures[8] = math.log1p(said), said > 1, said > 3
    figures[9], figures[10] = math.log1p(total / max(lengthy, 1)), math.log1p(most)
    figures[11], figures[12], figures[13] = (marks & CRY) != 0, (marks & QUESTION) != 0, (marks & QUOTE) != 0
    figures[14], figures[15] = (flags[0] & CAPITAL) != 0, joins / size


@kernel
def _count_repeats(firsts: Places, lasts: Places, words: Integers, marks: Flags, said: Places) -> None:
    """Into `said`, for each span how often its words stand in the document.

    Spans of one length are sought together, by a rolling hash (Karp and Rabin 1987, IBM Journal 31, p. 249) wherever a first word of
    theirs stands, so a long document that repeats itself takes no longer than another. The hash has 62 bits, and is believed: two
    stretches of words out of a hundred thousand are taken for one with a probability below one in a million. `marks` is false for every
    word, before and after.
    """
    sums = np.zeros((2, len(words) + 1), np.int64)
    for i in range(len(words)):
        for k in range(2):
            sums[k, i + 1] = (sums[k, i] * _BASES[k] + words[i] + 1) % _PRIME
    lengths = lasts - firsts
    order = np.argsort(lengths, kind="mergesort")
    begin = 0
    while begin < len(order):
        length, end = lengths[order[begin]], begin
        while end < len(order) and lengths[order[end]] == length:
            end += 1
        powers = np.ones(2, np.int64)
        for _ in range(length):
            for k in range(2):
                powers[k] = powers[k] * _BASES[k] % _PRIME
        every = np.empty(end - begin, np.int64)
        for i in range(end - begin):
            place = firsts[order[begin + i]]
            marks[words[place]] = True
            every[i] = _hash(sums, powers, place, length)
        hashes = np.sort(every)
        times = np.zeros(len(hashes), np.int64)
        for i in range(len(words) - length + 1):
            if marks[words[i]]:
                wanted = _hash(sums, powers, i, length)
                same = np.searchsorted(hashes, wanted)
                if same < len(hashes) and hashes[same] == wanted:
                    times[same] += 1
        for i in range(begin, end):
            place = firsts[order[i]]
            marks[words[place]] = False
            said[order[i]] = times[np.searchsorted(hashes, _hash(sums, powers, place, length))]
        begin = end


@kernel
def _hash(sums: Places, powers: Places, place: int, length: int) -> int:
    """Of so many words from a place on."""
    one = (sums[0, place + length] - sums[0, place] * powers[0]) % _PRIME
    other = (sums[1, place + length] - sums[1, place] * powers[1]) % _PRIME
    return int(one * _PRIME + other)
