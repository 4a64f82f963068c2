"""One file and one line each: a format is a function that writes tables into a folder and says what it could not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from exports.formats.csv import write_csv
from exports.formats.jsonl import write_jsonl_tables
from exports.formats.parquet import write_parquet
from schemas.errors import FramingError
from schemas.files import replace_files

__all__ = ["FORMATS", "export"]

Tables = Mapping[str, pl.DataFrame]

FORMATS: dict[str, Callable[[Tables, Path], list[str]]] = {
    "csv": write_csv,
    "jsonl": write_jsonl_tables,
    "parquet": write_parquet,
}


def export(tables: Tables, to: str, out: Path) -> tuple[list[Path], list[str]]:
    """Write one file a table into the folder `out`, all or none; returns the files, and what the format could not hold."""
    if to not in FORMATS:
        raise FramingError(f"no such format {to!r}", "--to", f"Choose one of: {', '.join(FORMATS)}")
    if (out / "run.json").exists() or (out / "codebook.toml").exists():
        raise FramingError("is a dataset or a score folder, whose tables would be replaced", out, "Choose another --out")
    with replace_files(out) as staging:
        losses = FORMATS[to](tables, staging)
        names = [path.name for path in staging.iterdir()]
    return [out / name for name in sorted(names)], losses
