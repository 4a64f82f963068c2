"""Reasons as a reader believes them: the features of a span put together by what they are about, each group with its share and its evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from classifiers.explanation.reasons import quote, say_feature, shorten
from classifiers.features.spans import FIGURE_KIND, edge_kinds
from classifiers.features.surroundings import SURROUNDING_KINDS
from classifiers.features.words import Feature, character_features, word_features, word_term

__all__ = [
    "ALIKE_THERE",
    "LETTERS",
    "NARRATOR",
    "ORDINARY",
    "STEM",
    "Group",
    "Part",
    "Stems",
    "Tally",
    "jot",
    "name_alike",
    "part_of",
    "place_figure",
    "say_group",
]

# Where the scale begins: what nearly all words are. What a span is beyond that is a reason, and that it is this is none: the
# reference category, as one says of a regression.
ORDINARY, NARRATOR = Feature("shape", "x"), Feature("voice", "narrator")
# Pieces of evidence that are named, and the part of the strongest that each must have.
NAMED, WORTH_NAMING = 3, 0.25
# Letters that are named: two are in too many words to say anything to a reader.
LETTERS = 3
# Words that begin with as many letters alike are taken for forms of one.
STEM = 4
# Less is nothing but rounding.
NOTHING = 1e-9


class Part(StrEnum):
    """What a feature is about; of groups as heavy as each other the first comes first."""

    WORD = "the word itself"
    ALIKE = "words like it"
    PARTS = "its parts"
    VOICE = "who speaks"
    BESIDE = "its neighbours"
    SENTENCE = "its sentence"
    PLACE = "its place in the text"
    ARTICLE = "the same words elsewhere in the article"
    CORPORA = "what was learned from other corpora"
    FORM = "its length and how often it is said"


@dataclass(frozen=True)
class Group:
    """What the features of one part add to a score. `share`: of all that speaks for it (negative where the group speaks against it); `evidence`:
    the strongest of them, as one jots them down."""

    part: Part
    weight: float
    share: float
    evidence: tuple[str, ...]


class Tally:
    """Adds up what features add, by the part that they are about and by how their evidence is said."""

    def __init__(self) -> None:
        self._parts: dict[Part, dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def add(self, part: Part, evidence: str, weight: float) -> None:
        """`evidence` may be empty: then it counts, and is not named."""
        self._parts[part][evidence] += weight

    def groups(self) -> list[Group]:
        """The strongest first, what speaks against it last. Their weights are the sum of all that was added."""
        totals = {part: sum(pieces.values()) for part, pieces in self._parts.items()}
        whole = sum(total for total in totals.values() if total > 0)
        made = [
            Group(part, total, total / max(whole, NOTHING), _name_strongest(self._parts[part], total))
            for part, total in totals.items()
            if abs(total) > NOTHING
        ]
        order = list(Part)
        return sorted(made, key=lambda group: (-group.weight, order.index(group.part)))


def _name_strongest(pieces: Mapping[str, float], total: float) -> tuple[str, ...]:
    sign = 1 if total > 0 else -1
    named = sorted((-sign * weight, evidence) for evidence, weight in pieces.items() if evidence and sign * weight > 0)
    chosen: list[str] = []
    for weight, evidence in named:
        # Of letters that lie within each other the strongest are named.
        if weight <= WORTH_NAMING * named[0][0] and not any(_lie_within(evidence, other) for other in chosen):
            chosen.append(evidence)
    return tuple(chosen[:NAMED])


def _lie_within(one: str, other: str) -> bool:
    one, other = one.strip("-"), other.strip("-")
    return one in other or other in one


def say_group(group: Group, words: int = 1) -> str:
    """One line of plain words about a span of so many words."""
    name = "its words" if group.part is Part.WORD and words > 1 else "words like them" if group.part is Part.ALIKE and words > 1 else group.part.value
    return f"{name}: {', '.join(group.evidence)}" if group.evidence else name


def name_alike(groups: Sequence[Group], words: Sequence[str]) -> list[Group]:
    """The groups, with these words as the evidence that words like the span's speak for it."""
    evidence = tuple(map(quote, words))
    return [replace(group, evidence=evidence) if evidence and group.part is Part.ALIKE and group.weight > 0 else group for group in groups]


_KINDS = {
    "word": Part.WORD,
    "company": Part.ALIKE,
    "voice": Part.VOICE,
    FIGURE_KIND: Part.FORM,
    **dict(zip(SURROUNDING_KINDS, (Part.WORD, Part.BESIDE, Part.BESIDE, Part.SENTENCE), strict=True)),
}
# Of words by their company, in each of the surroundings' PLACES.
ALIKE_THERE = (Part.ALIKE, Part.BESIDE, Part.BESIDE, Part.SENTENCE)


def part_of(feature: Feature, position: int = 0) -> Part:
    """What a feature of a span, or of a word of it, is about; its `position` beside the span."""
    if feature.term == "edge" and feature.kind in ("shape", "voice"):
        return Part.PLACE
    if feature.kind in edge_kinds("word"):
        return Part.BESIDE if position else Part.WORD
    return _KINDS.get(feature.kind, Part.PARTS)


def jot(feature: Feature, position: int = 0) -> str:
    """A feature as evidence; nothing of how nearly all words are written."""
    if feature.kind == "shape":
        return "" if feature == ORDINARY or not feature.term[:1].isalpha() else "with a hyphen" if "-" in feature.term else shorten(feature)
    if feature.kind in ("voice", FIGURE_KIND):
        return say_feature(feature)
    beside = feature.kind if feature.kind in ("word before", "word after") else ""
    where = beside.removeprefix("word ") or ("before" if position < 0 else "after" if position else "")
    if feature.kind in ("prefix", "suffix", "characters"):
        return shorten(feature) if len(feature.term.strip("^$")) >= LETTERS else ""
    return f"{quote(feature.term)} {where} it" if where else quote(feature.term)


def place_figure(column: str) -> tuple[Part, str]:
    """What a figure that the second stage of spans looks at is about, and its evidence."""
    if column.startswith("neighbour"):
        return Part.BESIDE, "how loaded the words near it are"
    if column.startswith("auxiliary "):
        return Part.CORPORA, column.removeprefix("auxiliary ")
    if column in ("token x sentence", "rank in sentence"):
        return Part.SENTENCE, "how it stands out there"
    if "sentence" in column:
        return Part.SENTENCE, "how loaded the sentence is"
    return Part.ARTICLE, ""


class Stems:
    """Which letters of a word are the word itself: those that no word has which the model knows, but for it and what begins as it does. All of
    them were learned from that word in its forms, and only the arithmetic of fitting shares their weight among them."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self._stems: dict[Feature, str | None] = {}
        self._words = {feature.term for feature in features if feature.kind == "word"}
        for word in self._words:
            for part in _parts_of(word):
                if self._stems.setdefault(part, word[:STEM]) != word[:STEM]:
                    self._stems[part] = None
        self._own: dict[str, frozenset[Feature]] = {}

    def place(self, feature: Feature, word: str) -> tuple[Part, str]:
        """What a feature of this word is about, and how it is jotted down as evidence."""
        if feature.kind == "word" or feature in self.own(word):
            return Part.WORD, quote(word_term(word))
        return part_of(feature), jot(feature)

    def own(self, word: str) -> frozenset[Feature]:
        """The letters that are this word alone; none of a word that the model does not know."""
        if word not in self._own:
            term = word_term(word)
            known = _parts_of(term) if term in self._words else []
            self._own[word] = frozenset(part for part in known if self._stems[part] is not None)
        return self._own[word]


def _parts_of(word: str) -> list[Feature]:
    return [feature for feature in (*word_features(word), *character_features(word)) if feature.kind not in ("word", "shape")]
