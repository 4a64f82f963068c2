"""A model as a table of weights, a row for each that is not zero, and back; what words weigh for their company has a table of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, pairwise, repeat
from pathlib import Path
from typing import Any, NamedTuple

import dataframely as dy
import numpy as np
import polars as pl

from classifiers.features.bag import BagSpace, bag_space_of
from classifiers.features.spans import edge_kinds, make_label_space
from classifiers.features.surroundings import SURROUNDING_KINDS, make_surrounding_space
from classifiers.features.window import NEIGHBOURS, Block, WindowSpace, space_of
from classifiers.features.words import WORD_KINDS, Feature
from classifiers.model.company_weights import CompanyWeights, fill_company, space_of_head
from classifiers.model.description import DescribedHead, DescribedStage
from classifiers.model.figures import LARGEST
from classifiers.model.model import ATTRIBUTE, LABELS, Head, Model, Stage
from schemas.arrays import Flags, Floats, Integers, Places
from schemas.errors import FramingError
from schemas.parquet import measure_parquet, read_parquet
from schemas.tables import conform

__all__ = ["SCHEMA", "Weights", "describe_heads", "rank_words", "read_heads", "read_spaces", "read_stages", "read_weights", "weights_table"]

STAGE, FIGURE = "second stage of ", "figure"
APART, PAIRS, COMPANY = ("voice", "characters"), "pair", "company"
# What a model may take: opening the largest and scoring with it takes less than 1.5 GB. PTC (267 long articles, 14 labels) makes 1.8 million rows,
# 1.3 million columns, and 4.3 million weights with those that are zero; words grow as the root of the text does.
UNPACKED, MOST_COLUMNS, MOST_WEIGHTS = 300_000_000, 2_000_000, 20_000_000
# Kinds of features times terms: the model of PTC has 2 million.
MOST_CELLS = 50_000_000
PAIR = re.compile("[^ ]+ [^ ]+")
# What stands in a bag stands behind the last of the places; what stands nowhere is less than none, whatever is added to it.
BAG, UNKNOWN = NEIGHBOURS[-1] + 1, -(1 << 30)
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
    """All weights of the model but those of `company_table`, as Weights."""
    parts = [pl.DataFrame(list(_stage_rows(model)), schema=SCHEMA, orient="row")]
    for kind in sorted(set(map(space_of_head, model.heads))):
        index = _index(_blocks(kind, model.window, model.bag))
        parts += [_head_rows(name, head, index) for name, head in model.heads.items() if space_of_head(name) == kind]
    return pl.concat(parts).sort("head", "label", "kind", "term", "position")


def describe_heads(model: Model) -> dict[str, Any]:
    """What the table does not hold: outputs and intercepts of the heads, columns and intercepts of the second stages."""
    stages = {
        name: {output: {"columns": list(stage.columns), "intercept": stage.intercept} for output, stage in stages.items()}
        for name, stages in model.stages.items()
    }
    heads = {name: {"outputs": list(head.outputs), "intercepts": head.intercepts.tolist()} for name, head in model.heads.items()}
    return {"heads": heads, "stages": stages, "bag_heads": list(model.bag.heads)}


def rank_words(table: pl.DataFrame) -> pl.DataFrame:
    """The same, each column of strings an Enum of its own in their order, so that what follows works on their numbers."""
    return table.with_columns(_rank(column) for column in table if column.dtype == pl.String)


def read_spaces(table: pl.DataFrame, company: Sequence[str], bag_heads: Sequence[str]) -> tuple[WindowSpace, BagSpace]:
    """The spaces of all features that have a weight, and of these words for their company. ValueError if there are too many, or one that no
    text has."""
    table = rank_words(table)
    kinds, terms = (_distinct(table[name]) for name in ("kind", "term"))
    if COMPANY in kinds:
        raise ValueError("it has weights of words for their company, which have a table of their own")
    if (number := len(kinds) * len(terms)) > MOST_CELLS:
        raise ValueError(f"there are {len(terms):,} terms of {len(kinds):,} kinds, {number:,} together, and a model has at most {MOST_CELLS:,}")
    met = np.zeros((2, len(kinds), len(terms)), dtype=np.bool_)
    met[table["position"].is_null().to_numpy().astype(int), _numbers(table["kind"]), _numbers(table["term"])] = True
    none: Flags = np.zeros(len(terms), dtype=np.bool_)
    placed, bags = (defaultdict(lambda: none, zip(kinds, flags, strict=True)) for flags in met)
    placed["word"] = np.logical_or.reduce([placed[kind] for kind in ("word", *edge_kinds("word"), *SURROUNDING_KINDS)])
    asked = [(placed, sorted(WORD_KINDS)), *((placed, [kind]) for kind in APART), (bags, sorted(WORD_KINDS)), (bags, [PAIRS])]
    sizes = [sum(int(flags[kind].sum()) for kind in some) for flags, some in asked]
    # Words have a column for each place that they are looked at; the rest have one, but for the few voices.
    if (number := sum(sizes) + (len(NEIGHBOURS) - 1) * sizes[0]) > MOST_COLUMNS:
        raise ValueError(f"there are {number:,} features and places of them, and a model has at most {MOST_COLUMNS:,}")
    # Most stand in both spaces, and are made once.
    either = {kind: placed[kind] | bags[kind] for kind in (*WORD_KINDS, *APART, PAIRS)}
    features = {kind: list(map(Feature, repeat(kind), compress(terms, flags.tolist()))) for kind, flags in either.items()}
    words, voices, characters, in_bags, pairs = (
        [feature for kind in some for feature in compress(features[kind], flags[kind][either[kind]].tolist())] for flags, some in asked
    )
    if not all(map(PAIR.fullmatch, (pair.term for pair in pairs))):
        raise ValueError("a pair is not two words")
    known = tuple(map(Feature, repeat(COMPANY), company))
    return space_of(words, characters, known, voices), bag_space_of(in_bags, pairs, known, bag_heads)


def read_heads(
    table: pl.DataFrame, company: CompanyWeights, described: Mapping[str, DescribedHead], window: WindowSpace, bag: BagSpace
) -> dict[str, Head]:
    """Heads by name, of spaces that `read_spaces` made of both tables. ValueError where the table does not fit model.json, or what is not zero
    and what is takes too much memory."""
    blocks = {kind: _blocks(kind, window, bag) for kind in sorted(set(map(space_of_head, described)))}
    widths = {kind: sum(len(features) for features, _ in some) for kind, some in blocks.items()}
    if (number := sum(widths[space_of_head(name)] * len(head.outputs) for name, head in described.items())) > MOST_WEIGHTS:
        raise ValueError(f"its heads have {number:,} weights with those that are zero, and a model has at most {MOST_WEIGHTS:,}")
    table = rank_words(table)
    numbers = [_distinct(table[name]) for name in ("head", "label", "kind", "term")]
    if strange := [name for name in numbers[0] if name not in described and not name.startswith(STAGE)]:
        raise ValueError(f"it has weights of a head {strange[0]!r}")
    if not table["head"].is_sorted():
        table = table.sort("head", maintain_order=True)
    begins = np.searchsorted(_numbers(table["head"]), np.arange(len(numbers[0]) + 1)).tolist()
    tables = {name: table[begin:end] for name, (begin, end) in zip(numbers[0], pairwise(begins), strict=True)}
    # The same features stand at several positions, and in several spaces.
    distinct = {id(features): features for some in blocks.values() for features, _ in some}
    # These have a table of their own.
    for known in (window.company.features, bag.company.features):
        distinct.pop(id(known), None)
    places = {key: _find_features(features, *numbers[2:]) for key, features in distinct.items()}
    heads: dict[str, Head] = {}
    for kind, some in blocks.items():
        # One at a time: this is the largest thing here.
        columns = _find_columns(some, places, len(numbers[2]), len(numbers[3]))
        heads |= {
            name: _head(name, head, tables.get(name, table.clear()), numbers[1], columns)
            for name, head in described.items()
            if space_of_head(name) == kind
        }
    heads = {name: heads[name] for name in described}
    fill_company(heads, company, window, bag)
    return heads


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


def _head_rows(name: str, head: Head, index: pl.DataFrame) -> pl.DataFrame:
    """The weights of a head that are not zero, by the index of its columns."""
    columns, outputs = np.nonzero(head.weights * (index["kind"] != COMPANY).to_numpy()[:, None])
    labels, weights = (
        pl.Series(list(head.outputs), dtype=pl.String).gather(outputs),
        pl.Series(head.weights[columns, outputs], dtype=SCHEMA["weight"]),
    )
    return index[columns].with_columns(head=pl.lit(name), label=labels, weight=weights).select(*SCHEMA)


def _stage_rows(model: Model) -> Iterator[Row]:
    for name, stages in model.stages.items():
        for output, stage in stages.items():
            for column, weight in zip(stage.columns, stage.weights.tolist(), strict=True):
                yield f"{STAGE}{name}", output, FIGURE, column, None, weight


def _blocks(kind: str, window: WindowSpace, bag: BagSpace) -> Sequence[Block]:
    if kind == ATTRIBUTE:
        return make_surrounding_space(window).blocks
    return window.blocks if kind == "window" else make_label_space(window).blocks if kind == LABELS else bag.blocks


def _index(blocks: Sequence[Block]) -> pl.DataFrame:
    """kind, term and position of each column."""
    tables: dict[int, pl.DataFrame] = {}
    placed = []
    for features, position in blocks:
        # The same features stand at several positions.
        table = tables.setdefault(id(features), _table_of(features))
        placed.append(table.with_columns(position=pl.lit(position, dtype=SCHEMA["position"])))
    return pl.concat(placed)


def _table_of(features: Sequence[Feature]) -> pl.DataFrame:
    return pl.DataFrame(
        {"kind": [kind for kind, _ in features], "term": [term for _, term in features]}, schema_overrides=dict.fromkeys(Feature._fields, pl.String)
    )


class _Columns(NamedTuple):
    """Of the kinds and terms of a table: the column where their block begins (kinds x places), how far behind it they stand (kinds x terms),
    and how many columns there are."""

    begins: Integers
    behind: Integers
    width: int

    def of(self, table: pl.DataFrame) -> Integers:
        """The column of each row; a negative number where there is none."""
        kinds, places = _numbers(table["kind"]), table["position"].cast(pl.Int64).fill_null(BAG).to_numpy() - NEIGHBOURS[0]
        columns: Integers = self.begins[kinds, places] + self.behind[kinds, _numbers(table["term"])]
        return columns


def _find_columns(blocks: Sequence[Block], places: Mapping[int, tuple[Places, Places]], kinds: int, terms: int) -> _Columns:
    """`places`: by their identity, the numbers of the kinds and terms of the features of a block, of so many; -1 of what the table does not have."""
    # What is said of those goes to the end, where nobody looks.
    begins, behind = (np.full((kinds + 1, size + 1), UNKNOWN, dtype=np.int32) for size in (len(NEIGHBOURS) + 1, terms))
    begin = 0
    for features, position in blocks:
        if id(features) in places:
            begins[places[id(features)][0], (BAG if position is None else position) - NEIGHBOURS[0]] = begin
            behind[places[id(features)]] = np.arange(len(features))
        begin += len(features)
    return _Columns(begins, behind, begin)


def _find_features(features: Sequence[Feature], kinds: Mapping[str, int], terms: Mapping[str, int]) -> tuple[Places, Places]:
    return np.array([kinds.get(kind, -1) for kind, _ in features], dtype=int), np.array([terms.get(term, -1) for _, term in features], dtype=int)


def _rank(column: pl.Series) -> pl.Series:
    # A table of weights is in order: what stands in one row mostly stands in the next, too.
    runs = column.rle().struct.unnest()
    ranked = runs["value"].cast(pl.Enum(runs["value"].unique().sort()))
    return ranked.gather(np.repeat(np.arange(runs.height, dtype=np.uint32), runs["len"].to_numpy())).alias(column.name)


def _distinct(column: pl.Series) -> dict[str, int]:
    """The words of a ranked column, and their numbers."""
    words = column.dtype.categories.to_list() if isinstance(column.dtype, pl.Enum) else []
    return dict(zip(words, range(len(words)), strict=True))


def _numbers(column: pl.Series) -> Places:
    return column.to_physical().cast(pl.Int64).to_numpy()


def _head(name: str, described: DescribedHead, table: pl.DataFrame, labels: Mapping[str, int], found: _Columns) -> Head:
    columns = found.of(table)
    if len(strange := np.flatnonzero(columns < 0)):
        kind, term, position = table.select("kind", "term", "position").row(int(strange[0]))
        raise ValueError(f"head {name} has a weight of a feature that this toolkit does not know ({kind} {term!r} at {position})")
    outputs = np.full(len(labels) + 1, -1)
    outputs[[labels.get(output, -1) for output in described.outputs]] = np.arange(len(described.outputs))
    places = outputs[_numbers(table["label"])]
    if (places < 0).any():
        raise ValueError(f"head {name} has weights of outputs that model.json does not have")
    weights: Floats = np.zeros((found.width, len(described.outputs)))
    weighed = np.zeros(weights.shape, dtype=np.bool_)
    weights[columns, places], weighed[columns, places] = table["weight"].to_numpy(), True
    if weighed.sum() != table.height:
        raise ValueError(f"head {name} has a weight twice")
    return Head(described.outputs, weights, np.array(described.intercepts, dtype=float))
