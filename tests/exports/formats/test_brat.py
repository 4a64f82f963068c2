"""brat: a folder for each annotator; our own importer reads them back, and the lines are brat's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from annotate.corpora.brat import read
from exports.formats import export
from exports.formats.brat import name_types
from exports.formats.material import Losses, Material

Hostile = Callable[..., Material]
Listed = Callable[..., set[tuple[Any, ...]]]
# One id is too long for a file, and is read back as a GUID.
SHORT = (pl.col("article_id").str.len_chars() < 200) & ~pl.col("article_id").str.contains("^[0-9a-f]{8}-")


def test_everybodys_spans_and_gold_read_back_in_their_names(hostile: Hostile, tmp_path: Path, listed: Listed, count: Callable[..., int]) -> None:
    material = hostile("ada", "ben", "gold")
    _, losses = export(material, "brat", tmp_path / "out")
    found = read(tmp_path / "out", material.require_codebook(), {}).dataset()
    assert found.rejected == []
    assert found.annotations is not None
    assert found.gold is not None
    held = SHORT & pl.col("value").is_null()
    assert listed(found.annotations.filter(SHORT), "annotator") == listed(material.tables["annotations"].filter(held), "annotator")
    assert listed(found.gold.filter(SHORT)) == listed(material.tables["gold"].filter(held))
    assert count(losses, "answers left out") == 11
    assert count(losses, "whose spans are not known") == 3
    assert count(losses, "too long for a file") == 1


def test_texts_read_back_to_the_letter_and_what_nobody_read_is_there(hostile: Hostile, tmp_path: Path) -> None:
    material = hostile("ada")
    export(material, "brat", tmp_path / "out")
    collection = read(tmp_path / "out", material.require_codebook(), {})
    found = dict(collection.dataset().articles.select("article_id", "text").filter(SHORT).iter_rows())
    assert found == dict(material.tables["articles"].select("article_id", "text").filter(SHORT).iter_rows())
    # One nobody has read, and one of which only questions were answered.
    assert collection.notices["texts without an .ann file, which nobody has read"] == 2


def test_every_line_is_one_of_brats(hostile: Hostile, tmp_path: Path) -> None:
    export(hostile("ada"), "brat", tmp_path / "out")
    files = sorted((tmp_path / "out").rglob("*.ann"))
    lines = [(file, line) for file in files for line in file.read_bytes().decode().splitlines()]
    assert len(lines) == 12
    for file, line in lines:
        match = re.fullmatch(r"T\d+\t[A-Za-z0-9_-]+ (\d+) (\d+)\t(.*)", line)
        assert match
        text = (file.parent / f"{file.stem}.txt").read_bytes().decode()
        assert re.sub(r"\s", " ", text[int(match[1]) : int(match[2])]) == re.sub(r"\s", " ", match[3])


def test_the_labels_are_declared_and_shown_by_their_names(hostile: Hostile, tmp_path: Path, count: Callable[..., int]) -> None:
    _, losses = export(hostile("ada"), "brat", tmp_path / "out")
    assert "[entities]\nLoaded_Language\nName_Calling_Labeling\na__b\nA__label\n_1_1\n" in (tmp_path / "out" / "annotation.conf").read_text()
    assert "A__label | A  label\n" in (tmp_path / "out" / "visual.conf").read_text()
    assert count(losses, "for what brat does not take") == 4


def test_labels_that_brat_would_not_tell_apart_get_types_of_their_own() -> None:
    assert name_types(["a b", "a_b", "a:b"], Losses()) == {"a b": "a_b", "a_b": "a_b_", "a:b": "a_b__"}
