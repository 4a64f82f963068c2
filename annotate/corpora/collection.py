"""What every corpus is read into: articles with canonical text, gold, votes, and the rows that were set aside."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from annotate.ingestion.dates import parse_date
from annotate.ingestion.outlets import RESPELT, respell_outlets
from annotate.ingestion.record import Reading
from schemas.checks import Rejected
from schemas.codebook import Codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.parts import TEXT, TITLE
from schemas.tables import Annotations, Articles, Gold, conform, plain
from schemas.text.canonical import are_storable, canonicalise
from schemas.text.tokens import Span
from schemas.text.units import UNITS, Unit, count_units, find_character
from schemas.wording import count

__all__ = ["Collection"]

RULE = "corpus"
Row = dict[str, Any]


class Collection:
    """Collects a corpus row by row. Offsets are given as the corpus has them, in characters of its own text, counted in `unit`; where
    making the text canonical moved them, they are moved along. Headlines stay as they are. A row that does not fit is set aside with a reason."""

    def __init__(self, codebook: Codebook, where: Path, unit: Unit = "code points") -> None:
        self.codebook = codebook
        self.where = where
        self.unit = unit
        self.notices: Counter[str] = Counter()
        self._raw: dict[str, str] = {}
        self._articles: dict[str, Row] = {}
        self._aside: set[str] = set()
        self._gold: list[Row] = []
        self._votes: list[Row] = []
        self._answers: dict[tuple[str, str | None, str], str] = {}
        self._values: dict[tuple[Any, ...], str] = {}
        self._rejected: Rejected = []
        # What became of articles; why other rows were set aside.
        self._reading = Reading()
        self._record = self._reading.open(str(where), codebook.name)
        self._set_aside: Counter[str] = Counter()
        # Where characters begin in the text that was last asked about, by unit: rows of an article mostly come together.
        self._begins: tuple[tuple[str, str], dict[Unit, NDArray[np.int64]]] = (("", ""), {})

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._articles

    def text_of(self, article_id: str, part: str = TEXT) -> str:
        """The canonical text of an article that was added, or its headline, which is empty where there is none."""
        # A part is called like its column.
        return str(self._articles[article_id].get(part) or "")

    def raw_of(self, article_id: str, part: str = TEXT) -> str:
        """The same as the corpus has it, to which the corpus' offsets belong."""
        return self._raw[article_id] if part == TEXT else self.text_of(article_id, part)

    def add_article(self, article_id: str, text: object, /, **columns: Any) -> bool:
        """Add an article; False if it was set aside: no text, or its id is taken by another text."""
        cells = _date({key: plain(value) for key, value in columns.items()})
        if not article_id:
            return self.reject_article(article_id, "no id", text=text)
        if not isinstance(text, str) or not are_storable((article_id, text, *cells, *cells.values())):
            return self.reject_article(article_id, "half a surrogate pair, which no encoding can hold" if isinstance(text, str) else "no text")
        if article_id in self:
            # Line ends count: offsets into the one text would be false in the other.
            if self._raw[article_id] != text:
                return self.reject_article(article_id, "another article has this id")
            self._record.rows, self._record.twice = self._record.rows + 1, self._record.twice + 1
            return True
        canonical = self.canonicalise(text)
        if not canonical.strip():
            return self.reject_article(article_id, "no text")
        self._raw[article_id] = text
        self._articles[article_id] = {"article_id": article_id, "text": canonical} | cells
        self._record.rows, self._record.articles = self._record.rows + 1, self._record.articles + 1
        return True

    def canonicalise(self, text: str) -> str:
        """The canonical text; what was changed in it is told in the notices."""
        canonical = canonicalise(text)
        for change, number in canonical.changes.items():
            self.notices[f"{change} removed or changed"] += number
        return canonical.text

    def add_span(
        self,
        article_id: str,
        label: str,
        start: object,
        end: object,
        *,
        quote: object = None,
        part: str = TEXT,
        annotator: str | None = None,
        support: float = 1.0,
        attributes: Iterable[tuple[str, str]] = (),
        **facts: Any,
    ) -> bool:
        """Add a span of the text, or of the headline, to gold or to an annotator's votes; False if it was set aside.

        `quote` is what the corpus says stands there, if it does. `attributes` are those of the span, each with a value: one that does not fit the
        codebook is set aside, and the span is kept. `facts` are other columns of the annotations table.
        """
        row = {"article_id": article_id, "label": label, "part": part, "start": start, "end": end, "quote": quote, "annotator": annotator}
        name = unicodedata.normalize("NFC", label).strip()
        if reason := self._doubt(article_id, annotator, facts, part):
            return self.reject(reason, **row)
        if name not in self.codebook.label_names:
            return self.reject(f"codebook {self.codebook.stamp} has no such label", **row)
        moved = self._move(article_id, part, start, end, self.unit)
        if isinstance(moved, str):
            reason = moved + self._tell_unit(article_id, part, start, end, quote)
            return self.reject(reason, **row, length=len(self.raw_of(article_id, part)))
        there = self.text_of(article_id, part)[moved.start : moved.end]
        if quote is not None and _canonical(there) != _canonical(quote):
            reason = "the text at the offsets is not what the corpus says it is" + self._tell_unit(article_id, part, start, end, quote)
            return self.reject(reason, **row, there=there)
        span = {"article_id": article_id, "label": name, "part": part, "start": moved.start, "end": moved.end, "quote": there}
        self._append(annotator, support, facts, **span)
        for attribute, value in attributes:
            self._add_attribute(annotator, support, facts, span, attribute, value)
        return True

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

    def add_reading(self, article_id: str, *, part: str = TEXT, annotator: str | None = None, **facts: Any) -> bool:
        """Somebody read the text, or the headline, and marked nothing in it."""
        if reason := self._doubt(article_id, annotator, facts, part):
            return self.reject(reason, article_id=article_id, part=part, annotator=annotator)
        return self._append(annotator, 1.0, facts, article_id=article_id, part=part)

    def reject(self, reason: str, **row: Any) -> bool:
        """Set a row aside; always False."""
        self._set_aside[reason] += 1
        return self._put_aside(reason, row)

    def reject_article(self, article_id: str, reason: str, **row: Any) -> bool:
        """Set an article aside: rows that belong to it will be told why they have no place. Always False."""
        self._aside.add(article_id)
        self._record.rows += 1
        self._record.set_aside[reason] += 1
        return self._put_aside(reason, {"article_id": article_id} | row)

    def dataset(self) -> Dataset:
        """What was collected. FramingError if that is no article at all."""
        if not self._articles:
            raise FramingError("no article of the corpus could be read", self.where, self._commonest_reason())
        articles = pl.DataFrame(list(self._articles.values()), infer_schema_length=None, strict=False)
        articles = self._respell(conform(articles, Articles, self.where))
        votes, gold = _table(self._votes, Annotations, self.where), _table(self._gold, Gold, self.where)
        kept, added = sum(table.height for table in (votes, gold) if table is not None), len(self._votes) + len(self._gold)
        aside = sum(self._set_aside.values())
        marks = {"rows": added + aside, "kept": kept, "twice": added - kept, "rows_set_aside": aside, "set_aside": dict(self._set_aside)}
        reading = self._reading.to_dict() | {"annotations": marks}
        return Dataset(articles, votes, gold, self.codebook, self._rejected, reading)

    def _respell(self, articles: pl.DataFrame) -> pl.DataFrame:
        respelt, changed = respell_outlets(articles.lazy())
        if changed:
            # Not added: whoever asks for the dataset twice is told once.
            self.notices[RESPELT] = changed
        return respelt.collect()

    def _put_aside(self, reason: str, row: Row) -> bool:
        self._rejected.append({"reason": reason, "row": {key: plain(value) for key, value in row.items()}})
        return False

    def _doubt(self, article_id: str, annotator: str | None, facts: Row, part: str = TEXT) -> str | None:
        if article_id not in self:
            return "its article was set aside" if article_id in self._aside else "there is no article of this id"
        if part == TITLE and not self.text_of(article_id, TITLE).strip():
            return "its article has no headline"
        if annotator == "":
            return "the annotator has no name"
        return None if are_storable((annotator, *facts.values())) else "half a surrogate pair, which no encoding can hold"

    def _add_attribute(self, annotator: str | None, support: float, facts: Row, span: Row, attribute: str, given: str) -> bool:
        asked = self.codebook.attribute(attribute)
        value = canonicalise(given).text.strip() if are_storable([given]) else ""
        row = {**span, "attribute": attribute, "value": given, "annotator": annotator}
        if asked is None or not asked.is_of(span["label"]):
            return self.reject(f"codebook {self.codebook.stamp} has no such attribute of this label", **row)
        if not value or not asked.takes(value):
            return self.reject(f"codebook {self.codebook.stamp} has no such value of the attribute", **row)
        place = (annotator, *(span[name] for name in ("article_id", "label", "part", "start", "end")), attribute)
        if asked.choice == "single" and self._values.setdefault(place, value) != value:
            return self.reject("a second value of an attribute that takes one", **row)
        return self._append(annotator, support, facts, **span, attribute=attribute, value=value)

    def _append(self, annotator: str | None, support: float, facts: Row, **said: Any) -> bool:
        row = {"part": TEXT} | said
        if annotator is None:
            self._gold.append(row | {"support": support, "rule": RULE})
        else:
            self._votes.append(row | facts | {"annotator": annotator, "origin": "import", "codebook_version": self.codebook.stamp})
        return True

    def _move(self, article_id: str, part: str, start: object, end: object, unit: Unit) -> Span | str:
        """The span in canonical text, or why there is none."""
        raw, text = self.raw_of(article_id, part), self.text_of(article_id, part)
        # Not isinstance: True is no offset.
        if type(start) is not int or type(end) is not int:
            return "the offsets are not whole numbers"
        places = self._count(article_id, part, unit)
        if not 0 <= start < end <= places[-1]:
            return "the offsets leave the text"
        first, last = find_character(places, start), find_character(places, end)
        if first is None or last is None:
            return "the offsets cut a character"
        if raw == text:
            return Span(first, last)
        quote = canonicalise(raw[first:last]).text
        begin = len(canonicalise(raw[:first]).text)
        if not quote or text[begin : begin + len(quote)] != quote:
            return "the offsets cut a character that canonical text joins"
        return Span(begin, begin + len(quote))

    def _tell_unit(self, article_id: str, part: str, start: object, end: object, quote: object) -> str:
        """How else the offsets are counted where they give the quote so, as the end of a reason; nothing if in no way that is known. It is
        told, and not repaired: whether other offsets, without a quote, are counted so as well is for the user to say."""
        said = _canonical(quote)
        for unit in UNITS if said else ():
            moved = self._move(article_id, part, start, end, unit)
            if not isinstance(moved, str) and self.text_of(article_id, part)[moved.start : moved.end] == said:
                return f": these are counted in {unit}, not in {self.unit}"
        lines = self.raw_of(article_id, part).replace("\r\n", "\n")
        if said and type(start) is int and type(end) is int and 0 <= start < end and canonicalise(lines[start:end]).text == said:
            return ": these count a line end as one character, and the text has two there"
        return ""

    def _count(self, article_id: str, part: str, unit: Unit) -> NDArray[np.int64]:
        if self._begins[0] != (article_id, part):
            self._begins = ((article_id, part), {})
        counted = self._begins[1]
        if unit not in counted:
            counted[unit] = count_units(self.raw_of(article_id, part), unit)
        return counted[unit]

    def _commonest_reason(self) -> str:
        reasons = Counter(entry["reason"] for entry in self._rejected).most_common(1)
        return (
            f"{count(len(self._rejected), 'row', 'was', 'were')} set aside, most often because: {reasons[0][0]}"
            if reasons
            else "Is this the right place?"
        )


def _date(cells: Row) -> Row:
    """With the day of publication as a date; what is none stays under another name."""
    written = cells.get("published")
    if written in (None, ""):
        return cells
    when = parse_date(written, None)
    return cells | {"published": when} | ({"published_before": str(written)} if when is None else {})


def _canonical(quote: object) -> str | None:
    """A quote as canonical text has it; None for what is none."""
    return canonicalise(quote).text if isinstance(quote, str) and are_storable([quote]) else None


def _table(rows: list[Row], schema: Any, where: Path) -> pl.DataFrame | None:
    if not rows:
        return None
    columns = schema.create_empty().schema
    distinct = pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=dict(columns)).unique(maintain_order=True)
    return conform(distinct, schema, where)
