"""REFI-QDA project: texts, codes and everybody's codings in one zip, for NVivo, ATLAS.ti, MAXQDA and QualCoder."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl

from exports.formats.guids import make_guid, make_moment
from exports.formats.material import ATTRIBUTES, Losses, Material, Row, Rows, Work, list_attributes, say, unheld
from exports.formats.refi_qda import DECLARATION, ORIGIN, attribute_guid, build_codes, code_guid, make_element, serialise
from schemas.codebook import Codebook

__all__ = ["write_qdpx"]

NAMESPACE = "urn:QDA-XML:project:1.0"
NOTHING = "Read, and marked nothing"
LONGEST_TITLE, LONGEST_QUOTE = 150, 60
GOLD = "Gold"


def write_qdpx(material: Material, folder: Path) -> list[str]:
    """The same dataset gives the same bytes. Positions are code points from 0, the end excluded.

    A span is a selection, an answer a coding of the whole source, and so is "read, and marked nothing". Attributes of a span are further
    codings of its selection. The texts are files of their own and hold every character; names and values are XML, which forbids some.
    """
    work, codebook = material.collect_work(attributes=True), material.require_codebook()
    with ZipFile(folder / "project.qdpx", "w") as archive:
        for article_id, text in work.articles.select("article_id", "text").iter_rows():
            archive.writestr(_entry(f"sources/{_source_guid(article_id)}.txt"), text.encode())
        with archive.open(_entry("project.qde"), "w") as file:
            for piece in _write_project(work, codebook):
                file.write(piece.encode())
    marks = ["article_id", "label", "start", "end", "quote", "value", ATTRIBUTES]
    columns = unheld(work.annotations, ["annotator", "created_at", "updated_at", *marks], "annotations")
    return say(work.losses) + columns + unheld(work.gold, marks, "gold") + _warn_of_gold(work)


def _warn_of_gold(work: Work) -> list[str]:
    codings = f"its codings: {work.count_marks('gold')}"
    who = f"gold stands in the project as a user called {GOLD}, who is no coder: leave it out where coders are counted or compared"
    return [f"{who}; {codings}"] if work.gold.height else []


def _entry(name: str) -> ZipInfo:
    # A zip's first possible moment, and always the same system: the time of the export says nothing.
    entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
    return entry


def _write_project(work: Work, codebook: Codebook) -> Iterator[str]:
    """The project source by source: as a whole it may not fit into memory."""
    losses = work.losses
    opening = serialise(make_element("Project", xmlns=NAMESPACE, name=codebook.title, origin=ORIGIN), losses)
    yield f"{DECLARATION}{opening.removesuffix(' />')}>\n"
    people = [*work.annotators, *([None] if work.gold.height else [])]
    if people:
        users = make_element("Users")
        users.extend(make_element("User", guid=_user_guid(who), name=GOLD if who is None else who) for who in people)
        yield serialise(users, losses)
    yield serialise(_build_codebook(work, codebook), losses)
    columns = [name for name in work.articles.columns if name != "text" and work.articles[name].null_count() < work.articles.height]
    kinds = {name: _kind(work.articles.schema[name]) for name in columns}
    variables = make_element("Variables")
    variables.extend(make_element("Variable", guid=make_guid("variable", name), name=name, typeOfVariable=kind) for name, kind in kinds.items())
    yield serialise(variables, losses)
    annotations, gold, names = Rows(work.annotations), Rows(work.gold), set[str]()
    yield "\n<Sources>\n"
    for article in work.articles.iter_rows(named=True):
        rows = [*annotations.of(article["article_id"]), *gold.of(article["article_id"])]
        yield serialise(_build_source(article, rows, kinds, codebook, _name(article, names), losses), losses) + "\n"
    about = "\n\n".join(part for part in (codebook.stamp, codebook.description, codebook.source, codebook.instructions) if part)
    yield f"</Sources>\n{serialise(make_element('Description', about), losses)}\n</Project>\n"


def _build_codebook(work: Work, codebook: Codebook) -> ET.Element:
    book, codes = make_element("CodeBook"), make_element("Codes")
    codes.extend(build_codes(codebook, work.losses, _list_said(work)))
    if any(table.height and table["label"].null_count() for table in (work.annotations, work.gold)):
        codes.append(make_element("Code", guid=make_guid("nothing"), name=NOTHING, isCodable="true"))
    book.append(codes)
    return book


def _list_said(work: Work) -> dict[str, set[str]]:
    """The values that were given to each attribute, by anybody."""
    said: dict[str, set[str]] = {}
    for table in (work.annotations, work.gold):
        if table.height:
            for one in table[ATTRIBUTES].drop_nulls().explode().unique():
                said.setdefault(one["attribute"], set()).add(one["value"])
    return said


def _build_source(article: Row, rows: list[Row], kinds: dict[str, str], codebook: Codebook, name: str, losses: Losses) -> ET.Element:
    article_id = article["article_id"]
    guid = _source_guid(article_id)
    source = make_element("TextSource", guid=guid, name=name, plainTextPath=f"internal://{guid}.txt")
    whole = []
    for row in rows:
        who, created, modified = row.get("annotator"), _moment(row, "created_at", losses), _moment(row, "updated_at", losses)
        place = (article_id, who, row["label"], row["start"], row["end"], row["value"])
        code = make_guid("nothing") if row["label"] is None else code_guid(codebook, row["label"], row["value"])
        coding = _build_coding(make_guid("coding", *place), who, created, code)
        if row["start"] is None:
            whole.append(coding)
            continue
        selection = make_element(
            "PlainTextSelection",
            guid=make_guid("selection", *place),
            name=_shorten(row["quote"], LONGEST_QUOTE),
            startPosition=str(row["start"]),
            endPosition=str(row["end"]),
            creatingUser=_user_guid(who),
            creationDateTime=created,
            modifiedDateTime=modified,
        )
        selection.append(coding)
        for one in list_attributes(row):
            said = (one["attribute"], one["value"])
            moment = _moment(one, "created_at", losses)
            selection.append(_build_coding(make_guid("coding", *place, *said), who, moment, attribute_guid(codebook, *said)))
        source.append(selection)
    source.extend(whole)
    for column, kind in kinds.items():
        if article[column] is not None:
            source.extend(_build_value(column, kind, article[column], losses))
    return source


def _build_coding(guid: str, who: str | None, created: str | None, code: str) -> ET.Element:
    coding = make_element("Coding", guid=guid, creatingUser=_user_guid(who), creationDateTime=created)
    coding.append(make_element("CodeRef", targetGUID=code))
    return coding


def _build_value(name: str, kind: str, value: Any, losses: Losses) -> Iterator[ET.Element]:
    text = str(value).lower() if kind == "Boolean" else value.isoformat() if kind == "DateTime" else str(value)
    if kind == "Float":
        number = Decimal(repr(value))
        if not number.is_finite():
            losses[f"numbers of column {name} that are none (NaN or infinite), and are left out"] += 1
            return
        text = f"{number:f}"
    element = make_element("VariableValue")
    element.extend([make_element("VariableRef", targetGUID=make_guid("variable", name)), make_element(f"{kind}Value", text)])
    yield element


def _kind(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "Integer"
    if dtype.is_float():
        return "Float"
    return {pl.Boolean: "Boolean", pl.Date: "Date", pl.Datetime: "DateTime"}.get(type(dtype), "Text")


def _moment(row: Row, column: str, losses: Losses) -> str | None:
    moment = make_moment(row.get(column))
    losses["times that are none, and are left out"] += moment is None and row.get(column) is not None
    return moment


def _name(article: Row, taken: set[str]) -> str:
    """The title, with the id where another article has it too: programs may take two sources of one name for one."""
    article_id = article["article_id"]
    title = _shorten(article["title"] or "", LONGEST_TITLE) or _shorten(article_id, LONGEST_TITLE)
    names = (title, f"{title} [{_shorten(article_id, LONGEST_QUOTE)}]", f"{title} [{_source_guid(article_id)}]")
    name = next(name for name in names if name.casefold() not in taken)
    taken.add(name.casefold())
    return name


def _shorten(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _source_guid(article_id: str) -> str:
    return make_guid("article", article_id)


def _user_guid(who: str | None) -> str:
    return make_guid("user", who)
