"""Measures of spans, tokens, sentences and labels, with what the codebook's cue words find as the floor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from classifiers.evaluation.metrics import auroc, binary_f1, brier, expected_calibration_error, macro_f1, micro_f1
from classifiers.model.decoding import Runs
from classifiers.model.logits import logistic
from classifiers.model.model import LOADED, OVERLAP, Model
from classifiers.model.overlap import cut_spans
from classifiers.scoring.scorer import Found, Scorer
from classifiers.scoring.spans import allowed_runs
from classifiers.training.targets import Task
from schemas.arrays import Flags, Floats, Places
from schemas.cues import CueFinder
from schemas.spans import SpanCounts, compare_spans
from schemas.text.tokens import Span

__all__ = ["Marks", "Ranges", "compare", "flag_tokens", "mark_spans", "measure_spans", "split_by_document"]

Ranges = Sequence[Sequence[tuple[int, int]]]


class Marks(NamedTuple):
    """Spans by document, as readers are shown them, as they are cut for the overlap measure, and gold's; which tokens those that are shown touch; and
    of each gold span that touches a token its document, its label, the one it is given by the model, and the one that cue words give it."""

    shown: Ranges
    cut: Ranges
    gold: Ranges
    tokens: Flags
    documents: Places
    labels: list[str]
    labelled: list[str]
    cued: list[str]


def mark_spans(scorer: Scorer, test: Task, found: Found) -> Marks:
    """What there is to measure of spans."""
    gold: Ranges = [[marked.span for marked in vote.spans] for vote in test.gold]
    shown: Ranges = split_by_document(test, found.spans.firsts, found.spans.lasts)
    cut: Ranges = split_by_document(test, *cut_for_overlap(scorer.model, found)[:2])
    return Marks(shown, cut, gold, flag_tokens(test, shown), *_label_gold(scorer, test))


def measure_spans(test: Task, found: Found, marks: Marks) -> dict[str, Any]:
    """Measures by group (tokens, spans, labels, sentences). Where gold has no span in the fold, F1 would say nothing: None.

    `partial_f1` and its `count_ratio` are of the spans as they are cut for that measure, `readers_...` of those that readers are shown.
    """
    finder = CueFinder(test.codebook)
    cues: Ranges = [[span for _, span in finder.find(text)] for text in test.batch.texts]
    read, measured, floor = (compare(some, marks.gold) for some in (marks.shown, marks.cut, cues))
    truth, sentences = test.gold_tokens(), test.gold_sentences()
    measures: dict[str, Any] = {
        "tokens": {"f1": binary_f1(truth, marks.tokens), "floor_f1": binary_f1(truth, flag_tokens(test, cues))},
        "spans": {
            "exact_f1": read.exact_f1,
            "partial_f1": measured.partial_f1,
            "char_f1": read.char_f1,
            "count_ratio": measured.count_ratio,
            "readers_partial_f1": read.partial_f1,
            "readers_count_ratio": read.count_ratio,
            "floor_exact_f1": floor.exact_f1,
            "floor_partial_f1": floor.partial_f1,
            "floor_char_f1": floor.char_f1,
        },
        "labels": {
            "micro_f1": micro_f1(marks.labels, marks.labelled),
            "macro_f1": macro_f1(marks.labels, marks.labelled),
            "floor_micro_f1": micro_f1(marks.labels, marks.cued),
        },
        "sentences": measure_probabilities(sentences, found.sentences) | {"floor_macro_f1": two_class_f1(sentences, _cued_sentences(test, cues))},
    }
    if not read.gold:
        # Nothing was there to be found: F1 says nothing of this fold, and a perfect score would be a lie.
        measures |= {group: dict.fromkeys(measures[group]) for group in ("tokens", "spans", "labels")}
    return measures


def cut_for_overlap(model: Model, found: Found) -> Runs:
    """The ranges of tokens that are best for the partial-overlap measure, which no reader is shown."""
    tokens, stage, decoding = found.texts.tokens, model.stages[OVERLAP][LOADED], model.decoding
    runs = cut_spans(tokens, logistic(found.tokens), stage.probabilities(found.figures), decoding.overlap_weight, decoding.overlap_cost)
    return allowed_runs(model, tokens, found.quotations, runs)[0]


def measure_probabilities(truth: Flags, probabilities: Floats) -> dict[str, float | None]:
    half = np.argsort(-np.abs(probabilities - 0.5), kind="stable")[: max(len(truth) // 2, 1)]
    return {
        "macro_f1": two_class_f1(truth, probabilities > 0.5),
        "confident_macro_f1": two_class_f1(truth[half], probabilities[half] > 0.5),
        "auroc": auroc(truth, probabilities),
        "brier": brier(truth, probabilities),
        "ece": expected_calibration_error(truth, probabilities),
    }


def two_class_f1(truth: Flags, found: Flags) -> float:
    return (binary_f1(truth, found) + binary_f1(~truth, ~found)) / 2


def compare(found: Ranges, gold: Ranges) -> SpanCounts:
    counts = SpanCounts()
    for mine, theirs in zip(found, gold, strict=True):
        counts += compare_spans(mine, theirs)
    return counts


def split_by_document(test: Task, firsts: Places, lasts: Places) -> list[list[Span]]:
    """The stretches of each document's text from the first to the last of these tokens."""
    stretches: list[list[Span]] = [[] for _ in test.gold]
    for document, span in test.batch.stretches(firsts, lasts):
        stretches[document].append(span)
    return stretches


def flag_tokens(test: Task, ranges: Ranges) -> Flags:
    return np.concatenate([np.zeros(0, dtype=np.bool_), *(test.batch.flag(number, some) for number, some in enumerate(ranges))])


def _cued_sentences(test: Task, cues: Ranges) -> Flags:
    sentences, touched = test.batch.read.tokens_of_sentences, np.concatenate([[0], np.cumsum(flag_tokens(test, cues))])
    flags: Flags = touched[sentences[1:]] > touched[sentences[:-1]]
    return flags


def _label_gold(scorer: Scorer, test: Task) -> tuple[Places, list[str], list[str], list[str]]:
    finder = CueFinder(test.codebook)
    spans: list[Span] = []
    documents: list[int] = []
    truth: list[str] = []
    floor: list[str] = []
    for number, gold in enumerate(test.gold):
        touched = test.batch.touched(number, (marked.span for marked in gold.spans))
        # By where they begin, as a scorer takes them.
        for span, marked in sorted(zip(touched, gold.spans, strict=True), key=lambda pair: pair[0]):
            if span.start < span.end:
                spans.append(span)
                documents.append(number)
                truth.append(marked.label)
                # Where no cue stands in the span, the floor says what the codebook lists first.
                said = finder.label_of(test.batch.texts[number][marked.span.start : marked.span.end])
                floor.append(said or test.codebook.label_names[0])
    names = scorer.model.labels.outputs if scorer.model.labels is not None else test.codebook.label_names
    firsts, lasts = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    chosen = [names[i] for i in scorer.label(test.batch.texts, firsts, lasts, test.batch.read.languages).tolist()]
    return np.array(documents, dtype=np.int64), truth, chosen, floor
