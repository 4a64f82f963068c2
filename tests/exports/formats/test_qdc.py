"""REFI-QDA codebooks are valid by the published schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from lxml import etree

from exports.formats import export
from exports.formats.material import Material
from schemas.codebook import list_codebooks, load_codebook

Write = Callable[..., tuple[Path, list[str]]]
Validate = Callable[[bytes, str], None]
C = "{urn:QDA-XML:codebook:1.0}"


@pytest.mark.parametrize("name", list_codebooks())
def test_every_codebook_that_ships_is_a_valid_one_there(
    name: str, articles: pl.DataFrame, tmp_path: Path, count: Callable[..., int], validate: Validate
) -> None:
    codebook = load_codebook(name)
    _, losses = export(Material({"articles": articles}, codebook), "qdc", tmp_path)
    content = (tmp_path / "codebook.qdc").read_bytes()
    validate(content, "Codebook.xsd")
    wanted = [*codebook.label_names, *(name for question in codebook.questions for name in [question.name, *question.value_names])]
    wanted += [name for one in codebook.attributes for name in (one.name, *(f"{one.name}: {value}" for value in one.value_names))]
    assert [code.get("name") for code in etree.fromstring(content).iter(f"{C}Code")] == wanted
    assert count(losses, "rows of articles left out") == articles.height
    assert sum("cue words" in line for line in losses) == any(label.cues for label in codebook.labels)
    assert count(losses, "parts of the codebook left out") == 3 + (codebook.source is not None)


def test_the_hostile_codebook_is_valid_with_colours_descriptions_and_nested_answers(write: Write, validate: Validate) -> None:
    content = (write("qdc", "gold")[0] / "codebook.qdc").read_bytes()
    validate(content, "Codebook.xsd")
    codes = list(etree.fromstring(content)[0])
    assert [(code.get("name"), code.get("isCodable"), code.get("color")) for code in codes] == [
        ("Loaded_Language", "true", "#000000"),
        ("Name_Calling,Labeling", "true", "#000001"),
        ("a: b", "true", "#000002"),
        ("A  label", "true", "#000003"),
        ("=1+1", "true", "#000004"),
        ("frames", "false", None),
        ("bias", "false", None),
    ]
    assert codes[0][0].text == "What Loaded_Language is: *this* & <that>.\nYes: a | b"
    assert [(code.get("name"), code[0].text) for code in codes[5].iterchildren(f"{C}Code")] == [("Law, order", "Law, order"), ("Economy", "Economy")]
