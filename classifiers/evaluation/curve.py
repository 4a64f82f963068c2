"""The learning curve: how good a model is after so many articles, by how the next ones to annotate are chosen.

Nothing is promised: on BABE choosing uncertain articles gains nothing below 95 % of full quality. So it is measured, on your data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from classifiers.evaluation.folds import first_of_each_text, name_groups, stories_of
from classifiers.evaluation.metrics import binary_f1
from classifiers.evaluation.parallel import run_all
from classifiers.evaluation.questions import decided_rows, measure_question
from classifiers.features.answers import other_parts
from classifiers.features.bag import make_bag_space
from classifiers.features.company import learn_company
from classifiers.model.model import Model
from classifiers.scoring.answers import answer
from classifiers.scoring.scorer import Found, Scorer
from classifiers.training.recipe import Recipe
from classifiers.training.targets import Task
from classifiers.training.training import train
from schemas.arrays import Floats
from schemas.errors import FramingError
from schemas.parts import TEXT

__all__ = ["SELECTIONS", "measure_curve"]

SELECTIONS = ("random", "uncertain", "diverse")
# The first labels are where a project decides whether to go on.
SMALLEST = 25
FOLDS, STEPS, SEED = 3, 6, 0
Rows = NDArray[np.int64]


def measure_curve(
    task: Task,
    articles: pl.DataFrame,
    *,
    group: str = "article",
    recipe: Recipe | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> pl.DataFrame:
    """A table: selection, articles, measure, value (mean over folds) and spread (standard deviation). Of the texts alone, without headlines.

    Each fold's test articles stay the same while the training articles grow, by a factor, from a random start that all
    selections share to all there are. Tokens are measured by F1, questions by macro-F1, and one answer of two by AUROC, too: it is .5 by
    chance, however common each answer is.
    """
    task = task.only(TEXT)
    kept = first_of_each_text(task.batch.texts, stories_of(task, articles))
    names = name_groups(task, articles, group)
    whole, groups = task.take(kept), [names[i] for i in kept]
    pool = len(kept) * (FOLDS - 1) // FOLDS
    if len(set(groups)) < FOLDS or pool < 2 * SMALLEST:
        raise FramingError(f"{len(kept)} annotated articles are too few for a curve", "--curve", f"It needs at least {3 * SMALLEST}")
    splits = list(GroupKFold(FOLDS).split(kept, groups=groups))
    jobs = [(fold, selection) for fold in range(FOLDS) for selection in SELECTIONS]
    work = [(whole, recipe or Recipe(), *splits[fold], selection, fold) for fold, selection in jobs]
    rows: list[dict[str, Any]] = []
    for done, found in enumerate(run_all(_follow, work), start=1):
        rows += found
        progress(done, len(jobs))
    table = pl.DataFrame(rows).group_by("selection", "step", "measure", maintain_order=True)
    means = table.agg(pl.col("articles").mean().round().cast(pl.Int64), pl.col("value").mean(), spread=pl.col("value").std(ddof=0))
    return means.drop("step").select("selection", "articles", "measure", "value", "spread")


def _follow(whole: Task, recipe: Recipe, pool: Rows, test: Rows, selection: str, seed: int) -> list[dict[str, Any]]:
    """One selection on one fold: train, measure, choose more, again."""
    order = np.random.default_rng(SEED + seed).permutation(pool)
    chosen = order[:SMALLEST]
    found: list[dict[str, Any]] = []
    model: Model | None = None
    sizes = np.unique(np.geomspace(SMALLEST, len(pool), STEPS).round().astype(int)).tolist()
    for step, size in enumerate(sizes):
        rest = order[~np.isin(order, chosen)]
        if model is not None:
            chosen = np.concatenate([chosen, _choose(whole, selection, chosen, rest, size - len(chosen), model)])
        training = whole.take(chosen)
        model = train(training, recipe)
        measured = measure_model(model, training, whole.take(test))
        found += [{"selection": selection, "step": step, "articles": size, "measure": name, "value": value} for name, value in measured]
    return found


def _choose(whole: Task, selection: str, chosen: Rows, rest: Rows, count: int, model: Model) -> Rows:
    if selection == "uncertain":
        doubt = uncertainty(model, whole.take(rest))
        return rest[np.argsort(-doubt, kind="stable")[:count]]
    if selection == "diverse":
        return rest[spread_out(whole, chosen, rest, count)]
    return rest[:count]


def uncertainty(model: Model, task: Task) -> Floats:
    """For each document how unsure the model is, 0 to 1: of its sentences and of its answers, on average."""
    found, answers = _read(model, task)
    doubts = []
    if model.sentences is not None:
        of_articles = np.split(found.sentences, found.texts.sentences.firsts[1:-1])
        doubts.append(np.array([1 - np.abs(2 * shares - 1).mean() if len(shares) else 0.0 for shares in of_articles]))
    doubts += [(1 - np.abs(2 * shares - 1)).mean(axis=1) for shares in answers.values()]
    result: Floats = np.mean(doubts, axis=0)
    return result


def spread_out(task: Task, chosen: Rows, rest: Rows, count: int) -> Rows:
    """Places in `rest` of documents that are each the farthest from all before it (Gonzalez 1985), by the company of their words."""
    company = learn_company([task.batch])
    space = make_bag_space([(task.batch, np.zeros(1, dtype=np.int64))], company.features, ())
    vectors = space.matrix(task.batch, task.batch.read.tokens.firsts, np.zeros((len(task.batch.ids), 0))) @ company.vectors
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    distance = 1 - (vectors[rest] @ vectors[chosen].T).max(axis=1)
    places = []
    for _ in range(count):
        place = int(distance.argmax())
        places.append(place)
        distance = np.minimum(distance, 1 - vectors[rest] @ vectors[rest[place]])
        distance[place] = -1.0
    return np.array(places, dtype=np.int64)


def measure_model(model: Model, training: Task, test: Task) -> Iterator[tuple[str, float]]:
    """The name of each measure, and its value on the test articles."""
    found, answers = _read(model, test)
    if model.spans is not None:
        tokens = np.zeros(len(test.batch.ids), dtype=np.bool_)
        for first, last in zip(found.spans.firsts, found.spans.lasts, strict=True):
            tokens[first:last] = True
        yield "tokens, F1", binary_f1(test.gold_tokens(), tokens)
    for question in model.asked:
        if decided_rows(test, question):
            measured = measure_question(question, training, test, answers[question.name], model.thresholds.get(question.name, ()))
            yield f"{question.name}, macro-F1", measured["macro_f1"]
            if question.choice == "single" and len(question.values) == 2 and measured["auroc"] is not None:
                yield f"{question.name}, AUROC", measured["auroc"]


def _read(model: Model, task: Task) -> tuple[Found, dict[str, Floats]]:
    found = Scorer(model).find(task.batch.texts, task.batch.read.languages)
    return found, answer(model, found.alone, other_parts(task.batch.pages, found.alone))
