"""What is said of a span goes with it into every format that has a place for it, and is counted where there is none."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from annotate.corpora import docbin, labelstudio, table
from exports.formats import export
from exports.formats.material import Material
from schemas.codebook import Codebook
from schemas.dataset import Dataset, write_dataset
from schemas.tables import SPAN, Annotations, Articles, Gold, conform

TEXT = "The savage rat of 🚢 Gull Bay sold the pier."
QDA = "{urn:QDA-XML:project:1.0}"
CODEBOOK = Codebook.model_validate(
    {
        "name": "who",
        "version": "1.0.0",
        "title": "Who",
        "description": "Who is called what.",
        "instructions": "Read.",
        "labels": [{"name": name, "definition": name, "colour": "#000000"} for name in ("Loud", "Named")],
        "attributes": [
            {"name": "target", "kind": "actor", "definition": "Who it is about.", "labels": ["Loud"]},
            {"name": "stance", "kind": "choice", "definition": "How.", "values": [{"name": n, "definition": n} for n in ("for", "against")]},
            {
                "name": "role",
                "kind": "choice",
                "choice": "multiple",
                "definition": "As what.",
                "values": [{"name": n, "definition": n} for n in ("old foe", "fool")],
            },
            {"name": "why", "kind": "text", "definition": "Why."},
        ],
        "actors": [{"name": "Gull Bay", "kind": "institution"}],
    }
)
SAID = {"target": ["Gull Bay"], "stance": ["against"], "role": ["old foe", "fool"], "why": ["=so, it\nseems"]}
ROW = ["article_id", "annotator", "label", "start", "end", "quote", "attribute", "value"]


def rows_of(label: str, quote: str, said: dict[str, list[str]]) -> list[dict[str, Any]]:
    start = TEXT.index(quote)
    span = {"article_id": "1", "label": label, "start": start, "end": start + len(quote), "quote": quote}
    return [span, *({**span, "attribute": name, "value": value} for name, values in said.items() for value in values)]


@pytest.fixture
def material(tmp_path: Path) -> Material:
    """An article, read by ada, with gold of the same."""
    rows = [*rows_of("Loud", "savage", SAID), *rows_of("Loud", "rat", {"stance": ["for"]}), *rows_of("Named", "Gull Bay", {})]
    articles = conform(pl.DataFrame({"article_id": ["1"], "text": [TEXT]}), Articles, "test")
    votes = conform(pl.DataFrame([row | {"annotator": "ada", "origin": "manual"} for row in rows], infer_schema_length=None), Annotations, "t")
    gold = conform(pl.DataFrame([row | {"support": 0.5, "rule": "majority"} for row in rows], infer_schema_length=None), Gold, "t")
    written = write_dataset(tmp_path / "dataset", Dataset(articles, votes, gold, CODEBOOK))
    assert written.rejected == []
    return Material({"articles": written.articles, "annotations": votes, "gold": gold}, CODEBOOK)


def listed(table: pl.DataFrame | None, columns: list[str] = ROW) -> set[tuple[Any, ...]]:
    return set() if table is None else set(table.select(columns).rows())


@pytest.mark.parametrize("to", ["csv", "jsonl", "parquet"])
def test_tables_have_them_and_read_back_equal(material: Material, tmp_path: Path, to: str) -> None:
    export(material, to, tmp_path / "out")
    texts = tmp_path / "out" / f"articles.{to}"
    found = table.read(tmp_path / "out" / f"annotations.{to}", CODEBOOK, {}, texts).dataset()
    assert found.rejected == []
    wanted = listed(material.tables["annotations"])
    # A spreadsheet runs no cell of ours.
    assert listed(found.annotations) == {(*row[:-1], f"'{row[-1]}" if to == "csv" and row[-2] == "why" else row[-1]) for row in wanted}


def test_label_studio_has_a_result_for_each_in_the_region_of_its_span_and_reads_back_equal(material: Material, tmp_path: Path) -> None:
    export(material, "labelstudio", tmp_path / "out")
    (task,) = json.loads((tmp_path / "out" / "tasks.json").read_text(encoding="utf-8"))
    results = task["annotations"][0]["result"]
    region = next(result["id"] for result in results if result["value"]["text"] == "savage")
    about = {result["from_name"]: (result["type"], result["value"]) for result in results if result["id"] == region}
    assert {name: (kind, value.get("choices") or value["text"]) for name, (kind, value) in about.items() if name != "spans"} == {
        "target_words": ("textarea", ["Gull Bay"]),
        "stance": ("choices", ["against"]),
        "role": ("choices", ["old foe", "fool"]),
        "why": ("textarea", ["=so, it\nseems"]),
    }
    assert [result["score"] for result in task["predictions"][0]["result"]] == [0.5] * 8
    found = labelstudio.read(tmp_path / "out" / "tasks.json", CODEBOOK, {}).dataset()
    assert (found.rejected, listed(found.annotations)) == ([], listed(material.tables["annotations"]))


def test_a_web_annotation_has_a_further_body_for_each_with_the_purpose_of_its_kind(material: Material, tmp_path: Path) -> None:
    export(material, "webannotation", tmp_path / "out")
    collection = json.loads((tmp_path / "out" / "annotations.jsonld").read_text(encoding="utf-8"))
    assert collection["total"] == len(collection["first"]["items"]) == 6
    (first, *others), plain = collection["first"]["items"][0]["body"], collection["first"]["items"][2]["body"]
    assert (first["value"], first["purpose"], plain["value"]) == ("Loud", "tagging", "Named")
    assert [(body["label"], body["value"], body["purpose"]) for body in others] == [
        ("target", "Gull Bay", "identifying"),
        ("stance", "against", "classifying"),
        ("role", "old foe", "classifying"),
        ("role", "fool", "classifying"),
        ("why", "=so, it\nseems", "describing"),
    ]


def test_in_refi_qda_they_are_codes_under_their_attribute_on_the_selection_of_their_span(
    material: Material, tmp_path: Path, validate: Callable[[bytes, str], None]
) -> None:
    (file,), losses = export(material, "qdpx", tmp_path / "out")
    content = zipfile.ZipFile(file).read("project.qde")
    root = ET.fromstring(content)
    names = {code.get("guid"): code.get("name") for code in root.iter(f"{QDA}Code")}
    nested = {code.get("name"): [one.get("name") for one in code.findall(f"{QDA}Code")] for code in root.iter(f"{QDA}Code")}
    assert nested["stance"] == ["stance: for", "stance: against"]
    assert nested["why"] == ["why: =so, it\nseems"]
    savage = next(one for one in root.iter(f"{QDA}PlainTextSelection") if one.get("name") == "savage")
    said = {names[ref.get("targetGUID")] for ref in savage.iter(f"{QDA}CodeRef")}
    assert said == {"Loud", "target: Gull Bay", "stance: against", "role: old foe", "role: fool", "why: =so, it\nseems"}
    guids = [one.get("guid") for one in root.iter() if one.get("guid")]
    assert len(set(guids)) == len(guids)
    assert losses[-1].endswith("its codings: 9")
    validate(content, "Project.xsd")


def test_a_codebook_of_refi_qda_has_values_and_actors_to_choose_from(material: Material, tmp_path: Path) -> None:
    (file,), _ = export(material, "qdc", tmp_path / "out")
    names = [code.get("name") for code in ET.parse(file).iter("{urn:QDA-XML:codebook:1.0}Code")]
    assert names[2:] == ["target", "target: Gull Bay", "stance", "stance: for", "stance: against", "role", "role: old foe", "role: fool", "why"]


def test_hugging_face_has_a_field_for_each_attribute(material: Material, tmp_path: Path) -> None:
    export(material, "hf", tmp_path / "out")
    (spans,) = pl.read_parquet(tmp_path / "out" / "spans.parquet")["spans"].to_list()
    none: dict[str, object] = {"target": None, "stance": None, "role": [], "why": None}
    said = {"target": "Gull Bay", "stance": "against", "role": ["old foe", "fool"], "why": "=so, it\nseems"}
    assert [span["attributes"] for span in spans] == [said, none | {"stance": "for"}, none]
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "## target, an attribute of spans (asked of: Loud)" in card


def test_brat_has_choices_as_attributes_and_words_as_notes(material: Material, tmp_path: Path, count: Callable[..., int]) -> None:
    _, losses = export(material, "brat", tmp_path / "out")
    lines = (tmp_path / "out" / "ada" / "1.ann").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("T")] == [
        "#1\tAnnotatorNotes T1\ttarget: Gull Bay",
        "A2\tstance T1 against",
        "A3\trole T1 old_foe",
        "A4\trole T1 fool",
        "#5\tAnnotatorNotes T1\twhy: =so, it seems",
        "A6\tstance T2 for",
    ]
    assert count(losses, "line ends in what is said of a span") == 2
    assert "stance Arg:<ENTITY>, Value:for|against\n" in (tmp_path / "out" / "annotation.conf").read_text(encoding="utf-8")


def test_spacy_has_them_as_extensions_of_spans(material: Material, tmp_path: Path) -> None:
    from spacy.tokens import DocBin, Span
    from spacy.vocab import Vocab

    (file,), _ = export(material, "spacy", tmp_path / "out")
    (doc,) = DocBin().from_disk(file).get_docs(Vocab())
    Span.set_extension("role", default=None, force=True)
    assert [span._.role for span in doc.spans["sc"]] == [("old foe", "fool"), None, None]
    found = docbin.read(file, CODEBOOK, {}).dataset()
    columns = [name for name in ROW if name != "annotator"]
    assert (found.rejected, listed(found.gold, columns)) == ([], listed(material.tables["gold"], columns))


@pytest.mark.parametrize(("to", "lost"), [("doccano", [6, 6]), ("conll", [6, 6]), ("ptc", [6, 6])])
def test_what_has_no_place_for_them_says_how_many_there_are(material: Material, tmp_path: Path, to: str, lost: list[int]) -> None:
    _, losses = export(material, to, tmp_path / "out")
    said = [line for line in losses if line.startswith("attributes of spans in")]
    assert [int(line.rpartition(": ")[2]) for line in said] == lost
    assert material.tables["gold"].filter(SPAN).height == 3
