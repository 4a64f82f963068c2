"""Parquet: the tables as they are."""

from __future__ import annotations

from pathlib import Path

from exports.formats.material import Material

__all__ = ["write_parquet"]


def write_parquet(material: Material, folder: Path) -> list[str]:
    """Nothing is lost."""
    for name, table in material.tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    return []
