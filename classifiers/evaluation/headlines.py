"""Measures of headlines alone: how well they are marked by a model that has learned mostly from texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from classifiers.evaluation.ceiling import human_spans
from classifiers.evaluation.intervals import bound, draw_f1, draw_groups
from classifiers.evaluation.metrics import binary_f1
from classifiers.evaluation.spans import Ranges, compare, flag_tokens, split_by_document
from classifiers.scoring.scorer import Scorer
from classifiers.training.targets import Task
from schemas.arrays import Flags, Floats, Places
from schemas.cues import CueFinder
from schemas.parts import TITLE
from schemas.spans import SpanCounts

__all__ = ["Headlines", "read_headlines", "summarise_headlines"]


class Headlines(NamedTuple):
    """The headlines of a fold: how many there are, their words, which of their tokens gold marks, the model and the codebook's cue words, in which
    headline each token is, and how the model's spans lie to those of gold."""

    articles: int
    words: int
    truth: Flags
    found: Flags
    cued: Flags
    headlines: Places
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
    flags = titles.gold_tokens(), flag_tokens(titles, found), flag_tokens(titles, cues)
    return Headlines(len(titles), words, *flags, batch.documents, compare(found, gold))


def summarise_headlines(folds: Sequence[Headlines], whole: Task) -> dict[str, Any]:
    """The measures of all folds together, as headlines are short. Densities are spans per 1,000 words of headlines, whoever speaks: a model that
    knows only how loaded texts are may find too few. Where gold marks nothing, F1 would say nothing: None; `low` and `high` are
    the ends of its 95 % interval (headlines drawn anew)."""
    truth, found, cued = (np.concatenate(parts) for parts in zip(*((fold.truth, fold.found, fold.cued) for fold in folds), strict=True))
    words, spans = max(sum(fold.words for fold in folds), 1), sum((fold.spans for fold in folds), SpanCounts())
    marked = bool(spans.gold)
    low, high = (bound([_draw_f1(folds, truth, found)]) if marked else None) or (None, None)
    return {
        "articles": sum(fold.articles for fold in folds),
        "spans": spans.gold,
        "f1": binary_f1(truth, found) if marked else None,
        "low": low,
        "high": high,
        "floor_f1": binary_f1(truth, cued) if marked else None,
        "human_f1": human_spans(whole.only(TITLE))["f1"],
        "partial_f1": spans.partial_f1 if marked else None,
        "density_predicted": 1000 * spans.predicted / words,
        "density_gold": 1000 * spans.gold / words,
    }


def _draw_f1(folds: Sequence[Headlines], truth: Flags, found: Flags) -> Floats:
    firsts = np.cumsum([0, *(fold.articles for fold in folds)])
    headlines = np.concatenate([fold.headlines + first for fold, first in zip(folds, firsts, strict=False)])
    return draw_f1(draw_groups([str(i) for i in range(firsts[-1])]), headlines, truth, found)
