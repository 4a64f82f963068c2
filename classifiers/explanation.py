"""Why a span was flagged: the words and features that made its score, strongest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from classifiers.context import ARTICLE, ELSEWHERE, OWN
from classifiers.documents import SITUATIONS, Batch, make_batch, make_document
from classifiers.features import Feature
from classifiers.labelling import make_label_space
from classifiers.model import LOADED, SPANS, Model
from classifiers.prediction import FoundSpan, Prediction, predict
from schemas.tokens import Span

__all__ = ["Explanation", "Reason", "attribute_label", "attribute_span", "explain"]


@dataclass(frozen=True)
class Reason:
    """A feature and what it added to the span's mean logit."""

    words: str
    weight: float


@dataclass(frozen=True)
class Explanation:
    """A span with the reasons for flagging it, and those for its label."""

    span: FoundSpan
    text: str
    loaded: list[Reason]
    label: list[Reason]


def explain(model: Model, text: str, reasons: int = 5) -> list[Explanation]:
    """The spans of one text, each with its `reasons` strongest features for being a span, and for its label.

    The sum over all reasons, for and against, plus the intercepts is exactly the score: nothing is approximated.
    """
    batch = make_batch([make_document("text", text)])
    prediction = predict(model, batch)
    return [
        Explanation(
            span,
            text[span.start : span.end],
            _strongest(attribute_span(model, batch, prediction, span.tokens), reasons),
            _strongest(attribute_label(model, batch, span), reasons),
        )
        for span in prediction.spans[0]
    ]


def attribute_span(model: Model, batch: Batch, prediction: Prediction, tokens: Span) -> list[Reason]:
    """What each feature of the tokens, and each figure around them, adds to their mean logit."""
    stage, begin = model.stages[SPANS][LOADED], int(batch.begins[0])
    rows = slice(begin + tokens.start, begin + tokens.end)
    figures = dict(zip(stage.columns, (prediction.figures[rows].mean(axis=0) * stage.weights).tolist(), strict=True))
    own = stage.weights[stage.columns.index(OWN)]
    found = [Reason(words, weight * own) for words, weight in _attribute_words(model, batch, tokens).items()]
    around: Counter[str] = Counter()
    for column, weight in figures.items():
        if column != OWN:
            around[_say_figure(column)] += weight
    return found + [Reason(words, weight) for words, weight in around.items()]


def attribute_label(model: Model, batch: Batch, span: FoundSpan) -> list[Reason]:
    """What each feature of the span adds to the score of its label."""
    head, space = model.heads["labels"], make_label_space(model.window)
    row = space.matrix(batch, [(0, span.tokens)])
    weights, columns, totals = head.weights[:, head.outputs.index(span.label)], space.columns, Counter[str]()
    for i, value in zip(row.indices.tolist(), row.data.tolist(), strict=True):
        totals[_say(columns[i][0], columns[i][1], "")] += value * weights[i]
    return [Reason(words, weight) for words, weight in totals.items()]


def _attribute_words(model: Model, batch: Batch, tokens: Span) -> Counter[str]:
    """What each feature adds to the mean first-stage logit, summed by how it is said."""
    weights = model.heads[SPANS].weights[:, 0]
    columns = {column: i for i, column in enumerate(model.window.columns)}
    totals: Counter[str] = Counter()
    for feature, position, seen in _occurrences(model, batch, tokens):
        column = columns.get((feature, position))
        if column is not None and weights[column] != 0:
            totals[_say(feature, position, seen if feature.kind in _EXEMPLIFIED else "")] += weights[column] / (tokens.end - tokens.start)
    return totals


def _occurrences(model: Model, batch: Batch, tokens: Span) -> Iterator[tuple[Feature, int, str]]:
    """Every feature that adds to the tokens: the feature, its position, and the word it was seen in."""
    begin = int(batch.begins[0])
    for token in range(tokens.start, tokens.end):
        for stream in model.window.streams:
            for position in stream.positions:
                row = begin + token + position
                word = batch.words[batch.ids[row]]
                item = SITUATIONS[batch.situations[row]] if stream is model.window.situations else word
                for feature in stream.features_of(item):
                    yield feature, position, word


def _strongest(reasons: list[Reason], count: int) -> list[Reason]:
    return sorted((reason for reason in reasons if reason.weight > 0), key=lambda reason: -reason.weight)[:count]


def _say_figure(column: str) -> str:
    known = {ARTICLE: "the article as a whole", ELSEWHERE: "the same words elsewhere in the article"}
    if column in known:
        return known[column]
    if column.startswith("neighbour"):
        return "the scores of the words beside it"
    if column.startswith("auxiliary "):
        return f"the span score of {column.removeprefix('auxiliary ')}"
    return "the sentence around it" if "sentence" in column else f'the answer "{column}"'


_KINDS = {
    "word": "word",
    "prefix": "words that begin with",
    "suffix": "words that end in",
    "characters": "letters",
    "shape": "shape",
    "part": "compound with",
    "voice": "voice",
    "company": "words used like",
    "first word": "at its first word",
    "last word": "at its last word",
    "span": "the span:",
}
# Kinds that say little without the word they were seen in.
_EXEMPLIFIED = ("prefix", "suffix", "characters", "shape", "part")


def _say(feature: Feature, position: int, seen: str) -> str:
    where = "" if position == 0 else f", {abs(position)} {'before' if position < 0 else 'after'}"
    term = feature.term if feature.kind == "span" else f'"{feature.term.strip("^$")}"' if feature.kind == "characters" else f'"{feature.term}"'
    example = f' ("{seen}")' if seen else ""
    return f"{_KINDS[feature.kind]} {term}{example}{where}"
