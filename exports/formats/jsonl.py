"""One JSON object a line."""

from __future__ import annotations

from pathlib import Path

from exports.formats.material import Material
from schemas.dataset import write_jsonl

__all__ = ["write_jsonl_tables"]


def write_jsonl_tables(material: Material, folder: Path) -> list[str]:
    """JSON holds everything that the tables do, but for numbers that are none: those become null."""
    for name, table in material.tables.items():
        write_jsonl(folder / f"{name}.jsonl", table.iter_rows(named=True))
    return []
