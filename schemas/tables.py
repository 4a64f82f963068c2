"""The tables that pass between the wings: their columns, types and rules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

import dataframely as dy
import polars as pl

from schemas.errors import FramingError
from schemas.parts import PARTS, fill_parts
from schemas.text.quotations import VOICES
from schemas.wording import count, enumerate_some, inflect

__all__ = [
    "ANSWER",
    "ATTRIBUTE",
    "ORIGINS",
    "SPAN",
    "WITHHELD",
    "Annotations",
    "ArticleQuotations",
    "Articles",
    "Gold",
    "ScoredArticles",
    "ScoredSentences",
    "ScoredSpans",
    "conform",
    "count_copies",
    "leave_out_copies",
    "make_room",
    "plain",
    "story",
]

ORIGINS = ("manual", "prediction", "prediction-changed", "import")
WITHHELD = "withheld"
# What a row of annotations or gold is.
SPAN = pl.col("start").is_not_null() & pl.col("attribute").is_null()
ATTRIBUTE = pl.col("attribute").is_not_null()
ANSWER = pl.col("value").is_not_null() & pl.col("attribute").is_null()


class Articles(dy.Schema):
    """One row per article. Columns of the user's own stand behind these and are kept. `published`: the day, and the time where it is
    known (midnight where it is not), as clocks showed it where it was written."""

    article_id = dy.String(primary_key=True, min_length=1)
    title = dy.String(nullable=True)
    text = dy.String(min_length=1)
    outlet = dy.String(nullable=True)
    author = dy.String(nullable=True)
    published = dy.Datetime(nullable=True, time_unit="us")
    url = dy.String(nullable=True)
    language = dy.String(nullable=True)


class _Marked(dy.Schema):
    """The rules that annotations and gold share; each declares its columns in the order of its file."""

    @dy.rule()
    def is_a_span_an_attribute_of_one_an_answer_or_an_empty_reading(cls) -> pl.Expr:
        # A span has offsets and a quote; an attribute stands at the place of its span, and has a value; an answer has a value and no place;
        # "read, and marked nothing" has no label at all.
        label, start, end, quote, attribute, value = (pl.col(name).is_not_null() for name in ("label", "start", "end", "quote", "attribute", "value"))
        placed = label & start & end & quote & (attribute == value)
        answer = label & value & ~(start | end | quote | attribute)
        nothing = ~(label | value | start | end | quote | attribute)
        return placed | answer | nothing

    @dy.rule()
    def ends_after_its_start(cls) -> pl.Expr:
        return pl.col("start").is_null() | (pl.col("start") < pl.col("end"))


class Annotations(_Marked):
    """One row per span, attribute of a span, or answer of one annotator; a row of null label where somebody read and marked nothing. The row of
    an attribute has the label and place of its span. `part` says which of the article's texts was marked or read, and offsets count in that one.

    `seconds` is how long the annotator took for the article; `suggested` the version of the model whose spans were shown
    to them, WITHHELD where they were kept back on purpose, null where there were none to show. `unsure` and `note` are what the annotator said of
    the article as a whole: both null where nobody was asked.
    """

    article_id = dy.String(min_length=1)
    annotator = dy.String(min_length=1)
    label = dy.String(nullable=True)
    part = dy.String(check=lambda part: part.is_in(PARTS))
    start = dy.Int64(nullable=True, min=0)
    end = dy.Int64(nullable=True, min=1)
    quote = dy.String(nullable=True)
    attribute = dy.String(nullable=True)
    value = dy.String(nullable=True)
    origin = dy.String(check=lambda column: column.is_in(ORIGINS))
    created_at = dy.String(nullable=True)
    updated_at = dy.String(nullable=True)
    annotation_id = dy.String(nullable=True)
    codebook_version = dy.String(nullable=True)
    seconds = dy.Float64(nullable=True, min=0)
    suggested = dy.String(nullable=True)
    unsure = dy.Bool(nullable=True)
    note = dy.String(nullable=True)


class Gold(_Marked):
    """What adjudication decided, with the share of annotators who agreed (`support`, 0 to 1) and the rule used."""

    article_id = dy.String(min_length=1)
    label = dy.String(nullable=True)
    part = dy.String(check=lambda part: part.is_in(PARTS))
    start = dy.Int64(nullable=True, min=0)
    end = dy.Int64(nullable=True, min=1)
    quote = dy.String(nullable=True)
    attribute = dy.String(nullable=True)
    value = dy.String(nullable=True)
    support = dy.Float64(min=0, max=1)
    rule = dy.String()


class ScoredArticles(dy.Schema):
    """The columns that scores of articles have whatever the codebook. Densities of labels, answers to questions and mentions of actors stand
    between them, all before `model`; what the articles came with stands behind it. Scores of older versions lack some that are nullable here."""

    article_id = dy.String(min_length=1)
    tokens = dy.Int64(nullable=True, min=0)
    words = dy.Int64(nullable=True, min=0)
    title_words = dy.Int64(nullable=True, min=0)
    sentences = dy.Int64(nullable=True, min=0)
    unpaired_marks = dy.Int64(nullable=True, min=0)
    words_per_sentence = dy.Float64(nullable=True, min=0)
    unseen_words = dy.Float64(nullable=True, min=0, max=1)
    flesch_reading_ease = dy.Float64(nullable=True)
    flesch_kincaid_grade = dy.Float64(nullable=True)
    gunning_fog = dy.Float64(nullable=True)
    smog_index = dy.Float64(nullable=True)
    readability_words = dy.Float64(nullable=True, min=0)
    readability_sentences = dy.Float64(nullable=True, min=0)
    syllables = dy.Float64(nullable=True, min=0)
    difficult_words = dy.Float64(nullable=True, min=0)
    polysyllables = dy.Float64(nullable=True, min=0)
    model = dy.String(nullable=True)


class ScoredSpans(dy.Schema):
    """Spans a model found, in the text or the title (`part`), with offsets into that one: `probability` that the span is loaded, `voice` (who
    speaks), and in quotations `speaker`, the words that name the source, where they were found."""

    article_id = dy.String(min_length=1)
    label = dy.String(min_length=1)
    part = dy.String(check=lambda part: part.is_in(PARTS))
    start = dy.Int64(min=0)
    end = dy.Int64(check={"ends after its start": lambda end: pl.col("start") < end})
    text = dy.String(check={"as long as its place": lambda text: text.str.len_chars() == pl.col("end") - pl.col("start")})
    probability = dy.Float64(min=0, max=1)
    voice = dy.String(check=lambda voice: voice.is_in(VOICES))
    speaker = dy.String(nullable=True)


class ScoredSentences(dy.Schema):
    """Sentences with the probability that each carries a span."""

    article_id = dy.String(min_length=1)
    part = dy.String(check=lambda part: part.is_in(PARTS))
    start = dy.Int64(min=0)
    end = dy.Int64(check={"ends after its start": lambda end: pl.col("start") < end})
    probability = dy.Float64(min=0, max=1)


class ArticleQuotations(dy.Schema):
    """The quotations of articles: where their words stand, the marks excluded, their `voice` and its `probability` (null where it is
    unclear), and the words that name the source, with their place: null where none were found."""

    article_id = dy.String()
    start = dy.Int64(min=0)
    end = dy.Int64(min=1)
    text = dy.String()
    voice = dy.String()
    speaker = dy.String(nullable=True)
    speaker_start = dy.Int64(nullable=True, min=0)
    speaker_end = dy.Int64(nullable=True, min=1)
    probability = dy.Float64(nullable=True, min=0, max=1)

    @dy.rule()
    def has_a_place_for_its_speaker(cls) -> pl.Expr:
        return (pl.col("speaker").is_null() == pl.col("speaker_start").is_null()) & (pl.col("speaker").is_null() == pl.col("speaker_end").is_null())


def story(articles: pl.DataFrame) -> pl.Expr:
    """What tells the copies of one story from others: the id of the first of them (`copy_of`); an article's own id where it is no copy, and
    where nobody has looked for copies."""
    return pl.coalesce("copy_of", "article_id") if "copy_of" in articles.columns else pl.col("article_id")


def leave_out_copies(articles: pl.DataFrame, where: object) -> pl.DataFrame:
    """The articles, each story once: the first of its copies, or the first that is here. FramingError if nobody has looked for copies."""
    if "copy_of" not in articles.columns:
        raise FramingError("has no column copy_of, so nothing says which articles are copies", where, "Read the articles with `framing ingest` first")
    first = pl.col("copy_of").cast(pl.String)
    kept = articles.filter(first.is_null() | (first.is_first_distinct() & ~first.is_in(articles["article_id"].implode())))
    # What is left copies nothing that is here.
    return kept.with_columns(copy_of=pl.lit(None, pl.String))


def count_copies(articles: pl.DataFrame) -> int:
    """How many of the articles are copies of another one, as far as somebody has looked for them."""
    return articles["copy_of"].count() if "copy_of" in articles.columns else 0


def make_room(own: pl.DataFrame, taken: Sequence[str]) -> pl.DataFrame:
    """The user's columns, renamed where a figure of ours has the same name."""
    names: dict[str, str] = {}
    for name in own.columns:
        if name in taken and name != "article_id":
            new = f"article_{name}"
            while new in own.columns or new in taken or new in names.values():
                new = f"{new}_"
            names[name] = new
    return own.rename(names)


def plain(value: Any) -> Any:
    """The value as JSON and Label Studio can carry it: numbers that JSON has not become null, other kinds text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime):
        # Midnight mostly means that no time is known.
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value if isinstance(value, int | float | bool) else str(value)


def conform(table: pl.DataFrame, schema: type[dy.Schema], where: object) -> pl.DataFrame:
    """The table with the schema's columns first, cast and checked; other columns are kept behind them.

    Missing nullable columns are added as nulls, and a missing `part` as the text. Raises FramingError naming the first rule that fails.
    """
    columns = schema.columns()
    table = fill_parts(table) if "part" in columns else table
    missing = [name for name, column in columns.items() if name not in table.columns and not column.nullable]
    if missing:
        raise FramingError(f"column {missing[0]!r} is missing (there are: {enumerate_some(table.columns)})", where, "Was it written by this toolkit?")
    table = table.with_columns(pl.lit(None, column.dtype).alias(name) for name, column in columns.items() if name not in table.columns)
    table = _read_times(table, schema)
    _refuse_fractions(table, schema, where)
    rows = table.select(list(columns))
    good = _good_rows(rows, schema)
    if good is None:
        raise _first_fault(rows, schema, where)
    extra = [name for name in table.columns if name not in columns]
    return pl.concat([good, table.select(extra)], how="horizontal") if extra else good


def _good_rows(rows: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame | None:
    """The rows cast, or None where one of them cannot be or breaks a rule; which, takes the library two and a half times as long to find out."""
    try:
        good = pl.DataFrame(schema.cast(rows))
    except pl.exceptions.PolarsError:
        return None
    return good if schema.is_valid(good) else None


def _first_fault(rows: pl.DataFrame, schema: type[dy.Schema], where: object) -> FramingError:
    """What is wrong with rows that are not good: the rule that most of them break."""
    try:
        _, failure = schema.filter(rows, cast=True)
    except pl.exceptions.PolarsError as error:
        return FramingError(f"a column has the wrong kind ({str(error).splitlines()[0]})", where, "Was it written by this toolkit?")
    rule, number = max(failure.counts().items(), key=lambda item: item[1])
    return FramingError(
        f"{number} of {count(rows.height, 'row')} {inflect(number, 'breaks', 'break')} the rule {rule!r}", where, "Mend or remove these rows"
    )


def _read_times(table: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame:
    """Times that are text, as ISO 8601 has them and tables of before this rule had, as times. What is none stays under another name."""
    for name, column in schema.columns().items():
        if isinstance(column, dy.Datetime) and table[name].dtype == pl.String:
            text = pl.col(name).str.strip_chars().str.replace(r"[T ]", " ").str.replace(r"(?:Z|[+-]\d\d:?\d\d)$", "")
            formats = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
            times = pl.coalesce(text.str.to_datetime(form, strict=False, time_unit="us") for form in formats)
            read = table.with_columns(times.alias(name))
            if read[name].null_count() > table[name].null_count() and f"{name}_before" not in table.columns:
                read = read.with_columns(pl.when(pl.col(name).is_null()).then(table[name]).alias(f"{name}_before"))
            table = read
    return table


def _refuse_fractions(table: pl.DataFrame, schema: type[dy.Schema], where: object) -> None:
    for name, column in schema.columns().items():
        if column.dtype.is_integer() and table[name].dtype.is_float() and (table[name] != table[name].floor()).any():
            raise FramingError(f"column {name!r} holds fractions, and offsets are whole numbers", where, "Mend or remove these rows")
