"""The means that a figure draws, of groups of articles: the model's own, or those that people's codes correct."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from exports.estimates import Measure, list_measures, name_group
from exports.means import UNKNOWN, group_means
from framing.estimating import estimate_table
from framing.figures import Figures
from framing.grouping import PERIODS, find_group, own_columns, published_in
from schemas.codebook import ABOUT, Codebook
from schemas.dataset import read_dataset
from schemas.errors import FramingError
from schemas.wording import count, inflect

__all__ = ["MONTH", "Averages", "average", "know_measures", "require_group"]

# The group of all articles, and the column of groups that are made of two columns.
ALL, CELL, MONTH = "all articles", "framing cell", "month"
DIGITS = len("2026-05")


@dataclass(frozen=True)
class Averages:
    """A row for each group and measure: group, [month,] measure, articles, and mean, low and high; or, if people's codes corrected them, the columns
    of `framing estimate`. `articles` are all, of which `coded` corrected, None if none did."""

    table: pl.DataFrame
    measures: tuple[Measure, ...]
    articles: int
    coded: int | None = None
    notices: tuple[str, ...] = ()

    def drawn(self) -> pl.DataFrame:
        """group, [month,] measure, articles, and the mean that is to be drawn with its interval, null where there is none."""
        if self.coded is None:
            return self.table
        ends = {"mean": "corrected", "low": "corrected_low", "high": "corrected_high"}
        kept = [name for name in ("group", MONTH, "measure", "articles", "coded") if name in self.table.columns]
        return self.table.select(*kept, **{name: pl.col(column).cast(pl.Float64) for name, column in ends.items()})


def know_measures(source: Figures, codebook: Codebook) -> dict[str, Measure]:
    """Every measure of which the scores have figures: those of the codebook, and of actors that came with the run."""
    ours = source.rows.columns[: source.rows.columns.index("model")]
    about = [name for name in ours if name.startswith(f"{ABOUT}_") and source.rows[name].dtype.is_float()]
    known = {name: Measure(name, "density", (name,)) for name in about} | list_measures(codebook)
    return {name: measure for name, measure in known.items() if set(measure.columns) <= set(ours)}


def average(source: Figures, measures: Sequence[Measure], by: str | None, gold: Path | None = None, *, monthly: bool = False) -> Averages:
    """Means of the measures in groups `by` a column, or month, or year; of all articles if None; with `monthly` in each month of these.
    `gold`: the dataset whose codes correct them. FramingError if there is no such column, and as for `framing.estimating`."""
    # Never by a column of the user's own that is called so: the axis is time.
    if monthly and "published" not in source.rows.columns:
        raise FramingError("articles have no dates", "--of months", "Give them a column `published` when they are ingested")
    if by is not None:
        require_group(source, by)
    return _correct(source, measures, by, gold, monthly=monthly) if gold is not None else _average(source, measures, by, monthly=monthly)


def require_group(source: Figures, by: str) -> pl.Expr:
    """What groups the articles. FramingError if there is no such column."""
    columns = own_columns(source.rows)
    if (group := find_group(source.rows, by, columns)) is None:
        raise FramingError(f"articles have no column {by!r} of one value each", "--by", f"Choose of: {', '.join([*columns, *PERIODS])}")
    return group


def _average(source: Figures, measures: Sequence[Measure], by: str | None, *, monthly: bool) -> Averages:
    rows = source.rows.with_columns(_group(source.rows, by))
    notices = list(source.notices)
    if by in PERIODS:
        rows = _leave_out_undated(rows, "group", notices)
    if monthly:
        rows = _leave_out_undated(rows.with_columns(published_in(MONTH).alias(MONTH)), MONTH, notices)
    found: list[dict[str, object]] = []
    for measure in measures:
        for group, some in _part(rows, monthly=monthly):
            for mean in group_means(some, MONTH if monthly else "group", measure.predicted(), measure.kind):
                place = {"group": group, MONTH: mean.group} if monthly else {"group": mean.group}
                found.append(place | {"measure": measure.name, "articles": mean.articles, "mean": mean.mean, "low": mean.low, "high": mean.high})
    kinds = {
        "group": pl.String,
        MONTH: pl.String,
        "measure": pl.String,
        "articles": pl.Int64,
        "mean": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
    }
    table = pl.DataFrame(found, schema={name: kind for name, kind in kinds.items() if monthly or name != MONTH})
    return Averages(_in_order(table, by), tuple(measures), rows.height, notices=tuple(notices))


def _part(rows: pl.DataFrame, *, monthly: bool) -> list[tuple[str | None, pl.DataFrame]]:
    if not monthly:
        return [(None, rows)]
    return [
        (str(group), some) for (group,), some in rows.with_columns(pl.col("group").fill_null(UNKNOWN)).partition_by("group", as_dict=True).items()
    ]


def _correct(source: Figures, measures: Sequence[Measure], by: str | None, gold: Path, *, monthly: bool) -> Averages:
    dataset = read_dataset(gold)
    dataset.require_gold(gold)
    # One column groups as `framing estimate` does; time, alone or with another, and none make one that is of neither side.
    column = CELL if monthly or by is None else by
    if column == CELL:
        rows, articles = (_add_cells(table, by, monthly=monthly) for table in (source.rows, dataset.articles))
        source, dataset = replace(source, rows=rows), replace(dataset, articles=articles)
    (found,) = estimate_table([source], dataset, column, [measure.name for measure in measures], gold).values()
    frame = found.to_frame()
    if monthly:
        frame = _split_cells(frame, by)
    coded = max(sum(each.coded for each in estimates.values()) for estimates in found.estimates.values())
    every = max(sum(each.coded + each.uncoded for each in estimates.values()) for estimates in found.estimates.values())
    return Averages(_in_order(frame, by), found.measures, every, coded, found.notices)


def _group(rows: pl.DataFrame, by: str | None) -> pl.Expr:
    group = find_group(rows, by, own_columns(rows)) if by is not None else None
    return pl.lit(ALL).alias("group") if group is None else group


def _add_cells(table: pl.DataFrame, by: str | None, *, monthly: bool) -> pl.DataFrame:
    """With a column that says the group and the month, null without a month; without it where that is not known."""
    own = None if by is None else find_group(table, by, own_columns(table))
    if (by is not None and own is None) or (monthly and "published" not in table.columns):
        return table
    group = pl.lit(ALL) if own is None else own.fill_null(name_group(None, by or ""))
    return table.with_columns((pl.concat_str(group, published_in(MONTH)) if monthly else group).alias(CELL))


def _split_cells(frame: pl.DataFrame, by: str | None) -> pl.DataFrame:
    group = pl.lit(ALL) if by is None else pl.col("group").str.head(-DIGITS)
    dated = frame.drop_nulls("group").with_columns(group.alias("group"), pl.col("group").str.tail(DIGITS).alias(MONTH))
    return dated.select("group", MONTH, pl.exclude("group", MONTH))


def _in_order(table: pl.DataFrame, by: str | None) -> pl.DataFrame:
    """Time as it goes; other groups stay in the order of their means."""
    if MONTH in table.columns:
        return table.sort("group", MONTH, maintain_order=True)
    return table.sort("measure", "group", maintain_order=True) if by in PERIODS else table


def _leave_out_undated(rows: pl.DataFrame, column: str, notices: list[str]) -> pl.DataFrame:
    dated = rows.drop_nulls(column)
    if lost := rows.height - dated.height:
        are = inflect(lost, "has no date that could be read, and is", "have no date that could be read, and are")
        notices.append(f"{lost} of {count(rows.height, 'article')} {are} left out")
    return dated
