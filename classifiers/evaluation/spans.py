"""Measures of spans, tokens, sentences and labels, with what the codebook's cue words find as the floor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from classifiers.arrays import Flags, Floats
from classifiers.evaluation.metrics import auroc, binary_f1, brier, expected_calibration_error, macro_f1, micro_f1
from classifiers.labelling import Place
from classifiers.model import Model
from classifiers.prediction import Prediction, choose_labels, cut_for_overlap
from classifiers.targets import Task
from schemas.cues import CueFinder
from schemas.spans import SpanCounts, compare_spans
from schemas.tokens import Span

__all__ = ["measure_spans"]

Ranges = Sequence[Sequence[tuple[int, int]]]


def measure_spans(model: Model, test: Task, prediction: Prediction) -> dict[str, Any]:
    """Measures by group (tokens, spans, labels, sentences). Where gold has no span in the fold, F1 would say nothing: None.

    `partial_f1` and its `count_ratio` are of the spans as they are cut for that measure, `readers_...` of those that readers are shown.
    """
    finder = CueFinder(test.codebook)
    gold: Ranges = [[marked.span for marked in vote.spans] for vote in test.gold]
    shown: Ranges = [[(span.start, span.end) for span in spans] for spans in prediction.spans]
    cut: Ranges = [[*spans] for spans in cut_for_overlap(model, test.batch, prediction)]
    cues: Ranges = [[span for _, span in finder.find(document.text)] for document in test.documents]
    found, measured, floor = _compare(shown, gold), _compare(cut, gold), _compare(cues, gold)
    truth = test.gold_tokens()
    sentences, shares = test.gold_sentences(), np.concatenate([*prediction.sentences, np.zeros(0)])
    measures: dict[str, Any] = {
        "tokens": {"f1": binary_f1(truth, _touched(test, shown)), "floor_f1": binary_f1(truth, _touched(test, cues))},
        "spans": {
            "exact_f1": found.exact_f1,
            "partial_f1": measured.partial_f1,
            "char_f1": found.char_f1,
            "count_ratio": measured.count_ratio,
            "readers_partial_f1": found.partial_f1,
            "readers_count_ratio": found.count_ratio,
            "floor_exact_f1": floor.exact_f1,
            "floor_partial_f1": floor.partial_f1,
            "floor_char_f1": floor.char_f1,
        },
        "labels": _measure_labels(model, test, finder),
        "sentences": measure_probabilities(sentences, shares) | {"floor_macro_f1": two_class_f1(sentences, _cued_sentences(test, cues))},
    }
    if not found.gold:
        # Nothing was there to be found: F1 says nothing of this fold, and a perfect score would be a lie.
        measures |= {group: dict.fromkeys(measures[group]) for group in ("tokens", "spans", "labels")}
    return measures


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


def _compare(found: Ranges, gold: Ranges) -> SpanCounts:
    counts = SpanCounts()
    for mine, theirs in zip(found, gold, strict=True):
        counts += compare_spans(mine, theirs)
    return counts


def _touched(test: Task, ranges: Ranges) -> Flags:
    flags = np.zeros(len(test.batch.ids), dtype=np.bool_)
    for number, document in enumerate(test.documents):
        flags[test.batch.rows(number)] = document.touched(ranges[number])
    return flags


def _cued_sentences(test: Task, cues: Ranges) -> Flags:
    return np.array(
        [any(start < s.end and s.start < end for start, end in ranges) for d, ranges in zip(test.documents, cues, strict=True) for s in d.sentences],
        dtype=np.bool_,
    )


def _measure_labels(model: Model, test: Task, finder: CueFinder) -> dict[str, Any]:
    places: list[Place] = []
    truth: list[str] = []
    floor: list[str] = []
    for number, (document, gold) in enumerate(zip(test.documents, test.gold, strict=True)):
        for marked in gold.spans:
            inside = document.tokens_between(*marked.span)
            if inside:
                places.append((number, Span(inside.start, inside.stop)))
                truth.append(marked.label)
                # Where no cue stands in the span, the floor says what the codebook lists first.
                floor.append(finder.label_of(document.text[marked.span.start : marked.span.end]) or model.codebook.label_names[0])
    chosen = choose_labels(model, test.batch, places)
    return {"micro_f1": micro_f1(truth, chosen), "macro_f1": macro_f1(truth, chosen), "floor_micro_f1": micro_f1(truth, floor)}
