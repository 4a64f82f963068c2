from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from classifiers.features.words import Feature
from classifiers.model.company_weights import company_table, read_company
from classifiers.model.description import DescribedHead, DescribedStage
from classifiers.model.model import Model
from classifiers.model.weights import SCHEMA, describe_heads, read_heads, read_spaces, read_stages, weights_table


def test_each_weight_that_is_not_zero_is_a_row_and_nothing_else(page_model: Model) -> None:
    table = weights_table(page_model)
    assert dict(table.schema) == SCHEMA
    first = table.filter(~pl.col("head").str.starts_with("second stage of "))
    company = company_table(page_model)
    assert first.height + int((company.drop("word") != 0).sum().sum_horizontal().item()) == sum(
        np.count_nonzero(head.weights) for head in page_model.heads.values()
    )
    assert not set(first["kind"]) & {"company"}
    assert (first["weight"] != 0).all()
    stages = table.filter(pl.col("head").str.starts_with("second stage of "))
    assert stages.height == sum(len(stage.columns) for outputs in page_model.stages.values() for stage in outputs.values())
    assert table.select("head", "label", "kind", "term", "position").is_duplicated().sum() == 0


def test_a_weight_says_what_it_is_of(page_model: Model) -> None:
    table = weights_table(page_model)
    assert page_model.spans is not None
    column = page_model.window.columns.index((Feature("word", "zorgish"), 0))
    row = table.filter(head="spans", label="loaded", kind="word", term="zorgish", position=0)
    assert row["weight"].item() == page_model.spans.weights[column, 0] > 0
    own = table.filter(head="second stage of spans", term="own")
    assert own["weight"].item() == page_model.stages["spans"]["loaded"].weights[0] > 0
    assert table.filter(kind="pair")["position"].null_count() == table.filter(kind="pair").height > 0
    assert {"auxiliary leaflets", "question biased", "question topics", "labels"} <= set(table["head"])


def test_the_same_model_is_the_same_table_and_rows_are_in_order(page_model: Model) -> None:
    table = weights_table(page_model)
    assert table.equals(weights_table(page_model))
    assert table.equals(table.sort("head", "label", "kind", "term", "position"))


def read_outputs(said: dict[str, Any]) -> dict[str, DescribedStage]:
    return {output: DescribedStage.model_validate(stage) for output, stage in said.items()}


@pytest.mark.parametrize("name", ["page_model", "small_model", "model"])
def test_both_tables_and_their_description_are_the_model_again(request: pytest.FixtureRequest, name: str, tmp_path: Path) -> None:
    model: Model = request.getfixturevalue(name)
    table, described = weights_table(model), json.loads(json.dumps(describe_heads(model)))
    company_table(model).write_parquet(tmp_path / "company.parquet")
    company = read_company(tmp_path / "company.parquet", {head: said["outputs"] for head, said in described["heads"].items()})
    window, bag = read_spaces(table, company.words, described["bag_heads"])
    heads = read_heads(table, company, {head: DescribedHead.model_validate(said) for head, said in described["heads"].items()}, window, bag)
    stages = read_stages(table, {head: read_outputs(said) for head, said in described["stages"].items()})
    assert heads.keys() == model.heads.keys()
    again = Model(
        model.codebook,
        window,
        bag,
        heads.get("spans"),
        heads.get("labels"),
        heads.get("sentences"),
        {n.removeprefix("question "): head for n, head in heads.items() if n.startswith("question ")},
        {n.removeprefix("auxiliary "): head for n, head in heads.items() if n.startswith("auxiliary ")},
        stages,
        model.decoding,
    )
    assert weights_table(again).equals(table)
    assert company_table(again).equals(company_table(model))
    assert describe_heads(again) == described
    for head, outputs in model.stages.items():
        for output, stage in outputs.items():
            assert (stages[head][output].columns, stages[head][output].intercept) == (stage.columns, stage.intercept)
            np.testing.assert_array_equal(stages[head][output].weights, stage.weights)


def test_features_without_a_weight_are_forgotten(page_model: Model) -> None:
    window, bag = read_spaces(weights_table(page_model), [], page_model.bag.heads)
    assert set(window.columns) <= set(page_model.window.columns)
    assert set(bag.columns) <= set(page_model.bag.columns)
    assert bag.heads == page_model.bag.heads == ("spans", "leaflets")
