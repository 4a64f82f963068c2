from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from classifiers.documents import make_batch, make_document
from classifiers.folder import STARTER, load_model, save_model
from classifiers.model import Model
from classifiers.prediction import predict
from classifiers.targets import Task, make_task
from classifiers.training import mean_rows, train
from schemas.codebook import Codebook
from schemas.dataset import Dataset
from schemas.text import canonicalise

BABE = Path(__file__).parents[3] / "shared" / "data" / "babe" / "final_labels_SG2.csv"


def found_in(model: Model, text: str) -> list[str]:
    return [text[span.start : span.end] for span in predict(model, make_batch([make_document("new", text)])).spans[0]]


def test_training_twice_gives_the_same_digest(small_task: Task, small_model: Model, tmp_path: Path) -> None:
    assert save_model(small_model, tmp_path / "one") == save_model(train(small_task), tmp_path / "two")
    assert (tmp_path / "one" / "weights.parquet").read_bytes() == (tmp_path / "two" / "weights.parquet").read_bytes()


def test_training_gives_the_same_digest_on_any_number_of_threads(task: Task, model: Model, tmp_path: Path) -> None:
    with threadpool_limits(2):
        other = train(task)
    assert save_model(model, tmp_path / "one") == save_model(other, tmp_path / "two")


def test_other_annotations_give_another_digest(small_task: Task, small_model: Model, tmp_path: Path) -> None:
    other = train(replace(small_task, votes=[small_task.votes[1], small_task.votes[1], *small_task.votes[2:]]))
    assert save_model(small_model, tmp_path / "one") != save_model(other, tmp_path / "two")


def test_a_word_that_both_annotators_always_mark_is_found_in_a_new_article(small_model: Model) -> None:
    assert found_in(small_model, "On Friday the mayor read a zorgish plan. She left early.") == ["zorgish"]
    assert found_in(small_model, "On Friday the mayor read a careful plan. She left early.") == []


def test_questions_are_learnt(small_model: Model) -> None:
    batch = make_batch([make_document("yes", "The zorgish plan costs 9 coins."), make_document("no", "The careful plan costs 9 coins.")])
    yes, no = predict(small_model, batch).answers["biased"]
    assert yes[0] > 0.5 > no[0]


def test_weights_are_what_single_precision_holds(model: Model) -> None:
    assert set(model.heads) == {"spans", "labels", "sentences", "question frames"}
    for head in model.heads.values():
        assert np.array_equal(head.weights, head.weights.astype(np.float32))
        assert np.isfinite(head.weights).all()
        assert np.abs(head.weights).max() > 0


def test_no_calibration_turns_an_order_round(model: Model) -> None:
    assert all(calibration.slope >= 0 for head in model.heads.values() for calibration in head.calibrations)


def test_every_head_has_an_output_for_each_name_of_the_codebook(small_model: Model, codebook: Codebook) -> None:
    outputs = {name: head.outputs for name, head in small_model.heads.items()}
    assert outputs == {
        "spans": ("loaded",),
        "labels": ("Loaded", "Scare"),
        "sentences": ("loaded",),
        "question biased": ("Yes", "No"),
        "question topics": ("Money", "Law"),
    }


def test_a_codebook_without_labels_gives_answers_and_no_spans(dataset_of: Callable[..., Dataset], codebook: Codebook) -> None:
    book = codebook.model_copy(update={"labels": ()})
    texts = {str(i): f"The {'court' if i % 2 else 'bank'} met on day {i}." for i in range(6)}
    readings = {str(i): {"ada": [("topics", "Law" if i % 2 else "Money")]} for i in range(6)}
    model = train(make_task(dataset_of(texts, readings, book=book)))
    prediction = predict(model, make_batch([make_document("new", "The court rose.")]))
    assert prediction.spans == [[]]
    assert prediction.answers["topics"].shape == (1, 2)
    assert prediction.answers["topics"][0, 1] > prediction.answers["topics"][0, 0]


def test_a_codebook_without_questions_gives_spans_and_no_answers(small_task: Task) -> None:
    book = small_task.codebook.model_copy(update={"questions": ()})
    model = train(replace(small_task, codebook=book))
    assert model.questions == {}
    assert found_in(model, "A zorgish plan.") == ["zorgish"]


def test_a_question_that_nobody_answered_has_no_head(dataset_of: Callable[..., Dataset]) -> None:
    texts = {str(i): f"Day {i} was reckless." for i in range(3)}
    model = train(make_task(dataset_of(texts, {name: {"ada": [("Loaded", "reckless"), ("biased", "Yes")]} for name in texts})))
    assert list(model.questions) == ["biased"]


def test_where_nobody_marked_anything_nothing_is_found(dataset_of: Callable[..., Dataset]) -> None:
    texts = {str(i): f"Day {i} was calm. It was wet." for i in range(4)}
    model = train(make_task(dataset_of(texts, {name: {"ada": [], "ben": []} for name in texts})))
    prediction = predict(model, make_batch([make_document("new", "Day 9 was reckless.")]))
    assert prediction.spans == [[]]
    assert (prediction.sentences[0] < 0.5).all()


def test_one_article_is_enough_to_train(dataset_of: Callable[..., Dataset]) -> None:
    text = "The reckless plan passed. It was late. It was reckless."
    model = train(make_task(dataset_of({"a": text}, {"a": {"ada": [("Loaded", "reckless")], "ben": []}})))
    assert np.isfinite(predict(model, make_batch([make_document("a", text)])).tokens).all()


def test_an_article_without_words_does_not_stop_training(dataset_of: Callable[..., Dataset]) -> None:
    texts = {"a": "The reckless plan passed. It was reckless.", "b": " ", "c": "The plan was reckless."}
    model = train(make_task(dataset_of(texts, {"a": {"ada": [("Loaded", "reckless")]}, "b": {"ada": []}, "c": {"ada": [("Loaded", "reckless")]}})))
    assert found_in(model, " ") == []


def test_mean_rows_take_the_mean_of_each_segment() -> None:
    rows = np.array([[1.0, 0.0], [3.0, 2.0], [5.0, 7.0]])
    assert (mean_rows([slice(0, 2), slice(2, 3)], 3) @ rows).tolist() == [[2.0, 1.0], [5.0, 7.0]]


@pytest.mark.skipif(not BABE.exists(), reason="BABE is not there")
def test_sentences_of_real_news_are_told_apart_by_a_model_of_synthetic_ones(request: pytest.FixtureRequest) -> None:
    model = load_model() if STARTER.exists() else train(request.getfixturevalue("whole_task"))
    with BABE.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["label_bias"] in ("Biased", "Non-biased")]
    prediction = predict(model, make_batch(make_document(str(i), canonicalise(row["text"]).text) for i, row in enumerate(rows)))
    # What BABE calls a sentence is sometimes two.
    highest = [probabilities.max(initial=0.0) for probabilities in prediction.sentences]
    assert roc_auc_score([row["label_bias"] == "Biased" for row in rows], highest) >= 0.62
