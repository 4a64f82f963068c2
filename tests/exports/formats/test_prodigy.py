"""Prodigy: a task for each reading; our own importer reads them back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import spacy

from annotate.corpora.prodigy import read
from exports.formats import export
from exports.formats.material import Material

Hostile = Callable[..., Material]
Listed = Callable[..., set[tuple[Any, ...]]]


def tasks(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "tasks.jsonl").read_text(encoding="utf-8").split("\n")[:-1]]


def test_everybodys_work_and_gold_read_back_in_their_names(hostile: Hostile, tmp_path: Path, listed: Listed) -> None:
    material = hostile("ada", "ben", "gold")
    export(material, "prodigy", tmp_path / "out")
    found = read(tmp_path / "out", material.require_codebook(), {}).dataset()
    assert found.rejected == []
    assert listed(found.annotations, "annotator") == listed(material.tables["annotations"], "annotator")
    assert listed(found.gold) == listed(material.tables["gold"])


def test_every_text_that_was_read_reads_back_with_its_columns(hostile: Hostile, tmp_path: Path, count: Callable[..., int]) -> None:
    material = hostile("ada")
    _, losses = export(material, "prodigy", tmp_path / "out")
    found = read(tmp_path / "out", material.require_codebook(), {}).dataset().articles
    before = material.tables["articles"].filter(pl.col("article_id") != "-rf")
    columns = ["article_id", "text", "title", "outlet", "published", "url", "language", "n", "ok"]
    assert found.select(columns).sort("article_id").equals(before.select(columns).sort("article_id"))
    assert count(losses, "which nobody has read") == 1


def test_spans_are_where_spacy_finds_them(hostile: Hostile, tmp_path: Path) -> None:
    export(hostile("ada"), "prodigy", tmp_path / "out")
    nlp = spacy.blank("xx")
    for task in tasks(tmp_path / "out"):
        doc = nlp.make_doc(task["text"])
        for span in task.get("spans", []):
            assert doc.text[span["start"] : span["end"]] == span["text"]
            found = doc.char_span(span["start"], span["end"], label=span["label"], alignment_mode="expand")
            assert found is not None
            assert span["text"].strip() in found.text


def test_a_task_has_what_prodigy_tells_tasks_apart_by(hostile: Hostile, tmp_path: Path) -> None:
    export(hostile("ada", "ben", "gold"), "prodigy", tmp_path / "out")
    found = tasks(tmp_path / "out")
    assert len({task["_task_hash"] for task in found}) == len(found)
    assert len({task["_input_hash"] for task in found}) == len({task["text"] for task in found})
    assert {task["answer"] for task in found} == {"accept"}
    answered = next(task for task in found if task["meta"]["id"] == ".." and task.get("_annotator_id") == "ada@example.com")
    assert (answered["spans"], answered["accept"]) == ([], ["bias_no"])
    assert {"id": "frames_Economy", "text": "frames_Economy"} in answered["options"]
