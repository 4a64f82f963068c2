"""A model as one table of weights, a row for each that is not zero, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from classifiers.features.bag import BagSpace, bag_space_of
from classifiers.features.spans import FIGURE_KIND, edge_kinds, make_label_space
from classifiers.features.window import Block, WindowSpace, space_of
from classifiers.features.words import WORD_KINDS, Feature
from classifiers.model.model import SPANS, Head, Model, Stage
from schemas.arrays import Floats

__all__ = ["AUXILIARY", "LABELS", "QUESTION", "SCHEMA", "describe_heads", "read_heads", "read_spaces", "read_stages", "weights_table"]

SCHEMA = {"head": pl.String, "label": pl.String, "kind": pl.String, "term": pl.String, "position": pl.Int8, "weight": pl.Float32}
STAGE, FIGURE = "second stage of ", "figure"
AUXILIARY, QUESTION, LABELS = "auxiliary ", "question ", "labels"
Row = tuple[str, str, str, str, int | None, float]


def weights_table(model: Model) -> pl.DataFrame:
    """head, label, kind and term of the feature, its position in the window (null in bags and second stages), weight."""
    columns = list(zip(*_rows(model), strict=True)) or [()] * len(SCHEMA)
    return pl.DataFrame(dict(zip(SCHEMA, columns, strict=True)), schema=SCHEMA).sort("head", "label", "kind", "term", "position")


def describe_heads(model: Model) -> dict[str, Any]:
    """What the table does not hold: outputs and intercepts of the heads, columns and intercepts of the second stages."""
    stages = {
        name: {output: {"columns": list(stage.columns), "intercept": stage.intercept} for output, stage in stages.items()}
        for name, stages in model.stages.items()
    }
    heads = {name: {"outputs": list(head.outputs), "intercepts": head.intercepts.tolist()} for name, head in model.heads.items()}
    return {"heads": heads, "stages": stages, "bag_heads": list(model.bag.heads)}


def read_spaces(table: pl.DataFrame, bag_heads: Sequence[str]) -> tuple[WindowSpace, BagSpace]:
    """The spaces of all features that have a weight."""
    placed = table.filter(pl.col("position").is_not_null())
    edges = placed.filter(pl.col("kind").is_in(edge_kinds("word"))).with_columns(kind=pl.lit("word"))
    placed = pl.concat([placed.filter(~pl.col("kind").is_in([*edge_kinds("word"), FIGURE_KIND])), edges])
    apart = ["voice", "characters", "company"]
    voices, characters, company = (_features(placed.filter(pl.col("kind") == kind)) for kind in apart)
    window = space_of(_features(placed.filter(~pl.col("kind").is_in(apart))), characters, company, voices)
    bags = table.filter(pl.col("position").is_null() & ~pl.col("head").str.starts_with(STAGE))
    words, pairs, neighbours = (_features(bags.filter(pl.col("kind").is_in(kinds))) for kinds in (WORD_KINDS, ["pair"], ["company"]))
    return window, bag_space_of(words, pairs, neighbours, bag_heads)


def read_heads(table: pl.DataFrame, stored: Mapping[str, Any], window: WindowSpace, bag: BagSpace) -> dict[str, Head]:
    """Heads by name. KeyError, ValueError or PolarsError where the table and model.json do not fit together."""
    indices: dict[str, pl.DataFrame] = {}
    heads = {}
    for name, described in stored.items():
        kind = _space_of_head(name)
        if kind not in indices:
            indices[kind] = _index(_blocks(kind, window, bag))
        heads[name] = _head(name, described, table.filter(pl.col("head") == name), indices[kind])
    return heads


def read_stages(table: pl.DataFrame, stored: Mapping[str, Any]) -> dict[str, dict[str, Stage]]:
    """Second stages by head and output."""
    found = {row[:3]: row[3] for row in table.filter(pl.col("head").str.starts_with(STAGE)).select("head", "label", "term", "weight").iter_rows()}
    stages: dict[str, dict[str, Stage]] = {}
    for name, outputs in stored.items():
        for output, stage in outputs.items():
            weights = np.array([found.get((f"{STAGE}{name}", output, column), 0.0) for column in stage["columns"]])
            stages.setdefault(name, {})[output] = Stage(tuple(stage["columns"]), weights, float(stage["intercept"]))
    return stages


def _rows(model: Model) -> Iterator[Row]:
    for name, head in model.heads.items():
        columns = _columns(_space_of_head(name), model.window, model.bag)
        for i, j in zip(*np.nonzero(head.weights), strict=True):
            feature, position = columns[i]
            yield name, head.outputs[j], *feature, position, float(head.weights[i, j])
    for name, stages in model.stages.items():
        for output, stage in stages.items():
            for column, weight in zip(stage.columns, stage.weights.tolist(), strict=True):
                yield f"{STAGE}{name}", output, FIGURE, column, None, weight


def _space_of_head(name: str) -> str:
    return "window" if name == SPANS or name.startswith(AUXILIARY) else "labels" if name == LABELS else "bag"


def _columns(kind: str, window: WindowSpace, bag: BagSpace) -> list[tuple[Feature, int | None]]:
    return [(feature, position) for features, position in _blocks(kind, window, bag) for feature in features]


def _blocks(kind: str, window: WindowSpace, bag: BagSpace) -> Sequence[Block]:
    return window.blocks if kind == "window" else make_label_space(window).blocks if kind == "labels" else [(bag.columns, None)]


def _index(blocks: Sequence[Block]) -> pl.DataFrame:
    """kind, term and position of each column, and its number."""
    tables: dict[int, pl.DataFrame] = {}
    placed = []
    for features, position in blocks:
        # The same features stand at several positions.
        table = tables.setdefault(id(features), pl.DataFrame(list(features), schema={"kind": pl.String, "term": pl.String}, orient="row"))
        placed.append(table.with_columns(position=pl.lit(position, dtype=SCHEMA["position"])))
    return pl.concat(placed).with_row_index("column")


def _head(name: str, stored: Mapping[str, Any], table: pl.DataFrame, index: pl.DataFrame) -> Head:
    outputs, intercepts = tuple(stored["outputs"]), np.array(stored["intercepts"], dtype=float)
    if len(outputs) != len(intercepts):
        raise ValueError(f"outputs and intercepts of {name} differ in number")
    rows = table.join(index, on=["kind", "term", "position"], how="left", nulls_equal=True)
    if rows["column"].null_count():
        raise KeyError(f"{name} has a weight of no feature")
    weights: Floats = np.zeros((index.height, len(outputs)))
    places = rows["label"].replace_strict(list(outputs), range(len(outputs)), return_dtype=pl.Int64)
    weights[rows["column"].to_numpy(), places.to_numpy()] = rows["weight"].to_numpy()
    return Head(outputs, weights, intercepts)


def _features(table: pl.DataFrame) -> list[Feature]:
    return [Feature(kind, term) for kind, term in table.select("kind", "term").unique().sort("kind", "term").iter_rows()]
