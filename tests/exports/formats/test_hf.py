"""Hugging Face: `datasets` loads every configuration, offline."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from exports.formats import export
from exports.formats.material import Material

Write = Callable[..., tuple[Path, list[str]]]
# In a process of its own: the library reads its settings when it is imported.
# It ends at once: how the library's threads end is none of our business.
LOAD = """
import json, os, sys
from datasets import get_dataset_config_names, load_dataset
folder = sys.argv[1]
names = get_dataset_config_names(folder)
print(json.dumps({name: load_dataset(folder, name, split="train").to_list() for name in names}, default=str), flush=True)
os._exit(0)
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[[Path], dict[str, list[dict[str, Any]]]]:
    def run(folder: Path) -> dict[str, list[dict[str, Any]]]:
        environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf"), "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
        done = subprocess.run([sys.executable, "-c", LOAD, str(folder)], capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        loaded: dict[str, list[dict[str, Any]]] = json.loads(done.stdout.splitlines()[-1])
        return loaded

    return run


def test_every_configuration_loads_with_every_row(write: Write, load: Callable[[Path], Any], hostile: Callable[..., Material]) -> None:
    folder, losses = write("hf", "ada", "ben", "gold")
    found = load(folder)
    tables = hostile("ada", "ben", "gold").tables
    assert list(found) == ["articles", "annotations", "gold", "spans"]
    for name in ("annotations", "gold"):
        assert found[name] == tables[name].to_dicts()
    same = ["article_id", "title", "text", "outlet", "n", "ok", "tags"]
    assert [{key: row[key] for key in same} for row in found["articles"]] == tables["articles"].select(same).to_dicts()
    assert [line for line in losses if "e-mail" not in line] == []


def test_the_spans_of_an_article_are_a_list_that_is_null_where_they_are_not_known(write: Write, load: Callable[[Path], Any]) -> None:
    rows = {row["article_id"]: row for row in load(write("hf", "gold")[0])["spans"]}
    assert "-rf" not in rows
    assert rows[".."]["spans"] == []
    assert rows[".."]["answers"] == [{"question": "bias", "value": "no"}]
    assert rows["new\nline\t'=1\""]["spans"] is None
    assert all(row["text"][span["start"] : span["end"]] == span["quote"] for row in rows.values() for span in row["spans"] or [])
    assert len(rows["../../etc/passwd"]["spans"]) == 6


def test_the_work_of_several_without_gold_has_no_verdict_to_train_on_and_that_is_said(write: Write, load: Callable[[Path], Any]) -> None:
    folder, losses = write("hf", "ada", "ben")
    assert list(load(folder)) == ["articles", "annotations"]
    assert any("2 annotators and no gold" in line for line in losses)


def test_articles_alone_load(write: Write, load: Callable[[Path], Any], articles: pl.DataFrame) -> None:
    assert len(load(write("hf")[0])["articles"]) == articles.height


def test_the_card_is_yaml_and_then_text_in_which_nothing_is_obeyed(write: Write) -> None:
    import yaml

    card = (write("hf", "ada", "gold")[0] / "README.md").read_text(encoding="utf-8")
    _, head, body = card.split("---\n", 2)
    front = yaml.safe_load(head)
    assert front["pretty_name"] == "Hostile: [a](http://x) & 'so on'"
    assert [entry["config_name"] for entry in front["configs"]] == ["articles", "annotations", "gold", "spans"]
    assert "license" not in front
    assert not re.search(r"(?<!\\)[<>]", body)
    assert not re.search(r"(?<!\\)\]\(", body)
    assert r"**Name\_Calling,Labeling**: What Name\_Calling,Labeling is: \*this\* \& \<that\>\." in body
    assert "the owner of texts and annotations has to give one" in body
    assert "on average: 0.75" in body


@pytest.mark.parametrize("title", ["😀 \u2028 x", 'say "yes": [no]', "#1\\n", "\u202ereversed"])
def test_any_title_is_one_string_in_the_head_of_the_card(hostile: Callable[..., Material], tmp_path: Path, title: str) -> None:
    import yaml

    material = hostile("gold")
    codebook = material.require_codebook().model_copy(update={"title": title})
    export(Material(material.tables, codebook), "hf", tmp_path)
    head = (tmp_path / "README.md").read_text(encoding="utf-8").split("---\n", 2)[1]
    assert yaml.safe_load(head)["pretty_name"] == title


def test_annotators_names_in_what_may_be_published_are_said(write: Write, count: Callable[..., int]) -> None:
    assert count(write("hf", "ada", "ben", "gold")[1], "e-mail addresses") == 2


def test_categories_become_text(hostile: Callable[..., Material], tmp_path: Path) -> None:
    material = hostile("gold")
    articles = material.tables["articles"].with_columns(pl.col("outlet").cast(pl.Categorical))
    export(Material(dict(material.tables) | {"articles": articles}, material.codebook), "hf", tmp_path)
    assert pl.read_parquet(tmp_path / "articles.parquet").schema["outlet"] == pl.String
