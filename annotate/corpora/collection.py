"""What every corpus is read into: articles with canonical text, gold, votes, and the rows that were set aside."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from schemas.codebook import Codebook
from schemas.dataset import Dataset, Rejected
from schemas.errors import FramingError
from schemas.tables import Annotations, Articles, Gold, conform, plain
from schemas.text.canonical import canonicalise
from schemas.text.tokens import Span

__all__ = ["Collection"]

RULE = "corpus"
Row = dict[str, Any]


class Collection:
    """Collects a corpus row by row. Offsets are given as the corpus has them, in code points of its own text; where
    making the text canonical moved them, they are moved along. A row that does not fit is set aside with a reason."""

    def __init__(self, codebook: Codebook, where: Path) -> None:
        self.codebook = codebook
        self.where = where
        self.notices: Counter[str] = Counter()
        self._raw: dict[str, str] = {}
        self._articles: dict[str, Row] = {}
        self._aside: set[str] = set()
        self._gold: list[Row] = []
        self._votes: list[Row] = []
        self._answers: dict[tuple[str, str | None, str], str] = {}
        self._rejected: Rejected = []

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._articles

    def text_of(self, article_id: str) -> str:
        """The canonical text of an article that was added."""
        return str(self._articles[article_id]["text"])

    def raw_of(self, article_id: str) -> str:
        """Its text as the corpus has it, to which the corpus' offsets belong."""
        return self._raw[article_id]

    def add_article(self, article_id: str, text: object, /, **columns: Any) -> bool:
        """Add an article; False if it was set aside: no text, or its id is taken by another text."""
        cells = {key: plain(value) for key, value in columns.items()}
        if not article_id:
            return self.reject("no id", text=text)
        if not isinstance(text, str):
            return self.reject_article(article_id, "no text")
        if not all(_is_storable(part) for part in (article_id, text, *cells, *cells.values())):
            return self.reject_article(article_id, "half a surrogate pair, which no encoding can hold")
        if article_id in self:
            # Line ends count: offsets into the one text would be false in the other.
            return self._raw[article_id] == text or self.reject("another article has this id", article_id=article_id)
        canonical = self.canonicalise(text)
        if not canonical.strip():
            return self.reject_article(article_id, "no text")
        self._raw[article_id] = text
        self._articles[article_id] = {"article_id": article_id, "text": canonical} | cells
        return True

    def canonicalise(self, text: str) -> str:
        """The canonical text; what was changed in it is told in the notices."""
        canonical = canonicalise(text)
        for change, count in canonical.changes.items():
            self.notices[f"{change} removed or changed"] += count
        return canonical.text

    def add_span(
        self,
        article_id: str,
        label: str,
        start: object,
        end: object,
        *,
        quote: object = None,
        annotator: str | None = None,
        support: float = 1.0,
        **facts: Any,
    ) -> bool:
        """Add a span, to gold or to an annotator's votes; False if it was set aside.

        `quote` is what the corpus says stands there, if it does. `facts` are other columns of the annotations table.
        """
        row = {"article_id": article_id, "label": label, "start": start, "end": end, "quote": quote, "annotator": annotator}
        name = unicodedata.normalize("NFC", label).strip()
        if reason := self._doubt(article_id, annotator, facts):
            return self.reject(reason, **row)
        if name not in self.codebook.label_names:
            return self.reject(f"codebook {self.codebook.stamp} has no such label", **row)
        moved = self._move(article_id, start, end)
        if isinstance(moved, str):
            return self.reject(moved, **row, length=len(self._raw[article_id]))
        there = self.text_of(article_id)[moved.start : moved.end]
        if quote is not None and not (isinstance(quote, str) and _is_storable(quote) and canonicalise(quote).text == there):
            return self.reject("the text at the offsets is not what the corpus says it is", **row, there=there)
        return self._append(annotator, support, facts, article_id=article_id, label=name, start=moved.start, end=moved.end, quote=there)

    def add_answer(self, article_id: str, question: str, value: str, *, annotator: str | None = None, support: float = 1.0, **facts: Any) -> bool:
        """Add an answer to a question about an article; False if it was set aside."""
        row = {"article_id": article_id, "label": question, "value": value}
        if reason := self._doubt(article_id, annotator, facts):
            return self.reject(reason, **row, annotator=annotator)
        asked = self.codebook.question(question)
        if asked is None or value not in asked.value_names:
            return self.reject(f"codebook {self.codebook.stamp} has no such answer", **row, annotator=annotator)
        if asked.choice == "single" and self._answers.setdefault((article_id, annotator, question), value) != value:
            return self.reject("a second answer to a question that takes one", **row, annotator=annotator)
        return self._append(annotator, support, facts, **row)

    def add_reading(self, article_id: str, *, annotator: str | None = None, **facts: Any) -> bool:
        """Somebody read the article and marked nothing."""
        if reason := self._doubt(article_id, annotator, facts):
            return self.reject(reason, article_id=article_id, annotator=annotator)
        return self._append(annotator, 1.0, facts, article_id=article_id)

    def reject(self, reason: str, **row: Any) -> bool:
        """Set a row aside; always False."""
        self._rejected.append({"reason": reason, "row": {key: plain(value) for key, value in row.items()}})
        return False

    def reject_article(self, article_id: str, reason: str, **row: Any) -> bool:
        """Set an article aside: rows that belong to it will be told why they have no place. Always False."""
        self._aside.add(article_id)
        return self.reject(reason, article_id=article_id, **row)

    def dataset(self) -> Dataset:
        """What was collected. FramingError if that is no article at all."""
        if not self._articles:
            raise FramingError("no article of the corpus could be read", self.where, self._commonest_reason())
        articles = pl.DataFrame(list(self._articles.values()), infer_schema_length=None, strict=False)
        return Dataset(
            conform(articles, Articles, self.where),
            _table(self._votes, Annotations, self.where),
            _table(self._gold, Gold, self.where),
            self.codebook,
            self._rejected,
        )

    def _doubt(self, article_id: str, annotator: str | None, facts: Row) -> str | None:
        if article_id not in self:
            return "its article was set aside" if article_id in self._aside else "there is no article of this id"
        if annotator == "":
            return "the annotator has no name"
        return None if all(map(_is_storable, (annotator, *facts.values()))) else "half a surrogate pair, which no encoding can hold"

    def _append(self, annotator: str | None, support: float, facts: Row, **row: Any) -> bool:
        if annotator is None:
            self._gold.append(row | {"support": support, "rule": RULE})
        else:
            self._votes.append(row | facts | {"annotator": annotator, "origin": "import", "codebook_version": self.codebook.stamp})
        return True

    def _move(self, article_id: str, start: object, end: object) -> Span | str:
        """The span in canonical text, or why there is none."""
        raw, text = self._raw[article_id], self.text_of(article_id)
        # Not isinstance: True is no offset.
        if type(start) is not int or type(end) is not int:
            return "the offsets are not whole numbers"
        if not 0 <= start < end <= len(raw):
            return "the offsets leave the text"
        if raw == text:
            return Span(start, end)
        quote = canonicalise(raw[start:end]).text
        begin = len(canonicalise(raw[:start]).text)
        if not quote or text[begin : begin + len(quote)] != quote:
            return "the offsets cut a character that canonical text joins"
        return Span(begin, begin + len(quote))

    def _commonest_reason(self) -> str:
        reasons = Counter(entry["reason"] for entry in self._rejected).most_common(1)
        return f"{len(self._rejected)} rows were set aside, most often because: {reasons[0][0]}" if reasons else "Is this the right place?"


def _is_storable(part: object) -> bool:
    if not isinstance(part, str):
        return True
    try:
        part.encode()
    except UnicodeEncodeError:
        return False
    return True


def _table(rows: list[Row], schema: Any, where: Path) -> pl.DataFrame | None:
    if not rows:
        return None
    columns = schema.create_empty().schema
    distinct = pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=dict(columns)).unique(maintain_order=True)
    return conform(distinct, schema, where)
