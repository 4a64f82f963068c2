"""What the options of train and evaluate say is what models are made by."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from classifiers.training.aims import F1, Aim
from framing.recipes import make_recipe
from schemas.codebook import load_codebook
from schemas.coders import Coder, Coders, write_coders
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
from schemas.tables import Articles, Gold, conform


def test_a_coder_of_a_dataset_can_be_the_teacher_and_people_the_auxiliary(tmp_path: Path) -> None:
    articles = conform(pl.DataFrame({"article_id": ["a", "b"], "text": ["A reckless plan.", "A quiet day."]}), Articles, "test")
    answer = {"label": "bias", "origin": "import", "annotator": "echo", "run": 1}
    rows = pl.DataFrame([{"article_id": "a", "value": "Biased", **answer}, {"article_id": "b", "value": "Non-biased", **answer}])
    gold = conform(pl.DataFrame({"article_id": ["b"], "label": ["bias"], "value": ["Biased"], "support": [1.0], "rule": ["expert"]}), Gold, "test")
    dataset = Dataset(articles, None, gold, load_codebook("babe"))
    write_dataset(tmp_path / "pool", dataset)
    write_coders(tmp_path / "pool", dataset, Coders(rows, {"echo": Coder(name="echo")}))
    pool = str(tmp_path / "pool")
    tasks = make_recipe(None, [pool, f"{pool}@echo"], None, "f1").auxiliaries
    assert [(name, task.batch.article_ids) for name, task in tasks.items()] == [("pool", ["b"]), ("pool@echo", ["a", "b"])]
    question = dataset.require_codebook("test").questions[0]
    assert tasks["pool@echo"].answer_shares(question)[:, 0].tolist() == [1.0, 0.0]
    assert tasks["pool"].answer_shares(question)[:, 0].tolist() == [1.0]
    with pytest.raises(FramingError, match="there is no coder 'nobody'"):
        make_recipe(None, [f"{pool}@nobody"], None, "f1")
    with pytest.raises(FramingError, match="no such dataset folder"):
        make_recipe(None, [str(tmp_path / "else")], None, "f1")


def test_what_answers_are_decided_for_is_f1_or_what_is_said() -> None:
    assert make_recipe(None, None, None, "f1").aim == F1
    assert make_recipe(None, None, "unseen", "precision=0.8").aim == Aim("precision", 0.8)


def test_an_aim_that_is_none_is_refused() -> None:
    with pytest.raises(FramingError, match="not 'recall'") as refused:
        make_recipe(None, None, None, "recall")
    assert refused.value.where == "--decide-for"


def test_vectors_of_a_file_are_those_that_models_are_made_by(tmp_path: Path) -> None:
    (tmp_path / "mine.vec").write_text("plan 1 0\nsham 0 1\n", encoding="utf-8")
    found = make_recipe(None, None, None, "f1", tmp_path / "mine.vec").vectors
    assert found is not None
    assert found.words == ("plan", "sham")
    assert make_recipe(None, None, None, "f1").vectors is None


def test_a_file_without_vectors_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    with pytest.raises(FramingError, match="no such file of word vectors"):
        make_recipe(None, None, None, "f1", tmp_path / "none.vec")
