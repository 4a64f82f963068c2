"""What the options of train and evaluate say is what models are made by."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifiers.training.aims import F1, Aim
from framing.recipes import make_recipe
from schemas.errors import FramingError


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
