"""The terms of a regression as the columns of a matrix: a number as it is, a category as its levels beside a reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.linalg import qr
from scipy.sparse import coo_array, csr_array

from schemas.errors import FramingError
from schemas.wording import enumerate_some

__all__ = ["INTERCEPT", "Matrix", "Term", "build_matrix"]

INTERCEPT = "(intercept)"
# Coefficients that a table, and a matrix that is inverted, may have.
MOST = 500
# Below it a column is what the others are, and rounding.
ALIKE = 1e-9


@dataclass(frozen=True)
class Term:
    """One coefficient: a variable, and which level of it, if it is a category."""

    name: str
    level: str | None = None

    def __str__(self) -> str:
        return self.name if self.level is None else f"{self.name}={self.level}"


@dataclass(frozen=True)
class Matrix:
    """articles x terms, the intercept first; and the level that each category's others are compared with."""

    values: csr_array
    terms: tuple[Term, ...]
    references: Mapping[str, str]


def build_matrix(table: pl.DataFrame, names: Sequence[str], references: Mapping[str, str], coded: pl.Series) -> Matrix:
    """The matrix of columns that have no nulls: text is a category, a number a number. The reference of a category is its most frequent level, unless
    `references` names one. `coded` says which rows people coded. FramingError for a reference that is not there, and where one term says what
    the others say, among all articles or among the coded ones."""
    height = table.height
    terms, chosen = [Term(INTERCEPT)], {}
    every = np.arange(height, dtype=np.int64)
    rows: list[NDArray[np.int64]] = [every]
    columns: list[NDArray[np.int64]] = [every * 0]
    values: list[NDArray[np.float64]] = [np.ones(height)]
    for name in names:
        column = table[name]
        if column.dtype != pl.String:
            rows.append(every)
            columns.append(every * 0 + len(terms))
            values.append(column.cast(pl.Float64).to_numpy())
            terms.append(Term(name))
            continue
        counts = column.value_counts().sort("count", name, descending=[True, False])[name].to_list()
        reference = references.get(name, counts[0] if counts else "")
        if reference not in counts:
            raise FramingError(
                f"there is no {name} {reference!r} among the articles that count", "--reference", f"There are: {enumerate_some(counts)}"
            )
        chosen[name] = reference
        levels = {level: len(terms) + k for k, level in enumerate(sorted(level for level in counts if level != reference))}
        if len(terms) + len(levels) > MOST:
            raise FramingError(f"has {len(counts)} levels, too many for a table", f"--on {name}", "Join levels, or leave it out")
        level = column.replace_strict(levels, default=-1, return_dtype=pl.Int64).to_numpy()
        rows.append(np.flatnonzero(level >= 0))
        columns.append(level[rows[-1]])
        values.append(np.ones(len(rows[-1])))
        terms += [Term(name, level) for level in levels]
    places = (np.concatenate(rows), np.concatenate(columns))
    matrix = csr_array(coo_array((np.concatenate(values), places), shape=(height, len(terms))))
    for some, who in ((matrix, "articles"), (matrix[np.flatnonzero(coded.to_numpy())], "coded articles")):
        _refuse_alike(some, terms, who)
    return Matrix(matrix, tuple(terms), chosen)


def _refuse_alike(matrix: csr_array, terms: Sequence[Term], who: str) -> None:
    gram = (matrix.T @ matrix).toarray()
    scale = np.sqrt(np.maximum(np.diag(gram), 1e-300))
    _, triangle, order = qr(gram / np.outer(scale, scale), pivoting=True)
    if alike := sorted(int(order[k]) for k in np.flatnonzero(np.abs(np.diag(triangle)) < ALIKE)):
        names = enumerate_some([str(terms[k]) for k in alike])
        raise FramingError(f"{who} cannot tell {names} from the other terms", "--on", "Leave a term out, or code articles that differ in it alone")
