"""What groups articles: a column that they came with, the month or year of publication, or several of these together."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

__all__ = ["ARTICLE", "JOINT", "PERIODS", "find_group", "in_time", "join_dimensions", "own_columns", "published_in", "split_dimensions"]

# Each article is a group by itself.
ARTICLE = "article_id"
# Groups by time, and how much of an ISO date says which.
PERIODS = {"month": r"^(\d{4}-(?:0[1-9]|1[0-2]))", "year": r"^(\d{4})"}
# What stands between dimensions, and between the names of a group of several: "outlet, month" and "Gazette, 2026-05".
JOINT = ", "


def own_columns(scores: pl.DataFrame) -> list[str]:
    """Columns that articles came with, which stand behind the model's: means of a score by another score explain nothing."""
    return scores.columns[scores.columns.index("model") + 1 :] if "model" in scores.columns else scores.columns


def join_dimensions(given: Sequence[str]) -> str:
    """One name of what was given as `--by outlet --by month` or `--by outlet,month`."""
    return JOINT.join(part.strip() for one in given for part in one.split(",") if part.strip())


def split_dimensions(by: str) -> list[str]:
    """The columns of "outlet, month" or "outlet,month"; one of any other name."""
    return [part.strip() for part in by.split(",")]


def in_time(by: str) -> bool:
    """Whether groups stand in the order of time, and articles without a date in none."""
    return any(part in PERIODS for part in split_dimensions(by))


def published_in(period: str) -> pl.Expr:
    """The month or year of publication; null where it is not known."""
    return pl.col("published").cast(pl.String).str.extract(PERIODS[period])


def find_group(table: pl.DataFrame, by: str, columns: Sequence[str]) -> pl.Expr | None:
    """What groups the articles, as text, null where one of several dimensions is not known; None if there is no such column, or it holds lists."""
    if by not in columns and len(split_dimensions(by)) > 1:
        parts = [find_group(table, part, columns) for part in split_dimensions(by)]
        there = [part for part in parts if part is not None]
        return pl.concat_str(there, separator=JOINT).alias("group") if len(there) == len(parts) else None
    if by == ARTICLE:
        return pl.col(ARTICLE).alias("group")
    # Scoring renames what has the name of a score of its own.
    name = next((name for name in (by, f"article_{by}") if name in columns), None)
    if name is None and by in PERIODS and "published" in columns:
        return published_in(by).alias("group")
    return None if name is None or table[name].dtype.is_nested() else pl.col(name).cast(pl.String).alias("group")
