"""Score folders, of which only what is asked for is read: they may hold millions of articles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from schemas.errors import FramingError

__all__ = ["read_run", "score_columns", "select_scores"]

MEND = "Score the articles again"


def read_run(folder: Path) -> dict[str, Any]:
    """What run.json says of the folder. FramingError if it is no score folder, or the file is damaged."""
    path = folder / "run.json"
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        what = "is not a score folder: run.json is missing" if folder.is_dir() else "no such score folder"
        raise FramingError(what, folder, "Make one with `framing score`") from error
    except (ValueError, OSError, RecursionError):
        run = None
    if not isinstance(run, dict) or not isinstance(run.get("model"), str) or not isinstance(run.get("inputs"), dict):
        raise FramingError("is damaged", path, MEND)
    return run


def score_columns(folder: Path, name: str) -> list[str]:
    """The columns of the folder's table `name`."""
    path = folder / f"{name}.parquet"
    try:
        return pl.scan_parquet(path, glob=False).collect_schema().names()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(path, error) from error


def select_scores(
    folder: Path, name: str, columns: Sequence[str | pl.Expr] | None = None, where: pl.Expr | None = None, *, by: str | None = None
) -> pl.DataFrame:
    """Some columns (all if None) and rows (all if None) of the folder's table `name`, a file or a folder of parts; with `by` a row for
    each value of that column, and `columns` that sum its rows up."""
    path = folder / f"{name}.parquet"
    try:
        table = pl.scan_parquet(path, glob=False)
        table = table if where is None else table.filter(where)
        if by is not None:
            return table.group_by(by).agg(columns or []).collect()
        return (table if columns is None else table.select(columns)).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> FramingError:
    if isinstance(error, FileNotFoundError):
        return FramingError("is missing from the score folder", path, MEND)
    if isinstance(error, pl.exceptions.ColumnNotFoundError):
        return FramingError(f"lacks the column {str(error).splitlines()[0]}", path, MEND)
    return FramingError("is damaged, or is not a table of scores", path, MEND)
