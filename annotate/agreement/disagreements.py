"""The sentences on which readers differ most: what to talk about when annotators meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from annotate.agreement.alpha import Figures
from annotate.readings import ArticleReadings, Reading
from schemas.parts import TEXT
from schemas.text.sentences import split_sentences
from schemas.text.tokens import Span

__all__ = ["find_disagreements"]

MOST = 20


class Sentence(NamedTuple):
    """A sentence, its tokens, and on how many of them readers differ."""

    article: ArticleReadings
    span: Span
    tokens: int
    differing: float


def find_disagreements(articles: Iterable[ArticleReadings], titles: Mapping[str, str | None], most: int = MOST) -> list[dict[str, Any]]:
    """The `most` sentences with the worst disagreement, of texts and headlines (`part`), each with what every reader marked in it (an empty list:
    nothing), and what some said of the article: who was `unsure`, and `notes`.

    On a token readers differ as far as pairs of them gave it different labels, so three readers of whom one marked it differ by
    2/3. A sentence counts by what it has beyond the mean rate of all sentences, divided by the root of its length,
    as a sum of chances would spread: so neither the long nor the very short win by their length.
    """
    everyone = list(articles)
    # A reading of a headline says nothing of the article.
    remarks = {article.article_id: article.readings for article in everyone if article.part == TEXT}
    sentences = [sentence for article in everyone if len(article.markers) > 1 for sentence in _measure(article)]
    tokens = sum(sentence.tokens for sentence in sentences)
    rate = sum(sentence.differing for sentence in sentences) / tokens if tokens else 0.0
    differing = [sentence for sentence in sentences if sentence.differing]
    worst = sorted(differing, key=lambda sentence: (rate * sentence.tokens - sentence.differing) / sentence.tokens**0.5)[:most]
    return [_describe(sentence, titles.get(sentence.article.article_id), remarks.get(sentence.article.article_id, {})) for sentence in worst]


def _measure(article: ArticleReadings) -> list[Sentence]:
    until = np.concatenate([[0.0], np.cumsum(_differences(article))])
    sentences = split_sentences(article.text)
    bounds = np.searchsorted(article.tokens.starts, np.array(sentences, dtype=np.int64).reshape(-1, 2))
    return [
        Sentence(article, span, last - first, float(until[last] - until[first]))
        for span, (first, last) in zip(sentences, bounds.tolist(), strict=True)
        if first < last
    ]


def _differences(article: ArticleReadings) -> Figures:
    """For each token the share of pairs of readers who gave it different labels."""
    labels = sorted({label for reading in article.markers.values() for label in reading.spans})
    if not labels:
        return np.zeros(article.size)
    marks = np.stack([article.marks(label) for label in labels])
    pairs = [(marks[:, a] != marks[:, b]).any(axis=0) for a, b in combinations(range(marks.shape[1]), 2)]
    shares: Figures = np.mean(pairs, axis=0)
    return shares


def _describe(sentence: Sentence, title: str | None, said: Mapping[str, Reading]) -> dict[str, Any]:
    article, (start, end) = sentence.article, sentence.span
    return {
        "article_id": article.article_id,
        "title": title,
        "part": article.part,
        "start": start,
        "end": end,
        "text": article.text[start:end],
        "tokens": sentence.tokens,
        "differing": round(sentence.differing, 3),
        "annotators": {name: _marked(article.text, reading, sentence.span) for name, reading in article.markers.items()},
        "unsure": [name for name, reading in said.items() if reading.unsure],
        "notes": {name: reading.note for name, reading in said.items() if reading.note},
    }


def _marked(text: str, reading: Reading, sentence: Span) -> list[dict[str, str]]:
    """A reader's spans in the sentence, each as far as it lies there."""
    found = [
        (max(span.start, sentence.start), min(span.end, sentence.end), label)
        for label, spans in reading.spans.items()
        for span in spans
        if span.start < sentence.end and span.end > sentence.start
    ]
    return [{"label": label, "quote": text[start:end]} for start, end, label in sorted(found)]
