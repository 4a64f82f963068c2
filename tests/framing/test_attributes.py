"""A dataset whose spans say who is meant, and how, goes the whole way: agreement, gold by each rule, another codebook, and back from its folder."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from annotate.gold.adjudication import RULES
from schemas.codebook import parse_codebook
from schemas.coders import Coder, Coders, read_coders, write_coders
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.tables import ATTRIBUTE, SPAN
from tests.commands import run_well

CODEBOOK = """
name = "harbour"
version = "1.0.0"
title = "Harbour"
description = "For tests."
instructions = "Tag."

[[labels]]
name = "Loaded"
definition = "For tests."
colour = "#112233"

[[labels.attributes]]
name = "target"
kind = "actor"
definition = "Who is meant."

[[attributes]]
name = "stance"
kind = "choice"
definition = "For or against."

[[attributes.values]]
name = "against"
definition = "Against."

[[attributes.values]]
name = "for"
definition = "For."

[[actors]]
name = "United States"
kind = "country"
aliases = ["U.S.", "Washington"]
"""
CHANGED = CODEBOOK.replace("1.0.0", "2.0.0").replace('"against"', '"negative"').replace('"target"', '"aim"').replace('"Loaded"', '"Judging"')
TEXTS = {"a": "The reckless zealots 🚢 sank the old port.", "b": "A cosy deal in Washington."}
# Article, annotator, words, target, stance: they agree on all of a but for a stance; of b the target is worded otherwise.
MARKS = [
    *(("a", "ada", "reckless", "China", "against"), ("a", "ben", "reckless zealots", "China", "against")),
    *(("a", "ada", "port", None, "for"), ("a", "ben", "port", None, "against")),
    *(("b", "ada", "cosy deal", "Washington", "for"), ("b", "ben", "cosy deal", "U.S.", "for")),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = []
    for article, annotator, words, *values in MARKS:
        start = TEXTS[article].index(words)
        span = {
            "article_id": article,
            "annotator": annotator,
            "label": "Loaded",
            "start": start,
            "end": start + len(words),
            "quote": words,
            "origin": "manual",
        }
        said = [(name, value) for name, value in zip(("target", "stance"), values, strict=True) if value]
        rows += [span | {"attribute": name, "value": value} for name, value in [(None, None), *said]]
    annotations = pl.DataFrame(rows, infer_schema_length=None)
    dataset = Dataset(pl.DataFrame({"article_id": list(TEXTS), "text": list(TEXTS.values())}), annotations, None, parse_codebook(CODEBOOK, "test"))
    written = write_dataset(tmp_path / "d", dataset)
    echo = annotations.filter(annotator="ada").with_columns(annotator=pl.lit("echo"), run=pl.lit(1))
    write_coders(tmp_path / "d", written, Coders(echo, {"echo": Coder(name="echo")}))
    return tmp_path / "d"


def test_agreement_on_what_is_said_of_spans_is_printed_and_in_the_json(folder: Path, tmp_path: Path) -> None:
    said, _ = run_well("agree", folder, "--json", tmp_path / "agreement.json")
    found = json.loads((tmp_path / "agreement.json").read_text(encoding="utf-8"))["attributes"]
    assert {"alpha", "low", "high", "agreement", "spans", "articles"} <= found["stance"].keys()
    assert (found["stance"]["spans"], found["stance"]["agreement"]) == (3, 2 / 3)
    assert (found["target"]["agreement"], found["target"]["folded"]["agreement"]) == (0.5, 1.0)
    (line,) = [line for line in said.splitlines() if line.startswith("target (attribute)")]
    assert line.split()[-4:] == ["0.500", "1.000", "2", "2"]
    assert "fewer than 20 pairs of spans, too few to judge: stance, target" in said


@pytest.mark.parametrize("rule", RULES)
def test_gold_has_attributes_by_every_rule_and_reads_back(folder: Path, rule: str) -> None:
    said, _ = run_well("adjudicate", folder, "--rule", rule)
    dataset = read_dataset(folder)
    gold = dataset.require_gold(folder)
    decided = gold.filter(ATTRIBUTE).select("quote", "attribute", "value").rows()
    assert {("target", "China"), ("target", "United States"), ("stance", "for")} <= {row[1:] for row in decided}
    assert {quote for quote, *_ in decided} <= set(gold.filter(SPAN)["quote"])
    assert not dataset.rejected
    assert f"{gold.filter(SPAN).height} spans with {len(decided)} attributes" in said


def test_all_of_it_moves_to_a_changed_codebook_with_annotations_gold_and_coders(folder: Path) -> None:
    run_well("adjudicate", folder)
    before = read_dataset(folder)
    (folder.parent / "new.toml").write_text(CHANGED, encoding="utf-8")
    moves = [word for move in ("Loaded=Judging", "target=aim", "stance.against=stance.negative") for word in ("--rename", move)]
    said, _ = run_well("codebook", "migrate", folder, "--to", folder.parent / "new.toml", *moves)
    assert "target -> aim: 8 rows" in said
    assert "Loaded -> Judging: 12 rows, and 19 attributes with them" in said
    run_well("codebook", "migrate", folder, "--to", folder.parent / "new.toml", *moves, "--apply")
    after = read_dataset(folder)
    coders = read_coders(folder, after)
    assert coders is not None
    for rows, moved in ((before.annotations, after.annotations), (before.gold, after.gold), (None, coders.rows)):
        assert moved is not None
        assert rows is None or rows.height == moved.height
        assert set(moved["label"]) == {"Judging"}
        assert set(moved.filter(ATTRIBUTE)["attribute"]) == {"aim", "stance"}
        assert "against" not in moved["value"]
    assert (after.rejected, coders.aside) == ([], 0)
    audit = [json.loads(line) for line in (folder / "history" / "migration-1.0.0-to-2.0.0" / "audit.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["annotator"] for row in audit if row.get("attribute_after") == "aim"} == {"ada", "ben", "gold", "echo"}
    run_well("agree", folder)
