"""Measures of headlines alone: how well they are marked by a model that has learned mostly from texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from classifiers.evaluation.ceiling import human_spans
from classifiers.evaluation.metrics import binary_f1
from classifiers.evaluation.spans import Ranges, compare, flag_tokens, split_by_document
from classifiers.scoring.scorer import Scorer
from classifiers.training.targets import Task
from schemas.arrays import Flags
from schemas.cues import CueFinder
from schemas.parts import TITLE
from schemas.spans import SpanCounts

__all__ = ["Headlines", "read_headlines", "summarise_headlines"]


class Headlines(NamedTuple):
    """The headlines of a fold: how many there are, their words, which of their tokens gold marks, the model and the codebook's cue words, and how
    the model's spans lie to those of gold."""

    articles: int
    words: int
    truth: Flags
    found: Flags
    cued: Flags
    spans: SpanCounts


def read_headlines(scorer: Scorer, test: Task) -> Headlines | None:
    """What the model finds in the headlines that gold has; None if there are none."""
    titles = test.only(TITLE)
    if not len(titles):
        return None
    batch, finder = titles.batch, CueFinder(titles.codebook)
    spans = scorer.find(batch.texts, batch.read.languages).spans
    gold: Ranges = [[marked.span for marked in vote.spans] for vote in titles.gold]
    found: Ranges = split_by_document(titles, spans.firsts, spans.lasts)
    cues: Ranges = [[span for _, span in finder.find(text)] for text in batch.texts]
    words = int(batch.read.tokens.words.sum())
    return Headlines(len(titles), words, titles.gold_tokens(), flag_tokens(titles, found), flag_tokens(titles, cues), compare(found, gold))


def summarise_headlines(folds: Sequence[Headlines], whole: Task) -> dict[str, Any]:
    """The measures of all folds together, as headlines are short. Densities are spans per 1,000 words of headlines, whoever speaks: a model that
    knows only how loaded texts are may find too few. Where gold marks nothing, F1 would say nothing: None."""
    truth, found, cued = (np.concatenate(parts) for parts in zip(*((fold.truth, fold.found, fold.cued) for fold in folds), strict=True))
    words, spans = max(sum(fold.words for fold in folds), 1), sum((fold.spans for fold in folds), SpanCounts())
    marked = bool(spans.gold)
    return {
        "articles": sum(fold.articles for fold in folds),
        "f1": binary_f1(truth, found) if marked else None,
        "floor_f1": binary_f1(truth, cued) if marked else None,
        "human_f1": human_spans(whole.only(TITLE))["f1"],
        "partial_f1": spans.partial_f1 if marked else None,
        "density_predicted": 1000 * spans.predicted / words,
        "density_gold": 1000 * spans.gold / words,
    }
