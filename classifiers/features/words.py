"""The features of a token, written once, in plain Python, per distinct token.

Everything a model knows of a word is here. Training calls it for each distinct token of the training articles,
scoring for each distinct token it has not met; neither calls it per occurrence.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from classifiers.features.documents import EDGE

__all__ = [
    "CACHED",
    "WORD_KINDS",
    "Feature",
    "character_features",
    "company_features",
    "company_terms",
    "runs_of_characters",
    "situation_features",
    "word_features",
    "word_term",
]

CHARACTERS = (2, 3, 4, 5)
# The kinds that word_features gives.
WORD_KINDS = ("word", "shape", "prefix", "suffix", "part")
# Words whose features are kept at hand (some 40 MB) while training: several tables ask for those of every word, one table after the other.
CACHED = 32768


class Feature(NamedTuple):
    """A kind of feature and its term, e.g. ("suffix", "less")."""

    kind: str
    term: str


_RUN = re.compile(r"(.)\1+")


@lru_cache(CACHED)
def word_features(word: str) -> tuple[Feature, ...]:
    """Word, stem-like ends, parts of compounds and shape. Lower-cased but for the shape."""
    if word == EDGE:
        return (Feature("shape", "edge"),)
    lower = word_term(word)
    features = [Feature("word", lower), Feature("shape", _shape(word))]
    if not lower[:1].isalpha():
        return tuple(features)
    features += [Feature("prefix", lower[:size]) for size in (3, 5) if len(lower) > size]
    features += [Feature("suffix", lower[-size:]) for size in (2, 3, 4) if len(lower) > size]
    if "-" in lower:
        features += [Feature("part", part) for part in lower.split("-") if part]
    return tuple(features)


def character_features(word: str) -> list[Feature]:
    """Its runs of characters, as features."""
    return [Feature("characters", run) for run in runs_of_characters(word)]


def runs_of_characters(word: str) -> list[str]:
    """Runs of two to five characters, with the word's ends marked: what an unseen word still shows of its stem."""
    lower = word.lower()
    if not lower[:1].isalpha():
        return []
    marked = f"^{lower}$"
    return [marked[i : i + size] for size in CHARACTERS for i in range(len(marked) - size + 1)]


def company_features(word: str) -> list[Feature]:
    """The word again, for what a head learned of the company it keeps rather than of the word itself."""
    return [Feature("company", term) for term in company_terms(word)]


def company_terms(word: str) -> list[str]:
    """The word as features have it; nothing of what stands beyond an article's ends."""
    return [word_term(word)] if word != EDGE else []


def word_term(word: str) -> str:
    """The word as features have it: lower-cased, and without the 's of a possessive."""
    return word.lower().replace("’", "'").removesuffix("'s")


def situation_features(situation: str) -> list[Feature]:
    """Voice: the narrator's words are the outlet's own. What is unclear speaks for nothing."""
    return [Feature("voice", situation)] if situation != "unclear" else []


def _shape(word: str) -> str:
    if word.isascii() and word.isalpha():
        # What most words are, in a tenth of the time.
        if word.islower():
            return "x"
        if word[:1].isupper() and word[1:].islower():
            return "Xx"
    signs = "".join("X" if c.isupper() else "x" if c.islower() else "9" if c.isdigit() else c if not c.isalnum() else "x" for c in word)
    return _RUN.sub(r"\1", signs)[:8]
