"""CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import polars as pl
from polars import selectors as cs

from exports.formats.material import Material
from schemas.errors import FramingError
from schemas.files import replace_files
from schemas.wording import count, inflect

__all__ = ["disarm", "disarmed", "say_disarmed", "write_csv", "write_table"]

# What begins with one of these is a formula to a spreadsheet. A leading apostrophe makes it text.
_FORMULA = tuple("=+-@\t\r")
_FORMULA_CELL = r"^([=+\-@\t\r])"


def write_csv(material: Material, folder: Path) -> list[str]:
    """UTF-8 with a byte-order mark, which is what makes spreadsheets read it as UTF-8. Says how many cells would have
    been formulas and have an apostrophe before them now: offsets into such a text are one off. A time of midnight is a day of which no time is known,
    and is written as the day alone."""
    losses = []
    for name, table in material.tables.items():
        _refuse_nested(table, name)
        text = table.with_columns((cs.categorical() | cs.enum()).cast(pl.String), *map(_say_time, table.select(cs.datetime(time_zone=None)).columns))
        safe = text.with_columns(disarmed())
        safe.rename(_safe_names(safe.columns)).write_csv(folder / f"{name}.csv", include_bom=True)
        losses += say_disarmed(text.lazy(), f"{name}.csv")
    return losses


def write_table(table: pl.DataFrame, path: Path) -> None:
    """One table as a file of its own, whole or not at all."""
    with replace_files(path.parent) as staging:
        write_csv(Material({path.stem: table}), staging)


def disarmed() -> pl.Expr:
    """All columns of text, each cell as text to every spreadsheet."""
    return cs.string().str.replace(_FORMULA_CELL, "'$1")


def say_disarmed(table: pl.LazyFrame, name: str) -> list[str]:
    """What is to be said of the file if any cell had to be changed."""
    counts = table.select(cs.string().str.contains(_FORMULA_CELL).sum()).collect()
    changed = int(counts.sum_horizontal().sum()) if counts.width else 0
    if not changed:
        return []
    were = inflect(changed, "a formula and begins", "formulas and begin")
    return [f"{count(changed, 'cell')} of {name} would have been {were} with an apostrophe now; offsets there are one off"]


def disarm(cell: str) -> str:
    """One cell, as text to every spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _say_time(name: str) -> pl.Expr:
    when = pl.col(name)
    known = when.dt.time() != time()
    return pl.when(known).then(when.dt.to_string("%Y-%m-%d %H:%M:%S%.f")).otherwise(when.dt.to_string("%Y-%m-%d")).alias(name)


def _refuse_nested(table: pl.DataFrame, name: str) -> None:
    for column in table.select(cs.nested() | cs.binary() | cs.object()).columns:
        raise FramingError(
            f"column {column!r} of {name} holds lists or bytes, which CSV cannot", "csv", "Export to jsonl or parquet, or drop the column"
        )


def _safe_names(columns: list[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for column in columns:
        if column.startswith(_FORMULA):
            safe = f"'{column}"
            while safe in columns or safe in names.values():
                safe = f"'{safe}"
            names[column] = safe
    return names
