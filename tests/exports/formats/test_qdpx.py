"""REFI-QDA projects are valid by the published schema, and hold what they say."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml import etree

from exports.formats import export
from exports.formats.material import Material

Write = Callable[..., tuple[Path, list[str]]]
Validate = Callable[[bytes, str], None]
P = "{urn:QDA-XML:project:1.0}"


@pytest.fixture
def project(write: Write) -> zipfile.ZipFile:
    folder, _ = write("qdpx", "ada", "ben", "gold")
    return zipfile.ZipFile(io.BytesIO((folder / "project.qdpx").read_bytes()))


@pytest.fixture
def root(project: zipfile.ZipFile) -> Any:
    return etree.fromstring(project.read("project.qde"))


@pytest.mark.parametrize("who", [("ada",), ("ada", "ben"), ("ada", "ben", "gold"), ("gold",), ()], ids=lambda who: "-".join(who) or "nobody")
def test_a_project_is_valid_whoever_worked_on_it(write: Write, validate: Validate, who: tuple[str, ...]) -> None:
    folder, _ = write("qdpx", *who)
    validate(zipfile.ZipFile(folder / "project.qdpx").read("project.qde"), "Project.xsd")


def test_every_source_is_a_file_with_the_text_to_the_letter(project: zipfile.ZipFile, root: Any, articles: pl.DataFrame) -> None:
    paths = [source.get("plainTextPath") for source in root.iter(f"{P}TextSource")]
    assert all(re.fullmatch(r"internal://[0-9a-f-]{36}\.txt", path) for path in paths)
    texts = [project.read(f"sources/{path.removeprefix('internal://')}").decode() for path in paths]
    assert texts == articles["text"].to_list()
    assert len(project.namelist()) == articles.height + 1


def test_every_span_of_everybody_is_a_selection_with_its_end_excluded(project: zipfile.ZipFile, root: Any, hostile: Callable[..., Material]) -> None:
    people = {user.get("guid"): user.get("name") for user in root.iter(f"{P}User")}
    codes = {code.get("guid"): code.get("name") for code in root.iter(f"{P}Code")}
    found = set()
    for source in root.iter(f"{P}TextSource"):
        text = project.read(f"sources/{source.get('guid')}.txt").decode()
        for selection in source.iter(f"{P}PlainTextSelection"):
            (coding,) = selection.iter(f"{P}Coding")
            assert coding.get("creatingUser") == selection.get("creatingUser")
            start, end = int(selection.get("startPosition")), int(selection.get("endPosition"))
            found.add((people[coding.get("creatingUser")], codes[coding[0].get("targetGUID")], start, end, text[start:end]))
    tables = hostile("ada", "ben", "gold").tables
    rows = pl.concat([tables["annotations"], tables["gold"].with_columns(annotator=pl.lit("Gold"))], how="diagonal").drop_nulls("start")
    wanted = set(rows.select("annotator", "label", "start", "end", "quote").rows())
    # XML cannot hold the escape in ben's name.
    assert found == {(who.replace("\x1b", "\ufffd"), *rest) for who, *rest in wanted}


def test_answers_and_empty_readings_are_codings_of_the_whole_source(root: Any) -> None:
    codes = {code.get("guid"): code for code in root.iter(f"{P}Code")}
    whole = [codes[coding[0].get("targetGUID")] for source in root.iter(f"{P}TextSource") for coding in source.findall(f"{P}Coding")]
    names = [code.get("name") for code in whole]
    assert {name: names.count(name) for name in names} == {"Law, order": 2, "Economy": 2, "yes": 2, "no": 5, "Read, and marked nothing": 5}
    assert [code.getparent().get("name") for code in whole if code.get("name") == "yes"] == ["bias", "bias"]


def test_variables_have_kinds_and_hold_what_stands_in_the_columns(root: Any) -> None:
    kinds = {variable.get("guid"): (variable.get("name"), variable.get("typeOfVariable")) for variable in root.iter(f"{P}Variable")}
    assert dict(kinds.values()) == {
        **dict.fromkeys(["article_id", "title", "outlet", "url", "language", "tags"], "Text"),
        "published": "DateTime",
        "n": "Integer",
        "x": "Float",
        "day": "Date",
        "ok": "Boolean",
    }
    second = list(root.iter(f"{P}TextSource"))[1]
    values = {kinds[value[0].get("targetGUID")][0]: value[1].text for value in second.iter(f"{P}VariableValue")}
    assert values == {
        "article_id": "a/b\\c.txt",
        "title": "A title",
        "outlet": "@outlet",
        "published": "2026-01-01T00:00:00",
        "url": "https://gull.example/1",
        "language": "en",
        "n": "1",
        "x": "0.00000000000000000001",
        "day": "2026-01-02",
        "ok": "true",
        "tags": "['a', 'b']",
    }


def test_sources_have_names_that_differ_in_more_than_their_case(root: Any) -> None:
    names = [source.get("name") for source in root.iter(f"{P}TextSource")]
    assert names[1:3] == ["A title", "A title [007]"]
    assert names[4] == "a title [-rf]"
    assert len({name.casefold() for name in names}) == len(names)
    assert max(map(len, names)) <= 200


def test_the_project_is_described_by_its_codebook(root: Any) -> None:
    assert root.get("name") == "Hostile: [a](http://x) & 'so on'"
    assert root.find(f"{P}Description").text == "hostile 1.0.0\n\nLabels, with # and <b>.\n---\nconfigs: none\n\nRead it.\n\nThen mark it."


def test_every_guid_is_there_once(root: Any) -> None:
    guids = [element.get("guid") for element in root.iter() if element.get("guid")]
    assert len(set(guids)) == len(guids)


def test_the_same_dataset_gives_the_same_bytes_in_another_folder(hostile: Callable[..., Material], tmp_path: Path) -> None:
    material = hostile("ada", "gold")
    export(material, "qdpx", tmp_path / "one.qdpx")
    export(Material(material.tables, material.codebook, tmp_path / "moved"), "qdpx", tmp_path / "two.qdpx")
    assert (tmp_path / "one.qdpx").read_bytes() == (tmp_path / "two.qdpx").read_bytes()


def test_what_a_project_cannot_hold_is_counted(write: Write, count: Callable[..., int]) -> None:
    _, losses = write("qdpx", "ada", "ben", "gold")
    assert count(losses, "times that are none") == 3
    assert count(losses, "numbers of column x that are none") == 1
    assert count(losses, "rows of annotations that say again") == 1
    # In ben's name; bell, escape and U+FFFE in a title, as name of the source and as variable; bell in the name of two selections.
    assert count(losses, "that XML forbids") == 1 + 2 * 3 + 2
    said = "support (the share of annotators who agree), rule (how gold was decided)"
    assert f"columns of gold left out, since the format has no field for them: {said}" in losses


def test_gold_is_said_to_be_a_user_who_is_no_coder_with_the_number_of_its_codings(write: Write, root: Any) -> None:
    (said,) = [line for line in write("qdpx", "ada", "gold")[1] if "who is no coder" in line]
    (gold,) = [user.get("guid") for user in root.iter(f"{P}User") if user.get("name") == "Gold"]
    codings = [coding for coding in root.iter(f"{P}Coding") if coding.get("creatingUser") == gold]
    assert len(codings) > 1
    assert said.endswith(f"; its codings: {len(codings)}")
    assert not [line for line in write("qdpx", "ada")[1] if "no coder" in line]


def test_a_code_has_one_guid_in_codebook_and_project(write: Write, root: Any) -> None:
    folder, _ = write("qdc", "gold")
    codes = etree.fromstring((folder / "codebook.qdc").read_bytes())[0]
    there = {element.get("guid") for element in codes.iter() if element.get("guid")}
    assert there < {code.get("guid") for code in root.iter(f"{P}Code")}
