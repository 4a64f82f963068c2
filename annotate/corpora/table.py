"""Annotations in a table of anybody's making: one row per mark, answer or empty reading, the texts beside them or in a file of their own."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotate.corpora.collection import Collection
from annotate.corpora.columns import ROLES, cell_of, find_columns, names_of, number_of
from annotate.corpora.counting import set_miscounted_aside
from annotate.corpora.documents import Answer, Document, Documents, Mark
from annotate.corpora.files import TABLES, find_files, read_rows
from annotate.ingestion.source import Row, Unreadable
from annotate.marked import find_words
from schemas.codebook import BETWEEN, Attribute, Codebook
from schemas.errors import FramingError
from schemas.parts import PARTS, TEXT, TITLE
from schemas.text.canonical import identify
from schemas.wording import count, enumerate_some

__all__ = ["read"]

PLACED = ("start", "end", "quote")
_PART = {"part": "part"}
_ROLES = ROLES | {"attribute": "attribute attribute_name"}


def read(path: Path, codebook: Codebook | None, renames: Mapping[str, str], articles: Path | None = None) -> Collection:
    """Rows of a CSV, JSONL or Parquet file with article_id, annotator, label, start and end or quote, and value, under these names or usual others.

    A label with a place is a span, one with a value an answer; a row without a label says that the annotator read the article and marked
    nothing. Without an annotator it is gold. A quote without offsets is placed where it stands, if that is once. Where there is neither place
    nor value in any row, the label is an answer about the article. The texts are in a column of the same rows, else in `articles`: a table
    with article_id and text. Offsets are code points of that text.

    What is said of a span beside its label stands in columns that are called like attributes of the codebook (several values of one apart by
    BETWEEN), or in rows with the span's place and an `attribute` with its value.

    A column `part` that says `title` of some rows, or `text`, says which text of the article a mark or an empty reading is of: offsets count there,
    and the headline is the column `title` beside the text.
    """
    documents = Documents(path)
    files = find_files(path, *TABLES)
    if not files:
        raise FramingError("holds no table", path, f"Tables are: {' '.join(TABLES)}")
    texts = {} if articles is None else _read_articles(articles, documents)
    for file in files:
        _read_file(file, documents, texts, codebook, renames, given=articles is not None)
    documents.found = list(texts.values())
    if idle := sum(not (one.marks or one.answers or one.readers or one.title_readers) for one in documents.found):
        documents.notices["articles about which no row could be read"] += idle
    set_miscounted_aside(documents)
    return documents.collect(path.stem, codebook, renames)


def _read_articles(file: Path, documents: Documents) -> dict[str, Document]:
    where = file / "articles.parquet" if file.is_dir() else file
    rows = _rows(where, documents)
    columns = find_columns(rows, {role: ROLES[role] for role in ("article_id", "text")}, where, documents.notices)
    for role in ("article_id", "text"):
        if role not in columns:
            raise FramingError(f"has no column {role!r} (there are: {enumerate_some(names_of(rows))})", where, "It needs the texts and their ids")
    texts: dict[str, Document] = {}
    for row in rows:
        article_id = cell_of(row, columns["article_id"])
        if article_id in texts:
            documents.refuse("another article has this id", article_id=article_id)
        else:
            texts[article_id] = Document(article_id, row.get(columns["text"]), {name: row[name] for name in row if name not in columns.values()})
    return texts


def _read_file(
    file: Path, documents: Documents, texts: dict[str, Document], codebook: Codebook | None, renames: Mapping[str, str], *, given: bool
) -> None:
    rows = _rows(file, documents)
    said = _find_attributes(rows, codebook, renames)
    # Where the codebook asks nothing of spans, a column of that name is the user's own.
    roles = _ROLES if codebook is None or codebook.attributes else ROLES
    usual = {role: " ".join(name for name in names.split() if name == role or name not in said) for role, names in roles.items()}
    columns = find_columns(rows, {role: names for role, names in (usual | _PART).items() if role != "text" or not given}, file, documents.notices)
    if not {cell_of(row, columns.get("part")) for row in rows} & {*PARTS}:
        # Of whatever else it is a part, the column is the user's own.
        columns.pop("part", None)
    said = {column: attribute for column, attribute in said.items() if column not in columns.values()}
    if given and "quote" not in columns and "text" in names_of(rows):
        columns["quote"] = "text"
    if "label" not in columns:
        raise FramingError(f"has no column for the label (there are: {enumerate_some(names_of(rows))})", file, "Call it label")
    if not given and "text" not in columns:
        raise FramingError("has no column with the texts", file, "Give them with --articles FILE, a table with article_id and text")
    if "article_id" not in columns and given:
        raise FramingError("has no column for the article", file, "Call it article_id, as the file of the articles does")
    asked = columns["label"] if not {*PLACED, "value"} & columns.keys() else None
    if asked:
        documents.notices[f"{file.name} has no places and no values, so column {asked!r} answers a question about each article: rows"] += len(rows)
    kept = set() if given else _find_steady(rows, columns, said)
    for number, row in enumerate(rows, start=1):
        document = _find_document(row, columns, texts, kept, given=given)
        if isinstance(document, str):
            documents.refuse(document, file=file.name, row=number, **_roles(row, columns))
        else:
            _read_row(row, columns, said, document, documents, asked, {"file": file.name, "row": number})


def _rows(file: Path, documents: Documents) -> list[Row]:
    rows = []
    for row in read_rows(file, documents.notices):
        if isinstance(row, Unreadable):
            documents.refuse(row.reason, file=file.name)
        else:
            rows.append(row)
    return rows


def _find_document(row: Row, columns: Mapping[str, str], texts: dict[str, Document], kept: set[str], *, given: bool) -> Document | str:
    """The document that a row is about, or why there is none."""
    article_id = cell_of(row, columns.get("article_id"))
    if given:
        return texts.get(article_id, "there is no article of this id")
    text = row.get(columns["text"])
    if not isinstance(text, str) or not text:
        # Some tables have the text only in the first row of each article.
        return texts.get(article_id, "no text")
    article_id = article_id or identify(text, None)
    document = texts.setdefault(article_id, Document(article_id, text, {name: row.get(name) for name in kept}))
    return document if document.text == text else "another article has this id"


def _find_attributes(rows: list[Row], codebook: Codebook | None, renames: Mapping[str, str]) -> dict[str, Attribute]:
    """The columns that are called like attributes of the codebook."""
    named = {name: codebook.attribute(renames.get(name, name)) for name in names_of(rows)} if codebook else {}
    return {name: attribute for name, attribute in named.items() if attribute is not None}


def _read_attributes(row: Row, said: Mapping[str, Attribute]) -> Iterator[tuple[str, str]]:
    for column, attribute in said.items():
        cell = row.get(column)
        given = cell_of(row, column)
        values = cell if isinstance(cell, list) else given.split(BETWEEN.strip()) if attribute.choice == "multiple" else [given]
        yield from ((attribute.name, str(value).strip()) for value in values if str(value).strip())


def _read_row(
    row: Row, columns: Mapping[str, str], said: Mapping[str, Attribute], document: Document, documents: Documents, asked: str | None, where: Row
) -> None:
    label, value, annotator, part = (cell_of(row, columns.get(role)) for role in ("label", "value", "annotator", "part"))
    part = part or TEXT
    attributes = tuple(_read_attributes(row, said))
    if attribute := cell_of(row, columns.get("attribute")):
        attributes, value = (*attributes, (attribute, value)), ""
    found: Mark | Answer | str | None
    place = (*(number_of(row.get(columns.get(role, ""))) for role in ("start", "end")), row.get(columns.get("quote", "")))
    if isinstance(row.get(columns["label"]), list | dict):
        found = "the label is a list or an object: is it a file of a tool?"
    elif part not in PARTS:
        found = f"there is no such part of an article: {' and '.join(PARTS)} are"
    elif not label or not asked:
        text = document.text if part == TEXT else document.columns.get(TITLE) or ""
        found = _understand(str(text), label, value, annotator or None, place)
    else:
        found = Answer(asked, label, annotator or None)
    if attributes and not isinstance(found, Mark | str):
        found = "what is said of a span, in a row without one"
    if isinstance(found, Answer) and part != TEXT:
        found = "an answer about the headline: questions are about the text"
    if isinstance(found, Mark):
        document.marks.append(replace(found, attributes=attributes, part=part))
    elif isinstance(found, Answer):
        document.answers.append(found)
    elif found is None:
        (document.readers if part == TEXT else document.title_readers).append(annotator or None)
    else:
        documents.refuse(found, **where, **_roles(row, columns))


def _understand(text: str, label: str, value: str, annotator: str | None, place: tuple[Any, Any, Any]) -> Mark | Answer | str | None:
    """The span or the answer of a row; None where nothing was marked; else why it is neither."""
    start, end, quote = place
    if start is not None and quote == text:
        # The whole text beside each mark says nothing about its place.
        quote = None
    placed = any(part not in (None, "") for part in (start, end, quote))
    if not label:
        return "a place or a value without a label" if placed or value else None
    if value:
        return "both a place and a value: a span or an answer?" if placed else Answer(label, value, annotator)
    if not placed:
        return "a label without a place and without a value"
    if start is None and end is None:
        return _place(text, str(quote), label, annotator)
    return Mark(label, start, end, quote or None, annotator)


def _place(text: str, quote: str, label: str, annotator: str | None) -> Mark | str:
    """The mark where its quote stands in the text, if that is once; else why there is none."""
    words = quote.strip()
    places = list(find_words(text, words)) if words else []
    if len(places) != 1:
        return f"the quote stands in the text {count(len(places), 'time')}" if places else "the quote does not stand in the text"
    return Mark(label, places[0], places[0] + len(words), words, annotator)


def _roles(row: Row, columns: Mapping[str, str]) -> Row:
    return {role: row.get(name) for role, name in columns.items() if role != "text"}


def _find_steady(rows: list[Row], columns: Mapping[str, str], said: Container[str]) -> set[str]:
    """The user's own columns that say the same in all rows of an article, and so are about the article: they stay with it."""
    steady, first = {name for name in names_of(rows) if name not in columns.values() and name not in said}, dict[str, Row]()
    for row in rows:
        of = first.setdefault(cell_of(row, columns.get("article_id")) or str(row.get(columns["text"])), row)
        steady -= {name for name in steady if row.get(name) != of.get(name)}
    return steady
