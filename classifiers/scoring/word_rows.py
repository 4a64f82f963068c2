"""A model's weights, folded into one row for each distinct token and each known pair of words.

What a row holds is additive, so scoring is adding rows. Rows of a word are made in plain Python when the word is first met.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.features.bag import FIGURES, SCALE, pair_term
from classifiers.features.documents import SITUATIONS
from classifiers.features.spans import word_flags
from classifiers.features.window import NEIGHBOURS, Stream
from classifiers.features.words import Feature, word_features
from classifiers.model.familiarity import is_unseen, known_words
from classifiers.model.model import SPANS, Model
from schemas.arrays import Bytes, Floats, Integers, Places
from schemas.text.actors import ActorFinder
from schemas.text.vocabulary import Vocabulary, grown
from schemas.text.words import Signs, signs_of_words

__all__ = ["REACH", "UNSEEN", "VOICE_REACH", "LateRows", "Pairs", "Part", "Rows", "Tables", "WordRows", "add_features"]

Rows = NDArray[np.float32]
# Features of a word, and what each of them is worth (features x outputs).
Part = tuple[Stream, Floats]
# Words whose features are looked at together.
_CHUNK = 4096
REACH, VOICE_REACH = max(NEIGHBOURS), 1
# Of a word, beside what the figures of a span ask of it: whether the model has no weight for it.
UNSEEN = 1 << 6


class WordRows(NamedTuple):
    """For each word of the vocabulary. `window`: weights of the span heads, position by position; `bag`: of the sentence head
    and the questions' outputs; `left` and `right`: its number as the first and second word of a pair, or -1; `lower`: a
    number that words have in common whose lower case is the same; `flags`: what `word_flags` says, and UNSEEN; `signs`: what
    it is to a quotation near by; `meanings`: which words of actors' names it may be (`ActorFinder.know`)."""

    window: Rows
    bag: Rows
    left: Integers
    right: Integers
    lower: Integers
    flags: Bytes
    signs: Signs
    meanings: Integers


class Pairs(NamedTuple):
    """Weights of pairs: of left word n those rows[begins[n]:begins[n + 1]], in the order of their right words."""

    begins: Integers
    rights: Integers
    rows: Rows


class Tables:
    """The tables of one model. `know` makes rows for words not met before; `actors` finds those of its codebook.

    `intercepts` are the span heads'; `voices` has a row for each of SITUATIONS; `bag_intercepts`, and `summary` ((span heads x
    SUMMARY) x outputs), are those of the outputs of the bag: the sentence head's, where there is one, then the questions'.
    """

    def __init__(self, model: Model) -> None:
        window, bag = model.window, model.bag
        spans = [model.spans, *model.auxiliaries.values()] if model.spans is not None else []
        weights = np.hstack([np.zeros((window.width, 0)), *(head.weights for head in spans)])
        self.intercepts = np.concatenate([np.zeros(0), *(head.intercepts for head in spans)])
        ends = np.cumsum([stream.width for stream in window.streams])[:-1]
        *parts, voices = np.split(weights, ends)
        positions = window.situations.positions
        self._window: list[Part] = [(stream, _by_feature(part, stream.positions)) for stream, part in zip(window.streams, parts, strict=False)]
        self.voices: Floats = window.situations.weigh(SITUATIONS, _by_feature(voices, positions, positions))
        heads = [head for head in (model.sentences, *model.questions.values()) if head is not None]
        outputs = np.hstack([np.zeros((len(bag.columns), 0)), *(head.weights for head in heads)])
        self.bag_intercepts = np.concatenate([np.zeros(0), *(head.intercepts for head in heads)])
        sizes = [len(bag.words.features), len(bag.pairs), len(bag.company.features)]
        words, pairs, company, summary = np.split(outputs, np.cumsum(sizes))
        self._bag: list[Part] = [(bag.words, SCALE * words), (bag.company, SCALE * company)]
        self.summary = _summary([SPANS, *model.auxiliaries] if spans else [], bag.heads, summary)
        self._lefts, self._rights, self.pairs = _pair_table(bag.pairs, SCALE * pairs)
        self.actors = ActorFinder(model.codebook.actors)
        self._lower: dict[str, int] = {}
        self._familiar = known_words(model)
        self._known = 0
        none, nothing = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.uint8)
        rows = [np.zeros((0, size), dtype=np.float32) for size in (len(NEIGHBOURS) * len(spans), outputs.shape[1])]
        self.words = WordRows(rows[0], rows[1], none, none, none, nothing, signs_of_words([]), none)

    @property
    def distinct(self) -> int:
        """How many words there are when case does not count."""
        return len(self._lower)

    def know(self, vocabulary: Vocabulary) -> None:
        """Make the rows of the words that are new at the end of the vocabulary."""
        if self._known == vocabulary.size:
            return
        new = vocabulary.words_from(self._known)
        for begin in range(0, len(new), _CHUNK):
            self._know(new[begin : begin + _CHUNK])
        # Their features are not asked for again.
        word_features.cache_clear()

    def keep(self, kept: Places, vocabulary: Vocabulary) -> None:
        """Keep the rows of these words alone, which have new numbers now."""
        lower = np.unique(self.words.lower[kept], return_inverse=True)[1].astype(np.int32)
        self.words = WordRows._make([rows[kept] for rows in self.words])._replace(lower=lower)
        self._lower = {word.lower(): number for word, number in zip(vocabulary.words_from(0), lower.tolist(), strict=True)}
        self._known = len(kept)

    def _know(self, new: Sequence[str]) -> None:
        size = self._known + len(new)
        terms = [pair_term(word) for word in new]
        old = self.words
        self.words = WordRows(
            self._extend(old.window, size, add_features(self._window, new)),
            self._extend(old.bag, size, add_features(self._bag, new)),
            self._extend(old.left, size, [self._lefts.get(term, -1) for term in terms]),
            self._extend(old.right, size, [self._rights.get(term, -1) for term in terms]),
            self._extend(old.lower, size, [self._lower.setdefault(word.lower(), len(self._lower)) for word in new]),
            self._extend(old.flags, size, [word_flags(word) | UNSEEN * is_unseen(word, self._familiar) for word in new]),
            self._extend(old.signs, size, signs_of_words(new)),
            self._extend(old.meanings, size, self.actors.know(new)),
        )
        self._known = size

    def _extend(self, old: NDArray[Any], size: int, new: Any) -> NDArray[Any]:
        rows = grown(old, size)
        rows[self._known : size] = new
        return rows


class LateRows:
    """Rows of words that are made when they are asked for: spans are few, so only the words in and around them get any. A row has what each
    of `groups` adds up for the word, one group beside the other."""

    def __init__(self, groups: Sequence[Sequence[Part]]) -> None:
        self._groups = groups
        self._words: Rows = np.zeros((0, sum(parts[0][1].shape[1] for parts in groups)), dtype=np.float32)
        self._row_of: Integers = np.zeros(0, dtype=np.int32)
        self._count = 0

    def of(self, vocabulary: Vocabulary, numbers: Integers) -> tuple[Rows, Integers]:
        """All rows so far, those of the words with these numbers among them; and for each word of the vocabulary which row it has, or -1."""
        if len(self._row_of) < vocabulary.size:
            known = len(self._row_of)
            self._row_of = grown(self._row_of, vocabulary.size)
            self._row_of[known:] = -1
        missing = np.unique(numbers[self._row_of[numbers] < 0])
        if len(missing):
            new, end = vocabulary.words(missing.tolist()), self._count + len(missing)
            self._words = grown(self._words, end)
            self._words[self._count : end] = np.hstack([add_features(parts, new) for parts in self._groups])
            self._row_of[missing] = np.arange(self._count, end)
            self._count = end
        return self._words, self._row_of


def add_features(parts: Sequence[Part], words: Sequence[str]) -> Floats:
    """words x outputs: what each word's features are worth together."""
    total = parts[0][0].weigh(words, parts[0][1])
    for stream, weights in parts[1:]:
        total += stream.weigh(words, weights)
    return total


def _by_feature(weights: Floats, positions: Sequence[int], wanted: Sequence[int] = NEIGHBOURS) -> Floats:
    """From (positions x features) rows x heads to features x (wanted positions x heads), zero where a position is not looked at."""
    heads, features = weights.shape[1], weights.shape[0] // len(positions)
    parts = dict(zip(positions, np.split(weights, len(positions)), strict=True))
    return np.hstack([parts.get(position, np.zeros((features, heads))) for position in wanted])


def _summary(names: Sequence[str], looked_at: Sequence[str], weights: Floats) -> Floats:
    """(span heads x SUMMARY) x outputs. The bag may look at fewer heads than there are."""
    table = np.zeros((len(names), FIGURES, weights.shape[1]))
    for i, name in enumerate(looked_at):
        table[names.index(name)] = weights[i * FIGURES : (i + 1) * FIGURES]
    return table.reshape(len(names) * FIGURES, weights.shape[1])


def _pair_table(features: Sequence[Feature], weights: Floats) -> tuple[dict[str, int], dict[str, int], Pairs]:
    """Numbers of left and of right words, and the table."""
    lefts: dict[str, int] = {}
    rights: dict[str, int] = {}
    codes = np.zeros((len(features), 2), dtype=np.int32)
    for i, feature in enumerate(features):
        left, right = feature.term.split(" ")
        codes[i] = lefts.setdefault(left, len(lefts)), rights.setdefault(right, len(rights))
    order = np.lexsort((codes[:, 1], codes[:, 0]))
    begins = np.searchsorted(codes[order, 0], np.arange(len(lefts) + 1)).astype(np.int32)
    return lefts, rights, Pairs(begins, codes[order, 1].copy(), weights[order].astype(np.float32))
