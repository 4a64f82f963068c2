"""Label Studio: our own importer reads the file back, and so does a real server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.corpora import labelstudio as imported
from annotate.corpora.labelstudio import read
from annotate.labelstudio import Access, adopt, pull, push
from annotate.labelstudio.attributes import name_words
from annotate.labelstudio.interface import SPANS, TEXT
from annotate.notes import NOTE, UNSURE, YES
from exports.formats import export
from exports.formats import labelstudio as written
from exports.formats.material import Material
from schemas.codebook import Attribute
from schemas.tables import Annotations, conform

Write = Callable[..., tuple[Path, list[str]]]
Hostile = Callable[..., Material]
ROW = ["article_id", "annotator", "label", "start", "end", "quote", "value"]


def listed(table: pl.DataFrame | None, columns: list[str]) -> list[tuple[Any, ...]]:
    assert table is not None
    return sorted(table.select(columns).rows(), key=str)


def tasks_of(folder: Path) -> dict[str, Any]:
    return {task["data"]["article_id"]: task for task in json.loads((folder / "tasks.json").read_text(encoding="utf-8"))}


def test_the_controls_have_the_names_that_our_labelling_screens_give_them() -> None:
    assert (written.SPANS, written.TEXT) == (SPANS, TEXT)
    assert (written.UNSURE, written.NOTE, written.YES) == (UNSURE, NOTE, YES)
    target = Attribute(name="target", kind="actor", definition="Who it is about.")
    assert f"target{written.WORDS}" == f"target{imported.WORDS}" == name_words(target)


def test_everybodys_work_reads_back_but_for_what_was_said(hostile: Hostile, tmp_path: Path, count: Callable[..., int]) -> None:
    material = hostile("ada", "ben")
    _, losses = export(material, "labelstudio", tmp_path)
    dataset = read(tmp_path / "tasks.json", material.require_codebook(), {}).dataset()
    assert dataset.rejected == []
    before, after = material.tables["annotations"], dataset.annotations
    assert after is not None
    found, wanted = listed(after, ROW), listed(before.unique(ROW), ROW)
    assert count(losses, "rows of annotations that say again") == before.height - len(wanted) == 1
    # Who only answered questions looks like somebody who marked nothing.
    assert set(wanted) <= set(found)
    assert count(losses, "look as if nothing had been marked") == len(found) - len(wanted) == 2
    assert all(row[2] is None for row in set(found) - set(wanted))
    ada = pl.col("annotator") == "ada@example.com"
    remarks = before.filter(annotator="=ben\x1b\u202e").select("article_id", "unsure", "note").unique().sort("article_id")
    assert after.filter(annotator="=ben\x1b\u202e").select("article_id", "unsure", "note").unique().sort("article_id").equals(remarks)
    assert remarks.height
    facts = ["annotation_id", "created_at", "updated_at", "codebook_version"]
    assert after.filter(ada).select(facts).unique().rows() == before.filter(ada).select(facts).unique().rows()
    assert after.filter(~ada)["annotation_id"].null_count() == after.filter(~ada).height
    assert count(losses, "ids of annotations left out") == 3


def test_every_article_reads_back_with_its_columns_but_for_what_was_said(hostile: Hostile, tmp_path: Path, count: Callable[..., int]) -> None:
    material = hostile("ada")
    _, losses = export(material, "labelstudio", tmp_path)
    after = read(tmp_path / "tasks.json", material.require_codebook(), {}).dataset().articles
    before = material.tables["articles"]
    same = ["article_id", "title", "text", "outlet", "author", "published", "url", "language", "n", "ok"]
    assert after.select(same).equals(before.select(same))
    assert after["x"].to_list()[1:] == before["x"].to_list()[1:]
    assert count(losses, "numbers of column x that JSON has not") == after["x"].null_count() == 1
    assert count(losses, "cells of column tags that are written as text") == before.height
    assert after["day"].to_list() == ["2026-01-02"] * before.height


def test_nobodys_article_has_no_annotation_and_a_clean_one_has_one_without_results(write: Write) -> None:
    tasks = tasks_of(write("labelstudio", "ada", "ben")[0])
    assert tasks["-rf"]["annotations"] == []
    (clean,) = [annotation["result"] for annotation in tasks[".."]["annotations"] if "ben" in annotation["completed_by"]["email"]]
    # What was said of the article marks nothing.
    assert [result["from_name"] for result in clean] == [UNSURE, NOTE]


def test_gold_is_a_prediction_with_its_support_and_that_is_said(write: Write, count: Callable[..., int]) -> None:
    folder, losses = write("labelstudio", "ada", "gold")
    task = tasks_of(folder)["A"]
    (prediction,) = task["predictions"]
    assert prediction["model_version"] == "gold"
    assert [(result["value"]["text"], result["score"]) for result in prediction["result"]] == [("savage", 0.75)]
    assert count(losses, "written as predictions") == 19


def test_several_answers_to_one_question_are_one_result(write: Write) -> None:
    task = tasks_of(write("labelstudio", "ada")[0])["../../etc/passwd"]
    choices = [result for result in task["annotations"][0]["result"] if result["type"] == "choices"]
    assert [(result["from_name"], result["value"]["choices"]) for result in choices] == [("frames", ["Law, order", "Economy"])]


def test_a_reading_with_two_times_keeps_the_first_and_says_so(hostile: Hostile, tmp_path: Path, count: Callable[..., int]) -> None:
    material = hostile("ada")
    changed = material.tables["annotations"].with_columns(
        created_at=pl.when(pl.col("label") == "a: b").then(pl.lit("2026-05-05T00:00:00Z")).otherwise("created_at")
    )
    _, losses = export(Material(dict(material.tables) | {"annotations": changed}, material.codebook), "labelstudio", tmp_path)
    # Of the first article one row; in the third all rows have the same time.
    assert count(losses, "is not the one of their annotator's first row") == 1


@pytest.mark.parametrize(("spans", "said"), [(False, "cannot be seen where nobody marked a span"), (True, "also say that nothing was marked")])
def test_marked_nothing_beside_other_rows_of_a_reading_is_counted(
    hostile: Hostile, tmp_path: Path, count: Callable[..., int], *, spans: bool, said: str
) -> None:
    material = hostile("ada")
    rows = [
        {"article_id": "A", "annotator": "ada", "origin": "manual", "label": None},
        {"article_id": "A", "annotator": "ada", "origin": "manual", "label": "bias", "value": "no"},
    ]
    if spans:
        text = dict(material.tables["articles"].select("article_id", "text").iter_rows())["A"]
        start = text.index("savage")
        rows.append(rows[0] | {"label": "a: b", "start": start, "end": start + 6, "quote": "savage"})
    table = conform(pl.DataFrame(rows, infer_schema_length=None), Annotations, "test")
    _, losses = export(Material(dict(material.tables) | {"annotations": table}, material.codebook), "labelstudio", tmp_path)
    assert count(losses, said) == 1
    after = read(tmp_path / "tasks.json", material.require_codebook(), {}).dataset().annotations
    assert after is not None
    assert after.height == len(rows) - 1


@pytest.mark.server
def test_a_real_server_imports_the_file_and_gives_every_offset_back(
    hostile: Hostile, tmp_path: Path, access: Access, title: str, make_person: Callable[[str], Access]
) -> None:
    from annotate.labelstudio.client import connect
    from annotate.labelstudio.projects import require_project

    names = {"ada@example.com": f"ada-{title[-8:]}", "=ben\x1b\u202e": f"ben-{title[-8:]}"}
    for name in names.values():
        make_person(name)
    material = hostile("ada", "ben", "gold")
    emails = {old: f"{name}@example.com" for old, name in names.items()}
    annotations = material.tables["annotations"].with_columns(pl.col("annotator").replace(emails))
    material = Material(dict(material.tables) | {"annotations": annotations}, material.codebook)
    export(material, "labelstudio", tmp_path)
    # An empty project with our labelling screen, into which the file is uploaded as a person would do it.
    first = material.tables["articles"].head(1)
    push(first.with_columns(article_id=pl.lit("seed")), material.require_codebook(), title, access)
    with connect(access) as client:
        project = require_project(client, title)
        tasks = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
        client.projects.import_tasks(project.id, request=tasks)
    # What was not pushed is taken only when the owner says so.
    assert pull(title, access).articles["article_id"].to_list() == ["seed"]
    adopt(title, access)
    found = pull(title, access)
    assert found.annotations is not None
    wanted = set(annotations.select(ROW).rows())
    rows = set(found.annotations.select(ROW).rows())
    assert wanted <= rows
    assert all(row[2] is None for row in rows - wanted)
    texts = dict(material.tables["articles"].select("article_id", "text").iter_rows())
    assert {name: text for name, text in found.articles.select("article_id", "text").iter_rows() if name != "seed"} == texts
    assert found.rejected == []


def test_tasks_of_a_codebook_with_headlines_say_which_screen_takes_them(hostile: Hostile, tmp_path: Path) -> None:
    material = hostile("ada")
    codebook = material.require_codebook().model_copy(update={"headlines": True})
    _, losses = export(Material(material.tables, codebook), "labelstudio", tmp_path / "out")
    assert any("headlines = false" in line for line in losses)
