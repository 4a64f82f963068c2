"""Reasons in words: how features of a token, and figures around it, are said to a reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classifiers.features.answers import OTHER_PARTS
from classifiers.features.context import ARTICLE, ELSEWHERE
from classifiers.features.spans import FIGURE_KIND, edge_kinds
from classifiers.features.words import Feature

__all__ = ["EXEMPLIFIED", "Reason", "find_strongest", "quote", "say_answer_figure", "say_bag_feature", "say_feature", "say_figure", "shorten"]


@dataclass(frozen=True)
class Reason:
    """A feature and what it added to a logit."""

    words: str
    weight: float


_KINDS = {
    "word": "word",
    "prefix": "words that begin with",
    "suffix": "words that end in",
    "shape": "shape",
    "part": "compound with",
    "pair": "words",
    "voice": "voice",
    "company": "words used like",
    "first word": "its first word",
    "last word": "its last word",
    "inside word": "word of the span",
    "word before": "before the span the word",
    "word after": "after the span the word",
    "word of sentence": "in the sentence the word",
}
# How a word is written, and who speaks.
_MANNERS = {
    Feature("shape", "x"): "written in lower case",
    Feature("shape", "Xx"): "with a capital letter",
    Feature("shape", "X"): "in capitals",
    Feature("shape", "edge"): "the article's edge",
    Feature("voice", "narrator"): "in the outlet's own voice",
    Feature("voice", "quoted"): "in a quotation",
    Feature("voice", "quoted, short"): "in a short quotation",
    Feature("voice", "scare"): "in scare quotes",
    Feature("voice", "edge"): "at the article's beginning or end",
}
# Of a span (`labelling.FIGURES`), for its label.
_OF_SPAN = {
    "log words": "how many words it has",
    "one word": "being one word",
    "two words": "being two words",
    "up to four words": "having up to four words",
    "more than ten words": "having more than ten words",
    "more than twenty-five words": "having more than twenty-five words",
    "log times said": "how often the article says it",
    "said twice": "being said again in the article",
    "said more than thrice": "being said more than three times in the article",
    "log mean times of its words": "how often its longer words are in the article",
    "log most times of a word": "how often its commonest word is in the article",
    "exclamation mark": "having an exclamation mark",
    "question mark": "having a question mark",
    "quotation mark": "having a quotation mark",
    "capital": "beginning with a capital letter",
    "share of and, or, but": 'the share of "and", "or" and "but" in it',
}
# Of an article or a sentence (`bag.SUMMARY`), from what a span head says of its words.
_OF_BAG = {
    "highest logit": "its most loaded word",
    "second highest logit": "its second most loaded word",
    "third highest logit": "its third most loaded word",
    "mean logit": "how loaded its words are on average",
    "log mean probability": "the share of loaded words",
    "log expected tokens": "the number of loaded words",
}
_NUMBERS = ("two", "three", "four", "five")
_PLACES = {-1: "the word before", 1: "the word after"}
_PLACES |= {-far: f"{number} words before" for far, number in enumerate(_NUMBERS, 2)} | {
    far: f"{number} words after" for far, number in enumerate(_NUMBERS, 2)
}
# Kinds that say little without the word they were seen in.
EXEMPLIFIED = ("prefix", "suffix", "characters", "shape", "part")


def find_strongest(reasons: Iterable[Reason], count: int) -> list[Reason]:
    """The `count` strongest reasons for, strongest first; those as strong as each other by their words, so that the order is nobody's accident."""
    return sorted((reason for reason in reasons if reason.weight > 0), key=lambda reason: (-reason.weight, reason.words))[:count]


def say_feature(feature: Feature, position: int = 0, seen: str = "") -> str:
    """A feature at its position in the window, with the word it was `seen` in if that says more."""
    if feature.kind == FIGURE_KIND:
        return _OF_SPAN[feature.term]
    at_edge, term = feature.kind in edge_kinds("word"), quote(_bare(feature))
    # A word beside another needs not be called one.
    kind = "" if position and (at_edge or feature.kind == "word") else f"{_KINDS.get(feature.kind) or _letters(feature.term)} "
    where = f", {_PLACES[position]}{' the span' if at_edge else ''}" if position else ""
    example = f' ("{seen}")' if seen else ""
    return f"{_MANNERS.get(feature) or kind + term}{example}{where}"


def say_bag_feature(feature: Feature) -> str:
    """A feature of a whole article: a word or a pair of words in it, or a figure of a span head's logits."""
    if feature in _MANNERS:
        return f"words {_MANNERS[feature]}"
    if feature.kind in _KINDS:
        return say_feature(feature)
    by = "" if feature.kind == "spans" else f", by the spans of {feature.kind.removeprefix('auxiliary ')}"
    return f"{_OF_BAG[feature.term]}{by}"


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
    if feature.kind == "shape":
        return _MANNERS.get(feature, f"shape {term}")
    return {"prefix": f"{term}-", "suffix": f"-{term}", "company": f'words like "{term}"'}.get(feature.kind, f'"{term}"')


def quote(term: str) -> str:
    """In the quotation marks that it has none of itself."""
    return f"'{term}'" if '"' in term else f'"{term}"'


def _letters(term: str) -> str:
    """Runs of characters say by ^ and $ whether they begin or end their word."""
    return {(True, False): "first letters", (False, True): "last letters", (True, True): "all letters"}.get(
        (term[0] == "^", term[-1] == "$"), "letters"
    )


def _bare(feature: Feature) -> str:
    return feature.term.strip("^$") if feature.kind == "characters" else feature.term
