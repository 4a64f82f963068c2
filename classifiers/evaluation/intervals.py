"""95 % intervals of the figures of a cross-validation: what its folds are grouped by (articles, outlets) is drawn anew, a thousand times, and each
figure is computed as it was, in each fold and then as the mean over folds. No model is trained anew: an interval says what other articles to test on
might have given, not what other articles to learn from would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from classifiers.evaluation.questions import decided_rows, sort_by_sureness
from classifiers.evaluation.spans import Marks
from classifiers.scoring.answers import choose
from classifiers.training.targets import Task
from schemas.arrays import Flags, Floats, Integers, Places
from schemas.codebook import Question
from schemas.spans import SpanCounts, compare_spans

__all__ = ["bound", "draw_answers", "draw_f1", "draw_groups", "draw_spans"]

DRAWS, BATCH, SEED, TAIL = 1000, 50, 0, 0.025
# Of each draw one, by group and name as in the figures; not a number where the draw has nothing to measure it on.
Drawn = dict[str, dict[str, Floats]]


def draw_groups(groups: Sequence[str], draws: int = DRAWS) -> Integers:
    """draws x documents: how often each document is there, if as many groups are drawn as there are, with replacement."""
    _, which = np.unique(groups, return_inverse=True)
    random, number = np.random.default_rng(SEED), int(which.max()) + 1
    counts = [np.bincount(random.integers(number, size=number), minlength=number).astype(np.int32) for _ in range(draws)]
    drawn: Integers = np.array(counts)[:, which]
    return drawn


def bound(folds: Sequence[Floats]) -> tuple[float, float] | None:
    """The ends of the interval of a figure that is the mean over folds, of which those count that have it; None if no draw has it."""
    drawn = np.array(folds)
    there = ~np.isnan(drawn)
    some = there.any(axis=0)
    means = np.where(there, drawn, 0.0).sum(axis=0)[some] / there.sum(axis=0)[some]
    if not len(means):
        return None
    low, high = np.quantile(means, (TAIL, 1 - TAIL)).tolist()
    return low, high


def draw_spans(test: Task, marks: Marks, sentences: Floats, weights: Integers) -> Drawn:
    """The figures of `measure_spans` in each draw (`weights`: draws x documents); `sentences` are probabilities."""
    gold = (weights.astype(float) @ np.array([len(vote.spans) for vote in test.gold])) > 0
    read, cut = (_add_counts(weights, ranges, marks.gold) for ranges in (marks.shown, marks.cut))
    labels = _draw_labels(weights, marks)
    tokens = {"f1": draw_f1(weights, test.batch.documents, test.gold_tokens(), marks.tokens)}
    spans = {
        "exact_f1": [one.exact_f1 for one in read],
        "partial_f1": [one.partial_f1 for one in cut],
        "char_f1": [one.char_f1 for one in read],
        "count_ratio": [one.count_ratio for one in cut],
        "readers_partial_f1": [one.partial_f1 for one in read],
        "readers_count_ratio": [one.count_ratio for one in read],
    }
    with_gold = {"tokens": tokens, "spans": {name: np.array(column) for name, column in spans.items()}, "labels": labels}
    found = {group: {name: np.where(gold, column, np.nan) for name, column in columns.items()} for group, columns in with_gold.items()}
    carries = test.gold_sentences()
    of_sentences = _draw_probabilities(
        weights,
        test.batch.read.texts_of_sentences,
        np.column_stack([carries, ~carries]),
        np.column_stack([sentences > 0.5, sentences <= 0.5]),
        np.column_stack([sentences, 1 - sentences]),
        np.argsort(-np.abs(sentences - 0.5), kind="stable"),
    )
    del of_sentences["accuracy"], of_sentences["confident_accuracy"]
    return found | {"sentences": of_sentences}


def draw_f1(weights: Integers, documents: Places, truth: Flags, found: Flags) -> Floats:
    """F1 over the tokens of these documents in each draw."""
    per_document = (np.bincount(documents, flags, minlength=weights.shape[1]).astype(float) for flags in (truth & found, truth.astype(float) + found))
    right, marked = (weights.astype(float) @ counts for counts in per_document)
    return _f1(right, marked)


def draw_answers(question: Question, test: Task, probabilities: Floats, thresholds: Sequence[float], weights: Integers) -> dict[str, Floats]:
    """The figures of `measure_question` in each draw."""
    rows = decided_rows(test, question)
    truth, shares = test.gold_answers(question)[rows], probabilities[rows]
    chosen = choose(question, shares, thresholds)
    documents = np.array(rows, dtype=np.int64)
    return _draw_probabilities(weights, documents, truth, chosen, shares, sort_by_sureness(question, shares), whole=question.choice == "single")


def _draw_labels(weights: Integers, marks: Marks) -> dict[str, Floats]:
    if not marks.labels:
        return dict.fromkeys(("micro_f1", "macro_f1"), np.full(len(weights), np.nan))
    names, codes = np.unique([*marks.labels, *marks.labelled], return_inverse=True)
    truth, chosen = codes.reshape(2, -1)[..., None] == np.arange(len(names))
    batches = [(_per_value(drawn, truth, chosen), _share(drawn, (truth & chosen).any(axis=1))) for drawn in _batches(weights, marks.documents)]
    macro, micro = (np.concatenate(column) for column in zip(*batches, strict=True))
    return {"micro_f1": micro, "macro_f1": macro}


def _draw_probabilities(
    weights: Integers, documents: Places, truth: Flags, chosen: Flags, shares: Floats, surest: Places, *, whole: bool = True
) -> dict[str, Floats]:
    """Of rows x values, each row of a document; `surest` is the order of rows from the surest on; `whole` rows are right, or each value by itself."""
    right = (chosen == truth).all(axis=1) if whole else (chosen == truth).mean(axis=1)
    errors = ((shares - truth) ** 2).mean(axis=1)
    columns: dict[str, list[Floats]] = {}
    for drawn in _batches(weights, documents):
        ordered = drawn[:, surest]
        half = ordered * (np.cumsum(ordered, axis=1) <= np.maximum(ordered.sum(axis=1, keepdims=True) // 2, 1))
        found = {
            "macro_f1": _per_value(drawn, truth, chosen),
            "accuracy": _share(drawn, right),
            "confident_macro_f1": _per_value(half, truth[surest], chosen[surest]),
            "confident_accuracy": _share(half, right[surest]),
            "auroc": _mean([_auroc(drawn, truth[:, i], shares[:, i]) for i in range(truth.shape[1])]),
            "brier": _share(drawn, errors),
        }
        for name, column in found.items():
            columns.setdefault(name, []).append(column)
    return {name: np.concatenate(parts) for name, parts in columns.items()}


def _batches(weights: Integers, documents: Places) -> Iterator[Floats]:
    """draws x rows, some draws at a time, so that memory stays flat."""
    for first in range(0, len(weights), BATCH):
        yield weights[first : first + BATCH][:, documents].astype(float)


def _add_counts(weights: Integers, found: Sequence[Any], gold: Sequence[Any]) -> list[SpanCounts]:
    per_document = np.array([compare_spans(mine, theirs) for mine, theirs in zip(found, gold, strict=True)], dtype=float).reshape(len(gold), -1)
    return [SpanCounts._make(row) for row in (weights @ per_document).tolist()]


def _per_value(drawn: Floats, truth: Flags, chosen: Flags) -> Floats:
    """The mean F1 of the values that are true or chosen."""
    scores = _f1(drawn @ (truth & chosen), drawn @ (truth.astype(float) + chosen))
    return _mean(list(scores.T))


def _f1(right: Floats, marked: Floats) -> Floats:
    """`marked`: how many are true and how many were found, together."""
    return _divide(2 * right, marked)


def _share(drawn: Floats, figures: Floats | Flags) -> Floats:
    return _divide(drawn @ figures, drawn.sum(axis=1))


def _auroc(drawn: Floats, truth: Flags, shares: Floats) -> Floats:
    """How often a row that is true has more than one that is not; as much counts half."""
    order = np.argsort(shares, kind="stable")
    _, firsts = np.unique(shares[order], return_index=True)
    if not len(firsts):
        return np.full(len(drawn), np.nan)
    yes, no = (np.add.reduceat(drawn[:, order] * flags[order], firsts, axis=1) for flags in (truth, ~truth))
    return _divide((yes * (np.cumsum(no, axis=1) - no / 2)).sum(axis=1), yes.sum(axis=1) * no.sum(axis=1))


def _mean(columns: Sequence[Floats]) -> Floats:
    """The mean in each draw of the figures that it has."""
    table = np.array(columns)
    there = ~np.isnan(table)
    return _divide(np.where(there, table, 0.0).sum(axis=0), there.sum(axis=0).astype(float))


def _divide(above: Floats, below: Floats) -> Floats:
    quotient: Floats = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)
    return quotient
