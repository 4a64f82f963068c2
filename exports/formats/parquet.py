"""Parquet: the tables as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

__all__ = ["write_parquet"]


def write_parquet(tables: Mapping[str, pl.DataFrame], folder: Path) -> list[str]:
    """Nothing is lost."""
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    return []
