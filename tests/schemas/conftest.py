"""What tests of the ground share: a small dataset with one reading."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.codebook import Codebook, parse_codebook
from schemas.dataset import Dataset

CODEBOOK = """
name = "harbour"
version = "1.0.0"
title = "Harbour"
description = "For tests."
instructions = "Tag what judges."

[[labels]]
name = "Loaded"
definition = "A word that judges."
colour = "#112233"
hotkey = "1"
cues = ["reckless"]

[[questions]]
name = "bias"
prompt = "Is it biased?"
choice = "single"

[[questions.values]]
name = "yes"
definition = "It is."
hotkey = "y"

[[questions.values]]
name = "no"
definition = "It is not."
"""


@pytest.fixture
def codebook_toml() -> str:
    """A valid codebook as text, to be damaged by tests."""
    return CODEBOOK


@pytest.fixture
def codebook() -> Codebook:
    return parse_codebook(CODEBOOK, "test")


@pytest.fixture
def articles() -> pl.DataFrame:
    return pl.DataFrame({"article_id": ["007", "b"], "text": ["The 🚢 left a reckless port.", "Nothing here."], "ward": ["north", "south"]})


@pytest.fixture
def marks() -> pl.DataFrame:
    """Ada marked one span after an astral character and answered; Ben read b and marked nothing."""
    return pl.DataFrame(
        {
            "article_id": ["007", "007", "b"],
            "annotator": ["ada", "ada", "ben"],
            "label": ["Loaded", "bias", None],
            "start": [13, None, None],
            "end": [21, None, None],
            "quote": ["reckless", None, None],
            "value": [None, "yes", None],
            "origin": ["manual"] * 3,
        }
    )


@pytest.fixture
def dataset(articles: pl.DataFrame, marks: pl.DataFrame, codebook: Codebook) -> Dataset:
    return Dataset(articles, marks, None, codebook)
