"""CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

__all__ = ["write_csv"]

# A cell that begins with one of these is a formula to a spreadsheet. A leading apostrophe makes it text.
_FORMULA = r"^([=+\-@\t\r])"


def write_csv(tables: Mapping[str, pl.DataFrame], folder: Path) -> None:
    """UTF-8 with a byte-order mark, which is what makes spreadsheets read it as UTF-8."""
    for name, table in tables.items():
        safe = table.with_columns(pl.col(pl.String).str.replace(_FORMULA, "'$1"))
        safe = safe.rename({column: f"'{column}" for column in safe.columns if column[:1] in "=+-@"})
        safe.write_csv(folder / f"{name}.csv", include_bom=True)
