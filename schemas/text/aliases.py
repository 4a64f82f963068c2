"""What actors are called, as something that words of texts can be looked up in.

An alias is a row of *parts*, each a word or the stem of one. The parts of all aliases make a tree, so that one walk from a word on finds
every alias that begins there.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from schemas.arrays import Places
from schemas.codebook import Actor
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.text.characters import visible
from schemas.text.tokens import tokenise

__all__ = ["Lexicon", "Meaning", "Part", "Tree", "compile_lexicon", "digest_actors", "split_alias"]

# Words and marks of an alias, of which the longest name of a treaty has half; capitals of a word that is written in no other way.
LONGEST, ACRONYM = 40, 5
# What a word costs that is written in another case, is a possessive, a plural, or only begins as a stem does: of two actors that the same words
# may name, those are named whom they cost less. No alias has parts enough for one kind to be worth another.
CASE, POSSESSIVE, PLURAL, STEM = 1, 100, 10_000, 1_000_000
STAR, HYPHEN = "*", "-"
# What a text may write for the same: as the tokeniser knows them.
_SAME = str.maketrans({"’": "'", "‑": HYPHEN})
# Holds the place of a star, so that the tokeniser sees a word that goes on.
_LETTER = "x"
_HISSING, _VOWELS = ("s", "x", "z", "ch", "sh"), "aeiou"

# Which parts a word may be, and what each costs.
Meaning = tuple[tuple[int, int], ...]


class Part(NamedTuple):
    """A word of an alias, with plain apostrophes and hyphens; `stem`: whether words that only begin so will do."""

    word: str
    stem: bool


class Tree(NamedTuple):
    """Nodes of aliases, of which 0 is the root: those below node n are children[begins[n]:begins[n + 1]], by their parts, in order; `actors`: whom
    the aliases name that end there, -1 if none does."""

    begins: Places
    parts: Places
    children: Places
    actors: Places


class Lexicon:
    """The names and aliases of actors. Raises FramingError for an alias without a word, a too long one, and one of two actors."""

    def __init__(self, actors: Sequence[Actor]) -> None:
        self._written: dict[str, dict[int, int]] = defaultdict(dict)
        self._folded: dict[str, dict[int, int]] = defaultdict(dict)
        self._stems: dict[str, dict[int, int]] = defaultdict(dict)
        self._folded_stems: dict[str, dict[int, int]] = defaultdict(dict)
        self._numbers: dict[tuple[Part, bool], int] = {}
        self._edges: dict[tuple[int, int], int] = {}
        self._actors: list[int] = [-1]
        aliases = [(number, split_alias(alias, actor.name)) for number, actor in enumerate(actors) for alias in (actor.name, *actor.aliases)]
        for number, parts in aliases:
            holder = self._add(parts, number)
            if holder != number:
                raise FramingError(
                    f"alias {_spell(parts)!r} is also one of {actors[holder].name!r}", f"actor {actors[number].name!r}", "Leave it to one of them"
                )
        for number, parts in aliases:
            apart = [Part(word, part.stem) for part in parts for word in _cut_hyphens(part)]
            if len(apart) > len(parts):
                self._add(apart, number)
        self._lengths = sorted({len(stem) for stem in (*self._stems, *self._folded_stems)})
        self.tree = self._make_tree()

    def look_up(self, word: str) -> Meaning:
        """The parts that a word may be; none of most words."""
        word = word if word.isascii() else word.translate(_SAME)
        folded = word.casefold()
        found = [table[key] for table, key in ((self._written, word), (self._folded, folded)) if key in table]
        for length in self._lengths:
            if length > len(folded):
                break
            found += [table[key] for table, key in ((self._stems, word[:length]), (self._folded_stems, folded[:length])) if key in table]
        if not found:
            return ()
        costs: dict[int, int] = {}
        for some in found:
            for part, cost in some.items():
                costs[part] = min(cost, costs.get(part, cost))
        return tuple(sorted(costs.items()))

    def _add(self, parts: Sequence[Part], actor: int) -> int:
        """Put an alias into the tree; whom it names there."""
        above, ends = 0, [0]
        for place, part in enumerate(parts):
            below = [(self._number(part, inflected=False), above)]
            if place == len(parts) - 1 and not part.stem:
                below.append((self._number(part, inflected=True), above))
            ends = [self._edges.setdefault((node, number), len(self._edges) + 1) for number, node in below]
            self._actors += [-1] * (len(self._edges) + 1 - len(self._actors))
            above = ends[0]
        for end in ends:
            if self._actors[end] < 0:
                self._actors[end] = actor
        return self._actors[above]

    def _number(self, part: Part, *, inflected: bool) -> int:
        """The part's number, by which its words are known from then on."""
        if (known := self._numbers.get((part, inflected))) is not None:
            return known
        number = self._numbers[part, inflected] = len(self._numbers)
        anyhow = part.word == part.word.lower()
        forms = _inflect(part.word, anyhow=anyhow) if inflected else _cases(part.word, anyhow=anyhow)
        tables = (self._stems, self._folded_stems) if part.stem else (self._written, self._folded)
        for form, cost in forms:
            table = tables[anyhow][form.casefold() if anyhow else form]
            # Of two stems the longer one says more.
            table.setdefault(number, cost + (STEM - min(len(form), STEM // 2) if part.stem else 0))
        return number

    def _make_tree(self) -> Tree:
        edges = np.array([(*edge, child) for edge, child in self._edges.items()], dtype=np.int64).reshape(-1, 3)
        edges = edges[np.lexsort((edges[:, 1], edges[:, 0]))]
        begins = np.searchsorted(edges[:, 0], np.arange(len(self._actors) + 1))
        return Tree(begins, edges[:, 1].copy(), edges[:, 2].copy(), np.array(self._actors, dtype=np.int64))


@lru_cache(maxsize=4)
def compile_lexicon(actors: tuple[Actor, ...]) -> Lexicon:
    """The same lexicon for the same actors, for those who ask for each text."""
    return Lexicon(actors)


def digest_actors(actors: Sequence[Actor]) -> str | None:
    """By which the same actors are told, in the same order; None if there are none."""
    return digest_text("\n".join(actor.model_dump_json() for actor in actors)) if actors else None


def split_alias(alias: str, actor: str) -> tuple[Part, ...]:
    """The parts of an alias of this actor. Raises FramingError if there is nothing to look for, or too much."""
    parts: list[Part] = []
    for piece in unicodedata.normalize("NFC", visible(alias)).translate(_SAME).split():
        if piece == STAR:
            raise FramingError(f"alias {_shorten(alias)!r} has a star that stands alone", f"actor {actor!r}", "Put it behind the beginning of a word")
        stem = piece.endswith(STAR)
        text = piece[:-1] + _LETTER if stem else piece
        words = [text[span.start : span.end] for span in tokenise(text)]
        if stem:
            # Behind a sign that is a word by itself (Han, a mark) it is one more word, and there is no stem.
            words, stem = (words[:-1], False) if words[-1] == _LETTER else ([*words[:-1], words[-1][:-1]], True)
        parts += [Part(word, stem and place == len(words) - 1) for place, word in enumerate(words)]
        if len(parts) > LONGEST:
            raise FramingError(f"alias {_shorten(alias)!r} has more than {LONGEST} words", f"actor {actor!r}", "Give a shorter name")
    if not any(unicodedata.category(character)[0] in "LNS" for part in parts for character in part.word):
        raise FramingError(f"alias {_shorten(alias)!r} has no word to look for", f"actor {actor!r}", "Give one with letters or digits")
    return tuple(parts)


def _cases(word: str, *, anyhow: bool) -> Iterator[tuple[str, int]]:
    """How a word may be written, and what each way costs. `anyhow`: its case does not matter."""
    if anyhow:
        yield word, CASE
        return
    yield word, 0
    if word != word.upper():
        yield word.upper(), CASE
    elif sum(map(str.isalpha, word)) > ACRONYM:
        yield word.capitalize(), CASE


def _inflect(word: str, *, anyhow: bool) -> Iterator[tuple[str, int]]:
    """The possessive and the plural of a word, in all ways to write it. A possessive that ends in its apostrophe is a word and a mark."""
    if not word[-1:].isalnum():
        return
    for form, cost in _cases(word, anyhow=anyhow):
        yield f"{form}'s", cost + POSSESSIVE
        for plural in _plurals(word if anyhow else form):
            yield plural, cost + PLURAL
        if not anyhow and form == form.upper():
            yield f"{form}'S", cost + POSSESSIVE + CASE
            # In capitals throughout only where that is another way to write the word, for an acronym takes a small s.
            yield from ((plural.upper(), cost + PLURAL) for plural in _plurals(form) if form != word)


def _plurals(word: str) -> Iterator[str]:
    small = word.lower()
    yield f"{word}es" if small.endswith(_HISSING) else f"{word}s"
    if small[-1:] == "y" and small[-2:-1] not in _VOWELS:
        yield f"{word[:-1]}ies"


def _cut_hyphens(part: Part) -> list[str]:
    words = part.word.split(HYPHEN)
    return words if not part.stem and len(words) > 1 and all(words) else [part.word]


def _spell(parts: Sequence[Part]) -> str:
    return _shorten(" ".join(part.word + STAR * part.stem for part in parts))


def _shorten(alias: str) -> str:
    return alias if len(alias) <= 60 else f"{alias[:60]}..."
