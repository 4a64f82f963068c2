"""The annotations nearest to what made a span: which words that people marked have what the model saw in the span's own words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl
from scipy import sparse

from classifiers.explanation.reasons import shorten
from classifiers.features.words import Feature, character_features, company_features, word_features
from classifiers.model.model import SPANS, Model
from schemas.arrays import Floats
from schemas.parts import fill_parts
from schemas.tables import SPAN
from schemas.text.characters import visible
from schemas.text.tokens import tokenise

__all__ = ["EVIDENCE", "find_evidence"]

EVIDENCE = {
    "span": pl.Int64,
    "annotation_id": pl.String,
    "annotator": pl.String,
    "article_id": pl.String,
    "label": pl.String,
    "part": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "quote": pl.String,
    "similarity": pl.Float64,
    "shared": pl.String,
}
SAME = "same words"
# Shared features that are named.
NAMED = 3
# Spans that are compared with all quotes together, which bounds memory.
CHUNK = 32


def find_evidence(model: Model, spans: pl.DataFrame, annotations: pl.DataFrame, count: int = 3) -> pl.DataFrame:
    """For each row of `spans` (label, text) the `count` rows of `annotations` that are nearest to it, as EVIDENCE has its columns.

    `span` is the row of `spans`; `similarity`, from 0 to 1, is the part of what spoke for the span that the marked words have, too:
    of the features of its own tokens (not of those beside it) with a positive weight in the span head, by what they add. What
    shares nothing is no evidence. Of annotations as near as each other those of the span's own label come first, then those
    whose words more people marked, then newer ones. `shared` says in words what they have in common.
    """
    marked = fill_parts(annotations.filter(SPAN))
    found = [pl.DataFrame(schema=EVIDENCE)]
    if model.spans is not None and marked.height:
        quotes = marked.group_by("quote", maintain_order=True).agg(_people=pl.col("annotator").n_unique()).with_row_index("_quote")
        marked = marked.join(quotes, on="quote", how="left", maintain_order="left")
        words = [_cut(quote) for quote in quotes["quote"].to_list()]
        for begin in range(0, spans.height, CHUNK):
            some = spans[begin : begin + CHUNK]
            features, contributions = _weigh_spans(model, some["text"].to_list())
            nearness = _compare(features, contributions, words)
            for i, (label, text) in enumerate(some.select("label", "text").iter_rows()):
                nearest = _choose(marked, nearness[i], label, count)
                weights = dict(zip(features, contributions[i].tolist(), strict=True))
                shared = [_say_shared(_cut(text), _cut(quote), weights) for quote in nearest["quote"].to_list()]
                said = nearest.with_columns(pl.lit(begin + i, pl.Int64).alias("span"), pl.Series("shared", shared, dtype=pl.String))
                found.append(said.select(list(EVIDENCE)))
    return pl.concat(found)


def _cut(text: str) -> list[str]:
    return [visible(text[token.start : token.end]) for token in tokenise(text)]


def _features_of(word: str) -> list[Feature]:
    """What describes a word by itself, whoever speaks and whatever stands beside it."""
    return [*word_features(word), *character_features(word), *company_features(word)]


def _weigh_spans(model: Model, texts: Sequence[str]) -> tuple[list[Feature], Floats]:
    """The features that speak for any of the spans, and spans x features: what each adds to the span's mean logit."""
    weights = model.window.weights_at_token(model.heads[SPANS].weights[:, 0])
    totals = []
    for words in map(_cut, texts):
        total = defaultdict[Feature, float](float)
        for feature in (feature for word in words for feature in _features_of(word)):
            total[feature] += max(weights.get(feature, 0.0), 0.0) / len(words)
        totals.append(total)
    features = sorted({feature for total in totals for feature, weight in total.items() if weight > 0})
    return features, np.array([[total[feature] for feature in features] for total in totals]).reshape(len(texts), len(features))


def _compare(features: Sequence[Feature], contributions: Floats, quotes: Sequence[Sequence[str]]) -> Floats:
    """spans x quotes: the part of each span's contributions whose features the quote has."""
    columns, words = {feature: i for i, feature in enumerate(features)}, dict[str, int]()
    numbers = [[words.setdefault(word, len(words)) for word in quote] for quote in quotes]
    of_quotes = _indicate(numbers, len(words))
    of_words = _indicate([[columns[feature] for feature in _features_of(word) if feature in columns] for word in words], len(features))
    has = of_quotes @ of_words
    has.data[:] = 1
    shares: Floats = np.asarray((has @ contributions.T).T) / np.maximum(contributions.sum(axis=1, keepdims=True), 1e-12)
    # What is all of it is one, in whatever order it was added up.
    return shares.round(9)


def _indicate(rows: Sequence[Sequence[int]], width: int) -> sparse.csr_matrix:
    """rows x columns, one where the row names the column."""
    ends = np.cumsum([0, *map(len, rows)])
    flat = np.array([column for row in rows for column in row], dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), width))


def _choose(marked: pl.DataFrame, nearness: Floats, label: str, count: int) -> pl.DataFrame:
    similarity = nearness[marked["_quote"].to_numpy()]
    last = np.partition(similarity, -count)[-count] if len(similarity) > count else 0.0
    near = marked.with_columns(similarity=pl.Series(similarity)).filter((pl.col("similarity") >= last) & (pl.col("similarity") > 0))
    order = [pl.col("similarity"), pl.col("label") == label, pl.col("_people"), pl.coalesce("updated_at", "created_at").fill_null("")]
    ids = [pl.col("article_id"), pl.col("part"), pl.col("start"), pl.col("annotator")]
    return near.sort([*order, *ids], descending=[True] * len(order) + [False] * len(ids)).head(count)


def _say_shared(span: Sequence[str], quote: Sequence[str], weights: Mapping[Feature, float]) -> str:
    """What the span's words and the marked ones have in common: whole words, then features of other words, strongest first but for
    shapes, which nearly all words have; not again what is part of what was said."""
    ours, theirs = ({_fold(word): _features_of(word) for word in words} for words in (span, quote))
    if list(map(_fold, span)) == list(map(_fold, quote)):
        return SAME

    def speaks(features: Iterable[Feature]) -> float:
        return sum(weights.get(feature, 0.0) for feature in features)

    both = {word: speaks(features) for word, features in ours.items() if word in theirs and speaks(features) > 0}
    named = sorted(both, key=lambda word: (-both[word], word))
    others = [{feature for features in words.values() for feature in features} for words in (ours, theirs)]
    shared = [feature for feature in others[0] & others[1] if weights.get(feature, 0.0) > 0]
    for feature in sorted(shared, key=lambda feature: (feature.kind == "shape", -weights[feature], feature)):
        if not any(feature.term.strip("^$") in other.term for other in named):
            named.append(feature)
    parts = not both and any(feature.kind != "shape" for feature in named)
    return f"shares{' parts of words' if parts else ''}: {', '.join(map(shorten, named[:NAMED]))}"


def _fold(word: str) -> Feature:
    return word_features(word)[0]
