"""Everybody's spans of one label on one axis, the tokens of all articles one behind the other: what coders are compared by, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotate.agreement.answers import MISSING, Work
from annotate.agreement.labels import count_pairs
from annotate.readings import ArticleReadings, Reading
from schemas.arrays import Flags, Floats, Places
from schemas.spans import merge_spans
from schemas.text.quotations import Voice
from schemas.text.tokens import Span, Tokens, touch
from schemas.text.voices import tell_spans

__all__ = ["Axis", "Drawn", "Marks", "draw_work", "lay_axis", "mark_people", "tell_voices"]


class Axis(NamedTuple):
    """The articles whose spans somebody of `names`, the people, is known to have marked or not. `tokens` of all of them, article a those from
    tokens.firsts[a] to tokens.firsts[a + 1]; `shifts`: where each article's characters begin; `words` of each; `people`: articles x slots, which
    of `names` has the slot, MISSING where nobody has."""

    articles: Sequence[ArticleReadings]
    tokens: Tokens
    shifts: Places
    words: Floats
    names: tuple[str, ...]
    people: Places


class Drawn(NamedTuple):
    """Somebody's spans of a label, in order of articles: the `article` of each (its number), its characters there, and the tokens of the axis that it
    touches. `marks`: whether a token is touched by any; `merged`: the spans of each article, those that overlap joined; `read`: which articles
    were read at all."""

    article: Places
    spans: list[Span]
    firsts: Places
    lasts: Places
    marks: Flags
    merged: list[list[Span]]
    read: Flags


@dataclass(frozen=True)
class Marks:
    """The people's spans of a label, slot by slot, and what follows of them whoever the coder is. `count`: how many people marked
    each token."""

    axis: Axis
    slots: list[Drawn]
    count: Places

    @cached_property
    def readers(self) -> Places:
        """Of each article how many people read it."""
        readers: Places = (self.axis.people != MISSING).sum(axis=1)
        return readers

    @cached_property
    def sizes(self) -> Places:
        """Of each article its tokens."""
        return np.diff(self.axis.tokens.firsts)

    @cached_property
    def readers_of_tokens(self) -> Places:
        """Of each token how many people read its article."""
        return np.repeat(self.readers, self.sizes)

    @cached_property
    def shares(self) -> Floats:
        """Of each token the share of its readers who marked it."""
        return self.count / self.readers_of_tokens

    @cached_property
    def tallies(self) -> Floats:
        """Of each article that two people or more read, the tallies of its tokens, summed: those of people among themselves."""
        readers = self.readers_of_tokens
        observed = self.add_up(2 * self.count * (readers - self.count) / np.maximum(readers - 1, 1))
        marked = self.add_up(self.count)
        tallies = np.stack([observed, self.sizes * self.readers - marked, marked], axis=1)
        return np.where((self.readers > 1)[:, np.newaxis], tallies, 0.0)

    @cached_property
    def pairs(self) -> Floats:
        """Of each article what its pairs of people add to span F1."""
        return np.array([count_pairs(combinations(self.spans_of(a), 2)) for a in range(len(self.readers))]).reshape(-1, 5)

    @cached_property
    def alike(self) -> Floats:
        """slots x articles: the F1 over tokens of each person with each of the others, summed."""
        sums = np.zeros((len(self.slots), len(self.readers)))
        for a, b in combinations(range(len(self.slots)), 2):
            both = self.compare(self.slots[a], self.slots[b])
            sums[a] += both
            sums[b] += both
        return sums

    def compare(self, one: Drawn, other: Drawn) -> Floats:
        """Of each article that both have read the F1 over tokens: 2 |A and B| / (|A| + |B|), and 1 where neither marked anything; else 0."""
        shared, total = 2 * self.add_up(one.marks & other.marks), self.add_up(one.marks) + self.add_up(other.marks)
        return np.where(one.read & other.read, np.where(total > 0, shared / np.maximum(total, 1), 1.0), 0.0)

    def held(self, slot: int, read: Flags) -> Iterator[tuple[str, Places]]:
        """Who holds a slot, and in which of the articles that were `read` and have another reader."""
        column = np.where(read & (self.readers > 1), self.axis.people[:, slot], MISSING)
        for number in np.unique(column[column != MISSING]).tolist():
            yield self.axis.names[number], np.flatnonzero(column == number)

    def spans_of(self, article: int) -> list[list[Span]]:
        """The spans of each reader of an article."""
        return [slot.merged[article] for slot in self.slots if slot.read[article]]

    def add_up(self, of_tokens: NDArray[Any]) -> Floats:
        """Of each article the sum over its tokens."""
        until = np.concatenate([[0], np.cumsum(of_tokens)])
        firsts = self.axis.tokens.firsts
        sums: Floats = (until[firsts[1:]] - until[firsts[:-1]]).astype(float)
        return sums


def lay_axis(articles: Sequence[ArticleReadings]) -> Axis:
    """The axis of the articles that have readings whose spans are known."""
    known = [article for article in articles if article.markers]
    shifts = np.cumsum([0, *(len(article.text) for article in known)])
    names = sorted({name for article in known for name in article.markers})
    numbers = {name: i for i, name in enumerate(names)}
    people = np.full((len(known), max((len(article.markers) for article in known), default=0)), MISSING, dtype=np.int64)
    for row, article in enumerate(known):
        people[row, : len(article.markers)] = [numbers[name] for name in article.markers]
    tokens = Tokens(
        starts=_join([article.tokens.starts + shift for article, shift in zip(known, shifts[:-1], strict=True)]),
        ends=_join([article.tokens.ends + shift for article, shift in zip(known, shifts[:-1], strict=True)]),
        firsts=np.cumsum([0, *(article.size for article in known)]),
        words=_join([article.tokens.words for article in known]).astype(np.bool_),
        breaks=_join([article.tokens.breaks for article in known]).astype(np.bool_),
    )
    words = np.array([article.tokens.words.sum() for article in known], dtype=float)
    return Axis(known, tokens, shifts[:-1], words, tuple(names), people)


def mark_people(axis: Axis, label: str | None) -> Marks:
    """The spans of a label (any if None) of everybody in their slots."""
    markers = [list(article.markers.values()) for article in axis.articles]
    slots = [_draw(axis, [one[slot] if slot < len(one) else None for one in markers], label) for slot in range(axis.people.shape[1])]
    count = np.array([slot.marks for slot in slots], dtype=np.bool_).reshape(len(slots), -1).sum(axis=0)
    return Marks(axis, slots, count)


def draw_work(axis: Axis, work: Work, coder: str, label: str | None) -> Drawn:
    """The spans of a label of one coder."""
    nothing: Mapping[str, Reading] = {}
    found = [work.get(article.article_id, nothing).get(coder) for article in axis.articles]
    return _draw(axis, [one if one is not None and one.marked else None for one in found], label)


def tell_voices(axis: Axis, work: Work, labels: Sequence[str | None], languages: Sequence[str | None]) -> list[dict[Span, Voice]]:
    """Of each article the voice of every span that somebody drew, as they stand when those of a label that overlap are joined."""
    found = []
    for article, language in zip(axis.articles, languages, strict=True):
        readings = [*article.markers.values(), *work.get(article.article_id, {}).values()]
        spans = sorted({span for reading in readings if reading.spans for label in labels for span in merge_spans(reading.spans_of(label))})
        told = tell_spans(article.text, spans, language) if spans else []
        found.append({span: one.voice for span, one in zip(spans, told, strict=True)})
    return found


def _draw(axis: Axis, readings: Sequence[Reading | None], label: str | None) -> Drawn:
    merged = [merge_spans(reading.spans_of(label)) if reading is not None else [] for reading in readings]
    article = np.repeat(np.arange(len(merged)), [len(spans) for spans in merged])
    spans = [span for one in merged for span in one]
    starts, ends = (np.array(spans, dtype=np.int64).reshape(-1, 2) + axis.shifts[article, np.newaxis]).T
    firsts, lasts = touch(axis.tokens, starts, ends)
    lasts = np.maximum(firsts, lasts)
    steps = np.zeros(len(axis.tokens.starts) + 1, dtype=np.int64)
    np.add.at(steps, firsts, 1)
    np.add.at(steps, lasts, -1)
    read = np.array([reading is not None for reading in readings], dtype=np.bool_)
    return Drawn(article, spans, firsts, lasts, np.cumsum(steps)[:-1] > 0, merged, read)


def _join(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)
