from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from classifiers import evaluation as module
from classifiers.documents import Batch, make_batch, make_document
from classifiers.evaluation import evaluate
from classifiers.model import Model
from classifiers.prediction import Prediction, predict
from classifiers.targets import Task, make_task
from classifiers.training import train
from schemas.dataset import Dataset
from schemas.errors import FramingError

Folds = list[tuple[list[str], list[str]]]


@pytest.fixture
def folds_seen(monkeypatch: pytest.MonkeyPatch) -> Folds:
    """(article ids trained on, article ids tested on) of each fold, written down on the way through the real functions."""
    seen: Folds = []

    def train_and_note(task: Task) -> Model:
        seen.append(([document.article_id for document in task.documents], []))
        return train(task)

    def predict_and_note(model: Model, batch: Batch) -> Prediction:
        seen[-1][1].extend(document.article_id for document in batch.documents)
        return predict(model, batch)

    monkeypatch.setattr(module, "train", train_and_note)
    monkeypatch.setattr(module, "predict", predict_and_note)
    return seen


def with_texts(task: Task, texts: dict[int, str]) -> Task:
    documents = [make_document(d.article_id, texts.get(i, d.text)) for i, d in enumerate(task.documents)]
    return replace(task, batch=make_batch(documents))


def test_the_evaluation_has_the_keys_that_the_design_names(evaluation: dict[str, Any]) -> None:
    assert (evaluation["folds"], evaluation["group"]) == (3, "article")
    assert {"f1"} <= evaluation["tokens"].keys()
    assert {"exact_f1", "partial_f1", "char_f1", "count_ratio"} <= evaluation["spans"].keys()
    assert {"micro_f1", "macro_f1"} <= evaluation["labels"].keys()
    assert {"macro_f1", "auroc", "brier", "ece"} <= evaluation["sentences"].keys()
    assert {"macro_f1", "auroc", "brier", "ece", "floor_macro_f1", "human_macro_f1"} <= evaluation["questions"]["frames"].keys()


def test_the_model_beats_the_cue_words_on_the_sample(evaluation: dict[str, Any]) -> None:
    assert evaluation["tokens"]["f1"] > evaluation["tokens"]["floor_f1"] > 0
    assert evaluation["spans"]["partial_f1"] > evaluation["spans"]["floor_partial_f1"] > 0
    assert evaluation["labels"]["micro_f1"] > evaluation["labels"]["floor_micro_f1"] > 0
    assert evaluation["sentences"]["macro_f1"] > evaluation["sentences"]["floor_macro_f1"] > 0
    assert evaluation["questions"]["frames"]["macro_f1"] > evaluation["questions"]["frames"]["floor_macro_f1"]


def test_the_model_knows_sentences_and_is_calibrated_on_the_sample(evaluation: dict[str, Any]) -> None:
    assert evaluation["sentences"]["auroc"] > 0.8
    assert evaluation["sentences"]["ece"] < 0.15
    assert 0.3 < evaluation["spans"]["count_ratio"] < 2


def test_the_spread_has_the_shape_of_the_means(evaluation: dict[str, Any]) -> None:
    def paths(tree: dict[str, Any], above: str = "") -> set[str]:
        return {path for key, value in tree.items() for path in (paths(value, f"{above}.{key}") if isinstance(value, dict) else {f"{above}.{key}"})}

    measured = {key: evaluation[key] for key in ("tokens", "spans", "labels", "sentences", "questions")}
    assert paths(evaluation["spread"]) == paths(measured)
    assert evaluation["spread"]["tokens"]["f1"] > 0


@pytest.mark.parametrize("group", ["article", "outlet"])
def test_no_group_stands_on_both_sides_of_a_fold(small_task: Task, small_articles: pl.DataFrame, folds_seen: Folds, group: str) -> None:
    evaluate(small_task, small_articles, folds=3, group=group)
    column = "article_id" if group == "article" else group
    names = dict(zip(small_articles["article_id"], small_articles[column], strict=True))
    assert len(folds_seen) == 3
    for training, test in folds_seen:
        assert training
        assert not {names[i] for i in training} & {names[i] for i in test}
    assert sorted(i for _, test in folds_seen for i in test) == sorted(names)


def test_articles_of_unknown_outlet_stand_for_themselves(small_task: Task, small_articles: pl.DataFrame, folds_seen: Folds) -> None:
    known = pl.when(pl.col("outlet") == "outlet 1").then("outlet")
    result = evaluate(small_task, small_articles.with_columns(outlet=known), folds=4, group="outlet")
    assert result["folds"] == 4
    together = {f"a{i}" for i in (1, 5, 9)}
    assert all(together <= set(test) or not together & set(test) for _, test in folds_seen)


def test_copies_of_an_article_are_counted_and_kept_once(small_task: Task, small_articles: pl.DataFrame, folds_seen: Folds) -> None:
    first = small_task.documents[0].text
    # White space and case do not make it another article.
    copied = with_texts(small_task, {5: first, 9: first.upper().replace(" ", "\n")})
    plain = replace(copied, votes=[small_task.votes[1]] * 12, gold=[small_task.gold[1]] * 12)
    result = evaluate(plain, small_articles, folds=2)
    assert (result["articles"], result["duplicates"]) == (10, 2)
    assert sorted(i for _, test in folds_seen for i in test) == sorted(f"a{i}" for i in range(12) if i not in (5, 9))


@pytest.mark.parametrize("group", ["topic", "url"], ids=["a column that is not there", "a column without values"])
def test_grouping_by_what_the_articles_do_not_have_is_refused(small_task: Task, small_articles: pl.DataFrame, group: str) -> None:
    with pytest.raises(FramingError, match=group):
        evaluate(small_task, small_articles, group=group)


def test_grouping_by_what_is_no_group_is_refused(small_task: Task, small_articles: pl.DataFrame) -> None:
    with pytest.raises(FramingError, match="article, outlet, topic, url"):
        evaluate(small_task, small_articles, group="text")


@pytest.mark.parametrize(("folds", "group"), [(1, "article"), (0, "article"), (13, "article"), (5, "outlet")])
def test_too_few_groups_or_folds_are_refused(small_task: Task, small_articles: pl.DataFrame, folds: int, group: str) -> None:
    with pytest.raises(FramingError, match="--folds"):
        evaluate(small_task, small_articles, folds=folds, group=group)


def test_progress_is_told_after_each_fold(small_task: Task, small_articles: pl.DataFrame) -> None:
    told: list[tuple[int, int]] = []
    evaluate(small_task, small_articles, folds=3, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_evaluating_twice_gives_the_same_figures(small_task: Task, small_articles: pl.DataFrame) -> None:
    assert evaluate(small_task, small_articles, folds=2) == evaluate(small_task, small_articles, folds=2)


def answers_only(dataset_of: Callable[..., Dataset], answered: dict[int, str], articles: int) -> Dataset:
    texts = {f"a{i}": f"The vote of day {i} cost coin{i}." for i in range(articles)}
    readings = {f"a{i}": {"ada": [("biased", answered[i])] if i in answered else []} for i in range(articles)}
    return dataset_of(texts, readings)


def test_a_fold_in_which_nobody_answered_does_not_count_as_right(dataset_of: Callable[..., Dataset], folds_seen: Folds) -> None:
    # Both answers on the same words: nothing can be learnt, so nothing near 1 can be true.
    dataset = answers_only(dataset_of, {0: "Yes", 1: "No"}, articles=10)
    found = evaluate(make_task(dataset), dataset.articles, folds=5)["questions"]["biased"]
    assert sum(not {"a0", "a1"} & set(test) for _, test in folds_seen) >= 3
    # In each fold with an answer the model, having seen at most the other answer, is wrong.
    assert found["macro_f1"] < 0.5
    assert found["floor_macro_f1"] < 0.5
    assert found["brier"] > 0.1


def test_the_floor_of_a_question_is_the_commonest_answer_of_those_who_answered(dataset_of: Callable[..., Dataset]) -> None:
    texts = {f"a{i}": f"The vote of day {i} cost coin{i}." for i in range(12)}
    # Four articles answer, all of them Money; the other eight were read for spans only.
    readings = {f"a{i}": {"ada": [("topics", "Money")] if i % 3 == 0 else []} for i in range(12)}
    dataset = dataset_of(texts, readings)
    task = make_task(dataset)
    answered = evaluate(task.take(range(0, 12, 3)), dataset.articles, folds=2)["questions"]["topics"]
    everything = evaluate(task, dataset.articles, folds=2)["questions"]["topics"]
    assert answered["floor_macro_f1"] == 1
    assert everything["floor_macro_f1"] == 1


def test_a_question_that_only_some_folds_can_measure_is_still_reported(dataset_of: Callable[..., Dataset], folds_seen: Folds) -> None:
    for first in range(3):
        silent = {first, first + 3}
        dataset = answers_only(dataset_of, dict.fromkeys(set(range(6)) - silent, "Yes"), articles=6)
        result = evaluate(make_task(dataset), dataset.articles, folds=3)
        assert result["questions"]["biased"]["floor_macro_f1"] == 1
        assert {f"a{i}" for i in silent} in [set(test) for _, test in folds_seen[-3:]]


def test_the_human_ceiling_is_none_where_one_annotator_read(dataset_of: Callable[..., Dataset]) -> None:
    texts = {f"a{i}": f"The reckless vote of day {i}." for i in range(4)}
    dataset = dataset_of(texts, {name: {"ada": [("Loaded", "reckless")]} for name in texts})
    result = evaluate(make_task(dataset), dataset.articles, folds=2)
    assert result["tokens"]["human_f1"] is None
    assert result["tokens"]["floor_f1"] == 0
    assert np.isfinite(result["tokens"]["f1"])
