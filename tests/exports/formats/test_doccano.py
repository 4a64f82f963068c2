"""doccano: our own importer reads the files back, to the last character."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from annotate.corpora.doccano import read
from exports.formats import export
from exports.formats.material import Material

Hostile = Callable[..., Material]
Listed = Callable[..., set[tuple[Any, ...]]]
TEXTS = ["article_id", "text"]


def lines(path: Path) -> dict[str, Any]:
    return {row["article_id"]: row for row in map(json.loads, path.read_text(encoding="utf-8").split("\n")[:-1])}


def test_everybodys_work_and_gold_read_back_in_their_names(hostile: Hostile, tmp_path: Path, listed: Listed) -> None:
    material = hostile("ada", "ben", "gold")
    export(material, "doccano", tmp_path / "out")
    found = read(tmp_path / "out", material.require_codebook(), {}).dataset()
    assert found.rejected == []
    assert listed(found.annotations, "annotator") == listed(material.tables["annotations"], "annotator")
    assert listed(found.gold) == listed(material.tables["gold"])


def test_every_text_reads_back_with_its_columns(hostile: Hostile, tmp_path: Path, count: Callable[..., int]) -> None:
    material = hostile("ada")
    _, losses = export(material, "doccano", tmp_path / "out")
    found = read(tmp_path / "out", material.require_codebook(), {}).dataset().articles
    before = material.tables["articles"]
    columns = [*TEXTS, "title", "outlet", "published", "url", "language", "n", "ok"]
    assert found.select(columns).sort("article_id").equals(before.select(columns).sort("article_id"))
    assert count(losses, "cells of column tags that are written as text") == before.height


def test_there_is_a_file_for_each_annotator_one_of_gold_and_one_of_what_nobody_read(hostile: Hostile, tmp_path: Path) -> None:
    export(hostile("ada", "ben", "gold"), "doccano", tmp_path / "out")
    files = {path.name: lines(path) for path in (tmp_path / "out" / "annotations").iterdir()}
    assert files.keys() == {"ada@example.com.jsonl", "%3Dben%1B%E2%80%AE.jsonl", "all.jsonl", "unread.jsonl"}
    assert files["unread.jsonl"].keys() == {"-rf"}


def test_nothing_marked_is_an_empty_list_and_spans_that_are_not_known_are_no_list(hostile: Hostile, tmp_path: Path) -> None:
    export(hostile("ada"), "doccano", tmp_path / "out")
    rows = lines(tmp_path / "out" / "annotations" / "ada@example.com.jsonl")
    assert (rows["a"]["label"], rows[".."]["label"], rows[".."]["cats"]) == ([], [], ["bias_no"])
    assert "label" not in rows["new\nline\t'=1\""]


def test_cells_under_a_name_of_doccanos_own_are_left_out_and_counted(hostile: Hostile, tmp_path: Path, count: Callable[..., int]) -> None:
    material = hostile("ada")
    named = material.tables["articles"].with_columns(label=pl.lit("mine"))
    _, losses = export(Material(dict(material.tables) | {"articles": named}, material.codebook), "doccano", tmp_path / "out")
    assert count(losses, "whose name the format keeps for itself") == named.height
