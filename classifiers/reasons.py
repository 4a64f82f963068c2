"""Reasons in words: how features of a token, and figures around it, are said to a reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classifiers.context import ARTICLE, ELSEWHERE, OTHER_PARTS
from classifiers.features import Feature

__all__ = ["EXEMPLIFIED", "Reason", "find_strongest", "say_answer_figure", "say_bag_feature", "say_feature", "say_figure", "shorten"]


@dataclass(frozen=True)
class Reason:
    """A feature and what it added to a logit."""

    words: str
    weight: float


_KINDS = {
    "word": "word",
    "prefix": "words that begin with",
    "suffix": "words that end in",
    "characters": "letters",
    "shape": "shape",
    "part": "compound with",
    "pair": "words",
    "voice": "voice",
    "company": "words used like",
    "first word": "at its first word",
    "last word": "at its last word",
    "span": "the span:",
}
# Kinds that say little without the word they were seen in.
EXEMPLIFIED = ("prefix", "suffix", "characters", "shape", "part")


def find_strongest(reasons: Iterable[Reason], count: int) -> list[Reason]:
    """The `count` strongest reasons for, strongest first; those as strong as each other by their words, so that the order is nobody's accident."""
    return sorted((reason for reason in reasons if reason.weight > 0), key=lambda reason: (-reason.weight, reason.words))[:count]


def say_feature(feature: Feature, position: int = 0, seen: str = "") -> str:
    """A feature at its position in the window, with the word it was `seen` in if that says more."""
    where = "" if position == 0 else f", {abs(position)} {'before' if position < 0 else 'after'}"
    term = feature.term if feature.kind == "span" else f'"{_bare(feature)}"'
    example = f' ("{seen}")' if seen else ""
    return f"{_KINDS[feature.kind]} {term}{example}{where}"


def say_bag_feature(feature: Feature) -> str:
    """A feature of a whole article: a word or a pair of words in it, or a figure of a span head's logits."""
    if feature.kind in _KINDS:
        return say_feature(feature)
    return f"its spans: {feature.term}" if feature.kind == "spans" else f"spans of {feature.kind.removeprefix('auxiliary ')}: {feature.term}"


def say_figure(column: str) -> str:
    """A figure that the second stage of spans looks at."""
    known = {ARTICLE: "the article as a whole", ELSEWHERE: "the same words elsewhere in the article"}
    if column in known:
        return known[column]
    if column.startswith("neighbour"):
        return "the scores of the words beside it"
    if column.startswith("auxiliary "):
        return f"the span score of {column.removeprefix('auxiliary ')}"
    return "the sentence around it" if "sentence" in column else f'the answer "{column}"'


def say_answer_figure(column: str) -> str:
    """A figure that the second stage of an answer looks at."""
    own = column.removesuffix(OTHER_PARTS)
    said = "its most loaded sentence" if own == "most loaded sentence" else f'the answer "{own}"'
    return f"{said} in the other parts of its page" if column != own else said


def shorten(feature: Feature) -> str:
    """A feature of a word as one would jot it down: "cronies", crony-, -ies."""
    term = _bare(feature)
    if feature.kind == "characters":
        return f"{'' if feature.term.startswith('^') else '-'}{term}{'' if feature.term.endswith('$') else '-'}"
    return {"prefix": f"{term}-", "suffix": f"-{term}", "shape": f"shape {term}", "company": f'words like "{term}"'}.get(feature.kind, f'"{term}"')


def _bare(feature: Feature) -> str:
    return feature.term.strip("^$") if feature.kind == "characters" else feature.term
