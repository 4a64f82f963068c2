"""UIMA CAS JSON: offsets count as Java counts, a project's users are annotators, curation is gold."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.corpora.cas import METADATA, NAMED_ENTITY, read
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError

TEXT = "A 👩\u200d👧 savage rat\r\nsold the cafe\u0301 𝒻ast."
TOKEN, POS = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token", "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS"
LOADED, NOTE = "webanno.custom.Loaded", "webanno.custom.Note"
Put = Callable[[str, object], Path]
Table = Callable[..., list[Any]]
Reasons = Callable[[Dataset], list[str]]


def at(words: str, layer: str = LOADED, /, *, text: str = TEXT, **features: Any) -> dict[str, Any]:
    begin, length = (len(part.encode("utf-16-le")) // 2 for part in (text[: text.index(words)], words))
    return {"%TYPE": layer, "@sofa": 1, "begin": begin, "end": begin + length} | features


def cas(*structures: dict[str, Any], text: str = TEXT, layers: tuple[str, ...] = (LOADED,), **more: Any) -> dict[str, Any]:
    sofa = {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "mimeType": "text", "sofaString": text}
    types = {name: {"%NAME": name, "%SUPER_TYPE": "uima.tcas.Annotation"} for name in (*layers, TOKEN, POS)}
    tokens = [at(text.split(maxsplit=1)[0], TOKEN, text=text), at(text.split(maxsplit=1)[0], POS, text=text, PosValue="DT")]
    numbered = [sofa, *({"%ID": i} | one for i, one in enumerate([*tokens, *structures], start=2))]
    members = [one["%ID"] for one in numbered[1:]]
    views = {"_InitialView": {"%SOFA": 1, "%MEMBERS": members}}
    return {"%TYPES": types, "%FEATURE_STRUCTURES": numbered, "%VIEWS": views} | more


def test_spans_are_where_java_counts_them_in_a_file_given_outright(put: Put, spans: Table) -> None:
    marks = [at(words, label=label) for words, label in (("savage rat", "Loaded"), ("rat", "Name"), ("cafe\u0301", "Name"), ("𝒻ast", "Loaded"))]
    dataset = read(put("doc.json", cas(*marks)), None, {}).dataset()
    assert spans(dataset.gold) == [
        *[("doc", "Loaded", "savage rat"), ("doc", "Name", "rat"), ("doc", "Name", "caf\u00e9")],
        ("doc", "Loaded", "𝒻ast"),
    ]
    assert dataset.rejected == []


def put_project(put: Put) -> None:
    put("exportedproject-1.json", {"name": "Harbour"})
    put("annotation/doc 1.txt/ada.json", cas(at("savage", label="Loaded")))
    put("annotation/doc 1.txt/ben%40x.org.json", cas())
    put("annotation/doc 1.txt/INITIAL_CAS.json", cas(layers=()))
    put("annotation/doc2.txt/INITIAL_CAS.json", cas(text="Port.", layers=()))
    put("curation/doc 1.txt/CURATION_USER.json", cas(at("rat", label="Loaded")))


def check_project(path: Path) -> None:
    collection = read(path, None, {})
    dataset = collection.dataset()
    assert dataset.annotations is not None
    assert dataset.gold is not None
    assert dataset.articles["article_id"].to_list() == ["doc 1.txt", "doc2.txt"]
    assert dataset.annotations.select("article_id", "annotator", "quote").rows() == [("doc 1.txt", "ada", "savage"), ("doc 1.txt", "ben@x.org", None)]
    assert dataset.gold["quote"].to_list() == ["rat"]
    assert dataset.rejected == []
    assert sum(count for notice, count in collection.notices.items() if "INITIAL_CAS" in notice) == 2


def test_a_project_has_an_annotator_for_each_file_and_gold_where_it_was_curated(put: Put, corpus: Path) -> None:
    put_project(put)
    check_project(corpus)


@pytest.mark.parametrize("inner", [False, True])
def test_a_project_may_be_a_zip_and_each_document_in_it_too(put: Put, corpus: Path, tmp_path: Path, *, inner: bool) -> None:
    put_project(put)
    with zipfile.ZipFile(tmp_path / "project.zip", "w") as archive:
        for file in sorted(corpus.rglob("*.json")):
            name = file.relative_to(corpus)
            if inner and len(name.parts) > 1:
                buffer = io.BytesIO()
                with zipfile.ZipFile(buffer, "w") as document:
                    document.write(file, "whatever.json")
                    document.writestr("TypeSystem.xml", "<x/>")
                archive.writestr(str(name.with_suffix(".zip")), buffer.getvalue())
            else:
                archive.write(file, str(name))
        archive.writestr("annotation_ser/doc 1.txt/ada.ser", b"\0")
    check_project(tmp_path / "project.zip")


def test_a_folder_of_the_project_is_read_as_in_the_project(put: Put, corpus: Path) -> None:
    put_project(put)
    for place in ("annotation", "annotation/doc 1.txt"):
        table = read(corpus / place, None, {}).dataset().annotations
        assert table is not None
        assert table.select("article_id", "annotator").row(0) == ("doc 1.txt", "ada")


def test_the_commonest_layer_of_the_users_own_is_read_and_the_others_are_counted(put: Put, spans: Table) -> None:
    marks = [at("savage", kind="Loaded", comment="why"), at("rat", kind="Name"), at("the", NOTE, text_="x"), at("sold", NAMED_ENTITY, value="PER")]
    path = put("doc.json", cas(*marks))
    collection = read(path, None, {})
    assert [row[1:] for row in spans(collection.dataset().gold)] == [("Loaded", "savage"), ("Name", "rat")]
    assert {notice: count for notice, count in collection.notices.items() if "layer" in notice} == {
        f"annotations of the layer {name} left out": 1 for name in ("Note", "NamedEntity", "POS")
    }
    assert [row[1:] for row in spans(read(path, None, {}, layer="NamedEntity").dataset().gold)] == [("PER", "sold")]
    with pytest.raises(FramingError, match="has no layer 'Tone'"):
        read(path, None, {}, layer="Tone")


def test_named_entities_are_read_where_there_is_no_other_layer(put: Put, spans: Table) -> None:
    path = put("doc.json", cas(at("rat", NAMED_ENTITY, value="ANIMAL", identifier="http://x"), layers=()))
    assert spans(read(path, None, {}).dataset().gold) == [("doc", "ANIMAL", "rat")]


def test_structures_without_a_place_are_answers_about_the_document(put: Put) -> None:
    about = {"@sofa": 1}
    structures = [
        {"%TYPE": "webanno.custom.Answer", "question": "bias", "value": "Biased"} | about,
        {"%TYPE": "webanno.custom.tone", "label": "sour"} | about,
        {"%TYPE": "webanno.custom.Meta", "mood": "dark", "n": 7} | about,
    ]
    dataset = read(put("doc.json", cas(*structures, layers=())), None, {}).dataset()
    assert dataset.gold is not None
    assert dataset.gold.select("label", "value").rows() == [("bias", "Biased"), ("tone", "sour"), ("mood", "dark")]


def test_title_address_and_language_are_those_of_the_document(put: Put) -> None:
    about = {"%TYPE": METADATA, "@sofa": 1, "begin": 0, "end": 5, "documentTitle": "Port", "documentUri": "https://gull.example/1", "language": "en"}
    usual = about | {"documentTitle": "b.txt", "documentUri": "file:/x", "language": "x-unspecified"}
    put("annotation/a.txt/ada.json", cas(about, at("rat", label="X")))
    path = put("annotation/b.txt/ada.json", cas(usual)).parents[2]
    table = read(path, None, {}).dataset().articles
    assert table.select("title", "url", "language").rows() == [("Port", "https://gull.example/1", "en"), (None, None, None)]


def test_structures_may_be_a_map_and_anchors_may_be_marked(put: Put, spans: Table) -> None:
    content = cas({("^" + key if key in ("begin", "end") else key): value for key, value in at("rat", label="X").items()})
    content["%FEATURE_STRUCTURES"] = {str(one.pop("%ID")): one for one in content["%FEATURE_STRUCTURES"]}
    assert spans(read(put("doc.json", content), None, {}).dataset().gold) == [("doc", "X", "rat")]


def test_names_are_read_by_a_codebook(put: Put, reasons: Reasons) -> None:
    path = put("doc.json", cas(at("savage", label="LOADED"), at("rat", label="Name")))
    dataset = read(path, load_codebook("babe"), {"LOADED": "biased_words"}).dataset()
    assert dataset.gold is not None
    assert dataset.gold.select("label", "quote").rows() == [("biased_words", "savage")]
    assert reasons(dataset) == ["codebook babe 1.0.0 has no such label"]


# What goes wrong


def test_offsets_that_cut_an_emoji_or_leave_the_text_and_spans_without_a_label_are_set_aside(put: Put, reasons: Reasons, readings: Table) -> None:
    marks = [at("rat", label="X"), at("👩", label="X"), at("A", label="X"), at("savage")]
    marks[1]["begin"] += 1
    marks[2]["end"] = len(TEXT.encode("utf-16-le")) // 2 + 1
    dataset = read(put("doc.json", cas(*marks)), None, {}).dataset()
    assert sorted(reasons(dataset)) == ["the annotation has no label", "the offsets cut a character", "the offsets leave the text"]
    assert readings(dataset.gold) == []


def test_damaged_files_cost_themselves(put: Put, corpus: Path, reasons: Reasons, spans: Table) -> None:
    whole = json.dumps(cas(at("rat", label="X")))
    put("annotation/a/ada.json", whole)
    put("annotation/a/ben.json", whole[:-40])
    put("annotation/a/cy.json", [1, 2])
    put("annotation/a/dee.json", {"%FEATURE_STRUCTURES": [7, {"%TYPE": ["x"]}, {}], "%TYPES": [1]})
    put("annotation/a/eve.json", cas(text="Another."))
    put("annotation/a/fay.zip", b"PK\x03\x04 cut off")
    dataset = read(corpus, None, {}).dataset()
    assert len(spans(dataset.annotations)) == 1
    assert sorted(reasons(dataset)) == [
        "another text has this name",
        "the .zip is damaged, or locked by a password",
        "the document has no text",
        "the file is no UIMA CAS JSON",
        "the file is not JSON, or is cut off",
    ]


def test_a_project_in_another_format_is_an_error_with_a_remedy(put: Put, corpus: Path) -> None:
    put("annotation/a/ada.xmi", "<x/>")
    with pytest.raises(FramingError, match="holds no UIMA CAS JSON") as caught:
        read(corpus, None, {})
    assert "UIMA CAS JSON" in str(caught.value)


def test_hostile_types_and_features_are_read_as_what_they_are(put: Put, spans: Table) -> None:
    odd = [{"%TYPE": {"a": 1}, "@sofa": 1, "begin": 0, "end": 1, "x": "y"}, {"%TYPE": LOADED, "@sofa": 99, "begin": 0, "end": 1, "label": "X"}]
    content = cas(at("rat", label="=1+1"), *odd)
    content["%TYPES"] |= {"webanno.custom.Odd": 7}
    assert spans(read(put("doc.json", content), None, {}).dataset().gold) == [("doc", "=1+1", "rat")]


def test_features_and_lists_that_the_codebook_asks_for_are_attributes(put: Put, who: Codebook, said: Callable[..., Any]) -> None:
    roles = {"%TYPE": "uima.cas.StringArray", "%ELEMENTS": ["fool", "old foe"]}
    marks = [roles, at("savage", label="Loud", stance="for", mood="low", **{"@role": 4}), at("rat", label="Named", **{"@role": 99})]
    collection = read(put("doc.json", cas(*marks)), who, {})
    assert said(collection.dataset().gold) == [("savage", "stance", "for"), ("savage", "role", "fool"), ("savage", "role", "old foe")]
    assert collection.notices["attributes of spans that the codebook does not ask for, left out"] == 1
