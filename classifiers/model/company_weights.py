"""What heads weigh words by for the company they keep: as each weighs nearly every word that has a vector, a table with a row for each word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from classifiers.features.bag import BagSpace
from classifiers.features.surroundings import PLACES, SURROUNDING_KINDS, make_surrounding_space
from classifiers.features.window import NEIGHBOURS, WindowSpace
from classifiers.model.figures import LARGEST
from classifiers.model.model import ATTRIBUTE, AUXILIARY, LABELS, SPANS, Head, Model
from schemas.arrays import Floats
from schemas.errors import FramingError
from schemas.parquet import measure_parquet, read_parquet

__all__ = ["CompanyWeights", "company_table", "fill_company", "read_company", "space_of_head"]

WORD, BETWEEN = "word", " > "
# The vectors that ship have 80,000 words, the largest published ones for one language some two million, of which a model keeps the commonest.
MOST_WORDS, MOST_WEIGHTS, LONGEST_WORD = 400_000, 25_000_000, 10_000


class CompanyWeights(NamedTuple):
    """The words, and words x columns (`_name_columns`): the weight of each."""

    words: list[str]
    weights: Floats


def space_of_head(name: str) -> str:
    """Which columns a head weighs: those of the window, of spans (labels), of spans with their surroundings (attributes) or of bags."""
    if name.startswith(ATTRIBUTE):
        return ATTRIBUTE
    return "window" if name == SPANS or name.startswith(AUXILIARY) else LABELS if name == LABELS else "bag"


def company_table(model: Model) -> pl.DataFrame:
    """A row for each word that some head weighs for its company, a column for each head, output and, in the window and around spans, position."""
    words = [feature.term for feature in model.window.company.features or model.bag.company.features]
    parts = [np.zeros((len(words), 0))]
    for name, head in model.heads.items():
        rows = head.weights[_rows_of(name, model.window, model.bag)]
        # Position by position and word by word, for each output; wanted is output by output and position by position, for each word.
        parts.append(rows.reshape(len(_positions(name)), len(words), len(head.outputs)).transpose(1, 2, 0).reshape(len(words), -1))
    weights = np.hstack(parts).astype(np.float32)
    used = (weights != 0).any(axis=1)
    names = _name_columns({name: head.outputs for name, head in model.heads.items()})
    table = pl.DataFrame(weights[used], schema=dict.fromkeys(names, pl.Float32)) if names else pl.DataFrame()
    return table.insert_column(0, pl.Series(WORD, words, dtype=pl.String).filter(pl.Series(used))).sort(WORD)


def read_company(path: Path, outputs: Mapping[str, Sequence[str]]) -> CompanyWeights:
    """The table of a file, for heads with these outputs. ValueError if it is of other heads or holds what no weight can be, FramingError if it
    is damaged or too large."""
    names = _name_columns(outputs)
    if (rows := measure_parquet(path).rows) > MOST_WORDS or rows * len(names) > MOST_WEIGHTS:
        what = f"holds {rows:,} words with {len(names)} weights each, and a model has at most {MOST_WORDS:,} words, {MOST_WEIGHTS:,} weights"
        raise FramingError(what, path, "Train with vectors of fewer words")
    table = read_parquet(path)
    if [*table.schema.items()] != [*pl.Schema({WORD: pl.String(), **dict.fromkeys(names, pl.Float32())}).items()]:
        raise ValueError("its columns are not a word and a weight for each output and place of the heads")
    words, weights = table[WORD], table.drop(WORD).to_numpy().astype(np.float64).reshape(table.height, len(names))
    if words.null_count() or words.is_duplicated().any() or not words.str.len_chars().is_between(1, LONGEST_WORD).all():
        raise ValueError("a word stands there twice, or is none")
    if not (np.abs(weights) <= LARGEST).all():
        raise ValueError("a weight is no number, or too large")
    return CompanyWeights(words.to_list(), weights)


def fill_company(heads: Mapping[str, Head], company: CompanyWeights, window: WindowSpace, bag: BagSpace) -> None:
    """Put the weights where the heads have their columns of these words, in this order."""
    begin = 0
    for name, head in heads.items():
        places, outputs = len(_positions(name)), len(head.outputs)
        some = company.weights[:, begin : begin + places * outputs].reshape(len(company.words), outputs, places)
        head.weights[_rows_of(name, window, bag)] = some.transpose(2, 0, 1).reshape(-1, outputs)
        begin += places * outputs


def _positions(name: str) -> tuple[int | str | None, ...]:
    kind = space_of_head(name)
    return NEIGHBOURS if kind == "window" else PLACES if kind == ATTRIBUTE else (None,)


def _rows_of(name: str, window: WindowSpace, bag: BagSpace) -> slice:
    """The columns of the company among those that a head weighs."""
    kind, size = space_of_head(name), len(window.company.features)
    if kind == "bag":
        size, begin = len(bag.company.features), len(bag.words.features) + len(bag.pairs)
    elif kind == LABELS:
        begin = len(window.words.features) + len(window.characters.features)
    elif kind == ATTRIBUTE:
        begin = len(SURROUNDING_KINDS) * len(make_surrounding_space(window).words.features)
    else:
        begin = window.words.width + window.characters.width
    return slice(begin, begin + size * len(_positions(name)))


def _name_columns(outputs: Mapping[str, Sequence[str]]) -> list[str]:
    return [
        BETWEEN.join(str(part) for part in (name, output, position) if part is not None)
        for name, some in outputs.items()
        for output in some
        for position in _positions(name)
    ]
