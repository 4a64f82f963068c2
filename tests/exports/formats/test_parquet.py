from __future__ import annotations

from pathlib import Path

import polars as pl

from exports.formats import export
from exports.formats.material import Material


def test_parquet_gives_the_table_back(tmp_path: Path) -> None:
    table = pl.DataFrame({"text": ['=1+1 "quoted"\nnext\ttab', "😀 \u2028 改革"], "start": [3, None], "x": [0.1, 1 / 3], "tags": [["x"], []]})
    ((path,), losses) = export(Material({"articles": table}), "parquet", tmp_path / "out")
    found = pl.read_parquet(path)
    assert losses == []
    assert found.schema == table.schema
    assert found.equals(table)
