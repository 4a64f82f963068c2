"""The sentences, and the articles, on which readers differ most: what to talk about when annotators meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from annotate.readings import ArticleReadings, Marks, Reading
from schemas.parts import TEXT
from schemas.text.sentences import split_sentences
from schemas.text.tokens import Span

__all__ = ["find_contested", "find_disagreements"]

MOST, MOST_CONTESTED = 20, 10


class Passage(NamedTuple):
    """A sentence or a whole text, its tokens, and on how many of them readers differ."""

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
    sentences = [sentence for article in everyone if len(article.markers) > 1 for sentence in _measure(article, split_sentences(article.text))]
    return [
        _describe(sentence, titles.get(sentence.article.article_id)) | _doubt(remarks.get(sentence.article.article_id, {}))
        for sentence in _find_worst(sentences, most)
    ]


def find_contested(articles: Iterable[ArticleReadings], titles: Mapping[str, str | None], most: int = MOST_CONTESTED) -> list[dict[str, Any]]:
    """The `most` articles with the worst disagreement on their texts, by the same measure, each with its text, the spans of every reader in it, and
    who are `furthest` apart: the two who gave most tokens different labels."""
    shared = [article for article in articles if article.part == TEXT and len(article.markers) > 1]
    wholes = [whole for article in shared for whole in _measure(article, [Span(0, len(article.text))])]
    return [_show(whole, titles.get(whole.article.article_id)) for whole in _find_worst(wholes, most)]


def _find_worst(passages: Sequence[Passage], most: int) -> list[Passage]:
    tokens = sum(passage.tokens for passage in passages)
    rate = sum(passage.differing for passage in passages) / tokens if tokens else 0.0
    differing = [passage for passage in passages if passage.differing]
    return sorted(differing, key=lambda passage: (rate * passage.tokens - passage.differing) / passage.tokens**0.5)[:most]


def _measure(article: ArticleReadings, spans: Sequence[Span]) -> list[Passage]:
    until = np.concatenate([[0.0], np.cumsum(np.mean(list(_differences(article).values()), axis=0))])
    bounds = np.searchsorted(article.tokens.starts, np.array(spans, dtype=np.int64).reshape(-1, 2))
    return [
        Passage(article, span, last - first, float(until[last] - until[first]))
        for span, (first, last) in zip(spans, bounds.tolist(), strict=True)
        if first < last
    ]


def _differences(article: ArticleReadings) -> dict[tuple[str, str], Marks]:
    """Of each two readers, for each token, whether they gave it different labels."""
    labels = sorted({label for reading in article.markers.values() for label in reading.spans})
    marks = np.stack([article.marks(label) for label in labels] or [article.marks(None)])
    names = enumerate(article.markers)
    return {(mine, theirs): (marks[:, me] != marks[:, other]).any(axis=0) for (me, mine), (other, theirs) in combinations(names, 2)}


def _show(whole: Passage, title: str | None) -> dict[str, Any]:
    article, differences = whole.article, _differences(whole.article)
    return {
        "article_id": article.article_id,
        "title": title,
        "text": article.text,
        "tokens": whole.tokens,
        "differing": round(whole.differing, 3),
        "furthest": list(max(differences.items(), key=lambda item: item[1].sum())[0]),
        "annotators": {
            name: [
                {"label": label, "start": start, "end": end}
                for start, end, label in sorted((*span, label) for label, spans in reading.spans.items() for span in spans)
            ]
            for name, reading in article.markers.items()
        },
        **_doubt(article.readings),
    }


def _doubt(readings: Mapping[str, Reading]) -> dict[str, Any]:
    """Who was unsure of the article, and what they noted."""
    return {
        "unsure": [name for name, reading in readings.items() if reading.unsure],
        "notes": {name: reading.note for name, reading in readings.items() if reading.note},
    }


def _describe(sentence: Passage, title: str | None) -> dict[str, Any]:
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
