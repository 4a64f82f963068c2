"""Documents of word processors, .docx and .odt: their paragraphs, one a line, without what stands around them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from annotate.ingestion.formats.metadata import count_once, make_document
from annotate.ingestion.formats.opening import Package
from annotate.ingestion.source import MOST, Row, Source
from schemas.errors import FramingError

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["NOTES", "paragraphs_of", "read_docx", "read_odt", "text_of"]

NOTES = "footnotes and endnotes left out"


class _Tongue(NamedTuple):
    """Which elements are what, by their names without namespace. Those in no list are looked into.

    `texts`: those whose characters are text; None where all in a paragraph are.
    """

    paragraphs: frozenset[str]
    row: str
    cell: str
    signs: dict[str, str]
    notes: frozenset[str]
    skipped: frozenset[str]
    texts: frozenset[str] | None


# Deleted and moved words are left out, inserted ones are kept. What is in `Fallback` stands in `Choice` too.
_DOCX = _Tongue(
    paragraphs=frozenset({"p"}),
    row="tr",
    cell="tc",
    signs={"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"},
    notes=frozenset({"footnoteReference", "endnoteReference"}),
    skipped=frozenset({"del", "moveFrom", "Fallback", "pPr", "rPr", "sectPr", "tblPr", "sdtPr", "instrText", "delText", "annotationRef"}),
    texts=frozenset({"t"}),
)
_ODT = _Tongue(
    paragraphs=frozenset({"p", "h"}),
    row="table-row",
    cell="table-cell",
    signs={"tab": "\t", "line-break": "\n", "s": " "},
    notes=frozenset({"note"}),
    skipped=frozenset({"note", "annotation", "tracked-changes", "ruby-text", "covered-table-cell", "sequence-decls", "forms", "desc", "title"}),
    texts=None,
)


def read_docx(source: Source) -> Iterator[Row]:
    with Package(source) as package:
        core = package.parse("docProps/core.xml") if "docProps/core.xml" in package else None
        said = _find_said(core, {"title": ("title",), "author": ("creator",), "made": ("created",), "language": ("language",)})
        yield make_document(source, "\n".join(_docx_paragraphs(source, package)), said)


def read_odt(source: Source) -> Iterator[Row]:
    with Package(source) as package:
        meta = package.parse("meta.xml") if "meta.xml" in package else None
        names = {"title": ("title",), "author": ("initial-creator", "creator"), "made": ("creation-date",), "language": ("language",)}
        yield make_document(source, "\n".join(_odt_paragraphs(source, package)), _find_said(meta, names))


def text_of(source: Source) -> str:
    """All text of a .docx or .odt, one paragraph a line."""
    return "\n".join(paragraphs_of(source))


def paragraphs_of(source: Source) -> list[str]:
    """The paragraphs of a .docx or .odt in reading order, empty ones too. Cells of a table's row are one line, with tabs between, unless they
    have paragraphs of their own. What stands in text boxes follows the paragraph they hang on; heads and feet of pages and footnotes are
    left out."""
    with Package(source) as package:
        return (_odt_paragraphs if source.kind == ".odt" else _docx_paragraphs)(source, package)


def _docx_paragraphs(source: Source, package: Package) -> list[str]:
    return _Paper(_DOCX, source).read(package.parse("word/document.xml"))


def _odt_paragraphs(source: Source, package: Package) -> list[str]:
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise FramingError("is locked by a password", source.name, "Open it and save it without one")
    return _Paper(_ODT, source).read(package.parse("content.xml"))


class _Paper:
    """A document that is being read."""

    def __init__(self, tongue: _Tongue, source: Source) -> None:
        self._tongue, self._source, self._notes = tongue, source, 0

    def read(self, root: _Element) -> list[str]:
        body = next((element for element in root.iter() if _name(element) == "body"), None)
        if body is None:
            raise FramingError("holds no text document", self._source.name, "Open it in a word processor and save it again")
        lines = self._read_blocks(body)
        if sum(map(len, lines)) > MOST:
            raise FramingError(f"has more than {MOST:,} characters", self._source.name, "Split it")
        count_once(self._source, NOTES, self._notes)
        return lines

    def _read_blocks(self, block: _Element) -> list[str]:
        lines: list[str] = []
        for child in block:
            name = _name(child)
            if name in self._tongue.paragraphs:
                lines += self._read_paragraph(child)
            elif name == self._tongue.row:
                lines += self._read_row(child)
            elif name not in self._tongue.skipped:
                lines += self._read_blocks(child)
        return lines

    def _read_row(self, row: _Element) -> list[str]:
        cells = [self._read_blocks(cell) for cell in row if _name(cell) == self._tongue.cell]
        if any(len(cell) > 1 for cell in cells):
            return list(chain.from_iterable(cells))
        return ["\t".join("".join(cell) for cell in cells)]

    def _read_paragraph(self, paragraph: _Element) -> list[str]:
        parts: list[str] = []
        boxes: list[str] = []
        self._read_words(paragraph, parts, boxes)
        return ["".join(parts).strip(" "), *boxes]

    def _read_words(self, element: _Element, parts: list[str], boxes: list[str]) -> None:
        tongue = self._tongue
        if element.text and (tongue.texts is None or _name(element) in tongue.texts):
            parts.append(element.text)
        for child in element:
            name = _name(child)
            if name in tongue.notes:
                self._notes += 1
            if name in tongue.signs:
                parts.append(tongue.signs[name] * _repeats(child))
            elif name in tongue.paragraphs:
                boxes += self._read_paragraph(child)
            elif name == tongue.row:
                boxes += self._read_row(child)
            elif name not in tongue.skipped and name not in tongue.notes:
                self._read_words(child, parts, boxes)
            if child.tail and tongue.texts is None:
                parts.append(child.tail)


def _name(element: _Element) -> str:
    """Without its namespace; "" for a comment and its like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _repeats(sign: _Element) -> int:
    """How often a sign stands there: .odt counts spaces."""
    said = next((value for key, value in sign.attrib.items() if str(key).endswith("}c")), "1")
    return min(int(said), 1000) if str(said).isdecimal() else 1


def _find_said(root: _Element | None, names: dict[str, tuple[str, ...]]) -> dict[str, str | None]:
    """What the elements of these names hold, by the first name that there is."""
    held = {} if root is None else {_name(element): element.text for element in root.iter() if element.text and element.text.strip()}
    return {key: next((held[name] for name in wanted if name in held), None) for key, wanted in names.items()}
