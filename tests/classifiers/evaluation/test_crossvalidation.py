from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from classifiers.evaluation import crossvalidation as module
from classifiers.evaluation import parallel
from classifiers.evaluation.crossvalidation import cross_validate, evaluate
from classifiers.evaluation.metrics import expected_calibration_error
from classifiers.evaluation.questions import measure_question
from classifiers.evaluation.spans import Marks, measure_spans
from classifiers.features.company import learn_company
from classifiers.features.documents import make_batch
from classifiers.model.model import Model
from classifiers.scoring.articles import score
from classifiers.scoring.scorer import Found
from classifiers.training.recipe import Recipe
from classifiers.training.targets import Task, make_task
from classifiers.training.training import train
from schemas.arrays import Floats
from schemas.codebook import Question
from schemas.dataset import Dataset
from schemas.errors import FramingError

Folds = list[tuple[list[str], list[str]]]


@pytest.fixture(autouse=True)
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting workers takes longer than these folds do, and workers would not see what is written down here."""
    monkeypatch.setattr(parallel, "cpu_count", lambda: 1)


@pytest.fixture
def folds_seen(monkeypatch: pytest.MonkeyPatch) -> Folds:
    """(article ids trained on, article ids tested on) of each fold, written down on the way through the real functions."""
    seen: Folds = []

    def train_and_note(task: Task, recipe: Recipe) -> Model:
        seen.append(([*task.batch.article_ids], []))
        return train(task, recipe)

    def measure_and_note(test: Task, found: Found, marks: Marks) -> dict[str, Any]:
        seen[-1][1].extend(test.batch.article_ids)
        return measure_spans(test, found, marks)

    monkeypatch.setattr(module, "train", train_and_note)
    monkeypatch.setattr(module, "measure_spans", measure_and_note)
    return seen


def with_texts(task: Task, texts: dict[int, str]) -> Task:
    return replace(task, batch=make_batch([texts.get(i, text) for i, text in enumerate(task.batch.texts)], task.batch.article_ids))


def test_the_evaluation_has_the_keys_that_the_design_names(evaluation: dict[str, Any]) -> None:
    assert (evaluation["folds"], evaluation["group"]) == (2, "article")
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
    # Frames are not: on so few articles the model seldom gives one, and what is commonest in each outlet is a high floor there.
    assert evaluation["questions"]["frames"]["auroc"] > 0.55


def test_the_model_knows_sentences_and_is_calibrated_on_the_sample(evaluation: dict[str, Any]) -> None:
    assert evaluation["sentences"]["auroc"] > 0.8
    assert evaluation["sentences"]["ece"] < 0.15
    assert 0.3 < evaluation["spans"]["count_ratio"] < 2
    assert 0.3 < evaluation["spans"]["readers_count_ratio"] < 2


def test_the_spread_has_the_shape_of_the_means_but_for_what_is_not_of_folds(evaluation: dict[str, Any]) -> None:
    def paths(tree: dict[str, Any], above: str = "") -> set[str]:
        return {path for key, value in tree.items() for path in (paths(value, f"{above}.{key}") if isinstance(value, dict) else {f"{above}.{key}"})}

    measured = {key: evaluation[key] for key in ("tokens", "spans", "labels", "sentences", "questions")}
    assert paths(evaluation["spread"]) <= paths(measured)
    alone = paths(measured) - paths(evaluation["spread"])
    assert all(path.endswith((".ece", ".articles")) or ".human_" in path for path in alone)
    assert paths(evaluation["low"]) == paths(evaluation["high"]) < paths(evaluation["spread"])
    assert evaluation["spread"]["tokens"]["f1"] > 0


def test_there_is_a_confident_half_of_sentences_and_questions(evaluation: dict[str, Any]) -> None:
    assert evaluation["sentences"]["confident_macro_f1"] > evaluation["sentences"]["macro_f1"]
    assert {"confident_macro_f1", "confident_accuracy"} <= evaluation["questions"]["frames"].keys()


def test_the_calibration_error_is_that_of_all_folds_together(small_task: Task, small_articles: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[Floats] = []
    folds: list[list[str]] = []

    def measure_and_keep(question: Question, training: Task, test: Task, probabilities: Floats, *how: Any) -> dict[str, Any]:
        if question.name == "biased":
            folds.append([*test.batch.article_ids])
            shares.append(probabilities)
        return measure_question(question, training, test, probabilities, *how)

    monkeypatch.setattr(module, "measure_question", measure_and_keep)
    found = evaluate(small_task, small_articles, folds=4)["questions"]["biased"]
    truth = small_task.gold_answers(small_task.codebook.questions[0])[[int(i[1:]) for test in folds for i in test]]
    assert found["ece"] == pytest.approx(expected_calibration_error(truth.ravel(), np.concatenate(shares).ravel()), abs=1e-12)


@pytest.mark.parametrize("recipe", [Recipe(), Recipe(unseen_sources=True)], ids=["seen sources", "unseen sources"])
def test_workers_change_no_figure(small_task: Task, small_articles: pl.DataFrame, monkeypatch: pytest.MonkeyPatch, recipe: Recipe) -> None:
    # Other processes know nothing of this one, so what they are to learn from is said.
    recipe = replace(recipe, vectors=learn_company([small_task.batch]))
    alone = evaluate(small_task, small_articles, folds=2, group="outlet", recipe=recipe)
    monkeypatch.setattr(parallel, "cpu_count", lambda: 2)
    assert evaluate(small_task, small_articles, folds=2, group="outlet", recipe=recipe) == alone
    assert alone["unseen_sources"] is recipe.unseen_sources


def test_a_fold_that_trains_without_spans_is_measured_all_the_same(small_task: Task, small_articles: pl.DataFrame) -> None:
    # Everything that is marked stands in one group.
    marked = small_articles.with_columns(outlet=pl.when(pl.col("outlet").is_in(["outlet 0", "outlet 2"])).then(pl.lit("a")).otherwise("outlet"))
    found = evaluate(small_task, marked, folds=2, group="outlet")
    assert found["tokens"]["f1"] == found["tokens"]["human_f1"] - 1 == 0
    assert 0 <= found["labels"]["micro_f1"] <= 1


def test_an_auxiliary_corpus_goes_into_every_fold(page_task: Task, leaflets: Task, folds_seen: Folds) -> None:
    names = page_task.batch.article_ids
    articles = pl.DataFrame({"article_id": names, "url": page_task.batch.pages})
    found = evaluate(page_task, articles, folds=3, group="url", recipe=Recipe(auxiliaries={"leaflets": leaflets}))
    assert len(folds_seen) == 3
    assert not {i for training, test in folds_seen for i in (*training, *test)} - set(names)
    assert found["tokens"]["f1"] > 0.9


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
    first = small_task.batch.texts[0]
    # White space, marks and case do not make it another article.
    copied = with_texts(small_task, {5: first, 9: first.upper().replace(" ", "\n").replace(".", " …")})
    plain = replace(copied, votes=[small_task.votes[1]] * 12, gold=[small_task.gold[1]] * 12)
    result = evaluate(plain, small_articles, folds=2)
    assert (result["articles"], result["duplicates"]) == (10, 2)
    assert sorted(i for _, test in folds_seen for i in test) == sorted(f"a{i}" for i in range(12) if i not in (5, 9))


def test_articles_of_one_story_are_kept_once_as_copies_are_also_if_the_first_is_not_here(
    small_task: Task, small_articles: pl.DataFrame, folds_seen: Folds
) -> None:
    plain = replace(small_task, votes=[small_task.votes[1]] * 12, gold=[small_task.gold[1]] * 12)
    story = {"a5": "a1", "a7": "gone", "a8": "gone"}
    copied = small_articles.with_columns(copy_of=pl.col("article_id").replace_strict(story, default=None, return_dtype=pl.String))
    result = evaluate(plain, copied, folds=2)
    assert (result["articles"], result["duplicates"]) == (10, 2)
    assert sorted(i for _, test in folds_seen for i in test) == sorted(f"a{i}" for i in range(12) if i not in (5, 8))


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


def test_each_article_is_scored_by_a_model_that_has_not_seen_it_nor_its_copies(
    small_task: Task, small_articles: pl.DataFrame, folds_seen: Folds
) -> None:
    copied = with_texts(small_task, {1: small_task.batch.texts[0].upper()})
    measured = cross_validate(copied, small_articles, folds=3)
    assert measured.scores is not None
    fold_of = dict(measured.scores.select("article_id", "fold").iter_rows())
    ids = copied.batch.article_ids
    assert sorted(fold_of) == sorted(ids)
    assert fold_of[ids[0]] == fold_of[ids[1]]
    assert all(article not in folds_seen[fold][0] for article, fold in fold_of.items())
    assert ids[1] not in {article for trained, _ in folds_seen for article in trained}


def test_out_of_fold_scores_are_what_scoring_by_that_model_gives(small_task: Task, small_articles: pl.DataFrame) -> None:
    measured = cross_validate(small_task, small_articles, folds=2)
    assert measured.scores is not None
    fold = measured.scores.filter(fold=0)
    left_out = [i for i, name in enumerate(small_task.batch.article_ids) if name in set(fold["article_id"])]
    fitted = train(small_task.take(i for i in range(len(small_task)) if i not in left_out))
    table = pl.DataFrame([{"article_id": small_task.batch.article_ids[i], "text": small_task.batch.texts[i]} for i in left_out])
    assert fold.drop("fold").equals(score(fitted, table).articles.drop("model").select(fold.drop("fold").columns))


def test_the_figures_are_the_same_with_and_without_scores(small_task: Task, small_articles: pl.DataFrame) -> None:
    assert cross_validate(small_task, small_articles, folds=2).figures == evaluate(small_task, small_articles, folds=2)


def test_a_headline_stands_on_the_side_of_its_article_and_has_figures_of_its_own(headed: Dataset, folds_seen: Folds) -> None:
    measured = cross_validate(make_task(headed), headed.articles, folds=2)
    figures = measured.figures
    # One headline stands over all of them: that makes no copies of them.
    assert (figures["articles"], figures["duplicates"]) == (12, 0)
    assert all(not set(trained) & set(tested) for trained, tested in folds_seen)
    assert sorted(name for _, tested in folds_seen for name in tested) == sorted([*(f"a{i}" for i in range(11)), *(f"a{i}" for i in range(12))])
    found = figures["headlines"]
    assert (found["articles"], found["f1"], found["partial_f1"], found["human_f1"], found["floor_f1"]) == (11, 1, 1, 1, 1)
    assert found["density_gold"] == found["density_predicted"] == pytest.approx(1000 / 6)
    assert measured.scores is not None
    # A row for each article, whose headline is scored by a model that has not seen it, whether somebody has read it or not.
    assert measured.scores.height == 12
    assert measured.scores["title_density_Loaded"].to_list() == pytest.approx([1000 / 6] * 12)
    assert "title" not in measured.scores.columns
