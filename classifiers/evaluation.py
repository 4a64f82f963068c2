"""How good a model is on articles it has not seen: grouped folds, everything fitted inside the fold, floor and ceiling
in the same table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from sklearn.model_selection import GroupKFold

from classifiers.ceiling import human_answers, human_spans
from classifiers.documents import Document
from classifiers.floor import CueFinder
from classifiers.metrics import Flags, auroc, binary_f1, brier, expected_calibration_error, macro_f1, micro_f1
from classifiers.model import Model
from classifiers.prediction import Prediction, choose_label, predict
from classifiers.targets import Task, Vote
from classifiers.training import train
from classifiers.window import Floats
from schemas.codebook import Question
from schemas.errors import FramingError
from schemas.spans import SpanCounts, compare_spans

__all__ = ["GROUPS", "evaluate"]

GROUPS = ("article", "outlet", "topic", "url")
Measures = dict[str, Any]


def evaluate(
    task: Task, articles: pl.DataFrame, *, folds: int = 5, group: str = "article", progress: Callable[[int, int], None] = lambda done, total: None
) -> Measures:
    """Cross-validate. The keys of the result are documented in docs/evaluation.md; `spread` has the same shape and holds
    the standard deviation over folds.

    Articles of one group never stand on both sides of a fold. Copies of an article under several ids (same text) are
    kept once, so that no fold is tested on its own training text; `duplicates` says how many went.
    """
    kept = _first_of_each_text(task.documents)
    names = _groups(task, articles, group)
    distinct = len({names[i] for i in kept})
    if folds < 2 or distinct < folds:
        raise FramingError(
            f"{folds} folds need at least 2 folds and as many groups, and there are {distinct} by {group}",
            "--folds",
            "Lower --folds, or annotate more",
        )
    whole = task.take(kept)
    results = []
    for train_rows, test_rows in GroupKFold(folds).split(kept, groups=[names[i] for i in kept]):
        training, test = whole.take(train_rows), whole.take(test_rows)
        results.append(_measure(train(training), training, test))
        progress(len(results), folds)
    return {
        "folds": folds,
        "group": group,
        "articles": len(kept),
        "duplicates": len(task.documents) - len(kept),
        **_combine(results, np.mean),
        "spread": _combine(results, np.std),
    }


def _measure(model: Model, training: Task, test: Task) -> Measures:
    prediction = predict(model, test.batch)
    measures: Measures = {}
    if model.spans is not None:
        measures |= _measure_spans(model, test, prediction)
    if model.questions:
        # A fold in which nobody answered a question says nothing about it.
        measures["questions"] = {
            question.name: _measure_question(question, training, test, prediction.answers[question.name])
            for question in test.codebook.questions
            if question.name in model.questions and _rows_that_answer(test, question)
        }
    return measures


def _measure_spans(model: Model, test: Task, prediction: Prediction) -> Measures:
    finder = CueFinder(test.codebook)
    found, floor = SpanCounts(), SpanCounts()
    tokens: dict[str, list[bool]] = {"gold": [], "model": [], "floor": []}
    sentences: dict[str, list[Any]] = {"gold": [], "model": [], "floor": []}
    labels: dict[str, list[str]] = {"gold": [], "model": [], "floor": []}
    for number, (document, gold) in enumerate(zip(test.documents, test.gold, strict=True)):
        truth = [(marked.span.start, marked.span.end) for marked in gold.spans]
        spans = [(span.start, span.end) for span in prediction.spans[number]]
        cues = [(span.start, span.end) for _, span in finder.find(document)]
        found += compare_spans(spans, truth)
        floor += compare_spans(cues, truth)
        for name, ranges in (("gold", truth), ("model", spans), ("floor", cues)):
            tokens[name] += document.touched(ranges).tolist()
            if name != "model":
                sentences[name] += [any(start < s.end and s.start < end for start, end in ranges) for s in document.sentences]
        sentences["model"] += prediction.sentences[number].tolist()
        _add_labels(labels, model, finder, document, gold, prediction.label_logits[test.batch.rows(number)])
    human = human_spans(test)
    truth_tokens = np.array(tokens["gold"], dtype=bool)
    truth_sentences, probabilities = np.array(sentences["gold"], dtype=bool), np.array(sentences["model"], dtype=float)
    measures: Measures = {
        "tokens": {
            "f1": binary_f1(truth_tokens, np.array(tokens["model"])),
            "floor_f1": binary_f1(truth_tokens, np.array(tokens["floor"])),
            "human_f1": human["f1"],
        },
        "spans": {
            "exact_f1": found.exact_f1,
            "partial_f1": found.partial_f1,
            "char_f1": found.char_f1,
            "count_ratio": found.count_ratio,
            "floor_exact_f1": floor.exact_f1,
            "floor_partial_f1": floor.partial_f1,
            "human_exact_f1": human["exact_f1"],
            "human_partial_f1": human["partial_f1"],
        },
        "labels": {
            "micro_f1": micro_f1(labels["gold"], labels["model"]),
            "macro_f1": macro_f1(labels["gold"], labels["model"]),
            "floor_micro_f1": micro_f1(labels["gold"], labels["floor"]),
        },
        "sentences": {
            **_measure_probabilities(truth_sentences, probabilities),
            "floor_macro_f1": _two_class_f1(truth_sentences, np.array(sentences["floor"], dtype=bool)),
        },
    }
    if not found.gold:
        # Nothing was there to be found: F1 says nothing of this fold, and a perfect score would be a lie.
        measures |= {group: dict.fromkeys(measures[group]) for group in ("tokens", "spans", "labels")}
    return measures


def _add_labels(labels: dict[str, list[str]], model: Model, finder: CueFinder, document: Document, gold: Vote, logits: Floats) -> None:
    for marked in gold.spans:
        inside = document.tokens_between(*marked.span)
        if inside:
            labels["gold"].append(marked.label)
            labels["model"].append(choose_label(model, logits[inside.start : inside.stop]))
            # Where no cue stands in the span, the floor says what the codebook lists first.
            labels["floor"].append(finder.label_of(document.text[marked.span.start : marked.span.end]) or model.codebook.label_names[0])


def _measure_probabilities(truth: Flags, probabilities: Floats) -> Measures:
    return {
        "macro_f1": _two_class_f1(truth, probabilities > 0.5),
        "auroc": auroc(truth, probabilities),
        "brier": brier(truth, probabilities),
        "ece": expected_calibration_error(truth, probabilities),
    }


def _two_class_f1(truth: Flags, found: Flags) -> float:
    return (binary_f1(truth, found) + binary_f1(~truth, ~found)) / 2


def _measure_question(question: Question, training: Task, test: Task, probabilities: Floats) -> Measures:
    """Macro-F1 is over the values. A value counts as given at .5 (several answers) or as the likeliest (one answer)."""
    rows = _rows_that_answer(test, question)
    truth = _answered([test.gold[i] for i in rows], question)
    shares = probabilities[rows]
    trained_on = _rows_that_answer(training, question)
    commonest = _answered([training.gold[i] for i in trained_on], question).mean(axis=0) if trained_on else np.zeros(len(question.values))
    if question.choice == "multiple":
        chosen, floor = shares > 0.5, np.tile(commonest > 0.5, (len(rows), 1))
    else:
        best = np.arange(len(question.values))
        chosen, floor = shares.argmax(axis=1)[:, None] == best, np.tile(commonest.argmax() == best, (len(rows), 1))
    areas = [area for i in range(len(question.values)) if (area := auroc(truth[:, i], shares[:, i])) is not None]
    return {
        "macro_f1": _mean_f1(truth, chosen),
        "auroc": float(np.mean(areas)) if areas else None,
        "brier": brier(truth.ravel(), shares.ravel()),
        "ece": expected_calibration_error(truth.ravel(), shares.ravel()),
        "floor_macro_f1": _mean_f1(truth, floor),
        "human_macro_f1": human_answers(test.take(rows), question, _mean_f1),
        "articles_per_fold": len(rows),
    }


def _rows_that_answer(task: Task, question: Question) -> list[int]:
    """Articles with a truth. To a question of several answers "none won" is one; to a question of one answer it is not."""
    if question.choice == "multiple":
        return [i for i, votes in enumerate(task.votes) if any(vote.answered(question) for vote in votes)]
    return [i for i, gold in enumerate(task.gold) if gold.answered(question)]


def _answered(votes: Sequence[Vote], question: Question) -> Flags:
    return np.array([vote.chosen(question) for vote in votes], dtype=bool).reshape(len(votes), len(question.values))


def _mean_f1(truth: Flags, found: Flags) -> float:
    """Over the values that occur in either: a frame that nobody used in a fold says nothing about it."""
    used = [i for i in range(truth.shape[1]) if truth[:, i].any() or found[:, i].any()]
    return float(np.mean([binary_f1(truth[:, i], found[:, i]) for i in used])) if used else 1.0


def _first_of_each_text(documents: Sequence[Document]) -> list[int]:
    first: dict[str, int] = {}
    for i, document in enumerate(documents):
        first.setdefault(" ".join(document.text.lower().split()), i)
    return list(first.values())


def _groups(task: Task, articles: pl.DataFrame, group: str) -> list[str]:
    if group not in GROUPS:
        raise FramingError(f"articles cannot be grouped by {group!r}", "--group", f"Choose one of: {', '.join(GROUPS)}")
    column = "article_id" if group == "article" else group
    if column not in articles.columns or articles[column].is_null().all():
        raise FramingError(f"no article has a value for {column!r}", "--group", "Group by article, or add the column when you ingest")
    names = dict(zip(articles["article_id"], articles[column], strict=True))
    # An article of unknown group stands for itself.
    return [str(names[d.article_id]) if names[d.article_id] is not None else f"article {d.article_id}" for d in task.documents]


def _combine(results: Sequence[Mapping[str, Any]], how: Callable[[list[float]], Any]) -> Measures:
    combined: Measures = {}
    for key in dict.fromkeys(key for result in results for key in result):
        column = [result[key] for result in results if key in result]
        if isinstance(column[0], Mapping):
            combined[key] = _combine(column, how)
        else:
            numbers = [number for number in column if number is not None]
            combined[key] = float(how(numbers)) if numbers else None
    return combined
