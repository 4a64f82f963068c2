"""doccano: a text a line (JSONL), with spans, categories, or both, in a file for each annotator or one of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from annotate.corpora.collection import Collection
from annotate.corpora.counting import set_miscounted_aside
from annotate.corpora.documents import Answer, Document, Documents, Mark
from annotate.corpora.files import find_files, read_rows
from annotate.corpora.naming import name_answer
from annotate.ingestion.source import Row, Unreadable
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.text.canonical import identify

__all__ = ["read"]

# doccano's own name for the export of a project whose annotators work together.
ALL = "all"
TEXT_KEYS = ("text", "data")
# The last is of old exports, which have a user's number with each of them.
SPAN_KEYS = ("entities", "label", "labels", "annotations")
LEFT_OUT = ("relations", "Comments", "comments")
OWN_KEYS = {*TEXT_KEYS, *SPAN_KEYS, "id", "article_id", "cats", "meta", *LEFT_OUT}
ANONYMOUS = "rows of a file that does not say who made them, taken as gold"
EMPTY = "texts with an empty list of labels, taken as read with nothing marked: doccano writes the same of texts that nobody has opened"


class Line(NamedTuple):
    """A row, who made it, and where it stands."""

    row: Row
    annotator: str | None
    where: Row


def read(path: Path, codebook: Codebook | None, renames: Mapping[str, str]) -> Collection:
    """Texts as articles, spans and categories in the name of who made them.

    In a folder each file is an annotator's, called by its name, but for `all.jsonl`; that one, or a single file given outright, does not
    say who: its rows are gold.

    Spans are `[start, end, label]` under `label` or `labels`, or objects under `entities` (in old exports `annotations`, with the number
    of a user); categories are plain names there or under `cats`, and answer the question that `name_answer` says. Relations and comments
    are left out, and counted. An article's id is its `article_id`, else its `id`. Other plain values are columns.
    """
    documents = Documents(path)
    files = find_files(path, "*.jsonl", "*.json")
    if not files:
        raise FramingError("holds no .jsonl file", path, "Export the project from doccano as JSONL and unpack it")
    lines = [
        Line(row, unquote(file.stem) if path.is_dir() and file.stem != ALL else None, {"file": file.name, "row": number})
        for file in files
        for number, row in enumerate(_read_file(file, documents, alone=len(files) == 1), start=1)
    ]
    documents.notices[ANONYMOUS] += sum(line.annotator is None for line in lines)
    met = [item for line in lines for item in _items(line.row)]
    # Where lists hold categories and no span, an empty one waits for categories.
    spans_asked = not met or any(_read_category(item) is None for item in met)
    found: dict[str, Document] = {}
    for line in lines:
        document = _find_document(line, found, documents)
        if document is not None:
            _add_line(document, line, documents, codebook, renames, spans_asked=spans_asked)
    documents.found = list(found.values())
    set_miscounted_aside(documents)
    return documents.collect(path.stem, codebook, renames)


def _read_file(file: Path, documents: Documents, *, alone: bool) -> Iterator[Row]:
    try:
        for row in read_rows(file, documents.notices):
            if isinstance(row, Unreadable):
                documents.refuse(row.reason, file=file.name)
            else:
                yield row
    except FramingError as error:
        if alone:
            raise
        documents.refuse("the file cannot be read", file=file.name, why=error.what)


def _items(row: Row) -> list[Any]:
    return [item for key in SPAN_KEYS if isinstance(row.get(key), list) for item in row[key]]


def _find_document(line: Line, found: dict[str, Document], documents: Documents) -> Document | None:
    """The document of a line, which may be there from another annotator's file."""
    row = line.row
    text = next((row[key] for key in TEXT_KEYS if isinstance(row.get(key), str)), None)
    if text is None:
        documents.refuse(f"no text under {' or '.join(TEXT_KEYS)}: is this an export of a project of texts?", **line.where, keys=", ".join(row))
        return None
    given = next((str(row[key]) for key in ("article_id", "id") if isinstance(row.get(key), str | int)), "")
    article_id = given or identify(text)
    document = found.get(article_id)
    if document is None:
        meta = row["meta"] if isinstance(row.get("meta"), dict) else {}
        columns = {key: value for key, value in (meta | row).items() if key not in OWN_KEYS and isinstance(value, str | int | float)}
        document = found[article_id] = Document(article_id, text, columns)
    elif document.text != text:
        documents.refuse("another article has this id", **line.where, article_id=article_id)
        return None
    return document


def _add_line(
    document: Document, line: Line, documents: Documents, codebook: Codebook | None, renames: Mapping[str, str], *, spans_asked: bool
) -> None:
    row = line.row
    for key in LEFT_OUT:
        documents.notices[f"{key.lower()} left out"] += len(row[key]) if isinstance(row.get(key), list) else 0
    items = _items(row)
    told = any(isinstance(row.get(key), list) for key in SPAN_KEYS)
    categories = [*(row["cats"] if isinstance(row.get("cats"), list) else []), *([row["label"]] if isinstance(row.get("label"), str) else [])]
    for item in [*items, *categories]:
        name, mark = _read_category(item), _read_span(item)
        who = str(item["user"]) if isinstance(item, dict) and item.get("user") is not None else line.annotator
        if name is not None:
            document.answers.append(Answer(*name_answer(renames.get(name, name), codebook), who))
        elif mark is not None:
            document.marks.append(replace(mark, annotator=who))
        else:
            documents.refuse("not a span with start, end and label", **line.where, article_id=document.article_id, span=item)
    if told and not items and spans_asked:
        document.readers.append(line.annotator)
        documents.notices[EMPTY] += 1


def _read_category(item: Any) -> str | None:
    if isinstance(item, dict) and "start_offset" not in item:
        item = item.get("label")
        return str(item) if isinstance(item, str | int) else None
    return item if isinstance(item, str) else None


def _read_span(item: Any) -> Mark | None:
    if isinstance(item, dict):
        item = [item.get("start_offset"), item.get("end_offset"), item.get("label")]
    if not isinstance(item, list) or len(item) != 3 or not isinstance(item[2], str | int):
        return None
    return Mark(str(item[2]), item[0], item[1])
