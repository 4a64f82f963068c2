"""Cross-validation on grouped folds, everything fitted inside the fold, floor and ceiling in the same table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from sklearn.model_selection import GroupKFold

from classifiers.evaluation.attributes import Given, give_values, measure_attributes, measure_humans, summarise_attributes
from classifiers.evaluation.ceiling import human_answers, human_spans
from classifiers.evaluation.folds import copies_of_each_article, name_groups
from classifiers.evaluation.headlines import Headlines, read_headlines, summarise_headlines
from classifiers.evaluation.intervals import bound, draw_answers, draw_groups, draw_spans
from classifiers.evaluation.metrics import expected_calibration_error, mean_f1
from classifiers.evaluation.parallel import run_all
from classifiers.evaluation.questions import decided_rows, measure_question
from classifiers.evaluation.spans import mark_spans, measure_spans
from classifiers.evaluation.targets import Ranked, rank_gold, summarise_targets
from classifiers.features.answers import other_parts
from classifiers.scoring.answers import answer
from classifiers.scoring.articles import score
from classifiers.scoring.scorer import Scorer
from classifiers.training.recipe import Recipe
from classifiers.training.targets import Task
from classifiers.training.training import train
from schemas.arrays import Flags, Floats, Integers
from schemas.errors import FramingError
from schemas.parts import TEXT, TITLE

__all__ = ["CrossValidated", "cross_validate", "evaluate"]

Measures = dict[str, Any]
# Truths and probabilities of a fold, by what they are of: they are pooled for the calibration error.
Pool = dict[str, tuple[Flags, Floats]]


@dataclass(frozen=True)
class CrossValidated:
    """The figures of `evaluate`; and, where it was asked for, what models say of articles that they have not seen: a row for
    each article of the task, with the columns that scoring gives and its fold."""

    figures: Measures
    scores: pl.DataFrame | None


@dataclass(frozen=True)
class _Fold:
    measures: Measures
    pool: Pool
    drawn: Measures
    given: Mapping[str, Given]
    ranked: Ranked | None
    headlines: Headlines | None
    scores: pl.DataFrame | None


def evaluate(
    task: Task,
    articles: pl.DataFrame,
    *,
    folds: int = 5,
    group: str = "article",
    recipe: Recipe | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Measures:
    """The figures of a cross-validation. Their keys are documented in docs/evaluation.md; `spread` has the same shape and
    holds the standard deviation over folds; `low` and `high` have it, too, and hold the ends of 95 % intervals (groups drawn anew).

    Articles of one group never stand on both sides of a fold, nor does a headline without its article. Copies of an article under several ids (same
    words, or one story by `copy_of`) are kept once, so that no fold is tested on its own training text; `duplicates` says how many went. Figures are
    means over folds but for `ece` and those of attributes and headlines, which need more cases than a fold has and are computed on all of them
    together, and the human ceiling, which has nothing to do with folds. Headlines count among the texts everywhere; `headlines` are figures of these
    alone, where gold has any.
    """
    return cross_validate(task, articles, folds=folds, group=group, recipe=recipe, progress=progress, scored=False).figures


def cross_validate(
    task: Task,
    articles: pl.DataFrame,
    *,
    folds: int = 5,
    group: str = "article",
    recipe: Recipe | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    scored: bool = True,
) -> CrossValidated:
    """The same, with the scores of each article by the model of the fold that left it out, and its copies with it."""
    copies, ids = copies_of_each_article(task, articles), task.batch.article_ids
    kept = [i for numbers in copies for i in numbers if ids[i] == ids[numbers[0]]]
    names = name_groups(task, articles, group)
    distinct = len({names[i] for i in kept})
    if folds < 2 or distinct < folds:
        raise FramingError(
            f"{folds} folds need at least 2 folds and as many groups, and there are {distinct} by {group}",
            "--folds",
            "Lower --folds, or annotate more",
        )
    # What a fold is tested on must not be known from elsewhere.
    whole, recipe = task.take(kept), (recipe or Recipe()).without(task.batch.texts)
    splits = list(GroupKFold(folds).split(kept, groups=[names[i] for i in kept]))
    copies_of = {numbers[0]: numbers for numbers in copies}
    left_out = [_take(task, articles, [i for row in test for i in copies_of.get(kept[row], ())]) if scored else None for _, test in splits]
    weights, results = draw_groups([names[i] for i in kept]), []
    for result in run_all(_measure, [(whole, recipe, weights[:, split[1]], *split, some) for split, some in zip(splits, left_out, strict=True)]):
        results.append(result)
        progress(len(results), folds)
    measured = [result.measures for result in results]
    figures = {
        "folds": folds,
        "group": group,
        "unseen_sources": recipe.unseen_sources,
        "decided_for": str(recipe.aim),
        "articles": len(copies),
        "duplicates": len(set(ids)) - len(copies),
        "gold_spans": sum(len(vote.spans) for vote in whole.gold),
        **_combine(measured, np.mean),
        "spread": _combine(measured, np.std),
        **{end: _combine([result.drawn for result in results], partial(_end, place=i)) for i, end in enumerate(("low", "high"))},
    }
    _add_calibration(figures, [result.pool for result in results])
    if "attributes" in figures:
        figures["attributes"] = summarise_attributes([result.given for result in results])
    ranked = [result.ranked for result in results if result.ranked is not None]
    if whole.codebook.target is not None and ranked:
        figures["targets"] = summarise_targets(ranked, whole, whole.codebook.target)
    if headlines := [result.headlines for result in results if result.headlines is not None]:
        figures["headlines"] = summarise_headlines(headlines, whole)
    _add_ceiling(figures, whole)
    tables = [result.scores.with_columns(fold=pl.lit(fold, pl.Int64)) for fold, result in enumerate(results) if result.scores is not None]
    return CrossValidated(figures, pl.concat(tables) if tables else None)


def _measure(whole: Task, recipe: Recipe, weights: Integers, train_rows: Any, test_rows: Any, left_out: pl.DataFrame | None) -> _Fold:
    training, test = whole.take(train_rows), whole.take(test_rows)
    model = train(training, recipe)
    scorer = Scorer(model)
    found = scorer.find(test.batch.texts, test.batch.read.languages)
    answers = answer(model, found.alone, other_parts(test.batch.pages, found.alone))
    measures: Measures = {}
    pool: Pool = {}
    drawn: Measures = {}
    given: Mapping[str, Given] = {}
    ranked: Ranked | None = None
    headlines: Headlines | None = None
    if model.spans is not None:
        marks = mark_spans(scorer, test, found)
        measures |= measure_spans(test, found, marks)
        drawn |= draw_spans(test, marks, found.sentences, weights)
        given = give_values(scorer, training, test)
        ranked = rank_gold(model, test, whole.codebook.with_actors(recipe.actors).actors)
        headlines = read_headlines(scorer, test)
        pool["sentences"] = test.gold_sentences(), found.sentences
    if given:
        measures["attributes"] = measure_attributes(given)
    # A fold in which nobody answered a question says nothing about it.
    asked = [question for question in model.asked if decided_rows(test, question)]
    if model.questions:
        measures["questions"] = {
            question.name: measure_question(question, training, test, answers[question.name], model.thresholds.get(question.name, ()), recipe.aim)
            for question in asked
        }
        drawn["questions"] = {
            question.name: draw_answers(question, test, answers[question.name], model.thresholds.get(question.name, ()), weights)
            for question in asked
        }
    for question in asked:
        rows = decided_rows(test, question)
        pool[question.name] = test.gold_answers(question)[rows].ravel(), answers[question.name][rows].ravel()
    # What each fold decides by thresholds of its own is not what the model will decide, so only probabilities are kept.
    own = ["model", "url", "language", TITLE, *model.questions]
    scores = score(model, left_out).articles.drop(own, strict=False) if left_out is not None else None
    return _Fold(measures, pool, drawn, given, ranked, headlines, scores)


def _take(task: Task, articles: pl.DataFrame, indices: Sequence[int]) -> pl.DataFrame:
    """The articles whose texts these documents of the task are, as scoring takes them."""
    texts = [i for i in indices if task.batch.parts[i] == TEXT]
    columns = {"article_id": task.batch.article_ids, "text": task.batch.texts, "url": task.batch.pages, "language": task.batch.read.languages}
    table = pl.DataFrame({name: [column[i] for i in texts] for name, column in columns.items()}, schema=dict.fromkeys(columns, pl.String))
    titles = articles.select("article_id", *([TITLE] if TITLE in articles.columns else []))
    return table.join(titles, on="article_id", how="left", maintain_order="left")


def _add_calibration(figures: Measures, pools: Sequence[Pool]) -> None:
    for name in dict.fromkeys(name for pool in pools for name in pool):
        truth, shares = (np.concatenate([pool[name][part] for pool in pools if name in pool]) for part in (0, 1))
        measures = figures["sentences"] if name == "sentences" else figures["questions"][name]
        measures["ece"] = expected_calibration_error(truth, shares)


def _add_ceiling(figures: Measures, whole: Task) -> None:
    if "tokens" in figures:
        human = human_spans(whole)
        figures["tokens"]["human_f1"] = human["f1"]
        figures["spans"] |= {f"human_{name}": human[name] for name in ("exact_f1", "partial_f1", "char_f1")}
    for question in whole.codebook.questions:
        if question.name in figures.get("questions", {}):
            figures["questions"][question.name] |= {
                "human_macro_f1": human_answers(whole, question, mean_f1),
                "articles": len(decided_rows(whole, question)),
            }
    if "attributes" in figures:
        for name, measured in measure_humans(whole).items():
            if name in figures["attributes"]:
                figures["attributes"][name]["human_macro_f1"] = measured


def _end(folds: Sequence[Floats], place: int) -> float | None:
    ends = bound(folds)
    return ends[place] if ends else None


def _combine(results: Sequence[Mapping[str, Any]], how: Callable[[list[Any]], Any]) -> Measures:
    combined: Measures = {}
    for key in dict.fromkeys(key for result in results for key in result):
        column = [result[key] for result in results if key in result]
        if isinstance(column[0], Mapping):
            combined[key] = _combine(column, how)
        else:
            numbers = [number for number in column if number is not None]
            combined[key] = None if not numbers or (figure := how(numbers)) is None else float(figure)
    return combined
