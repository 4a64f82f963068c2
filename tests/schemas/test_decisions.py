"""What was decided is a text that says which answers were given, and nothing else."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codebook import Question, load_codebook
from schemas.decisions import holds_values, join_decided, split_decided

FRAMES = next(question for question in load_codebook().questions if question.name == "frames")
VALUES = FRAMES.value_names
BIAS = FRAMES.model_copy(update={"name": "bias", "choice": "single"})


def holds(question: Question, *texts: str | None) -> list[bool | None]:
    return pl.DataFrame({question.name: pl.Series(texts, dtype=pl.String)}).select(holds_values(question)).to_series().to_list()


@given(st.lists(st.lists(st.booleans(), min_size=len(VALUES), max_size=len(VALUES)), max_size=6))
def test_what_is_joined_is_split_again(rows: list[list[bool]]) -> None:
    flags = np.array(rows, dtype=np.bool_).reshape(-1, len(VALUES))
    texts = join_decided(FRAMES, flags)
    assert (texts.name, texts.dtype) == ("frames", pl.String)
    assert split_decided(FRAMES, texts).to_numpy().tolist() == flags.tolist()
    assert all(holds(FRAMES, *texts))


def test_answers_stand_in_the_order_of_the_codebook_and_none_is_an_empty_text() -> None:
    flags = np.zeros((2, len(VALUES)), dtype=np.bool_)
    flags[0, [5, 2]] = True
    assert join_decided(FRAMES, flags).to_list() == [f"{VALUES[2]}; {VALUES[5]}", ""]


def test_of_a_question_of_one_answer_that_answer_is_the_text() -> None:
    texts = join_decided(BIAS, np.eye(len(VALUES), dtype=np.bool_))
    assert texts.to_list() == VALUES
    assert split_decided(BIAS, texts).to_numpy().tolist() == np.eye(len(VALUES), dtype=np.bool_).tolist()
    assert holds(BIAS, VALUES[0], "", f"{VALUES[0]}; {VALUES[1]}") == [True, False, False]


@pytest.mark.parametrize("text", ["x", f"{VALUES[0]};{VALUES[1]}", f"{VALUES[0]}; ", "; ", f"{VALUES[0]}; <script>", f" {VALUES[0]}"])
def test_what_is_no_value_is_seen(text: str) -> None:
    assert holds(FRAMES, text, VALUES[0], None)[:2] == [False, True]
