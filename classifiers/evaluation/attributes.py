"""Measures of the values that heads of attributes give to gold spans, beside two floors: the commonest value, and what a head says that sees
nothing but the words of the sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from classifiers.evaluation.metrics import brier, expected_calibration_error, mean_f1
from classifiers.features.surroundings import SENTENCE, make_surrounding_space
from classifiers.model.card import beats_floor, beats_nearest
from classifiers.model.model import TARGET, Model, learned_attributes
from classifiers.scoring.scorer import Scorer
from classifiers.training.attribute_heads import Said, find_said
from classifiers.training.fitting import fit_softmax
from classifiers.training.targets import Task
from schemas.arrays import Flags, Floats, Places
from schemas.codebook import Attribute

__all__ = ["Given", "draw_articles", "give_values", "leave_out", "measure_attributes", "measure_humans", "pair_values", "summarise_attributes"]

# How strongly the words of a sentence are held to zero: the best of .3, 1 and 3 on NewsMTSC.
BAG_STRENGTH = 3.0
DRAWS, SEED, TAIL = 1000, 0, 0.025


class Given(NamedTuple):
    """Of the gold spans of a fold that have a value: their articles, spans x values what is true, how likely the head finds it, and what both
    floors say."""

    articles: list[str]
    truth: Flags
    shares: Floats
    commonest: Flags
    bag: Flags


def give_values(scorer: Scorer, training: Task, test: Task) -> dict[str, Given]:
    """For each attribute of which the model has a head and gold a value in the fold."""
    given: dict[str, Given] = {}
    for attribute in learned_attributes(test.codebook):
        said = _decided(test, attribute).in_order()
        if attribute.name in scorer.model.attributes and said.spans:
            firsts, lasts = np.array(said.spans, dtype=np.int64).reshape(-1, 2).T
            shares = scorer.attribute(test.batch.texts, firsts, lasts, test.batch.read.languages)[attribute.name]
            learned = _decided(training, attribute)
            most = max(attribute.value_names, key=learned.values.count)
            commonest = _flag(attribute, [most] * len(said.spans))
            names = [test.batch.article_ids[number] for number in said.documents]
            bag = _read_bags(scorer.model, attribute, training, learned, test, said)
            given[attribute.name] = Given(names, _flag(attribute, said.values), shares, commonest, bag)
    return given


def measure_attributes(given: Mapping[str, Given]) -> dict[str, dict[str, Any]]:
    """Measures by attribute. Macro-F1 is over the values that occur in gold or are given."""
    return {name: _measure(one) for name, one in given.items()}


def summarise_attributes(folds: Sequence[Mapping[str, Given]]) -> dict[str, dict[str, Any]]:
    """The measures of all folds together, as a value may be too rare for one, with an interval of macro-F1 (95 %, bootstrapped over articles)."""
    figures: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(name for fold in folds for name in fold):
        some = [fold[name] for fold in folds if name in fold]
        whole = Given(
            [article for one in some for article in one.articles], *(np.concatenate(parts) for parts in zip(*(one[1:] for one in some), strict=True))
        )
        figures[name] = _measure(whole) | {
            "spans": len(whole.articles),
            "ece": expected_calibration_error(whole.truth.ravel(), whole.shares.ravel()),
            **_bootstrap(whole.articles, whole.truth, _choose(whole.shares)),
        }
    return figures


def leave_out(model: Model, evaluation: Mapping[str, Any]) -> tuple[Model, list[str]]:
    """The model without what tells attributes, as far as that was measured and is no better than its floor; and the names of those."""
    measured = evaluation.get("attributes", {})
    left_out = [name for name in model.attributes if name in measured and not beats_floor(measured[name])]
    kept = replace(model, attributes={name: head for name, head in model.attributes.items() if name not in left_out})
    if model.ranker is not None and (ranked := evaluation.get("targets")) and not beats_nearest(ranked):
        left_out.append(model.codebook.target.name if model.codebook.target else TARGET)
        kept = replace(kept, stages={name: stage for name, stage in kept.stages.items() if name != TARGET})
    return kept, left_out


def measure_humans(task: Task) -> dict[str, float | None]:
    """For each attribute macro-F1 of each annotator's values against what most of the others gave the very same span; None where nobody did."""
    figures: dict[str, float | None] = {}
    for attribute in learned_attributes(task.codebook):
        own, others = pair_values(task, attribute)
        figures[attribute.name] = mean_f1(_flag(attribute, others), _flag(attribute, own)) if own else None
    return figures


def pair_values(task: Task, attribute: Attribute) -> tuple[list[str], list[str]]:
    """What each annotator gave a span, and what most of the others gave the very same one, where they agree on it."""
    own: list[str] = []
    others: list[str] = []
    for votes in task.votes:
        spans: dict[tuple[object, ...], list[str]] = {}
        for vote in votes:
            said = {(marked.label, *marked.span): value for marked in vote.spans for value in marked.attributes.get(attribute.name, ())}
            for span, value in said.items():
                spans.setdefault(span, []).append(value)
        for values in spans.values():
            for i, value in enumerate(values):
                rest = values[:i] + values[i + 1 :]
                counts = {one: rest.count(one) for one in rest}
                winners = [one for one, count in counts.items() if count == max(counts.values())]
                if len(winners) == 1:
                    own.append(value)
                    others += winners
    return own, others


def draw_articles(articles: Sequence[str], right: Flags) -> tuple[float, float]:
    """The interval of the share of spans that are right (95 %), with articles drawn anew."""
    _, which = np.unique(articles, return_inverse=True)
    sums, sizes = np.bincount(which, right), np.bincount(which)
    drawn = np.random.default_rng(SEED).integers(len(sizes), size=(DRAWS, len(sizes)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), (TAIL, 1 - TAIL)).tolist()
    return low, high


def _measure(given: Given) -> dict[str, Any]:
    chosen = _choose(given.shares)
    return {
        "macro_f1": mean_f1(given.truth, chosen),
        "accuracy": float((given.truth & chosen).any(axis=1).mean()),
        "brier": brier(given.truth.ravel(), given.shares.ravel()),
        "floor_macro_f1": mean_f1(given.truth, given.commonest),
        "bag_macro_f1": mean_f1(given.truth, given.bag),
    }


def _bootstrap(articles: Sequence[str], truth: Flags, chosen: Flags) -> dict[str, float]:
    """The interval of macro-F1, with articles drawn anew."""
    _, which = np.unique(articles, return_inverse=True)
    number, size = int(which.max()) + 1, truth.shape[1]
    # Of each article and value how often it is right, and how often it is true or given.
    counts = np.zeros((2, number, size))
    np.add.at(counts[0], which, truth & chosen)
    np.add.at(counts[1], which, truth.astype(float) + chosen)
    random = np.random.default_rng(SEED)
    figures = np.empty(DRAWS)
    for draw in range(DRAWS):
        right, all_of_them = counts[:, random.integers(number, size=number)].sum(axis=1)
        figures[draw] = (2 * right / np.maximum(all_of_them, 1))[all_of_them > 0].mean()
    low, high = np.quantile(figures, (TAIL, 1 - TAIL)).tolist()
    return {"low": low, "high": high}


def _decided(task: Task, attribute: Attribute) -> Said:
    return find_said(task, attribute, [[gold] for gold in task.gold])


def _read_bags(model: Model, attribute: Attribute, training: Task, learned: Said, test: Task, said: Said) -> Flags:
    """What the words of the sentence alone say: of two spans of one sentence the same."""
    space = make_surrounding_space(model.window)
    width = len(space.words.features)
    own = slice(SENTENCE * width, (SENTENCE + 1) * width)
    inside, outside = (space.matrix(task.batch, some.spans)[:, own] for task, some in ((training, learned), (test, said)))
    weights, intercepts = fit_softmax(inside, learned.values, learned.weights, attribute.value_names, BAG_STRENGTH)
    return _choose(outside @ weights + intercepts)


def _flag(attribute: Attribute, values: Sequence[str]) -> Flags:
    """spans x values."""
    flags: Flags = np.array([[value == name for name in attribute.value_names] for value in values], dtype=np.bool_)
    return flags.reshape(len(values), len(attribute.value_names))


def _choose(scores: Floats) -> Flags:
    """The likeliest value of each."""
    best: Places = scores.argmax(axis=1)
    chosen: Flags = best[:, None] == np.arange(scores.shape[1])
    return chosen
