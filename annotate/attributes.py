"""When two people speak of the same span, and when they say the same of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from annotate.readings import ArticleReadings, Place, Reading
from schemas.codebook import Actor, Attribute, Codebook
from schemas.text.canonical import fold_words
from schemas.text.tokens import Span

__all__ = ["Pair", "fold_values", "measure_overlap", "pair_attributes", "pair_spans"]


class Pair(NamedTuple):
    """What two readers say of a span of this label that both marked: values by attribute."""

    label: str
    one: Mapping[str, set[str]]
    other: Mapping[str, set[str]]

    def values_of(self, attribute: str) -> tuple[frozenset[str], frozenset[str]]:
        """What either says of an attribute; an empty set of one who says nothing."""
        return frozenset(self.one.get(attribute, ())), frozenset(self.other.get(attribute, ()))


def pair_attributes(article: ArticleReadings) -> list[Pair]:
    """Of each two readers of an article the pairs of their spans, with what they say of them."""
    return [
        Pair(ours[0], one.attributes.get(ours, {}), other.attributes.get(theirs, {}))
        for one, other in combinations(article.markers.values(), 2)
        for ours, theirs in pair_spans(one, other)
    ]


def pair_spans(one: Reading, other: Reading) -> list[tuple[Place, Place]]:
    """Spans of two readers of an article that are about the same words: of one label, overlapping, each in one pair at most. The pairs that share
    most characters come first, and of those that share as many the ones that are most alike."""
    pairs: list[tuple[Place, Place]] = []
    for label in sorted(one.spans.keys() & other.spans.keys()):
        found = _find_overlaps(sorted(set(one.spans[label])), sorted(set(other.spans[label])))
        taken: tuple[set[Span], set[Span]] = (set(), set())
        for a, b in sorted(found, key=lambda pair: (-measure_overlap(*pair), sum(span.end - span.start for span in pair), pair)):
            if a not in taken[0] and b not in taken[1]:
                taken[0].add(a)
                taken[1].add(b)
                pairs.append(((label, a), (label, b)))
    return sorted(pairs)


def measure_overlap(a: Span, b: Span) -> int:
    """How many characters two spans share."""
    return max(min(a.end, b.end) - max(a.start, b.start), 0)


def fold_values(attribute: Attribute, codebook: Codebook) -> Callable[[str], str]:
    """What of a value counts when two are compared: of a choice all of it; of words neither marks nor case (`fold_words`), and where they are an
    alias of one actor alone, the actor's name."""
    if attribute.kind == "choice":
        return lambda value: value
    known = _spell_actors(codebook.actors) if attribute.kind == "actor" else {}
    return lambda value: known.get(folded := fold_words(value), folded)


@lru_cache(maxsize=8)
def _spell_actors(actors: Sequence[Actor]) -> dict[str, str]:
    """The name of each actor by what counts of the name and of each alias that is no other actor's."""
    spelt = [(fold_words(alias), actor.name) for actor in actors for alias in actor.aliases]
    owners = Counter(alias for alias, _ in set(spelt))
    return {alias: name for alias, name in spelt if owners[alias] == 1} | {fold_words(actor.name): actor.name for actor in actors}


def _find_overlaps(left: Sequence[Span], right: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Each pair of overlapping spans of two lists in order, whose own spans may overlap, too."""
    starts, longest = [span.start for span in right], max((span.end - span.start for span in right), default=0)
    for a in left:
        for b in right[bisect_right(starts, a.start - longest) : bisect_left(starts, a.end)]:
            if b.end > a.start:
                yield a, b
