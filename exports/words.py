"""The words of spans: those that drive each label, and those that tell groups of articles apart."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from schemas.text.tokens import tokenise
from schemas.text.voices import OWN_VOICES

__all__ = ["DistinctiveWord", "DrivingWord", "contrast_words", "rank_words"]

LISTED = 25
# Closed classes of English: what stands in every text drives no label by itself.
_CLOSED = """
a an the this that these those and or but nor so as than if of in on at by for from to into with without about over under up down out off through
after before between against i you he she it we they me him her us them my your his its our their who whom whose which what is am are was were be
been being has have had having do does did doing will would shall should can could may might must not no s t
"""
EVERYDAY = frozenset(_CLOSED.split())
# A word of fewer spans tells no groups apart, whatever it is.
RARE = 3


class DrivingWord(NamedTuple):
    """A word in `spans` spans of the label; `score` says what it did for them."""

    label: str
    word: str
    spans: int
    score: float


class DistinctiveWord(NamedTuple):
    """A word in `spans` spans of the group and in `others` of all others: its log-odds here less those there, with a 95 % interval."""

    group: str
    word: str
    spans: int
    others: int
    log_odds: float
    low: float
    high: float


def rank_words(spans: pl.DataFrame, labels: Sequence[str], weights: Mapping[str, float] | None, most: int = LISTED) -> list[DrivingWord]:
    """The words in spans of each label in the outlets' own voice, label by label, the strongest first.

    `spans`: label, text, voice. `weights`: what each word, in lower case, adds to a token's log-odds by itself. A word counts as often as spans have
    it times its weight: what it has added to all of them; those that speak but faintly (not among the strongest quarter of
    those that speak for a span) are left out, and so are EVERYDAY ones. Without weights (people
    marked the spans) a word counts as often as it is there.
    """
    counts = _count_words(spans, "label")
    strong = _strong(weights) if weights is not None else None
    rows: list[DrivingWord] = []
    for label in labels:
        some = counts.get(label, Counter())
        scored = [
            DrivingWord(label, word, times, times * (strong.get(word, 0.0) if strong is not None else 1.0))
            for word, times in some.items()
            if word not in EVERYDAY
        ]
        rows += [row for row in sorted(scored, key=lambda row: (-row.score, row.word))[:most] if row.score > 0]
    return rows


def contrast_words(spans: pl.DataFrame, most: int = LISTED) -> list[DistinctiveWord]:
    """For each `group` of spans (text, voice, group) the words that its spans in the outlets' own voice have more often than those of all others,
    the surest first, group by group in the order of their names.

    Log-odds with an informative Dirichlet prior: each word has in advance the frequency that it has in all spans together, worth as much as one span
    in ten (Monroe, Colaresi and Quinn 2008, Political Analysis 16, pp. 372-403). Their ratio to its standard error ranks. The interval takes each
    span as one draw.
    """
    counts = _count_words(spans, "group")
    every = Counter[str]()
    for some in counts.values():
        every.update(some)
    total = every.total()
    rows: list[DistinctiveWord] = []
    for group in sorted(counts):
        here, size = counts[group], counts[group].total()
        # Where there is nothing else, or no other word, there is nothing to set it against.
        told = [word for word in here if every[word] >= RARE and total > max(size, every[word])]
        scored = [_contrast(group, word, (here[word], size), (every[word], total)) for word in told]
        rows += sorted((row for row in scored if row.low > 0), key=lambda row: (-row.log_odds / (row.log_odds - row.low), row.word))[:most]
    return rows


def _contrast(group: str, word: str, here: tuple[int, int], every: tuple[int, int]) -> DistinctiveWord:
    (times, size), (all_times, total) = here, every
    prior, whole = 0.1 * all_times, 0.1 * total
    own, own_rest = times + prior, size - times + whole - prior
    other, other_rest = all_times - times + prior, total - size - all_times + times + whole - prior
    difference = math.log(own / own_rest) - math.log(other / other_rest)
    half = 1.96 * math.sqrt(1 / own + 1 / other)
    return DistinctiveWord(group, word, times, all_times - times, difference, difference - half, difference + half)


def _count_words(spans: pl.DataFrame, by: str) -> dict[str, Counter[str]]:
    """For each value of the column in how many spans of the outlets' own voice each word stands, in lower case."""
    own = spans.filter(pl.col("voice").is_in(OWN_VOICES))
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    words: dict[str, set[str]] = {}
    for value, text, times in own.group_by(by, pl.col("text").str.to_lowercase().alias("text"), maintain_order=True).len().iter_rows():
        if text not in words:
            words[text] = {text[start:end] for start, end in tokenise(text) if text[start].isalpha()}
        for word in words[text]:
            counts[value][word] += times
    return counts


def _strong(weights: Mapping[str, float]) -> dict[str, float]:
    positive = sorted(weight for weight in weights.values() if weight > 0)
    return {word: weight for word, weight in weights.items() if weight > 0 and weight >= positive[len(positive) * 3 // 4]}
