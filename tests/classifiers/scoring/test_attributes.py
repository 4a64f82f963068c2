from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from classifiers.features.surroundings import make_surrounding_space
from classifiers.model.folder import load_model, save_model
from classifiers.model.model import Model
from classifiers.scoring.articles import score
from classifiers.scoring.scorer import Scorer
from classifiers.training.attribute_heads import find_said
from classifiers.training.targets import make_task
from schemas.dataset import Dataset
from schemas.tables import ScoredSpans


def test_each_span_has_its_likeliest_value_and_how_likely_it_is(stance_model: Model, stances: Dataset) -> None:
    spans = score(stance_model, stances.articles).spans
    assert spans.columns == [*ScoredSpans.column_names(), "stance", "stance_probability"]
    assert spans.height == 24
    assert spans["stance"].to_list() == ["against", "for", "neither"] * 8
    assert spans["stance_probability"].is_between(1 / 3, 1).all()


def test_scoring_adds_up_what_training_multiplied(stance_model: Model, stances: Dataset) -> None:
    task, head = make_task(stances), stance_model.attributes["stance"]
    said = find_said(task, task.codebook.attributes[0], task.votes)
    logits = make_surrounding_space(stance_model.window).matrix(task.batch, said.spans) @ head.weights + head.intercepts
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    firsts, lasts = np.array(said.spans).T
    np.testing.assert_allclose(Scorer(stance_model).attribute(task.batch.texts, firsts, lasts)["stance"], expected, atol=1e-6)


def test_a_span_is_told_the_same_beside_whatever_texts(stance_model: Model, stances: Dataset) -> None:
    texts = stances.articles["text"].to_list()
    scorer = Scorer(stance_model)
    together = scorer.find(texts).attributes["stance"]
    alone = np.concatenate([scorer.find([text]).attributes["stance"] for text in reversed(texts)])[::-1]
    np.testing.assert_array_equal(together, alone)


def test_a_loaded_model_says_the_same_of_spans(stance_model: Model, stances: Dataset, tmp_path: Path) -> None:
    digest = save_model(stance_model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert score(loaded, stances.articles).spans.equals(score(stance_model, stances.articles).spans)
    assert save_model(loaded, tmp_path / "again") == digest
    assert set(pl.read_parquet(tmp_path / "model" / "weights.parquet")["head"]) >= {"attribute stance"}


def test_a_label_that_an_attribute_is_not_asked_of_has_no_value(stance_model: Model, stances: Dataset) -> None:
    book = stance_model.codebook
    elsewhere = book.attributes[0].model_copy(update={"labels": ("Thing",)})
    other = replace(stance_model, codebook=book.model_copy(update={"attributes": (elsewhere, *book.attributes[1:])}))
    spans = score(other, stances.articles).spans
    assert spans["stance"].null_count() == spans["stance_probability"].null_count() == spans.height > 0


def test_a_model_without_such_heads_writes_no_such_columns(stance_model: Model, stances: Dataset) -> None:
    assert score(replace(stance_model, attributes={}), stances.articles).spans.columns == ScoredSpans.column_names()


@pytest.mark.parametrize("texts", [[], [""], ["It rained."]])
def test_where_there_is_no_span_nothing_is_said(stance_model: Model, texts: list[str]) -> None:
    assert Scorer(stance_model).find(texts).attributes["stance"].shape == (0, 3)
