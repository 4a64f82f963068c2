"""A model as one table of weights, a row for each that is not zero, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import starmap
from pathlib import Path
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl

from classifiers.features.bag import BagSpace, bag_space_of
from classifiers.features.spans import FIGURE_KIND, edge_kinds, make_label_space
from classifiers.features.window import NEIGHBOURS, Block, WindowSpace, space_of
from classifiers.features.words import WORD_KINDS, Feature
from classifiers.model.description import DescribedHead, DescribedStage
from classifiers.model.figures import LARGEST
from classifiers.model.model import AUXILIARY, LABELS, SPANS, Head, Model, Stage
from schemas.arrays import Floats
from schemas.errors import FramingError
from schemas.parquet import measure_parquet, read_parquet
from schemas.tables import conform

__all__ = ["SCHEMA", "Weights", "describe_heads", "read_heads", "read_spaces", "read_stages", "read_weights", "weights_table"]

STAGE, FIGURE = "second stage of ", "figure"
APART, IN_BAGS = ("voice", "characters", "company"), ("pair", "company")
# What a model may take: opening the largest and scoring with it takes less than 1.5 GB. PTC (267 long articles, 14 labels) makes 642,000 rows, which
# unpack into 62 MB, 221,000 columns, and 2.2 million weights with those that are zero; words grow as the root of the text does.
UNPACKED, MOST_COLUMNS, MOST_WEIGHTS = 300_000_000, 2_000_000, 20_000_000
Row = tuple[str, str, str, str, int | None, float]


class Weights(dy.Schema):
    """head, label, kind and term of the feature, its position in the window (null in bags and second stages), weight."""

    head = dy.String(min_length=1)
    label = dy.String(min_length=1)
    kind = dy.String(min_length=1)
    # A word is no longer than the text it stands in; this much of one is shown to nobody.
    term = dy.String(min_length=1, max_length=10_000)
    position = dy.Int8(nullable=True, min=min(NEIGHBOURS), max=max(NEIGHBOURS))
    weight = dy.Float32(min=-LARGEST, max=LARGEST)


SCHEMA = dict(Weights.create_empty().schema)


def read_weights(path: Path) -> pl.DataFrame:
    """The table of a file. FramingError if it is too large, damaged, or holds what no weight can be."""
    if (measure := measure_parquet(path)).unpacked > UNPACKED:
        raise FramingError(
            f"unpacks into {measure.unpacked:,} bytes ({measure.rows:,} weights), and a model has at most {UNPACKED:,}",
            path,
            "Train on fewer articles, or labels",
        )
    return conform(read_parquet(path), Weights, path).select(*SCHEMA)


def weights_table(model: Model) -> pl.DataFrame:
    """All weights of the model, as Weights."""
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
    """The spaces of all features that have a weight. ValueError if there are too many, or one that no text has."""
    placed = table.filter(pl.col("position").is_not_null())
    edges = placed.filter(pl.col("kind").is_in(edge_kinds("word"))).with_columns(kind=pl.lit("word"))
    placed = pl.concat([placed.filter(~pl.col("kind").is_in([*edge_kinds("word"), FIGURE_KIND])), edges])
    bags = table.filter(pl.col("position").is_null() & ~pl.col("head").str.starts_with(STAGE))
    kinds = [(placed, WORD_KINDS), *((placed, (kind,)) for kind in APART), (bags, WORD_KINDS), *((bags, (kind,)) for kind in IN_BAGS)]
    distinct = [rows.filter(pl.col("kind").is_in(some)).select("kind", "term").unique().sort("kind", "term") for rows, some in kinds]
    # Words have a column for each place that they are looked at; the rest have one, but for the few voices.
    if (number := sum(features.height for features in distinct) + (len(NEIGHBOURS) - 1) * distinct[0].height) > MOST_COLUMNS:
        raise ValueError(f"there are {number:,} features and places of them, and a model has at most {MOST_COLUMNS:,}")
    if not distinct[-2]["term"].str.contains(r"^[^ ]+ [^ ]+$").all():
        raise ValueError("a pair is not two words")
    words, voices, characters, company, in_bags, pairs, neighbours = (list(starmap(Feature, features.iter_rows())) for features in distinct)
    return space_of(words, characters, company, voices), bag_space_of(in_bags, pairs, neighbours, bag_heads)


def read_heads(table: pl.DataFrame, described: Mapping[str, DescribedHead], window: WindowSpace, bag: BagSpace) -> dict[str, Head]:
    """Heads by name. ValueError where the table does not fit model.json, or what is not zero and what is takes too much memory."""
    blocks = {kind: _blocks(kind, window, bag) for kind in sorted(set(map(_space_of_head, described)))}
    widths = {kind: sum(len(features) for features, _ in some) for kind, some in blocks.items()}
    if (number := sum(widths[_space_of_head(name)] * len(head.outputs) for name, head in described.items())) > MOST_WEIGHTS:
        raise ValueError(f"its heads have {number:,} weights with those that are zero, and a model has at most {MOST_WEIGHTS:,}")
    tables = table.partition_by("head", as_dict=True)
    if strange := [name for (name,) in tables if name not in described and not str(name).startswith(STAGE)]:
        raise ValueError(f"it has weights of a head {strange[0]!r}")
    heads: dict[str, Head] = {}
    for kind, some in blocks.items():
        # One at a time: an index is the largest thing here.
        index = _index(some)
        heads |= {
            name: _head(name, head, tables.get((name,), table.clear()), index) for name, head in described.items() if _space_of_head(name) == kind
        }
    return {name: heads[name] for name in described}


def read_stages(table: pl.DataFrame, described: Mapping[str, Mapping[str, DescribedStage]]) -> dict[str, dict[str, Stage]]:
    """Second stages by head and output. ValueError where the table does not fit model.json."""
    rows = table.filter(pl.col("head").str.starts_with(STAGE))
    found = {tuple(row[:3]): row[3] for row in rows.select("head", "label", "term", "weight").iter_rows()}
    stages = [(f"{STAGE}{name}", output, stage) for name, outputs in described.items() for output, stage in outputs.items()]
    wanted = {(name, output, column) for name, output, stage in stages for column in stage.columns}
    if len(found) != rows.height or found.keys() - wanted or not (rows["kind"] == FIGURE).all() or rows["position"].count():
        raise ValueError("a second stage has a weight twice, or one of no figure")
    return {
        name: {
            output: Stage(stage.columns, np.array([found.get((f"{STAGE}{name}", output, column), 0.0) for column in stage.columns]), stage.intercept)
            for output, stage in outputs.items()
        }
        for name, outputs in described.items()
    }


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


def _head(name: str, described: DescribedHead, table: pl.DataFrame, index: pl.DataFrame) -> Head:
    outputs = list(described.outputs)
    rows = table.drop("head").join(index, on=["kind", "term", "position"], how="left", nulls_equal=True)
    if (strange := rows.filter(pl.col("column").is_null())).height:
        kind, term, position = strange.select("kind", "term", "position").row(0)
        raise ValueError(f"head {name} has a weight of a feature that this toolkit does not know ({kind} {term!r} at {position})")
    places = rows["label"].replace_strict(outputs, range(len(outputs)), default=-1, return_dtype=pl.Int64).to_numpy()
    if (places < 0).any():
        raise ValueError(f"head {name} has weights of outputs that model.json does not have")
    weights: Floats = np.zeros((index.height, len(outputs)))
    weighed = np.zeros(weights.shape, dtype=np.bool_)
    cells = rows["column"].to_numpy(), places
    weights[cells], weighed[cells] = rows["weight"].to_numpy(), True
    if weighed.sum() != table.height:
        raise ValueError(f"head {name} has a weight twice")
    return Head(described.outputs, weights, np.array(described.intercepts, dtype=float))
