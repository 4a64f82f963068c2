"""Whom a span may be about: the names near it, and how each stands to it.

Every name of an actor near a span is a candidate, and so is nobody. A candidate is a row of SLOTS, each of which has one of a few values. A
ranker has a weight for each value, and what a candidate is worth is the sum of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from classifiers.features.documents import Batch
from schemas.arrays import Flags, Floats, Places
from schemas.codebook import Actor
from schemas.entries import ActorKind
from schemas.text.actors import ActorFinder, Mentions
from schemas.text.quotations import Quotations
from schemas.text.reading import Texts
from schemas.text.tokens import Span
from schemas.text.voices import find_holders

__all__ = [
    "NOBODY",
    "SLOTS",
    "Candidates",
    "Cues",
    "candidates_of",
    "columns_of",
    "columns_of_slots",
    "cues_of_words",
    "find_candidates",
    "share_out",
    "weigh",
]

# What words are to the names beside them.
Cues = NDArray[np.int8]

# The actor of the candidate that stands for nobody named here.
NOBODY = -1
# So many names to either side of a span are looked at.
REACH = 24
# What a word is to the name beside it. The words of other languages than English are none of these.
CUES = {
    "by": ("by",),
    "of": ("of",),
    "to": ("to", "for", "toward", "towards", "at", "on", "upon", "over", "about"),
    "against": ("against", "from", "without"),
    "and": ("with", "and", "or", "alongside", "between", "like", "than"),
    "in": ("in", "inside", "into", "under", "across", "within", "throughout"),
    "a": ("a", "an", "another"),
    "the": ("the", "this", "that", "these", "those", "its", "his", "her", "their", "our"),
    "be": ("is", "are", "was", "were", "be", "been", "being", "become", "becomes", "became", "remains", "remained", "seems", "seemed"),
    "have": ("has", "have", "had", "will", "would", "can", "could", "may", "might", "should", "must", "did", "does", "do"),
    "clause": (",", ";", ":", "(", ")", "–", "—", "which", "who", "because", "but", "while", "although", "when", "if", "after", "before"),
}
_CUE_OF = {word: number for number, listed in enumerate(CUES.values(), start=1) for word in listed}
_BE, _CLAUSE = 1 + list(CUES).index("be"), 1 + list(CUES).index("clause")
# Added to what else a word is, if it is a possessive.
POSSESSIVE = 64
_LINKS = ("other", *CUES, "beginning")
_BEGINNING = len(_LINKS) - 1
# Upper ends of what is one value; a last value holds all beyond.
_TOKENS, _SENTENCES, _TIMES, _RANKS, _NAMES = (0, 1, 2, 4, 8, 16, 32), (0, 1, 2, 4), (1, 2, 4), (0, 1, 2, 3), (0, 1, 3, 8)
_SIDES = ("before", "behind", "inside")


def _classes(ends: Sequence[int]) -> tuple[str, ...]:
    return (*(f"up to {end}" for end in ends), "more")


# Each slot and its values. Those of a name are told by side, for what stands before a span does other work than what stands behind it.
SLOTS: dict[str, tuple[str, ...]] = {
    "side": _SIDES,
    **{f"tokens {side}": ("no", *_classes(_TOKENS)) for side in _SIDES[:2]},
    **{f"sentences {side}": ("no", *_classes(_SENTENCES)) for side in _SIDES[:2]},
    **{f"names nearer {side}": ("no", *_classes(_RANKS)) for side in _SIDES[:2]},
    **{f"clause {side}": ("no", "same", "another") for side in _SIDES[:2]},
    **{f"word before the name {side}": ("no", *_LINKS) for side in _SIDES[:2]},
    "between name and span": ("no", "nothing", "be", "other"),
    "word behind the span": ("no", *_LINKS[:-1]),
    "possessive": ("no", "next to the span", "elsewhere"),
    "first name of its sentence": ("no", "yes"),
    "times named": _classes(_TIMES),
    "named most": ("no", "yes"),
    "in the first sentence": ("no", "yes"),
    "quotation": ("none", "speaks it", "inside", "outside"),
    "kind": get_args(ActorKind),
    "nobody": ("no", *(f"{ends} names near" for ends in _classes(_NAMES))),
}


class _Spans(NamedTuple):
    """Spans of a batch, in order: first token, the one after the last, their document; of the quotation that holds each its first token and the
    one after its last, and the same of the words that name its source: -1 where there is none."""

    firsts: Places
    lasts: Places
    documents: Places
    quotation_firsts: Places
    quotation_lasts: Places
    speaker_firsts: Places
    speaker_lasts: Places


class Candidates(NamedTuple):
    """The candidates of spans, those of span s from firsts[s] to firsts[s + 1], nobody being the last. `actors`: their numbers, or NOBODY;
    `values`: candidates x SLOTS; `distances`: tokens between, negative before the span; nobody's is beyond all."""

    firsts: Places
    actors: Places
    values: NDArray[np.int8]
    distances: Places


def columns_of_slots() -> list[str]:
    """The names of all values of all slots, in their order."""
    return [f"{slot}: {value}" for slot, values in SLOTS.items() for value in values]


def cues_of_words(words: Sequence[str]) -> Cues:
    """What each word is: its number in CUES (0: none of them), and POSSESSIVE."""
    found = (_CUE_OF.get(word, 0) + POSSESSIVE * word.endswith(("'s", "’s", "s'", "s’")) for word in map(str.lower, words))
    return np.fromiter(found, dtype=np.int8, count=len(words))


def find_candidates(
    read: Texts, quotations: Quotations, cues: Cues, firsts: Places, lasts: Places, mentions: Mentions, actors: Sequence[Actor]
) -> Candidates:
    """The candidates of spans, which are ranges of the texts' tokens in their order. `cues`: of each token `cues_of_words` of its word; `mentions`:
    where these actors are named."""
    spans, sentences = _place_spans(read, quotations, firsts, lasts), _number_sentences(read)
    low, high = _find_near(spans, mentions)
    counts = high - low
    of_span = np.repeat(np.arange(len(counts)), counts)
    name = np.arange(int(counts.sum())) + np.repeat(low - np.cumsum(counts) + counts, counts)
    gaps = _gaps(spans, mentions, of_span, name)
    values = _describe(spans, mentions, of_span, name, gaps, cues, sentences)
    slots = list(SLOTS)
    times, most, early = _count_names(mentions, len(actors), sentences, read)
    values[:, slots.index("times named")] = np.searchsorted(_TIMES, times[name])
    values[:, slots.index("named most")] = most[name]
    values[:, slots.index("in the first sentence")] = early[name]
    kinds = np.array([SLOTS["kind"].index(actor.kind) for actor in actors], dtype=np.int8)
    values[:, slots.index("kind")] = kinds[mentions.actors[name]]
    # Nobody stands behind the names of its span.
    places = np.arange(len(name)) + of_span
    begins = np.concatenate([[0], np.cumsum(counts + 1)])
    every = np.full((begins[-1], len(slots)), -1, dtype=np.int8)
    every[places] = values
    every[begins[1:] - 1, slots.index("nobody")] = 1 + np.searchsorted(_NAMES, counts)
    whom, distances = np.full(begins[-1], NOBODY), np.full(begins[-1], np.iinfo(np.int64).max)
    whom[places] = mentions.actors[name]
    distances[places] = gaps
    return Candidates(begins, whom, every, distances)


def candidates_of(batch: Batch, spans: Sequence[Span], actors: Sequence[Actor]) -> Candidates:
    """The same of a batch's spans, which stand in order."""
    finder = ActorFinder(actors)
    mentions = finder.find(batch.ids, batch.read.tokens.firsts, finder.know(batch.words))
    firsts, lasts = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    return find_candidates(batch.read, batch.quotations, cues_of_words(batch.words)[batch.ids], firsts, lasts, mentions, actors)


def columns_of(candidates: Candidates) -> tuple[Places, Flags]:
    """candidates x SLOTS: the column of each value (`columns_of_slots`), and whether there is one."""
    begins = np.cumsum([0, *(len(values) for values in SLOTS.values())])[:-1]
    used = candidates.values >= 0
    return np.where(used, candidates.values + begins, 0), used


def weigh(columns: Places, used: Flags, firsts: Places, weights: Floats) -> Floats:
    """The share of each candidate among those of its span, by the weight of each column (`columns_of`)."""
    return share_out(np.where(used, weights[columns], 0.0).sum(axis=1), firsts)


def share_out(scores: Floats, firsts: Places) -> Floats:
    """The softmax of scores within each span, of which each has at least one."""
    if not len(scores):
        return scores
    sizes = np.diff(firsts)
    powers: Floats = np.exp(scores - np.repeat(np.maximum.reduceat(scores, firsts[:-1]), sizes))
    sums: Floats = np.repeat(np.add.reduceat(powers, firsts[:-1]), sizes)
    return powers / sums


def _place_spans(read: Texts, quotations: Quotations, firsts: Places, lasts: Places) -> _Spans:
    tokens = read.tokens
    documents = np.searchsorted(tokens.firsts, firsts, side="right") - 1
    first_spans = np.searchsorted(documents, np.arange(len(tokens.firsts)))
    holders = find_holders(tokens.starts[firsts], tokens.ends[lasts - 1], first_spans, quotations)

    def held(places: Places) -> Places:
        # One more stands behind them, for spans that none holds.
        return np.append(places, -1)[holders]

    speakers = (held(places) for places in (quotations.speaker_starts, quotations.speaker_ends))
    of_speakers = (np.where(places >= 0, np.searchsorted(tokens.starts, places), -1) for places in speakers)
    return _Spans(firsts, lasts, documents, held(quotations.first_tokens), held(quotations.last_tokens), *of_speakers)


def _number_sentences(read: Texts) -> Places:
    """The sentence of each token."""
    return np.searchsorted(read.tokens_of_sentences, np.arange(len(read.tokens.starts)), side="right") - 1


def _find_near(spans: _Spans, named: Mentions) -> tuple[Places, Places]:
    """For each span the range of names that are looked at."""
    begins, ends = (np.searchsorted(named.texts, spans.documents, side=side) for side in ("left", "right"))
    place = np.searchsorted(named.firsts, spans.firsts)
    return np.maximum(begins, place - REACH), np.minimum(ends, place + REACH)


def _gaps(spans: _Spans, named: Mentions, of_span: Places, name: Places) -> Places:
    """Tokens between span and name: below zero by one more where the name stands before, above where behind; 0 where they overlap."""
    before = spans.firsts[of_span] - named.lasts[name]
    behind = named.firsts[name] - spans.lasts[of_span]
    return np.where(before >= 0, -1 - before, np.where(behind >= 0, 1 + behind, 0))


def _describe(spans: _Spans, named: Mentions, of_span: Places, name: Places, gaps: Places, cues: Cues, sentences: Places) -> NDArray[np.int8]:
    """pairs x SLOTS: what a name is to a span, but for what it is to the article."""
    slots = {slot: number for number, slot in enumerate(SLOTS)}
    values = np.zeros((len(name), len(slots)), dtype=np.int8)
    first, last, begin, end = spans.firsts[of_span], spans.lasts[of_span], named.firsts[name], named.lasts[name]
    plain = cues & ~POSSESSIVE
    apart, same = np.abs(sentences[begin] - sentences[first]), sentences[begin] == sentences[first]
    links = _links(plain, sentences)
    clauses = np.concatenate([[0], np.cumsum(plain == _CLAUSE)])
    being = np.concatenate([[0], np.cumsum(plain == _BE)])
    left, right = np.minimum(end, last), np.maximum(begin, first)
    # What stands between: from the end of the one to the beginning of the other.
    parted, is_being = clauses[right] > clauses[left], being[right] > being[left]
    place = np.searchsorted(named.firsts, first)
    for side, mask, nearer in (("before", gaps < 0, place - 1 - name), ("behind", gaps > 0, name - place)):
        values[mask, slots["side"]] = _SIDES.index(side)
        values[mask, slots[f"tokens {side}"]] = 1 + np.searchsorted(_TOKENS, np.abs(gaps[mask]) - 1)
        values[mask, slots[f"sentences {side}"]] = 1 + np.searchsorted(_SENTENCES, apart[mask])
        values[mask, slots[f"names nearer {side}"]] = 1 + np.searchsorted(_RANKS, nearer[mask])
        values[mask, slots[f"clause {side}"]] = np.where(same & ~parted, 1, 2)[mask]
        values[mask, slots[f"word before the name {side}"]] = 1 + links[begin[mask]]
    values[gaps == 0, slots["side"]] = _SIDES.index("inside")
    close = same & (gaps != 0) & (np.abs(gaps) <= 8)
    values[:, slots["between name and span"]] = np.where(close, np.where(np.abs(gaps) == 1, 1, np.where(is_being, 2, 3)), 0)
    # Where a name stands behind the span in its sentence, a word does, too.
    values[:, slots["word behind the span"]] = np.where(same & (gaps > 0), 1 + np.append(plain, 0)[last], 0)
    possessive = (cues[end - 1] & POSSESSIVE) > 0
    values[:, slots["possessive"]] = np.where(possessive, np.where(same & (gaps < 0) & (gaps >= -4), 1, 2), 0)
    new = np.concatenate([[True], sentences[named.firsts[1:]] != sentences[named.firsts[:-1]]]) if len(named.firsts) else np.zeros(0, dtype=np.bool_)
    values[:, slots["first name of its sentence"]] = new[name]
    values[:, slots["quotation"]] = _quote(spans, of_span, begin, end)
    return values


def _links(plain: Cues, sentences: Places) -> Cues:
    """Of each token what stands before it in its sentence, by number in _LINKS."""
    links = np.concatenate([[_BEGINNING], plain[:-1]]).astype(np.int8)[: len(plain)]
    links[1:][sentences[1:] != sentences[:-1]] = _BEGINNING
    return links


def _quote(spans: _Spans, of_span: Places, begin: Places, end: Places) -> Places:
    held = spans.quotation_firsts[of_span] >= 0
    speaks = held & (spans.speaker_firsts[of_span] < end) & (begin < spans.speaker_lasts[of_span])
    inside = (spans.quotation_firsts[of_span] <= begin) & (end <= spans.quotation_lasts[of_span])
    return np.where(held, np.where(speaks, 1, np.where(inside, 2, 3)), 0)


def _count_names(named: Mentions, actors: int, sentences: Places, read: Texts) -> tuple[Places, Flags, Flags]:
    """For each name how often its actor is named in its article, whether no other is named more often, and whether the first sentence does."""
    if not len(named.actors):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.bool_)
    _, which, counts = np.unique(named.texts * actors + named.actors, return_inverse=True, return_counts=True)
    times = counts[which]
    most = np.zeros(int(named.texts[-1]) + 1, dtype=np.int64)
    np.maximum.at(most, named.texts, times)
    early = np.zeros(len(counts), dtype=np.bool_)
    early[which[sentences[named.firsts] == read.sentences.firsts[named.texts]]] = True
    return times, times == most[named.texts], early[which]
