"""What suggestions do to those who see them, on constructed readings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from annotate.agreement import agree
from annotate.agreement.suggestions import FEWEST
from schemas.dataset import Dataset
from schemas.tables import WITHHELD

Make = Callable[..., Dataset]
TEXT = "The reckless zealots sank the port."
TOKENS = 7


def measure(make: Make, articles: int, shown: list[str], withheld: list[str], **columns: pl.Expr) -> dict[str, Any] | None:
    """Articles in turn, half of them with suggestions, in which everybody marks the same words of their group."""
    marks = [(f"n{i}", "ada", "Loaded", word) for i in range(articles) for word in (withheld if i % 2 else shown)]
    marks += [(f"n{i}", "ada") for i in range(articles) if not (withheld if i % 2 else shown)]
    dataset = make({f"n{i}": TEXT for i in range(articles)}, marks)
    odd = pl.col("article_id").str.slice(1).cast(pl.Int64) % 2 == 1
    given = {"suggested": pl.when(odd).then(pl.lit(WITHHELD)).otherwise(pl.lit("m1")), "seconds": pl.when(odd).then(20.0).otherwise(10.0)} | columns
    return agree(replace(dataset, annotations=dataset.require_annotations("test").with_columns(**given))).suggestions


def test_rates_times_and_labels_of_both_groups(make_dataset: Make) -> None:
    found = measure(make_dataset, 20, ["reckless", "zealots"], ["reckless"])
    assert found is not None
    assert (found["shown"]["readings"], found["withheld"]["readings"]) == (10, 10)
    assert found["shown"]["spans_per_1000"] == pytest.approx(2000 / TOKENS)
    assert found["withheld"]["spans_per_1000"] == pytest.approx(1000 / TOKENS)
    assert found["shown"]["seconds_per_1000"] == pytest.approx(10_000 / TOKENS)
    assert found["shown"]["labels"] == found["withheld"]["labels"] == {"Loaded": 1}
    assert list(found["rate_difference"].values()) == pytest.approx([1000 / TOKENS] * 3)
    assert list(found["time_ratio"].values()) == pytest.approx([0.5] * 3)
    assert found["finding"].startswith("Who saw suggestions marked 142.9 spans per 1,000 tokens more")
    assert found["finding"].endswith("excludes zero, so suggestions change what is marked.")


def test_groups_that_mark_alike_show_no_pull(make_dataset: Make) -> None:
    found = measure(make_dataset, 20, ["reckless"], ["reckless"])
    assert found is not None
    assert found["rate_difference"] == {"value": 0, "low": 0, "high": 0}
    assert "includes zero" in found["finding"]


def test_a_pull_downwards_is_said_to_be_one(make_dataset: Make) -> None:
    found = measure(make_dataset, 20, [], ["reckless"])
    assert found is not None
    assert "fewer" in found["finding"]
    assert "excludes zero" in found["finding"]
    assert found["shown"]["labels"] == {}
    assert found["shown"]["origins"] is None


def test_the_origins_of_spans_say_what_was_accepted_changed_and_new(make_dataset: Make) -> None:
    kinds = {"The": "manual", "reckless": "prediction", "zealots": "prediction", "port": "prediction-changed"}
    found = measure(make_dataset, 4, list(kinds), ["reckless"], origin=pl.col("quote").replace_strict(kinds))
    assert found is not None
    assert found["shown"]["origins"] == pytest.approx({"accepted": 0.5, "changed": 0.25, "own": 0.25})


def test_times_that_are_not_known_are_missing_and_the_rest_is_not(make_dataset: Make) -> None:
    found = measure(make_dataset, 8, ["reckless"], [], seconds=pl.lit(None, pl.Float64))
    assert found is not None
    assert found["time_ratio"] == {"value": None, "low": None, "high": None}
    assert found["shown"]["seconds_per_1000"] is None
    assert found["rate_difference"]["value"] > 0


@pytest.mark.parametrize("articles", [2, 2 * FEWEST - 1])
def test_of_a_few_readings_nothing_is_concluded(make_dataset: Make, articles: int) -> None:
    found = measure(make_dataset, articles, ["reckless"], [])
    assert found is not None
    assert found["rate_difference"]["value"] > 0
    assert "Too little" in found["finding"]


@pytest.mark.parametrize("suggested", [None, WITHHELD, "m1"])
def test_without_both_groups_nothing_is_measured(make_dataset: Make, suggested: str | None) -> None:
    assert measure(make_dataset, 8, ["reckless"], [], suggested=pl.lit(suggested, pl.String)) is None


def test_who_only_answered_belongs_to_neither_group(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "port"), ("b", "ben", "bias", "yes")]
    dataset = make_dataset({"a": TEXT, "b": TEXT}, marks)
    suggested = pl.when(pl.col("annotator") == "ada").then(pl.lit("m1")).otherwise(pl.lit(WITHHELD))
    assert agree(replace(dataset, annotations=dataset.require_annotations("test").with_columns(suggested=suggested))).suggestions is None
