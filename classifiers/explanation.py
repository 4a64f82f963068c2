"""Why a span was flagged: the words and features that made its score, strongest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from classifiers.documents import SITUATIONS, Batch, make_batch, make_document
from classifiers.features import Feature
from classifiers.model import Model
from classifiers.prediction import FoundSpan, predict
from classifiers.window import Stream

__all__ = ["Explanation", "Reason", "explain"]


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

    The sum over all features, plus the intercept, is exactly the score: nothing is approximated.
    """
    batch = make_batch([make_document("text", text)])
    found = predict(model, batch).spans[0]
    return [
        Explanation(
            span,
            text[span.start : span.end],
            _strongest(model, batch, span, "spans", 0, reasons),
            _strongest(model, batch, span, "labels", model.heads["labels"].outputs.index(span.label), reasons),
        )
        for span in found
    ]


def _strongest(model: Model, batch: Batch, span: FoundSpan, head: str, output: int, count: int) -> list[Reason]:
    weights = model.heads[head].weights[:, output]
    columns = {column: i for i, column in enumerate(model.window.columns)}
    totals: Counter[tuple[Feature, int, str]] = Counter()
    for feature, position, seen in _occurrences(model, batch, span):
        column = columns.get((feature, position))
        if column is not None and weights[column] != 0:
            totals[feature, position, seen if feature.kind in _EXEMPLIFIED else ""] += weights[column] / (span.tokens.end - span.tokens.start)
    return [Reason(_say(*key), float(weight)) for key, weight in totals.most_common(count) if weight > 0]


def _occurrences(model: Model, batch: Batch, span: FoundSpan) -> Iterator[tuple[Feature, int, str]]:
    """Every feature that adds to the span's tokens: the feature, its position, and the word it was seen in."""
    begin = int(batch.begins[0])
    streams: tuple[Stream, ...] = (model.window.words, model.window.characters, model.window.situations)
    for token in range(span.tokens.start, span.tokens.end):
        for stream in streams:
            for position in stream.positions:
                row = begin + token + position
                word = batch.words[batch.ids[row]]
                item = SITUATIONS[batch.situations[row]] if stream is model.window.situations else word
                for feature in stream.features_of(item):
                    yield feature, position, word


_KINDS = {
    "word": "word",
    "prefix": "words that begin with",
    "suffix": "words that end in",
    "characters": "letters",
    "shape": "shape",
    "part": "compound with",
    "voice": "voice",
}
# Kinds that say little without the word they were seen in.
_EXEMPLIFIED = ("prefix", "suffix", "characters", "shape", "part")


def _say(feature: Feature, position: int, seen: str) -> str:
    where = "" if position == 0 else f", {abs(position)} {'before' if position < 0 else 'after'}"
    term = f'"{feature.term.strip("^$")}"' if feature.kind == "characters" else f'"{feature.term}"'
    example = f' ("{seen}")' if seen else ""
    return f"{_KINDS[feature.kind]} {term}{example}{where}"
