"""Scores say whom spans are about, among the actors of the codebook, and nobody where that is likelier."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from classifiers.features.candidates import NOBODY, Candidates, columns_of_slots
from classifiers.model.folder import load_model, save_model
from classifiers.model.model import ACTOR, TARGET, Model, Stage
from classifiers.scoring.articles import score
from classifiers.scoring.targets import rank
from schemas.codebook import Actor, Attribute
from schemas.dataset import Dataset
from schemas.errors import FramingError

ACTORS = (Actor(name="council", kind="institution"), Actor(name="Wick", kind="person"))


@pytest.fixture
def ranking(stance_model: Model) -> Model:
    """A model that takes every span to be about whoever is named before it."""
    weights = np.array([5.0 if column == "side: before" else 0.0 for column in columns_of_slots()])
    target = Attribute(name="target", kind="actor", definition="Whom it is about.")
    codebook = stance_model.codebook.model_copy(update={"attributes": (*stance_model.codebook.attributes, target), "actors": ACTORS})
    return replace(stance_model, codebook=codebook, stages={**stance_model.stages, TARGET: {ACTOR: Stage(tuple(columns_of_slots()), weights, 0.0)}})


def test_spans_have_their_target_and_articles_the_density_of_spans_about_each_actor(ranking: Model, stances: Dataset) -> None:
    found = score(ranking, stances.articles)
    assert found.spans["target"].to_list() == ["council"] * 24
    assert found.spans["target_probability"].is_between(0.9, 1).all()
    words = found.articles["words"]
    assert found.articles["about_council"].to_list() == [1000 / size for size in words]
    assert found.articles["about_Wick"].to_list() == [0.0] * 24
    assert found.articles["mentions_Wick"].to_list() == [1] * 24


def test_where_nobody_is_named_a_span_is_about_nobody(ranking: Model) -> None:
    unnamed = replace(ranking, codebook=ranking.codebook.model_copy(update={"actors": (Actor(name="Mill", kind="group"),)}))
    found = score(unnamed, pl.DataFrame({"article_id": ["a"], "text": ["The council slammed mayor Wick on day 3. It rained."]}))
    assert found.spans["target"].to_list() == [None]
    assert found.spans["target_probability"].to_list() == [1.0]
    assert found.articles["about_Mill"].to_list() == [0.0]


def test_without_actors_there_is_no_such_column(ranking: Model, stances: Dataset) -> None:
    found = score(replace(ranking, codebook=ranking.codebook.model_copy(update={"actors": ()})), stances.articles)
    assert "target" not in found.spans.columns


def test_all_names_of_an_actor_count_together_and_nobody_is_taken_unless_somebody_must_be() -> None:
    firsts, actors = np.array([0, 4, 6]), np.array([0, 1, 0, NOBODY, 1, NOBODY])
    candidates = Candidates(firsts, actors, np.zeros((6, 1), dtype=np.int8), np.zeros(6, dtype=np.int64))
    shares = np.array([0.25, 0.3, 0.2, 0.25, 0.4, 0.6])
    told, forced = rank(candidates, shares), rank(candidates, shares, named=True)
    assert (told.actors.tolist(), told.probabilities.tolist()) == ([0, NOBODY], [0.45, 0.6])
    assert forced.actors.tolist() == [0, 1]


def test_a_loaded_model_says_the_same_and_a_damaged_ranker_is_refused(ranking: Model, stances: Dataset, tmp_path: Path) -> None:
    save_model(ranking, tmp_path / "model")
    assert score(load_model(tmp_path / "model"), stances.articles).spans.equals(score(ranking, stances.articles).spans)
    stage = ranking.stages[TARGET][ACTOR]
    strange = replace(ranking, stages={**ranking.stages, TARGET: {ACTOR: Stage((*stage.columns[1:], "charm"), stage.weights, 0.0)}})
    save_model(strange, tmp_path / "strange")
    with pytest.raises(FramingError, match="looks at figures that this toolkit does not make"):
        load_model(tmp_path / "strange")
    plain = replace(ranking, codebook=ranking.codebook.model_copy(update={"attributes": ranking.codebook.attributes[:1], "actors": ()}))
    save_model(plain, tmp_path / "plain")
    with pytest.raises(FramingError, match="ranks whom spans are about, and the codebook does not ask that"):
        load_model(tmp_path / "plain")
