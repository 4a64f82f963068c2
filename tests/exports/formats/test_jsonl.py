from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from exports.formats import export
from exports.formats.material import Material


def table() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "article_id": ["a", "b"],
            "text": ['=1+1 "quoted"\nnext\ttab', "😀 \u2028 改革"],
            "start": [3, None],
            "probability": [0.1, 1 / 3],
            "tags": [["x"], []],
        }
    )


def write(content: pl.DataFrame, folder: Path) -> Path:
    ((path,), losses) = export(Material({"articles": content}), "jsonl", folder / "out")
    assert losses == []
    return path


def test_jsonl_gives_every_row_back(tmp_path: Path) -> None:
    path = write(table(), tmp_path)
    lines = path.read_bytes().decode("utf-8").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == table().to_dicts()
    assert pl.read_ndjson(path).equals(table())


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_jsonl_is_json_even_where_a_number_is_not_one(value: float, tmp_path: Path) -> None:
    path = write(pl.DataFrame({"x": [value]}), tmp_path)

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    assert "x" in json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
