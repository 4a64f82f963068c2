"""Reasons as a reader believes them: the features of a span put together by what they are about, each group with its share and its evidence."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from classifiers.explanation.reasons import quote, say_feature, shorten
from classifiers.features.spans import FIGURE_KIND, edge_kinds
from classifiers.features.surroundings import SURROUNDING_KINDS
from classifiers.features.words import Feature, runs_of_characters, word_term

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

# What nearly all words are is no reason: the reference categories, as one says of a regression.
ORDINARY, NARRATOR = Feature("shape", "x"), Feature("voice", "narrator")
# Pieces of evidence that are named, and the part of the strongest that each must have.
NAMED, WORTH_NAMING = 3, 0.25
# Letters that are named: two are in too many words to say anything to a reader.
LETTERS = 3
LONGEST_PREFIX = 5
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
    the strongest of them, as one jots them down; `alike`: words that the reader may compare, if such are known."""

    part: Part
    weight: float
    share: float
    evidence: tuple[str, ...]
    alike: tuple[str, ...] = ()


class Tally:
    """Adds up what features add, by the part that they are about and by how their evidence is said."""

    def __init__(self) -> None:
        self._parts: dict[Part, dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def add(self, part: Part, evidence: str, weight: float) -> None:
        """`evidence` may be empty: then it counts, and is not named."""
        self._parts[part][evidence] += weight

    def groups(self) -> list[Group]:
        """The strongest first (letters behind the words where these carry more together), what speaks against it last. Their weights sum to
        all that was added."""
        totals = {part: sum(pieces.values()) for part, pieces in self._parts.items()}
        # Where nothing speaks for it, what speaks against it is all there is.
        whole = sum(total for total in totals.values() if total > 0) or sum(map(abs, totals.values()))
        made = [
            Group(part, total, total / max(whole, NOTHING), _name_strongest(self._parts[part], total))
            for part, total in totals.items()
            if abs(total) > NOTHING
        ]
        meant = [totals[part] for part in (Part.WORD, Part.ALIKE) if totals.get(part, 0.0) > 0]
        # Letters are what words are written in: where the words carry more of the score they are told first.
        behind = min(meant, default=math.inf) if sum(meant) > totals.get(Part.PARTS, 0.0) else math.inf
        order = list(Part)
        return sorted(made, key=lambda each: (-min(each.weight, behind if each.part is Part.PARTS else math.inf), order.index(each.part)))


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
    if group.part is Part.ALIKE and not group.alike and group.evidence:
        return f"words like {', '.join(group.evidence)}"
    several = {Part.WORD: "its words", Part.ALIKE: "words like them"}
    name = several.get(group.part, group.part.value) if words > 1 else group.part.value
    return f"{name}: {', '.join(group.alike or group.evidence)}" if group.alike or group.evidence else name


def name_alike(groups: Sequence[Group], words: Sequence[str]) -> list[Group]:
    """The groups, with these words beside the weight that those like the span's have for it."""
    alike = tuple(map(quote, words))
    return [replace(group, alike=alike) if group.part is Part.ALIKE and group.weight > 0 else group for group in groups]


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
        return say_feature(feature) if feature != NARRATOR else ""
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

    def __init__(self, words: Iterable[str]) -> None:
        self._words, self._stems = set(words), dict[str, str | None]()
        self._own: dict[str, frozenset[str]] = {}
        for word in self._words:
            stem = word[:STEM]
            for run in _runs_of(word):
                if self._stems.setdefault(run, stem) != stem:
                    self._stems[run] = None

    def place(self, feature: Feature, word: str) -> tuple[Part, str]:
        """What a feature of this word is about, and how it is jotted down as evidence."""
        if feature.kind == "word" or self.owns(word, feature):
            return Part.WORD, quote(word_term(word))
        return part_of(feature), jot(feature)

    def owns(self, word: str, feature: Feature) -> bool:
        """Whether these letters are this word alone; none are of a word that the model does not know."""
        if feature.kind not in _MARKED:
            return False
        if word not in self._own:
            term = word_term(word)
            self._own[word] = frozenset(run for run in _runs_of(term) if self._stems[run] is not None) if term in self._words else frozenset()
        begin, end = _MARKED[feature.kind]
        return f"{begin}{feature.term}{end}" in self._own[word]


# How the letters of a feature stand among the runs of a word's.
_MARKED = {"characters": ("", ""), "prefix": ("^", ""), "suffix": ("", "$")}


def _runs_of(word: str) -> list[str]:
    runs = runs_of_characters(word)
    # All prefixes and suffixes but the longest prefix are among them.
    return [*runs, f"^{word[:LONGEST_PREFIX]}"] if runs else runs
