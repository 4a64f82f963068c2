"""A table of what a coder said, whichever way it is laid out: a row for each answer, span or attribute of one, or a column for each question or
attribute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from annotate.coders.answers import Names
from annotate.coders.intake import Articles, Intake
from annotate.corpora.columns import ROLES, cell_of, find_columns, names_of, number_of
from annotate.corpora.documents import refuse_unknown
from annotate.corpora.files import read_rows
from annotate.ingestion.source import Row, Unreadable
from schemas.codebook import Attribute, Question
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.parts import TITLE
from schemas.wording import enumerate_some

__all__ = ["CoderFile", "read"]

# What a coder's table has beside that of people.
_ROLES = ROLES | {"question": "question question_name variable dimension", "run": "run run_id repetition"}
_ATTRIBUTE = {"attribute": "attribute attribute_name"}
Kind = TypeVar("Kind")
PLACED = ("start", "end", "quote")
MOST_RUNS = 1_000
UNREADABLE, NO_RUN = "a row that cannot be read", f"the run is no whole number from 1 to {MOST_RUNS:,}"
# The column that says of which text of the article a row is, in tables of this toolkit's.
PART, HEADLINE = "part", "about the headline, and coders are asked about the text"


@dataclass
class CoderFile:
    """What a file has of one coder, by run; what is to be said of its reading; and the articles that were found by their text."""

    runs: dict[int, Intake] = field(default_factory=dict)
    notices: Counter[str] = field(default_factory=Counter)
    by_text: set[str] = field(default_factory=set)

    def total(self, of: Callable[[Intake], Counter[Kind]]) -> Counter[Kind]:
        """What was counted of all runs together."""
        return sum((of(intake) for intake in self.runs.values()), Counter[Kind]())


class _Layout(NamedTuple):
    """Which column has which role, the columns that are a question each or say something of the spans beside them, and the question of all answers
    where it is one."""

    columns: dict[str, str]
    wide: Mapping[str, Question]
    beside: Mapping[str, Attribute]
    asked: Question | None


def read(path: Path, dataset: Dataset, name: str, renames: Mapping[str, str], chosen: Mapping[str, str], run: int | None = None) -> CoderFile:
    """Read what the coder `name` said of the dataset's articles. `renames` are what is written, to names of the codebook; `chosen` the columns that
    the user names, by role (of `question` also the question itself); `run` which of the coder's runs it is, else a column says so, else 1.

    FramingError for a file that is none, that has nothing to read, or of which it cannot be told what it answers.
    """
    codebook = dataset.require_codebook(path)
    refuse_unknown(codebook, renames)
    names, articles, found = Names(codebook, renames), Articles(dataset), CoderFile()

    def intake(number: int) -> Intake:
        return found.runs.setdefault(number, Intake(articles, names, name, number))

    rows = []
    for row in read_rows(path, found.notices):
        if isinstance(row, Unreadable):
            # Each has a reason of its own, and as many counts would say nothing.
            intake(run or 1).reject(UNREADABLE, why=row.reason)
        else:
            rows.append(row)
    if not rows:
        if not found.runs:
            raise FramingError("has no rows", path, "Is it the right file?")
        return found
    layout = _lay_out(rows, path, names, chosen, found, run)
    _take_text_for_quote(rows, layout, articles)
    numbered = enumerate(_only_of(name, rows, layout, path, found), start=1)
    # What is said of spans comes when the spans are there.
    for number, row in sorted(numbered, key=lambda item: bool(cell_of(item[1], layout.columns.get("attribute")))):
        which = run or _run_of(row, layout)
        taking, text = intake(which or 1), row.get(layout.columns.get("text", ""))
        article = HEADLINE if cell_of(row, PART) == TITLE else articles.find(cell_of(row, layout.columns.get("article_id")), text)
        if which is None or isinstance(article, str):
            taking.reject(NO_RUN if which is None else str(article), row=number, **_said(row, layout), text=text)
            continue
        if article.by_text:
            found.by_text.add(article.article_id)
        _take(row, article.article_id, layout, taking, number)
    return found


def _lay_out(rows: list[Row], path: Path, names: Names, chosen: Mapping[str, str], found: CoderFile, run: int | None) -> _Layout:
    asked, picked = None, dict(chosen)
    there = names_of(rows)
    if (said := picked.get("question")) is not None and said not in there and (asked := names.question(said)) is not None:
        del picked["question"]
    roles = {role: usual for role, usual in _ROLES.items() if role != "run" or run is None}
    attributes = {column: known for column in there if column not in picked.values() and (known := names.attribute(column)) is not None}
    if attributes:
        # They are what the codebook calls so, whatever else a column of this name may be.
        rows = [{column: cell for column, cell in row.items() if column not in attributes} for row in rows]
    columns = find_columns(rows, roles | (_ATTRIBUTE if names.codebook.attributes else {}), path, found.notices, picked)
    wide = {column: question for column in there if column not in columns.values() and (question := names.question(column)) is not None}
    if "value" in picked or asked is not None:
        wide = {}
    elif wide and "value" in columns and not {"label", "question"} & columns.keys():
        found.notices[f"column {columns.pop('value')!r} of {path.name} is not read, since there is a column for each question: rows"] += len(rows)
    for role in ("label", "question"):
        if role in columns and role not in picked and not _names_something(rows, columns[role], names):
            if role == "label" and not {"value", "question", *PLACED} & columns.keys() and not wide:
                # The only thing that is said: the answer.
                columns["value"] = columns[role]
            else:
                found.notices[f"column {columns[role]!r} of {path.name} has no name of the codebook and is not read: rows"] += len(rows)
            del columns[role]
    if not {"article_id", "text"} & columns.keys():
        raise FramingError(f"has no column for the article (there are: {enumerate_some(there)})", path, "Call it article_id, or text")
    if "value" in columns and asked is None and not {"question", "label"} & columns.keys():
        asked = _find_question([cell_of(row, columns["value"]) for row in rows], columns["value"], names, path)
    if any(role in columns for role in PLACED) and "label" not in columns and not ({"value"} & columns.keys() or wide):
        labels = names.codebook.label_names
        raise FramingError(
            "has places, and no column with a label of the codebook", path, f"Name it with --column label=COLUMN; there are: {enumerate_some(labels)}"
        )
    return _Layout(columns, wide, attributes, asked)


def _take_text_for_quote(rows: list[Row], layout: _Layout, articles: Articles) -> None:
    """Texts beside ids and labels that are no article's are the words that the labels are given to."""
    columns = layout.columns
    unplaced = {"label", "article_id", "text"} <= columns.keys() and not {*PLACED} & columns.keys()
    if unplaced and not any(articles.know(row.get(columns["text"])) for row in rows):
        columns["quote"] = columns.pop("text")


def _names_something(rows: list[Row], column: str, names: Names) -> bool:
    """Whether a label or a question of the codebook stands in the column, or nothing does, as where nothing was marked."""
    written = {cell_of(row, column) for row in rows} - {""}
    return not written or any(names.label(one) is not None or names.question(one) is not None for one in written)


def _find_question(written: list[str], column: str, names: Names, path: Path) -> Question:
    """The one question that answers in a column can belong to."""
    questions = names.codebook.questions
    counts = Counter(written)
    fitting = [question for question in questions if any(names.understand(question, one).values for one in counts)]
    if len(fitting) == 1:
        return fitting[0]
    if len(questions) == 1:
        return questions[0]
    what = f"column {column!r} could answer {enumerate_some([question.name for question in fitting or questions])}"
    if not questions:
        raise FramingError("has answers, and the codebook asks no question", path, "Give labels with start and end or a quote")
    todo = "Say which with --column question=NAME" + ("" if fitting else ", and what its answers mean with --map OLD=NEW")
    raise FramingError(what, path, todo)


def _only_of(name: str, rows: list[Row], layout: _Layout, path: Path, found: CoderFile) -> Iterator[Row]:
    """The rows of this coder, where a column says whose they are."""
    column = layout.columns.get("annotator")
    others = {cell_of(row, column) for row in rows} - {""}
    if column is None or (len(others) < 2 and name not in others):
        yield from rows
        return
    if name not in others:
        raise FramingError(f"has rows of {enumerate_some(sorted(others), 5)} in column {column!r}, and none of {name!r}", path, "Give one as --coder")
    for row in rows:
        if cell_of(row, column) == name:
            yield row
        else:
            found.notices[f"rows of other coders than {name} in {path.name} are left out"] += 1


def _run_of(row: Row, layout: _Layout) -> int | None:
    column = layout.columns.get("run")
    number = number_of(row.get(column)) if column is not None else None
    if number is None:
        return 1
    return number if type(number) is int and 1 <= number <= MOST_RUNS else None


def _take(row: Row, article_id: str, layout: _Layout, intake: Intake, number: int) -> None:
    for column, question in layout.wide.items():
        intake.take_answer(article_id, question, row.get(column), row=number)
    columns = layout.columns
    label, value = cell_of(row, columns.get("label") or columns.get("question")), row.get(columns.get("value", ""))
    start, end = (number_of(row.get(columns.get(role, ""))) for role in ("start", "end"))
    quote = row.get(columns.get("quote", ""))
    placed = any(part not in (None, "") for part in (start, end, quote))
    attribute = cell_of(row, columns.get("attribute"))
    if attribute and placed and label:
        intake.take_attribute(article_id, label, quote, start, end, attribute, value, row=number)
    elif attribute:
        intake.reject("an attribute of no span", row=number, **_said(row, layout))
    elif placed and cell_of(row, columns.get("value")):
        intake.reject("both a place and a value: a span or an answer?", row=number, **_said(row, layout))
    elif placed and label:
        intake.take_span(article_id, label, quote, start, end, row=number)
        for name in [name for name in layout.beside if row.get(name) not in (None, "", [])]:
            intake.take_attribute(article_id, label, quote, start, end, name, row.get(name), row=number)
    elif placed:
        intake.reject("a place without a label", row=number, **_said(row, layout))
    elif "value" in columns and (label or layout.asked is not None):
        asked = intake.names.question(label) if label else layout.asked
        if asked is None:
            intake.reject("the codebook has no such question", row=number, **_said(row, layout))
        else:
            intake.take_answer(article_id, asked, value, row=number)
    elif label or cell_of(row, columns.get("value")):
        intake.reject("a label without a place and without a value" if label else "a value without a question", row=number, **_said(row, layout))
    elif not layout.wide:
        intake.take_reading(article_id)


def _said(row: Row, layout: _Layout) -> Row:
    said = {role: row.get(column) for role, column in layout.columns.items() if role not in ("text", "run")}
    return said | {column: row.get(column) for column in (*layout.wide, *layout.beside)}
