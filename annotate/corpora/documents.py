"""What files of another tool say, in its own names, before it is known which codebook they are read by."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.corpora.collection import Collection
from annotate.corpora.naming import make_codebook
from schemas.codebook import Attribute, Codebook, Question
from schemas.errors import FramingError
from schemas.parts import TEXT, TITLE
from schemas.text.units import Unit
from schemas.wording import count

__all__ = ["ORPHAN", "UNASKED", "Answer", "Document", "Documents", "Mark", "refuse_unknown"]

ORPHAN = "the span that it is an attribute of is not there"
UNASKED = "attributes of spans that the codebook does not ask for, left out"


@dataclass(frozen=True)
class Mark:
    """A span, in the unit of its Documents, of the text or the headline (`part`). `quote` is what the file says stands there, if it does; without
    `annotator` it is gold. `attributes` are names and values that the file has for it beside its label."""

    label: str
    start: object
    end: object
    quote: object = None
    annotator: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    part: str = TEXT


@dataclass(frozen=True)
class Answer:
    """An answer to a question about the document."""

    question: str
    value: str
    annotator: str | None = None


@dataclass
class Document:
    """A text with what was said about it, and about its headline, which is in the column `title`. `readers` read it, and `title_readers` the
    headline: who of them has marked nothing there, marked nothing."""

    article_id: str
    text: object
    columns: dict[str, Any] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    readers: list[str | None] = field(default_factory=list)
    title_readers: list[str | None] = field(default_factory=list)


@dataclass
class Documents:
    """All of them, the unit that their offsets count, and what could not be read: reasons with their rows."""

    where: Path
    unit: Unit = "code points"
    found: list[Document] = field(default_factory=list)
    refused: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    notices: Counter[str] = field(default_factory=Counter)

    def refuse(self, reason: str, **row: Any) -> None:
        self.refused.append((reason, row))

    def collect(self, name: str, codebook: Codebook | None, renames: Mapping[str, str]) -> Collection:
        """The dataset, with names changed as `renames` says. Without a codebook one is made of the names that were met, called `name`."""
        if codebook is not None:
            refuse_unknown(codebook, renames)
        collection = Collection(codebook or self._make_codebook(name, renames), self.where, self.unit)
        collection.notices.update(self.notices)
        for reason, row in self.refused:
            collection.reject(reason, **row)
        for document in self.found:
            _add(collection, document, renames)
        return collection

    def _make_codebook(self, name: str, renames: Mapping[str, str]) -> Codebook:
        labels = list(dict.fromkeys(_rename(mark.label, renames) for document in self.found for mark in document.marks))
        questions: dict[str, list[str]] = {}
        for question, value in self._answers(renames):
            values = questions.setdefault(question, [])
            if value not in values:
                values.append(value)
        if not labels and not questions:
            reason = f", and {count(len(self.refused), 'row')} cannot be read, the first because: {self.refused[0][0]}" if self.refused else ""
            raise FramingError(
                f"has no label and no answer{reason}", self.where, "Is this the right file? Name a --codebook if nobody marked anything"
            )
        return make_codebook(name, labels, questions)

    def _answers(self, renames: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for document in self.found:
            for answer in document.answers:
                yield _rename(answer.question, renames), _rename(answer.value, renames)


def refuse_unknown(codebook: Codebook, renames: Mapping[str, str]) -> None:
    """Raise FramingError if a name is to be changed to one that the codebook has not."""
    asked: tuple[Question | Attribute, ...] = (*codebook.questions, *codebook.attributes)
    unknown = set(renames.values()) - {*codebook.label_names, *(one.name for one in asked), *(value for one in asked for value in one.value_names)}
    if unknown:
        raise FramingError(f"codebook {codebook.stamp} has no {min(unknown)!r} to map to", "--map", "Give OLD=NEW, NEW as the codebook has it")


def _add(collection: Collection, document: Document, renames: Mapping[str, str]) -> None:
    article_id = document.article_id
    if article_id in collection:
        collection.reject("another article has this id", article_id=article_id)
        return
    collection.add_article(article_id, document.text, **document.columns)
    for mark in document.marks:
        label = _rename(mark.label, renames)
        attributes = [(_rename(name, renames), _rename(value, renames)) for name, value in mark.attributes]
        known = [(name, value) for name, value in attributes if collection.codebook.attribute(name)]
        if unasked := len(attributes) - len(known):
            collection.notices[UNASKED] += unasked
        about: dict[str, Any] = {"quote": mark.quote, "part": mark.part, "annotator": mark.annotator, "attributes": known}
        collection.add_span(article_id, label, mark.start, mark.end, **about)
    for answer in document.answers:
        collection.add_answer(article_id, _rename(answer.question, renames), _rename(answer.value, renames), annotator=answer.annotator)
    for part, readers in ((TEXT, document.readers), (TITLE, document.title_readers)):
        # Whoever marked something that was set aside has not marked nothing.
        marked = {mark.annotator for mark in document.marks if mark.part == part}
        for reader in dict.fromkeys(readers):
            if reader not in marked and article_id in collection:
                collection.add_reading(article_id, annotator=reader, part=part)


def _rename(name: str, renames: Mapping[str, str]) -> str:
    tidy = unicodedata.normalize("NFC", name).strip()
    return renames.get(name, renames.get(tidy, tidy))
