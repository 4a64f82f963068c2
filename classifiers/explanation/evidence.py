"""The annotations nearest to what made a span: which words that people marked have what the model saw in the span's own words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from classifiers.explanation.groups import LETTERS, ORDINARY, STEM
from classifiers.explanation.likeness import read_likeness
from classifiers.explanation.reasons import shorten
from classifiers.features.words import Feature, character_features, company_features, word_features, word_term
from classifiers.model.model import SPANS, Model
from schemas.arrays import Floats
from schemas.parts import fill_parts
from schemas.tables import SPAN
from schemas.text.characters import visible
from schemas.text.tokens import tokenise

__all__ = ["EVIDENCE", "Example", "Examples", "find_evidence"]

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
# Words are alike from this cosine on, and an example is one from this nearness on.
ALIKE, NEAR = 0.5, 0.2
# Letters of a word that is compared: what "the" is like says nothing.
MEANINGFUL = 4


@dataclass(frozen=True)
class Example:
    """Words that people marked: the newest such annotation, and how near they are to a span."""

    quote: str
    label: str
    annotator: str
    article_id: str
    annotation_id: str | None
    similarity: float


def find_evidence(model: Model, spans: pl.DataFrame, annotations: pl.DataFrame, count: int = 3) -> pl.DataFrame:
    """For each row of `spans` (label, text) the `count` rows of `annotations` that are nearest to it, as EVIDENCE has its columns.

    `span` is the row of `spans`; `similarity`, from 0 to 1, is the part of what spoke for the span that the marked words have, too:
    of the features of its own tokens (not of those beside it) with a positive weight in the span head, by what they add; of a word's
    company as much as the likest marked word is like it. What shares nothing is no evidence. Of annotations as near as each other
    those of the span's own label come first, then those whose words more people marked, then newer ones, then shorter ones. `shared`
    says in words what they have in common.
    """
    marked = fill_parts(annotations.filter(SPAN))
    found = [pl.DataFrame(schema=EVIDENCE)]
    if model.spans is not None and marked.height:
        quotes = marked.group_by("quote", maintain_order=True).agg(_people=pl.col("annotator").n_unique()).with_row_index("_quote")
        marked = marked.join(quotes, on="quote", how="left", maintain_order="left")
        texts = spans["text"].to_list()
        marks = _Marks(model, quotes["quote"].to_list(), texts)
        for i, label in enumerate(spans["label"].to_list()):
            nearest = _choose(marked, marks.nearness(texts[i]), label, count)
            weights = marks.weigh(texts[i])
            shared = [_say_shared(_cut(texts[i]), _cut(quote), weights) for quote in nearest["quote"].to_list()]
            said = nearest.with_columns(pl.lit(i, pl.Int64).alias("span"), pl.Series("shared", shared, dtype=pl.String))
            found.append(said.select(list(EVIDENCE)))
    return pl.concat(found)


class Examples:
    """What people marked, to set beside many spans of these `texts`: words like theirs, and the quotes nearest to them, each but once."""

    def __init__(self, model: Model, annotations: pl.DataFrame, texts: Sequence[str]) -> None:
        newest = pl.coalesce("updated_at", "created_at").fill_null("")
        rows = (
            annotations.filter(SPAN)
            .sort(newest, descending=True, maintain_order=True)
            .unique(pl.col("quote").str.to_lowercase(), keep="first", maintain_order=True)
        )
        self._rows = rows.select("quote", "label", "annotator", "article_id", "annotation_id").rows(named=True)
        self._lengths = rows["quote"].str.len_chars().clip(1).to_numpy()
        self._marks = _Marks(model, rows["quote"].to_list(), texts)

    def nearest(self, text: str, count: int = 2) -> list[Example]:
        """The quotes that have most of what spoke for a span with this text; fewer where nothing else shares any."""
        nearness = self._marks.nearness(text)
        # A long quote has some of everything: what it has more of than the span counts against it.
        order = nearness * np.minimum(1.0, len(text) / self._lengths) ** 0.5
        best = np.argsort(-order, kind="stable")[:count].tolist()
        return [Example(**self._rows[i], similarity=float(nearness[i])) for i in best if order[i] >= NEAR]

    def alike(self, text: str, count: int = 3) -> list[str]:
        """Marked words that are like a span's and whose company speaks for a span, the nearest first; no form of a word of the span."""
        return self._marks.alike(text, count)


class _Marks:
    """Quotes, and how near each is to spans with these `texts`."""

    def __init__(self, model: Model, quotes: Sequence[str], texts: Sequence[str]) -> None:
        cut = _cut_all([*quotes, *texts])
        self._spans = dict(zip(texts, cut[len(quotes) :], strict=True))
        del cut[len(quotes) :]
        self._weights = _Weights(model)
        self._words = list(dict.fromkeys(word for quote in cut for word in quote))
        self._terms = list(map(word_term, self._words))
        self._written = defaultdict[str, list[int]](list)
        for i, term in enumerate(self._terms):
            self._written[term].append(i)
        places = {word: i for i, word in enumerate(self._words)}
        flat = [[places[word] for word in quote] for quote in cut]
        self._flat = np.array([place for some in flat for place in some], dtype=np.int64)
        self._starts = np.cumsum([0, *map(len, cut)])
        self._likeness = read_likeness(model, [*self._words, *(word for words in self._spans.values() for word in words)])
        self._vectors = self._likeness.of(self._words)
        # Only what speaks for one of the spans counts.
        speaking = dict.fromkeys(feature for words in self._spans.values() for word in words for feature, _ in self._weights.of(word))
        self._columns = {feature: i for i, feature in enumerate(speaking) if feature.kind != "company"}
        columns = [[column for feature in _features_of(word) if (column := self._columns.get(feature)) is not None] for word in self._words]
        has = _indicate(flat, len(places)) @ _indicate(columns, len(speaking))
        has.data[:] = 1
        self._has = has.tocsc()

    def weigh(self, text: str) -> dict[Feature, float]:
        """What each feature that speaks for the span adds to its mean logit."""
        words, total = self._spans[text], defaultdict[Feature, float](float)
        for word in words:
            for feature, weight in self._weights.of(word):
                total[feature] += weight / len(words)
        return total

    def nearness(self, text: str) -> Floats:
        """For each quote the part of what speaks for the span that the quote has. Of a word's company it has as much as its likest word is like
        that word: the square of their cosine."""
        weights = self.weigh(text)
        company = {feature.term: weight for feature, weight in weights.items() if feature.kind == "company"}
        known = [(self._columns[feature], weight) for feature, weight in weights.items() if feature in self._columns]
        shares: Floats = np.zeros(len(self._starts) - 1)
        if known:
            columns, added = map(list, zip(*known, strict=True))
            shares += self._has[:, columns] @ np.array(added)
        some = np.flatnonzero(np.diff(self._starts))
        if company and len(some):
            alike = np.maximum(self._likeness.of(company) @ self._vectors.T, 0.0) ** 2
            for row, term in enumerate(company):
                alike[row, self._written.get(term, [])] = 1.0
            shares[some] += np.array([*company.values()]) @ np.maximum.reduceat(alike[:, self._flat], self._starts[some], axis=1)
        # What is all of it is one, in whatever order it was added up.
        return (shares / max(sum(weights.values()), 1e-12)).round(9)

    def alike(self, text: str, count: int) -> list[str]:
        words = [word for word in self._spans[text] if len(word) >= MEANINGFUL]
        if not words or not self._words:
            return []
        cosines = (self._likeness.of(words) @ self._vectors.T).max(axis=0)
        stems = {word_term(word)[:STEM] for word in self._spans[text]}
        found: list[str] = []
        near = np.flatnonzero(cosines >= ALIKE)
        for i in near[np.argsort(-cosines[near], kind="stable")].tolist():
            term = self._terms[i]
            if len(found) == count:
                break
            if term[:STEM] not in stems and self._weights.company(term) > 0:
                stems.add(term[:STEM])
                found.append(term)
        return found


class _Weights:
    """What speaks for a word by itself in the span head, word by word."""

    def __init__(self, model: Model) -> None:
        window = model.window
        self._streams = [
            (stream, part[stream.positions.index(0)])
            for stream, part in zip(window.streams, window.split(model.heads[SPANS].weights[:, 0]), strict=True)
            if stream is not window.situations
        ]
        self._met: dict[str, list[tuple[Feature, float]]] = {}

    def of(self, word: str) -> list[tuple[Feature, float]]:
        if word not in self._met:
            weighed = [(stream.features[i], float(weights[i])) for stream, weights in self._streams for i in stream.find(word)]
            self._met[word] = [(feature, weight) for feature, weight in weighed if weight > 0 and _says_something(feature)]
        return self._met[word]

    def company(self, word: str) -> float:
        return sum(weight for feature, weight in self.of(word) if feature.kind == "company")


def _cut(text: str) -> list[str]:
    return [visible(text[token.start : token.end]) for token in tokenise(text)]


def _cut_all(texts: Sequence[str]) -> list[list[str]]:
    """The tokens of each text: what stands between spaces is cut once, however often it is there."""
    split = [text.split() for text in texts]
    cut: dict[str, list[str]] = {piece: [] for some in split for piece in some}
    marked = []
    for piece, words in cut.items():
        # Letters alone are a word, which nobody needs to look for.
        if piece.isascii() and piece.isalpha():
            words.append(piece)
        else:
            marked.append(piece)
    joined, begins = "\n".join(marked), np.cumsum([0, *(len(piece) + 1 for piece in marked)])
    tokens = tokenise(joined)
    places = np.searchsorted(begins, [token.start for token in tokens], side="right") - 1
    for token, place in zip(tokens, places.tolist(), strict=True):
        cut[marked[place]].append(visible(joined[token.start : token.end]))
    return [[word for piece in some for word in cut[piece]] for some in split]


def _features_of(word: str) -> list[Feature]:
    """What describes a word by itself, whoever speaks and whatever stands beside it."""
    every = [*word_features(word), *character_features(word), *company_features(word)]
    return [feature for feature in every if _says_something(feature)]


def _says_something(feature: Feature) -> bool:
    """Not how nearly all words are written, and not two letters, which are in too many of them."""
    return feature != ORDINARY and not (feature.kind == "characters" and len(feature.term.strip("^$")) < LETTERS)


def _indicate(rows: Sequence[Sequence[int]], width: int) -> sparse.csr_matrix:
    """rows x columns, one where the row names the column."""
    ends = np.cumsum([0, *map(len, rows)])
    flat = np.array([column for row in rows for column in row], dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), width))


def _choose(marked: pl.DataFrame, nearness: Floats, label: str, count: int) -> pl.DataFrame:
    similarity = nearness[marked["_quote"].to_numpy()]
    last = np.partition(similarity, -count)[-count] if len(similarity) > count else 0.0
    near = marked.with_columns(similarity=pl.Series(similarity)).filter((pl.col("similarity") >= last) & (pl.col("similarity") > 0))
    newest = pl.coalesce("updated_at", "created_at").fill_null("")
    order = [pl.col("similarity"), pl.col("label") == label, pl.col("_people"), newest, -pl.col("quote").str.len_chars().cast(pl.Int64)]
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
