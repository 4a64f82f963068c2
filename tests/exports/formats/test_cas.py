"""CAS JSON: our own importer reads the files back; offsets count as Java counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from annotate.corpora.cas import read
from exports.formats import export
from exports.formats.material import Material

Hostile = Callable[..., Material]
Listed = Callable[..., set[tuple[Any, ...]]]
# One id is too long for a file, and is read back as a GUID.
SHORT = (pl.col("article_id").str.len_chars() < 200) & ~pl.col("article_id").str.contains("^[0-9a-f]{8}-")


def test_everybodys_work_and_gold_read_back_in_their_names(hostile: Hostile, tmp_path: Path, listed: Listed, count: Callable[..., int]) -> None:
    material = hostile("ada", "ben", "gold")
    _, losses = export(material, "cas", tmp_path / "out")
    found = read(tmp_path / "out", material.require_codebook(), {}).dataset()
    assert found.rejected == []
    assert found.annotations is not None
    assert found.gold is not None
    assert listed(found.annotations.filter(SHORT), "annotator") == listed(material.tables["annotations"].filter(SHORT), "annotator")
    assert listed(found.gold.filter(SHORT)) == listed(material.tables["gold"].filter(SHORT))
    assert count(losses, "too long for a file") == 1


def test_texts_titles_addresses_and_languages_read_back(hostile: Hostile, tmp_path: Path) -> None:
    material = hostile("ada")
    export(material, "cas", tmp_path / "out")
    collection = read(tmp_path / "out", material.require_codebook(), {})
    columns = ["article_id", "text", "title", "url", "language"]
    found, before = (table.select(columns).filter(SHORT).sort("article_id") for table in (collection.dataset().articles, material.tables["articles"]))
    assert found.equals(before)
    assert sum(count for notice, count in collection.notices.items() if "INITIAL_CAS" in notice) == 1


def test_offsets_are_utf_16_units(hostile: Hostile, tmp_path: Path) -> None:
    export(hostile("ada"), "cas", tmp_path / "out")
    spans = 0
    for path in (tmp_path / "out").rglob("*.json"):
        cas = json.loads(path.read_text(encoding="utf-8"))
        sofa, *others = cas["%FEATURE_STRUCTURES"]
        units = sofa["sofaString"].encode("utf-16-le")
        for one in others:
            if one["%TYPE"].endswith(".Span"):
                spans += 1
                assert units[2 * one["begin"] : 2 * one["end"]].decode("utf-16-le")
        assert cas["%VIEWS"]["_InitialView"]["%MEMBERS"] == [one["%ID"] for one in others]
        assert {one["%TYPE"] for one in others} <= cas["%TYPES"].keys()
    assert spans == 12
