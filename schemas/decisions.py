"""What was decided of a question, as a column of text that spreadsheets and people can read."""

from __future__ import annotations

import polars as pl

from schemas.arrays import Flags
from schemas.codebook import BETWEEN, Question

__all__ = ["holds_values", "join_decided", "split_decided"]


def join_decided(question: Question, given: Flags) -> pl.Series:
    """A text for each article: the values that are given, in the codebook's order; "" where none is. `given`: articles x values."""
    table = pl.DataFrame(given, schema=[str(i) for i in range(len(question.values))])
    names = [pl.when(pl.col(str(i))).then(pl.lit(value)) for i, value in enumerate(question.value_names)]
    return table.select(pl.concat_str(names, separator=BETWEEN, ignore_nulls=True).alias(question.name)).to_series()


def split_decided(question: Question, texts: pl.Series) -> pl.DataFrame:
    """The way back: a column for each value, whether it is given."""
    if question.choice == "single":
        return pl.DataFrame({value: texts == value for value in question.value_names})
    parts = texts.str.split(BETWEEN)
    return pl.DataFrame({value: parts.list.contains(value) for value in question.value_names})


def holds_values(question: Question) -> pl.Expr:
    """Whether the column of the question's name holds values of it and nothing else."""
    column, values = pl.col(question.name), question.value_names
    if question.choice == "single":
        return column.is_in(values)
    return (column == "") | column.str.split(BETWEEN).list.eval(pl.element().is_in(values)).list.all()
