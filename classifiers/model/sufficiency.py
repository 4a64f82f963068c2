"""Whether there is enough to learn from: what models of so many spans or articles reached elsewhere, said before anything else is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.wording import count

__all__ = ["FEW", "say_little"]

# A figure that rests on fewer gold spans, or answers, is marked as one.
FEW = 20


class _Reached(NamedTuple):
    size: int
    token_f1: float
    auroc: float


# On BABE, whose sentences have one gold span each on average, learned from so many of them, chosen at random (docs/evaluation.md has the curve).
CURVE = tuple(
    _Reached(*row)
    for row in (
        (25, 0.278, 0.654),
        (63, 0.345, 0.719),
        (156, 0.388, 0.806),
        (391, 0.454, 0.838),
        (978, 0.502, 0.858),
        (2446, 0.540, 0.878),
    )
)
# From here on the figures are less than .05 below those of all there was.
ENOUGH_SPANS, ENOUGH_ARTICLES = 978, 391


def say_little(training: Mapping[str, Any], codebook: Mapping[str, Any]) -> list[str]:
    """What the data are too few for, a line each; nothing where there is enough. `training` has `articles` with gold, `gold_spans`, and `annotators`
    where it is known how many there were; `codebook` has `labels` and `questions`."""
    articles, spans, annotators = int(training.get("articles", 0)), int(training.get("gold_spans", 0)), training.get("annotators")
    largest, lines = CURVE[-1], []
    if codebook["labels"] and spans < ENOUGH_SPANS:
        near = _nearest(spans)
        lines.append(
            "too few spans to find most of what people would mark, or to compare outlets by what is found: on BABE a model that learned from "
            f"{near.size} reached a token F1 of {near.token_f1:.2f}, from {ENOUGH_SPANS} {_at(ENOUGH_SPANS).token_f1:.2f}, "
            f"from {largest.size} {largest.token_f1:.2f}"
        )
    if codebook["questions"] and articles < ENOUGH_ARTICLES:
        near = _nearest(articles)
        lines.append(
            f"too few articles to answer questions well: on BABE a model that learned from {near.size} reached an AUROC of {near.auroc:.2f} "
            f"(.50 is chance), from {ENOUGH_ARTICLES} {_at(ENOUGH_ARTICLES).auroc:.2f}, from {largest.size} {largest.auroc:.2f}"
        )
    if not lines:
        return []
    people = f", {count(annotators, 'annotator')}" if annotators else ""
    alone = ["one annotator: nothing says how far another one would agree; have some articles read twice"] if annotators == 1 else []
    return [f"little data: {count(articles, 'article')}, {count(spans, 'gold span')}{people}", *lines, *alone]


def _nearest(size: int) -> _Reached:
    """What was measured of as many, or the next fewer; of the fewest where there are fewer still."""
    return next((row for row in reversed(CURVE) if row.size <= size), CURVE[0])


def _at(size: int) -> _Reached:
    return next(row for row in CURVE if row.size == size)
