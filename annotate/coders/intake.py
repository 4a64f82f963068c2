"""What a coder said of a dataset's articles in one run: taken where it is plain, set aside with a reason where it is not, and counted."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import polars as pl

from annotate.coders.answers import UNANSWERED, Names
from annotate.coders.quotes import Found, find_quote
from schemas.checks import Rejected
from schemas.codebook import Attribute, Question
from schemas.coders import CoderRows
from schemas.dataset import Dataset
from schemas.parts import TEXT
from schemas.tables import plain
from schemas.text.canonical import are_storable, canonicalise

__all__ = ["ANSWERS", "TAKEN", "UNANSWERED", "Articles", "Intake"]

Row = dict[str, Any]
ANSWERS, TAKEN, TWICE, IDLE = "answers", "taken", "said before", "marked nothing, and then something"
# Why a row has no place.
NO_ARTICLE, NO_TEXT, MANY_TEXTS = "there is no article of this id", "there is no article with this text", "several articles have this text"
OTHER_TEXT, NEITHER = "the article of this id has another text", "neither an article's id nor its text"
NO_LABEL, NO_QUESTION = "the codebook has no such label", "the codebook has no such question"
NO_ATTRIBUTE, NO_SPAN = "the codebook has no such attribute", "the span that it is an attribute of is not there"
NOT_ASKED, SECOND_VALUE = "the codebook does not ask this attribute of this label", "a second value of an attribute that takes one"
SECOND, MISFIT = "a second answer to a question that takes one", "the offsets leave the text or are none"
# Characters of a cell that are kept of a row set aside.
KEPT = 1_000


class Located(NamedTuple):
    """An article, and whether it was found by its text."""

    article_id: str
    by_text: bool


class Articles:
    """A dataset's articles, found by id or by text."""

    def __init__(self, dataset: Dataset) -> None:
        self.texts: dict[str, str] = dict(dataset.articles.select("article_id", "text").iter_rows())
        # By text as it is and without white space around it. None: of several that are the same it cannot be told which is meant.
        self._ids: dict[str, str | None] = {}
        self._bare: dict[str, str | None] = {}
        for article_id, text in self.texts.items():
            for ids, words in ((self._ids, text), (self._bare, text.strip())):
                ids[words] = None if words in ids else article_id

    def know(self, text: object) -> bool:
        """Whether this is the text of an article."""
        found = self.find("", text)
        return not isinstance(found, str) or found == MANY_TEXTS

    def find(self, article_id: str, text: object) -> Located | str:
        """The article of this id, else of this text; else why there is none. `text` beside a known id has to be the article's: ids of two tables
        may be alike by chance."""
        said = canonicalise(text).text if isinstance(text, str) and are_storable([text]) else ""
        if article_id in self.texts:
            return OTHER_TEXT if said.strip() not in ("", self.texts[article_id].strip()) else Located(article_id, by_text=False)
        if not said.strip():
            return NO_ARTICLE if article_id else NEITHER
        found = self._ids.get(said, self._bare.get(said.strip(), ""))
        return Located(found, by_text=True) if found else MANY_TEXTS if found is None else NO_TEXT


class Intake:
    """Takes what the coder `name` said in the run `run`. Each call takes one answer, span, attribute of one or empty reading; what becomes of it
    is in `counts`, of which all but the first, `answers`, add up to it."""

    def __init__(self, articles: Articles, names: Names, name: str, run: int) -> None:
        self.articles, self.names, self.name, self.run = articles, names, name, run
        self.rejected: Rejected = []
        # As it was written, by question and value; how quotes were found, and the distances of those that were found nearly.
        self.wordings: Counter[tuple[str, str, str]] = Counter()
        self.found: Counter[str] = Counter()
        self.distances: Counter[int] = Counter()
        self._fates: Counter[str] = Counter()
        self._rows: dict[tuple[object, ...], Row] = {}
        self._answers: dict[tuple[object, ...], str] = {}
        self._marked: set[str] = set()
        self._unmarked: set[str] = set()

    @property
    def counts(self) -> dict[str, int]:
        fates, idle = self._fates.copy(), len(self._marked & self._unmarked)
        fates[TAKEN] -= idle
        return {ANSWERS: fates.total() + idle, TAKEN: fates[TAKEN], UNANSWERED: fates[UNANSWERED]} | fates | ({IDLE: idle} if idle else {})

    def rows(self) -> pl.DataFrame:
        """What was taken, as CoderRows. Who marked something in an article, and be it set aside, has not marked nothing there."""
        kept = [row for row in self._rows.values() if row["label"] is not None or row["article_id"] not in self._marked]
        facts = {"annotator": self.name, "part": TEXT, "origin": "import", "codebook_version": self.names.codebook.stamp, "run": self.run}
        columns = CoderRows.create_empty().schema
        return pl.DataFrame([dict.fromkeys(columns) | row | facts for row in kept], schema=dict(columns))

    def take_answer(self, article_id: str, question: Question, said: object, **row: Any) -> None:
        """An answer as it was worded: text, or a list of texts."""
        self._take_values({"article_id": article_id, "label": question.name}, question, said, SECOND, **row)

    def take_span(self, article_id: str, label: str, quote: object, start: object = None, end: object = None, **row: Any) -> None:
        """A span by its quote, by its offsets, or by both: if these do not fit each other, the quote decides where it has one place."""
        said = {"article_id": article_id, "label": label, "start": start, "end": end, "quote": quote}
        self._marked.add(article_id)
        found = self._place(article_id, label, quote, start, end)
        if isinstance(found, str):
            self.reject(found, **said, **row)
            return
        self.found[found.how] += 1
        self.distances[found.distance] += found.how == "nearly"
        new = self._add(**self._describe(article_id, label, found))
        self._fates[TAKEN if new else TWICE] += 1

    def take_attribute(self, article_id: str, label: str, quote: object, start: object, end: object, name: str, said: object, **row: Any) -> None:
        """What is said of a span that was taken before, which is named as `take_span` names it: text, or a list of texts."""
        asked, found = self.names.attribute(name), self._place(article_id, label, quote, start, end)
        span = {} if isinstance(found, str) else self._describe(article_id, label, found)
        if asked is None:
            reason = NO_ATTRIBUTE
        elif not span or self._identify(span) not in self._rows:
            reason = NO_SPAN
        elif not asked.is_of(span["label"]):
            reason = NOT_ASKED
        else:
            self._take_values(span | {"attribute": asked.name}, asked, said, SECOND_VALUE, **row)
            return
        self.reject(reason, article_id=article_id, label=label, start=start, end=end, quote=quote, attribute=name, value=said, **row)

    def take_reading(self, article_id: str) -> None:
        """The coder read the article and marked nothing."""
        self._unmarked.add(article_id)
        self._fates[TAKEN if self._add(article_id=article_id) else TWICE] += 1

    def reject(self, reason: str, **row: Any) -> None:
        """Set something aside."""
        self._fates[reason] += 1
        self.rejected.append({"reason": reason, "row": {name: _shorten(plain(value)) for name, value in row.items() if value is not None}})

    def _take_values(self, about: Row, asked: Question | Attribute, said: object, second: str, **row: Any) -> None:
        """What is said of an article or a span; `second` is the reason of one answer too many."""
        parts = [_text(part) for part in said] if isinstance(said, list | tuple) else [_text(said)]
        found = self.names.understand(asked, *parts)
        if not found.values:
            if found.reason == UNANSWERED:
                self._fates[UNANSWERED] += 1
            else:
                self.reject(found.reason or "", **about, value=said, **row)
            return
        if asked.choice == "single" and self._answers.setdefault(self._identify(about), found.values[0]) != found.values[0]:
            self.reject(second, **about, value=said, **row)
            return
        if asked.values:
            self.wordings[asked.name, "; ".join(parts), "; ".join(found.values)] += 1
        added = [self._add(**about, value=value) for value in found.values]
        self._fates[TAKEN if any(added) else TWICE] += 1

    def _place(self, article_id: str, label: str, quote: object, start: Any, end: Any) -> Found | str:
        text = self.articles.texts[article_id]
        if self.names.label(label) is None:
            return NO_LABEL
        words = quote if isinstance(quote, str) and quote.strip() else None
        # Not isinstance: True is no offset.
        placed = type(start) is int and type(end) is int and 0 <= start < end <= len(text)
        if placed and (words is None or (are_storable([words]) and text[start:end] == canonicalise(words).text)):
            return Found(start, end, "exact")
        return MISFIT if words is None else find_quote(text, words)

    def _describe(self, article_id: str, label: str, found: Found) -> Row:
        there = self.articles.texts[article_id][found.start : found.end]
        return {"article_id": article_id, "label": self.names.label(label), "start": found.start, "end": found.end, "quote": there}

    def _identify(self, row: Row) -> tuple[object, ...]:
        return tuple(row.get(name) for name in ("article_id", "label", "start", "end", "attribute", "value"))

    def _add(self, **row: Any) -> bool:
        """Whether this was not said before."""
        key = self._identify(row)
        new = key not in self._rows
        self._rows.setdefault(key, {"start": None, "label": None} | row)
        return new


def _text(said: object) -> str:
    """An answer in a cell, as text; numbers without the fraction that a column with gaps gives them."""
    if isinstance(said, float) and said.is_integer():
        said = int(said)
    return "" if said is None else str(said).strip()


def _shorten(value: object) -> object:
    return value[:KEPT] + "…" if isinstance(value, str) and len(value) > KEPT else value
