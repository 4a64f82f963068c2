"""Whether people agree less where one of them was unsure, as far as enough was read to say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from annotate.agreement import agree
from schemas.dataset import Dataset

Make = Callable[..., Dataset]
TEXT = "The reckless zealots sank the old port. It rained on the harbour all day."


def read(make_dataset: Make, sure: int, doubted: int, *, differ: bool = True) -> dict[str, Any] | None:
    """Of so many articles of each kind: both mark the same words, but in articles of which ben is unsure he marks others."""
    names = [f"{kind}{number:02}" for kind, of in (("s", sure), ("d", doubted)) for number in range(of)]
    marks = [(name, "ada", "Loaded", "reckless zealots") for name in names]
    marks += [(name, "ben", "Loaded", "harbour" if differ and name[0] == "d" else "reckless zealots") for name in names]
    dataset = make_dataset(dict.fromkeys(names, TEXT), marks)
    said = (pl.col("annotator") == "ben") & pl.col("article_id").str.starts_with("d")
    return agree(replace(dataset, annotations=dataset.require_annotations("test").with_columns(unsure=said))).unsure


def test_where_people_were_unsure_and_agree_less_it_is_said_with_an_interval(make_dataset: Make) -> None:
    found = read(make_dataset, 12, 12)
    assert found is not None
    assert (found["unsure"], found["readings"]) == (12, 48)
    assert (found["sure"]["articles"], found["doubted"]["articles"]) == (12, 12)
    assert found["sure"]["alpha"] == pytest.approx(1.0)
    assert found["doubted"]["alpha"] < 0
    assert found["difference"]["high"] < 0
    assert "unsure in 12 of 48 readings" in found["finding"]
    assert "so they agree less there" in found["finding"]


def test_where_they_agree_as_well_no_difference_is_shown(make_dataset: Make) -> None:
    found = read(make_dataset, 12, 12, differ=False)
    assert found is not None
    assert "no difference is shown" in found["finding"]


def test_of_few_articles_nothing_is_concluded(make_dataset: Make) -> None:
    found = read(make_dataset, 12, 3)
    assert found is not None
    assert "Too few of these articles" in found["finding"]
    assert "unsure in 3 of 30 readings" in found["finding"]


def test_where_nobody_was_asked_nothing_is_said_and_of_nobody_who_was_unsure_only_that(make_dataset: Make) -> None:
    dataset = make_dataset({"a": TEXT}, [("a", "ada"), ("a", "ben")])
    asked = agree(dataset)
    assert asked.unsure is None
    assert {person["unsure"] for person in asked.annotators.values()} == {None}
    found = read(make_dataset, 2, 0)
    assert found is not None
    assert found["finding"] == "Annotators were unsure in 0 of 4 readings."


def test_each_annotator_has_their_own_number(make_dataset: Make) -> None:
    dataset = make_dataset({"a": TEXT, "b": TEXT}, [(article, name) for article in "ab" for name in ("ada", "ben")])
    said = (pl.col("annotator") == "ben") | (pl.col("article_id") == "a")
    people = agree(replace(dataset, annotations=dataset.require_annotations("test").with_columns(unsure=said))).annotators
    assert {name: person["unsure"] for name, person in people.items()} == {"ada": 1, "ben": 2}
