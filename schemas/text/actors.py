"""The mentions of actors in texts: where names and aliases stand as words, at each place the longest, and none over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from schemas.arrays import Integers, Places
from schemas.codebook import Actor
from schemas.text.aliases import Meaning, Tree, compile_lexicon
from schemas.text.characters import code_points
from schemas.text.kernel import find_sorted, kernel
from schemas.text.tokens import tokens_of
from schemas.text.vocabulary import Vocabulary

__all__ = ["ActorFinder", "Mentions", "count_mentions"]


class Mentions(NamedTuple):
    """Who is named where, in order: the numbers of the actors, the first tokens, the ones after the last, and the texts."""

    actors: Places
    firsts: Places
    lasts: Places
    texts: Places


class _Meanings(NamedTuple):
    """Of meaning m the parts of aliases that such a word may be, parts[begins[m]:begins[m + 1]], and what each costs."""

    begins: Places
    parts: Places
    costs: Places


class ActorFinder:
    """Finds the actors' mentions. Remembers what words mean, and is for one thread. FramingError as `Lexicon`."""

    def __init__(self, actors: Sequence[Actor]) -> None:
        self.actors = tuple(actors)
        self._lexicon = compile_lexicon(self.actors)
        # The meaning of most words, none at all, has the number 0.
        self._numbers: dict[Meaning, int] = {(): 0}
        self._meanings = _Meanings(np.zeros(2, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))

    def know(self, words: Sequence[str]) -> Integers:
        """The number of each word's meaning, to be kept beside the word. Words as they read (`characters.visible`)."""
        if not self.actors:
            return np.zeros(len(words), np.int32)
        look_up, numbers, before = self._lexicon.look_up, self._numbers, len(self._numbers)
        known = np.array([numbers.setdefault(look_up(word), len(numbers)) for word in words], dtype=np.int32)
        self._learn([*numbers][before:])
        return known

    def find(self, ids: Integers, firsts: Places, meanings: Integers) -> Mentions:
        """The mentions in texts, of which text d has the tokens from firsts[d] to firsts[d + 1]. `ids`: the number of each token's word;
        `meanings`: by that number, what `know` said of the word."""
        if not self.actors:
            return Mentions(*(np.zeros(0, np.int64) for _ in Mentions._fields))
        return Mentions(*_find(ids, firsts, meanings, self._meanings, self._lexicon.tree))

    def _learn(self, new: Sequence[Meaning]) -> None:
        if new:
            old, pairs = self._meanings, np.array([pair for meaning in new for pair in meaning], dtype=np.int64)
            ends = old.begins[-1] + np.cumsum([len(meaning) for meaning in new])
            self._meanings = _Meanings(np.append(old.begins, ends), np.append(old.parts, pairs[:, 0]), np.append(old.costs, pairs[:, 1]))


def count_mentions(text: str, actors: Sequence[Actor]) -> dict[str, int]:
    """How often a text names each of the actors that it names, most often named first, and of those named as often, first named first."""
    finder, vocabulary, tokens = ActorFinder(actors), Vocabulary(), tokens_of(text)
    ids = vocabulary.number(code_points(text), tokens.starts, tokens.ends)
    found = finder.find(ids, tokens.firsts, finder.know(vocabulary.words_from(0)))
    named, begins, counts = np.unique(found.actors, return_index=True, return_counts=True)
    order = np.lexsort((begins, -counts))
    return {finder.actors[number].name: count for number, count in zip(named[order].tolist(), counts[order].tolist(), strict=True)}


@kernel
def _find(ids: Integers, firsts: Places, meanings: Integers, known: _Meanings, tree: Tree) -> tuple[Places, Places, Places, Places]:
    size, count = len(ids), 0
    found = np.empty((4, size), np.int64)
    # From one word on, each node is come to at most once.
    nodes, places, costs = np.empty(len(tree.actors), np.int64), np.empty(len(tree.actors), np.int64), np.empty(len(tree.actors), np.int64)
    for d in range(len(firsts) - 1):
        t, end = firsts[d], firsts[d + 1]
        while t < end:
            if meanings[ids[t]] == 0:
                t += 1
                continue
            nodes[0], places[0], costs[0], waiting = 0, t, 0, 1
            last, cheapest, actor = t, 0, -1
            while waiting > 0:
                waiting -= 1
                node, place, before = nodes[waiting], places[waiting], costs[waiting]
                meaning = meanings[ids[place]]
                for i in range(known.begins[meaning], known.begins[meaning + 1]):
                    child = _step(tree, node, known.parts[i])
                    if child < 0:
                        continue
                    cost, named = before + known.costs[i], tree.actors[child]
                    better = place + 1 > last or (place + 1 == last and (cost < cheapest or (cost == cheapest and named < actor)))
                    if named >= 0 and better:
                        last, cheapest, actor = place + 1, cost, named
                    if place + 1 < end and tree.begins[child] < tree.begins[child + 1]:
                        nodes[waiting], places[waiting], costs[waiting] = child, place + 1, cost
                        waiting += 1
            if actor < 0:
                t += 1
                continue
            found[0, count], found[1, count], found[2, count], found[3, count] = actor, t, last, d
            count, t = count + 1, last
    return found[0, :count].copy(), found[1, :count].copy(), found[2, :count].copy(), found[3, :count].copy()


@kernel
def _step(tree: Tree, node: int, part: int) -> int:
    """The node below this one by this part; -1 if there is none."""
    place = find_sorted(tree.parts, tree.begins[node], tree.begins[node + 1], part)
    return tree.children[place] if place >= 0 else -1
