"""WebAnno TSV 3, the tables of tokens that WebAnno and INCEpTION export."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from annotate.corpora.collection import Collection
from annotate.corpora.documents import Document, Documents, Mark
from annotate.corpora.files import find_files, read_text
from schemas.codebook import Codebook
from schemas.errors import FramingError

__all__ = ["read"]

FORMAT, TEXT = "#FORMAT=WebAnno TSV 3", "#Text="
# Layers that describe words and sentences, not what somebody found in a text.
GRAMMAR = re.compile(r"\.(lexmorph|syntax|segmentation|morph)\.|Lemma$|\.Stem$|Dependency$")
_TOKEN = re.compile(r"\d+-\d+(\.\d+)*")
_PLACE = re.compile(r"(\d{1,9})-(\d{1,9})")
_VALUE = re.compile(r"(.*?)(?:\[(\d+)\])?", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
NONE, BARE = "_", "*"


@dataclass(frozen=True)
class Layer:
    """A kind of spans: its short name, its columns counted from the first after the token, of these the one that has the label, and those that
    have attributes, by name."""

    name: str
    first: int
    width: int
    label: int
    attributes: Mapping[str, int]


@dataclass
class Page:
    """One file as it is read: its layers, its text in UTF-16 units (two bytes each), and each mark's label, start and end, in units, and
    what is said of it."""

    layers: list[Layer] = field(default_factory=list)
    text: bytearray = field(default_factory=bytearray)
    sentence: str = ""
    begun: bool = False
    marks: dict[tuple[int, str, str], tuple[str, int, int]] = field(default_factory=dict)
    said: dict[tuple[int, str, str], dict[str, str]] = field(default_factory=dict)


def read(path: Path, codebook: Codebook | None, renames: Mapping[str, str]) -> Collection:
    """Each file is an article, the values of its span layers are labels; chains, relations and grammar are left out and counted, and so are
    other features of a layer, but for those that the codebook asks for as attributes.

    `path` is a file or a folder of them. In the folders of a project's export (`annotation/<document>/<annotator>.tsv`,
    `curation/<document>/CURATION_USER.tsv`) files of one document are its annotators, and the curation is gold; a file elsewhere is gold. The
    text is put together of its sentences; what stands between them is not in the file, and line ends are put there. A file in which a
    token is not the text at its offsets is set aside.
    """
    documents = Documents(path, "UTF-16 units")
    files = find_files(path, "*.tsv")
    if not files:
        raise FramingError("holds no .tsv file", path, "Export as WebAnno TSV 3, and give the files")
    asked = {attribute.name for attribute in codebook.attributes} if codebook else set[str]()
    asked |= {old for old, new in renames.items() if new in asked}
    articles: dict[str, Document] = {}
    for file in files:
        article_id, annotator = _name(file)
        try:
            document = _read_file(file, article_id, annotator, asked, documents.notices)
        except FramingError as error:
            if len(files) == 1:
                raise
            documents.refuse("the file cannot be read", file=file.name, article_id=article_id, annotator=annotator, why=error.what)
            continue
        first = articles.setdefault(article_id, document)
        if first.text != document.text:
            documents.refuse("another article has this id", file=file.name, article_id=article_id, annotator=annotator)
        elif first is not document:
            first.marks += document.marks
            first.readers += document.readers
    documents.found = list(articles.values())
    return documents.collect(path.stem, codebook, renames)


def _name(file: Path) -> tuple[str, str | None]:
    """The document and the annotator that a file's place stands for."""
    kind = file.parent.parent.name
    if kind not in ("annotation", "curation"):
        return file.stem, None
    return re.sub(r"\.(txt|tsv|xmi|xml|html?|pdf|conll\w*)$", "", file.parent.name), None if kind == "curation" else file.stem


def _read_file(file: Path, article_id: str, annotator: str | None, asked: Container[str], notices: Counter[str]) -> Document:
    lines = read_text(file).removeprefix("\ufeff").split("\n")
    if not lines[0].startswith(FORMAT):
        raise FramingError("does not begin with #FORMAT=WebAnno TSV 3", file, "Export as WebAnno TSV v3.x")
    page = Page()
    page.layers = _read_layers(lines, asked, notices)
    for number, ended in enumerate(lines, start=1):
        line = ended.rstrip("\r")
        if line.startswith(TEXT):
            # A sentence that stands on several lines has one each.
            page.sentence = f"{page.sentence}\n{_unescape(line[len(TEXT) :])}" if page.sentence and not page.begun else _unescape(line[len(TEXT) :])
            page.begun = False
        elif line and not line.startswith("#") and _TOKEN.fullmatch(line.split("\t", 1)[0]):
            _read_token(line.split("\t"), page, f"line {number}", file)
    text = _text(page.text)
    marks = [
        Mark(label, start, end, _text(page.text[2 * start : 2 * end]), annotator, tuple(page.said[key].items()))
        for key, (label, start, end) in page.marks.items()
    ]
    return Document(article_id, text, marks=marks, readers=[annotator])


def _read_layers(lines: list[str], asked: Container[str], notices: Counter[str]) -> list[Layer]:
    layers, first = [], 0
    for line in lines:
        match = re.fullmatch(r"#T_(SP|CH|RL)=([^|]+)\|?(.*?)\r?", line)
        if match is None:
            continue
        kind, name, features = match[1], match[2], match[3].split("|")
        if kind != "SP":
            notices[f"{'chains' if kind == 'CH' else 'relations'} of {_short(name)}, left out: layers"] += 1
        elif GRAMMAR.search(name):
            notices[f"words described by {_short(name)}, left out: layers"] += 1
        else:
            label = next((features.index(usual) for usual in ("value", "label") if usual in features), 0)
            others = {feature.rpartition(":")[2]: i for i, feature in enumerate(features) if i != label}
            for other in (other for other in others if other not in asked):
                notices[f"feature {other!r} of {_short(name)}, left out: layers"] += 1
            attributes = {other: i for other, i in others.items() if other in asked}
            layers.append(Layer(_short(name), first, len(features), label, attributes))
        first += len(features)
    return layers


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _read_token(cells: list[str], page: Page, where: str, file: Path) -> None:
    """Put the token's sentence into the text, check the token against it, and take its marks."""
    match = _PLACE.fullmatch(cells[1]) if len(cells) > 2 else None
    if match is None:
        raise FramingError(f"{where} has no offsets and no token", file, "Is it cut off? Export it again")
    start, end, token = int(match[1]), int(match[2]), _units(cells[2])
    if not page.begun:
        _begin_sentence(page, start, cells[2], where, file)
    if page.text[2 * start : 2 * end] not in (token, _units(_unescape(cells[2]))):
        raise FramingError(f"the token of {where} is not the text at its offsets", file, "Was the file edited? Export it again")
    for layer in page.layers:
        columns = [_split(cell) for cell in cells[3 + layer.first : 3 + layer.first + layer.width]]
        for i, value in enumerate(columns[layer.label] if len(columns) > layer.label else []):
            others = [column[i] for column in columns if i < len(column)]
            if any(other != NONE for other in others):
                key = _take(page, layer, value, others, (cells[0], i), start, end)
                said = {name: _number(columns[j][i])[0] for name, j in layer.attributes.items() if j < len(columns) and i < len(columns[j])}
                page.said.setdefault(key, {}).update({name: _unescape(given) for name, given in said.items() if given not in (NONE, BARE)})


def _begin_sentence(page: Page, start: int, token: str, where: str, file: Path) -> None:
    within = max(page.sentence.find(token), 0) if token in page.sentence else max(page.sentence.find(_unescape(token)), 0)
    gap = start - len(_units(page.sentence[:within])) // 2 - len(page.text) // 2
    if not 0 <= gap <= 1 << 20:
        raise FramingError(f"the sentence of {where} begins before the one above it ends", file, "Was the file edited? Export it again")
    page.text += _units("\n" * gap) + _units(page.sentence)
    page.begun = True


def _take(page: Page, layer: Layer, value: str, others: list[str], token: tuple[str, int], start: int, end: int) -> tuple[int, str, str]:
    """The mark that a value is of, taken or made longer: what it is called in the page."""
    label, number = _number(value)
    numbers = [found for other in others if (found := _number(other)[1])]
    # Parts of one span on several tokens, in one column or another, share a number.
    key = (layer.first, "number", number or numbers[0]) if numbers else (layer.first, token[0], str(token[1]))
    name = layer.name if label in (NONE, BARE) else _unescape(label)
    before = page.marks.get(key, (name, start, end))
    page.marks[key] = (before[0] if before[0] != layer.name else name, min(before[1], start), max(before[2], end))
    return key


def _number(value: str) -> tuple[str, str | None]:
    match = _VALUE.fullmatch(value)
    return (match[1], match[2]) if match else (value, None)


def _split(cell: str) -> list[str]:
    """The values of one cell, of which a bar parts several; one behind a backslash parts none."""
    return re.split(r"(?<!\\)\|", cell)


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _text(units: bytes | bytearray) -> str:
    return units.decode("utf-16-le", "surrogatepass")


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text, flags=re.DOTALL) if "\\" in text else text
