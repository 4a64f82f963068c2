"""Score folders, the one way to open them: others may have made them, and they may hold millions of articles, so what is read is checked then."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

import dataframely as dy
import polars as pl
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from schemas.codebook import ABOUT, MENTIONS, READABILITY, READABILITY_COUNTS, TOTAL, Codebook
from schemas.decisions import holds_values
from schemas.errors import FramingError
from schemas.faults import say_fault
from schemas.parquet import explain_damage, scan_parquet
from schemas.parsing import read_json
from schemas.parts import TEXT
from schemas.tables import ScoredArticles, ScoredSentences, ScoredSpans
from schemas.wording import count, enumerate_some, inflect

__all__ = ["TABLES", "Run", "ScoreFolder", "open_scores"]

TABLES: Mapping[str, type[dy.Schema]] = {"articles": ScoredArticles, "spans": ScoredSpans, "sentences": ScoredSentences}
MEND = "Score the articles again"
ARTICLE, MODEL = "article_id", "model"
# What scores of before there was such a column mean.
USUAL = {"part": TEXT}
# Columns that articles come with and that are shown, as text.
SHOWN = ("title", "outlet", "author", "url", "language", "copy_of")
DENSITY, ANSWER, DECIDED, COUNTED = dy.Float64(min=0), dy.Float64(min=0, max=1), dy.String(), dy.Int64(min=0)
# Of headlines, which not every article has.
HEADLINE = dy.Float64(nullable=True, min=0)
# Attributes of spans, which are null where a label has none.
SAID, SURE = dy.String(nullable=True), dy.Float64(nullable=True, min=0, max=1)


def _refuse_halves(text: str) -> str:
    # JSON can spell half of a character, which no file can be named by and nothing can be written of.
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("it is no Unicode text") from None
    return text


Text = Annotated[str, AfterValidator(_refuse_halves)]


class Run(BaseModel):
    """What is read of run.json: the digest of the model (empty if it was never written), the scored files with theirs, and what may be missing."""

    model_config = ConfigDict(strict=True, frozen=True)

    model: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
    inputs: dict[Text, Text]
    model_folder: Text | None = None
    reading: dict[str, Any] | None = None
    text_column: str | None = None
    versions: dict[Text, Text] = {}
    rows_out: Annotated[int, Field(ge=0)] | None = None
    spans: Annotated[int, Field(ge=0)] | None = None


def open_scores(folder: Path) -> ScoreFolder:
    """The score folder, of which run.json is read and checked. FramingError if it is none, or the file is damaged."""
    path = folder / "run.json"
    if not folder.is_dir():
        raise FramingError("no such score folder", folder, "Make one with `framing score`")
    try:
        run = Run.model_validate(read_json(path))
    except FileNotFoundError as error:
        raise FramingError("is not a score folder: run.json is missing", folder, "Make one with `framing score`") from error
    except ValidationError as error:
        raise FramingError(f"is damaged ({say_fault(error)})", path, MEND) from error
    return ScoreFolder(folder, run)


class ScoreFolder:
    """The tables of scores: `articles`, `spans` and `sentences`, each a file or a folder of parts. The kinds of all columns of a table are
    checked before any is read; values when they are read, over all rows that are."""

    def __init__(self, path: Path, run: Run) -> None:
        self.path, self.run = path, run
        self._codebook: Codebook | None = None
        self._tables: dict[str, tuple[pl.LazyFrame, pl.Schema]] = {}
        self._checked: set[tuple[str, str]] = set()

    def made_with(self, codebook: Codebook) -> Self:
        """The same folder, of which it is now known with which codebook it was made: its columns and labels are checked, too."""
        known = copy.copy(self)
        known._codebook, known._tables, known._checked = codebook, {}, set()
        return known

    def columns(self, name: str) -> list[str]:
        """The columns of the table `name`."""
        return self._open(name)[1].names()

    def decided(self) -> list[str]:
        """The questions that have a column of what was decided; none in the folders of older versions."""
        return self._split(self._open("articles")[1])[1]

    def select(
        self, name: str, columns: Sequence[str | pl.Expr] | None = None, where: pl.Expr | None = None, *, by: str | None = None
    ) -> pl.DataFrame:
        """Some columns (all if None) and rows (all if None) of the table `name`; with `by` a row for each value of that column, and
        `columns` that sum its rows up. FramingError if a value that is read breaks a rule."""
        table, schema = self._open(name)
        wanted = schema.names() if columns is None else [column if isinstance(column, pl.Expr) else pl.col(column) for column in columns]
        read = {root for one in wanted for root in ([one] if isinstance(one, str) else one.meta.root_names())}
        read |= {*(where.meta.root_names() if where is not None else ()), *([by] if by is not None else ())}
        with explain_damage(self._path(name)):
            self._check(name, sorted(read & set(schema)), where)
            table = table if where is None else table.filter(where)
            if by is not None:
                return table.group_by(by).agg(columns or []).collect()
            return (table if columns is None else table.select(columns)).collect()

    def _path(self, name: str) -> Path:
        return self.path / f"{name}.parquet"

    def _open(self, name: str) -> tuple[pl.LazyFrame, pl.Schema]:
        if name not in self._tables:
            path = self._path(name)
            if not path.exists():
                raise FramingError("is missing from the score folder", path, MEND)
            with explain_damage(path):
                table = scan_parquet(path)
                found = table.collect_schema()
                self._refuse_kinds(name, found)
                kinds = {column: kind.dtype for column, kind in TABLES[name].columns().items()}
                kinds |= dict.fromkeys(self._split(found)[1] if name == "articles" else (), pl.String())
                other = [pl.col(column).cast(kind) for column, kind in kinds.items() if found.get(column, kind) != kind]
                missing = [
                    pl.lit(USUAL.get(column), kind).alias(column) for column, kind in kinds.items() if column not in found and name != "articles"
                ]
                table = table.with_columns(*other, *missing)
                if missing:
                    table = table.select(*TABLES[name].columns(), pl.exclude(*TABLES[name].columns()))
                self._refuse_count(name, table.select(pl.len()).collect().item())
                self._tables[name] = table, table.collect_schema()
        return self._tables[name]

    def _refuse_count(self, name: str, rows: int) -> None:
        said = {"articles": self.run.rows_out, "spans": self.run.spans}.get(name)
        if said is not None and said != rows:
            raise FramingError(f"has {rows:,} rows, and run.json says {said:,}", self._path(name), MEND)

    def _refuse_kinds(self, name: str, schema: pl.Schema) -> None:
        fixed, path = TABLES[name].columns(), self._path(name)
        required = [column for column, kind in fixed.items() if not kind.nullable and column not in USUAL] + ([MODEL] if name == "articles" else [])
        if missing := [column for column in required if column not in schema]:
            raise FramingError(f"lacks the column {missing[0]!r} (there are: {enumerate_some(schema.names())})", path, MEND)
        figures = self._figures(name, schema)
        for column, kind in schema.items():
            shown = name == "articles" and column not in figures and column not in fixed
            if column in fixed or column in figures:
                right = _fits(kind, (fixed.get(column) or figures[column]).dtype)
            elif shown and column == "published":
                right = kind in {pl.String, pl.Date, pl.Null} or isinstance(kind, pl.Datetime)
            else:
                right = not (shown and column in SHOWN) or _fits(kind, pl.String())
            if not right:
                raise FramingError(f"column {column!r} is of the wrong kind ({kind})", path, MEND)

    @staticmethod
    def _split(schema: pl.Schema) -> tuple[list[str], list[str]]:
        """The columns of articles that come from the codebook: densities, probabilities and mentions, and, behind readability, what was decided."""
        ours = schema.names()[: schema.names().index(MODEL)]
        last = max((i for i, column in enumerate(ours) if column in (*READABILITY, *READABILITY_COUNTS)), default=len(ours))
        fixed = set(ScoredArticles.columns())
        before, behind = ([column for column in some if column not in fixed] for some in (ours[:last], ours[last:]))
        return before, behind

    def _figures(self, name: str, schema: pl.Schema) -> dict[str, dy.Float64 | dy.String | dy.Int64]:
        """Those columns, with their kinds; of spans, what is said of each beside its label. Actors may have come with the run, so what is said of
        them is told by its name, and by being a count."""
        if name == "spans":
            said = [attribute.name for attribute in self._codebook.attributes] if self._codebook is not None else []
            kinds = {f"{one}{part}": kind for one in said for part, kind in (("", SAID), ("_probability", SURE))}
            return {column: kind for column, kind in kinds.items() if column in schema}
        if name != "articles":
            return {}
        names = schema.names()
        own, decided = self._split(schema)
        counted = [column for column in own if column.startswith(f"{MENTIONS}_") and schema[column].is_integer()]
        if self._codebook is not None:
            densities = [f"density_{label}{part}" for label in self._codebook.label_names for part in ("", "_quoted")]
            titles = [f"title_density_{label}" for label in self._codebook.label_names]
            # Older folders have none of them, nor the total.
            densities += [*(titles if set(own).intersection(titles) else []), *([TOTAL] if TOTAL in own else [])]
            answers = [f"{question.name}_{value}" for question in self._codebook.questions for value in question.value_names]
            behind = [column for column in answers if column in names and column not in own]
            if lost := [column for column in densities if column not in own] + behind:
                raise FramingError(f"lacks the column {lost[0]!r} among the model's", self._path(name), MEND)
            asked = {question.name for question in self._codebook.questions}
            counted = [column for column in counted if column not in answers]
            about = [column for column in own if column.startswith(f"{ABOUT}_") and schema[column].is_float() and column not in answers]
            if strange := (set(own) - {*densities, *answers, *counted, *about}) | (set(decided) - asked):
                raise FramingError(f"column {min(strange)!r} is of no label or answer of the model's codebook", self._path(name), MEND)
        kinds = {column: DENSITY if column == TOTAL or column.startswith(("density_", f"{ABOUT}_")) else ANSWER for column in own}
        kinds |= {column: HEADLINE for column in own if column.startswith("title_density_")}
        return {**kinds, **dict.fromkeys(counted, COUNTED), **dict.fromkeys(decided, DECIDED)}

    def _check(self, name: str, columns: Sequence[str], where: pl.Expr | None) -> None:
        """Refuse what breaks a rule in the rows that are read. What was checked in all rows is not looked at again."""
        table, schema = self._open(name)
        columns = [column for column in columns if (name, column) not in self._checked]
        figures = self._figures(name, schema)
        rules = {rule: kept for column in columns for rule, kept in self._rules(name, column, figures).items()}
        if not rules:
            return
        some = table if where is None else table.filter(where)
        broken = [(~kept.fill_null(value=True)).sum().alias(rule) for rule, kept in rules.items()]
        counts = some.select(pl.len().alias(""), *broken).collect().row(0, named=True)
        rows = counts.pop("")
        if name != "articles" and ARTICLE in columns and where is None and not any(counts.values()):
            known = self._open("articles")[0].select(ARTICLE)
            counts[f"{ARTICLE}|is in articles.parquet"] = some.select(ARTICLE).join(known, on=ARTICLE, how="anti").select(pl.len()).collect().item()
        if any(counts.values()):
            rule = max(counts, key=counts.__getitem__)
            raise FramingError(
                f"{counts[rule]} of {count(rows, 'row')} {inflect(counts[rule], 'breaks', 'break')} the rule {rule!r}", self._path(name), MEND
            )
        if where is None:
            self._checked |= {(name, column) for column in columns}

    def _rules(self, name: str, column: str, figures: Mapping[str, dy.Column]) -> dict[str, pl.Expr]:
        """What must hold for a column, by the name of the rule."""
        kind = TABLES[name].columns().get(column) or figures.get(column)
        if kind is None:
            return {}
        rules = dict(kind.validation_rules(pl.col(column)))
        if name == "articles" and column == ARTICLE:
            rules["there once"] = pl.col(column).is_first_distinct()
        if kind is DECIDED and self._codebook is not None and (question := self._codebook.question(column)) is not None:
            rules["values of the question"] = holds_values(question)
        if kind is SAID and self._codebook is not None and (attribute := self._codebook.attribute(column)) is not None and attribute.values:
            rules["values of the attribute"] = pl.col(column).is_in(attribute.value_names)
        if name == "spans" and column == "label" and self._codebook is not None:
            rules["is in the codebook"] = pl.col(column).is_in(self._codebook.label_names)
        return {f"{column}|{rule}": kept for rule, kept in rules.items()}


def _fits(kind: pl.DataType, wanted: pl.DataType) -> bool:
    if wanted == pl.String:
        return kind in {pl.String, pl.Categorical, pl.Enum, pl.Null}
    return kind == pl.Null or (kind.is_integer() if wanted.is_integer() else kind.is_numeric())
