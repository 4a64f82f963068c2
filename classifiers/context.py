"""Second stages: what a score gains from the scores around it.

A token is likelier to be loaded in a loaded sentence, a sentence in a loaded article, an answer in an article whose page
has others like it. Each second stage is a logistic regression on a few named figures, fitted on out-of-fold logits, so
it calibrates them, too: what comes out is a probability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import Floats
from classifiers.bag import Segment
from classifiers.documents import SITUATIONS, Batch

__all__ = [
    "ARTICLE",
    "ELSEWHERE",
    "OTHER_PARTS",
    "OWN",
    "SHRINKAGE",
    "answer_columns",
    "answer_context",
    "answer_figures",
    "most_loaded",
    "others_mean",
    "sentence_columns",
    "sentence_context",
    "token_columns",
    "token_context",
]

# A mean over few others is drawn to zero, as if there were this many more that say nothing.
SHRINKAGE = 2.0
# What stands beyond an article's ends is no span.
EDGE_LOGIT = -4.0
NEIGHBOURS = (-2, -1, 1, 2)
OWN, ARTICLE, ELSEWHERE = "own", "mean in article", "same word elsewhere"
# How the figures of the other parts of a page are called, behind the names of the article's own.
OTHER_PARTS = ", other parts"
# How many tokens to either side a wide look takes in.
REACH = 8


def token_columns(auxiliaries: Sequence[str], answers: Sequence[str]) -> tuple[str, ...]:
    return (
        OWN,
        *(f"auxiliary {name}" for name in auxiliaries),
        *(f"neighbour {position:+d}" for position in NEIGHBOURS),
        f"neighbours, mean of {REACH}",
        "sentence",
        "token x sentence",
        "highest in sentence",
        "mean in sentence",
        "rank in sentence",
        "mean in sentence before",
        "mean in sentence after",
        ARTICLE,
        ELSEWHERE,
        *answers,
    )


def token_context(batch: Batch, segments: Sequence[Segment], logits: Floats, sentences: Floats, answers: Floats) -> Floats:
    """rows of the batch x token_columns. `logits`: rows x (span head, then auxiliary heads); `sentences`: one logit for each
    segment; `answers`: documents x logits. Nothing looks beyond its document."""
    edges = batch.situations == SITUATIONS.index("edge")
    token = np.where(edges, EDGE_LOGIT, logits[:, 0])
    around = [np.roll(token, -position) for position in NEIGHBOURS]
    inside = _within_sentences(batch, segments, token, sentences)
    lower: dict[str, int] = {}
    words = np.array([lower.setdefault(word.lower(), len(lower)) for word in batch.words], dtype=np.int64)[batch.ids]
    article, nearby, elsewhere = np.zeros((3, len(token)))
    of_document = np.zeros((len(token), answers.shape[1]))
    for number in (number for number, document in enumerate(batch.documents) if document.tokens):
        rows = batch.rows(number)
        article[rows], nearby[rows], of_document[rows] = token[rows].mean(), _smooth(token[rows]), answers[number]
        elsewhere[rows] = others_mean(token[rows], np.unique(words[rows], return_inverse=True)[1], 1.0)
    around += [nearby, inside[:, 0], token * inside[:, 0], *inside.T[1:], article, elsewhere]
    return np.column_stack([token, logits[:, 1:], *around, of_document])


def _within_sentences(batch: Batch, segments: Sequence[Segment], token: Floats, sentences: Floats) -> Floats:
    """rows x (sentence's logit, highest, mean, rank, mean of the sentence before, of the one after)."""
    figures = np.zeros((len(token), 6))
    means = [float(token[segment].mean()) if segment.stop > segment.start else EDGE_LOGIT for segment in segments]
    first = 0
    for document in batch.documents:
        last = first + len(document.sentences)
        for i in range(first, last):
            inside = token[segments[i]]
            if not len(inside):
                continue
            ranks = np.empty(len(inside))
            ranks[np.argsort(-inside, kind="stable")] = np.arange(len(inside))
            before, after = means[max(i - 1, first)], means[min(i + 1, last - 1)]
            figures[segments[i], :3] = sentences[i], inside.max(), means[i]
            figures[segments[i], 3], figures[segments[i], 4:] = np.log1p(ranks), (before, after)
        first = last
    return figures


def _smooth(values: Floats) -> Floats:
    """The mean over REACH values to either side, as far as there are any."""
    sums, places = np.concatenate([[0.0], np.cumsum(values)]), np.arange(len(values))
    first, last = np.maximum(places - REACH, 0), np.minimum(places + REACH + 1, len(values))
    result: Floats = (sums[last] - sums[first]) / np.maximum(last - first, 1)
    return result


def sentence_columns() -> tuple[str, ...]:
    return ("sentence", "other sentences")


def sentence_context(logits: Floats, articles: NDArray[np.int64]) -> Floats:
    """sentences x sentence_columns, from each sentence's own logit and the number of its article."""
    return np.column_stack([logits, others_mean(logits, articles)])


def answer_columns(values: Sequence[str]) -> tuple[str, ...]:
    return (*values, *(f"{value}{OTHER_PARTS}" for value in values))


def answer_context(logits: Floats, pages: Sequence[str | None]) -> Floats:
    """documents x answer_columns, from logits of documents x values. Articles without a page have no other parts."""
    numbers: dict[str, int] = {}
    groups = np.array([numbers.setdefault(page or f"\0{i}", len(numbers)) for i, page in enumerate(pages)], dtype=np.int64)
    return np.column_stack([logits, *(others_mean(column, groups) for column in logits.T)])


def answer_figures(
    question: str, value: str, index: int, logits: Mapping[str, Floats], singles: Mapping[str, tuple[str, ...]], sentences: Floats
) -> tuple[tuple[str, ...], Floats]:
    """Names and figures (documents x names) that the second stage of one value sees: its own logit, those of the other
    questions with one answer, and that of the most loaded sentence (`sentences`, one for each document)."""
    others = [name for name in singles if name != question and name in logits]
    columns = (f"{question}: {value}", *(f"{name}: {other}" for name in others for other in singles[name]), "most loaded sentence")
    return columns, np.column_stack([logits[question][:, index], *(logits[name] for name in others), sentences])


def most_loaded(counts: Sequence[int] | NDArray[np.int64], sentences: Floats) -> Floats:
    """The highest logit of each document's sentences (`counts`: how many each has); EDGE_LOGIT where there is none."""
    highest = np.full(len(counts), -np.inf)
    np.maximum.at(highest, np.repeat(np.arange(len(counts)), counts), sentences)
    return np.where(np.isfinite(highest), highest, EDGE_LOGIT)


def others_mean(logits: Floats, groups: NDArray[np.int64], shrinkage: float = SHRINKAGE) -> Floats:
    """For each row the mean logit of the other rows of its group, shrunken as if there were `shrinkage` more that are zero."""
    totals, counts = np.bincount(groups, weights=logits), np.bincount(groups)
    result: Floats = (totals[groups] - logits) / (counts[groups] - 1 + shrinkage)
    return result
