"""A model's weights, folded into one row for each distinct token and each known pair of words.

What a row holds is additive, so scoring is adding rows. Rows of a word are made in plain Python when the word is first met.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import Floats, Integers
from classifiers.bag import SCALE, SUMMARY
from classifiers.compiled.vocabulary import grown
from classifiers.documents import SITUATIONS
from classifiers.features import word_features
from classifiers.labelling import FIRST, JOINING, LAST, LONG, QUOTES, make_label_space
from classifiers.model import SPANS, Head, Model
from classifiers.window import NEIGHBOURS
from schemas.voice import word_signs

__all__ = ["CAPITAL", "CRY", "JOINS", "LENGTHY", "QUESTION", "QUOTE", "REACH", "VOICE_REACH", "LabelTables", "Pairs", "Tables", "WordRows"]

Rows = NDArray[np.float32]
REACH, VOICE_REACH = max(NEIGHBOURS), 1
# What the figures of a span ask of each of its words.
LENGTHY, CRY, QUESTION, QUOTE, JOINS, CAPITAL = (1 << bit for bit in range(6))


class WordRows(NamedTuple):
    """For each word of the vocabulary. `window`: weights of the span heads, position by position; `bag`: of the sentence head
    and the questions' outputs; `left` and `right`: its number as the first and second word of a pair, or -1; `lower`: a
    number that words have in common whose lower case is the same; `flags`: what LENGTHY and the others say; `signs`: what it is to a quotation near by."""

    window: Rows
    bag: Rows
    left: Integers
    right: Integers
    lower: Integers
    flags: NDArray[np.uint8]
    signs: NDArray[np.uint8]


class Pairs(NamedTuple):
    """Weights of pairs: of left word n those rows[begins[n]:begins[n + 1]], in the order of their right words."""

    begins: Integers
    rights: Integers
    rows: Rows


class LabelTables(NamedTuple):
    """The label head: weights of situations and of the span's figures, and intercepts; rows of words for their place in or at
    a span (inside, then FIRST, then LAST), and for each word of the vocabulary which row it has, or -1."""

    situations: Floats
    figures: Floats
    intercepts: Floats
    rows: Rows
    row_of: Integers


class Tables:
    """The tables of one model. `know` makes rows for words not met before."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._window, self._bag = model.window, model.bag
        self.span_heads = [model.spans, *model.auxiliaries.values()] if model.spans is not None else []
        weights = np.hstack([head.weights for head in self.span_heads]) if self.span_heads else np.zeros((len(self._window.columns), 0))
        self.intercepts = np.concatenate([np.zeros(0), *(head.intercepts for head in self.span_heads)])
        self._parts, end = [], 0
        for stream in self._window.streams[:-1]:
            begin, end = end, end + len(stream.columns)
            self._parts.append((stream, _by_feature(weights[begin:end], stream.positions, NEIGHBOURS)))
        voices = self._window.situations
        indicators = voices.indicators(SITUATIONS)
        self.voices: Floats = indicators @ _by_feature(weights[end:], voices.positions, voices.positions)
        self._compile_bag()
        self._compile_labels()
        self._lower: dict[str, int] = {}
        size = len(NEIGHBOURS) * len(self.span_heads)
        none, nothing = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.uint8)
        rows = (np.zeros((0, width), dtype=np.float32) for width in (size, self.outputs))
        self.words = WordRows(*rows, none, none, none, nothing, nothing)
        self._known = 0

    @property
    def distinct(self) -> int:
        """How many words there are when case does not count."""
        return len(self._lower)

    def know(self, words: Sequence[str]) -> None:
        """Make the rows of the words that are new at the end of the vocabulary."""
        new = words[self._known :]
        if not new:
            return
        window = sum((stream.indicators(new) @ weights for stream, weights in self._parts), np.zeros((len(new), self.words.window.shape[1])))
        bag = sum((stream.indicators(new) @ weights for stream, weights in self._bags), np.zeros((len(new), self.outputs)))
        terms = [word_features(word)[0].term if word[:1].isalpha() else "" for word in new]
        columns = (
            window,
            bag,
            [self._lefts.get(term, -1) for term in terms],
            [self._rights.get(term, -1) for term in terms],
            [self._lower.setdefault(word.lower(), len(self._lower)) for word in new],
            [_flags(word) for word in new],
            [word_signs(word) for word in new],
        )
        self.words = WordRows(*(grown(old, len(words)) for old in self.words))
        for old, column in zip(self.words, columns, strict=True):
            old[self._known : len(words)] = column
        self._known = len(words)

    def know_labels(self, words: Sequence[str], used: Integers) -> None:
        """Make the label rows of those of the `used` words that have none."""
        labels = self.labels
        assert labels is not None
        row_of = labels.row_of
        if len(row_of) < len(words):
            row_of = np.full(len(self.words.lower), -1, dtype=np.int32)
            row_of[: len(labels.row_of)] = labels.row_of
        missing = np.unique(used[row_of[used] < 0])
        if len(missing):
            new = [words[i] for i in missing.tolist()]
            rows = np.hstack([sum(stream.indicators(new) @ weights for stream, weights in parts) for parts in self._label_parts])
            row_of[missing] = np.arange(self._labelled, self._labelled + len(new))
            stored = grown(labels.rows, self._labelled + len(new))
            stored[self._labelled : self._labelled + len(new)] = rows
            self._labelled += len(new)
            labels = labels._replace(rows=stored)
        self.labels = labels._replace(row_of=row_of)

    def _compile_bag(self) -> None:
        heads: list[Head] = [head for head in (self._model.sentences, *self._model.questions.values()) if head is not None]
        bag, weights = self._bag, np.hstack([head.weights for head in heads]) if heads else np.zeros((len(self._bag.columns), 0))
        self.outputs = weights.shape[1]
        self.has_sentences = self._model.sentences is not None
        self.bag_intercepts = np.concatenate([np.zeros(0), *(head.intercepts for head in heads)])
        ends = np.cumsum([len(bag.words.features), len(bag.pairs), len(bag.company.features)])
        words, pairs, company, summary = np.split(weights, ends)
        self._bags = ((bag.words, SCALE * words), (bag.company, SCALE * company))
        # The bag may look at the span head alone, or at none; the kernel sums up all heads.
        self.summary = np.zeros((len(self.span_heads), len(SUMMARY), self.outputs))
        names = [SPANS, *self._model.auxiliaries]
        for name, part in zip(bag.heads, np.split(summary, len(bag.heads)) if bag.heads else (), strict=True):
            self.summary[names.index(name)] = part
        self._lefts: dict[str, int] = {}
        self._rights: dict[str, int] = {}
        codes = []
        for feature in bag.pairs:
            left, right = feature.term.split(" ")
            codes.append((self._lefts.setdefault(left, len(self._lefts)), self._rights.setdefault(right, len(self._rights))))
        order = sorted(range(len(codes)), key=codes.__getitem__)
        lefts = np.array([codes[i][0] for i in order], dtype=np.int64)
        self.pairs = Pairs(
            np.searchsorted(lefts, np.arange(len(self._lefts) + 1)).astype(np.int32),
            np.array([codes[i][1] for i in order], dtype=np.int32),
            (SCALE * pairs[order]).astype(np.float32),
        )

    def _compile_labels(self) -> None:
        self.labels: LabelTables | None = None
        self._labelled = 0
        head = self._model.labels
        if head is None:
            return
        space = make_label_space(self._window)
        sizes = [len(stream.features) for stream in (*space.inside, self._window.situations)] + [len(space.edges.features)] * len(FIRST + LAST)
        parts = np.split(head.weights, np.cumsum(sizes))
        self._label_parts = [list(zip(space.inside, parts[:3], strict=True)), *([(space.edges, part)] for part in parts[4:-1])]
        self.labels = LabelTables(
            self._window.situations.indicators(SITUATIONS) @ parts[3],
            np.ascontiguousarray(parts[-1]),
            head.intercepts,
            np.zeros((0, (1 + len(FIRST + LAST)) * len(head.outputs)), dtype=np.float32),
            np.zeros(0, dtype=np.int32),
        )


def _by_feature(weights: Floats, positions: Sequence[int], wanted: Sequence[int]) -> Floats:
    """From (positions x features) rows x heads to features x (wanted positions x heads), zero where a position is not looked at."""
    heads = weights.shape[1]
    parts = dict(zip(positions, np.split(weights, len(positions)), strict=True))
    features = weights.shape[0] // len(positions)
    return np.hstack([parts.get(position, np.zeros((features, heads))) for position in wanted])


def _flags(word: str) -> int:
    lower = word.lower()
    signs = {LENGTHY: len(lower) > LONG, CRY: lower == "!", QUESTION: lower == "?", QUOTE: lower in QUOTES, JOINS: lower in JOINING}
    return sum(flag for flag, holds in signs.items() if holds) | CAPITAL * word[:1].isupper()
