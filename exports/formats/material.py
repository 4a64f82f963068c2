"""What an export is made of: tables and codebook, and the rows of each article when they are wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import polars as pl
from polars import selectors as cs

from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.parts import TEXT
from schemas.tables import ATTRIBUTE

__all__ = [
    "ATTRIBUTES",
    "Decided",
    "Losses",
    "Material",
    "Row",
    "Rows",
    "Work",
    "count_changed",
    "decide",
    "list_attributes",
    "say",
    "split_by_annotator",
    "unheld",
    "values_of",
]

Row = dict[str, Any]
# What could not be held, in words that a number follows.
Losses = Counter[str]

PLACE = ["label", "start", "end"]
ATTRIBUTES = "attributes"
# The toolkit's own columns of annotations and gold; those of articles are the user's.
_MEANINGS = {
    "support": "the share of annotators who agree",
    "rule": "how gold was decided",
    "origin": "whether it was a suggestion",
    "created_at": "when it was made",
    "updated_at": "when it was last changed",
    "annotation_id": "its number in Label Studio",
    "codebook_version": "the codebook it was made with",
    "seconds": "the time that the article took",
    "suggested": "which suggestions were seen",
    "unsure": "whether the annotator was unsure of the article",
    "note": "the annotator's note on the article",
}


@dataclass(frozen=True)
class Material:
    """Tables by name, the codebook they were made with, and the folder they come from. `aside` is how many rows of that
    folder were not trusted, and are in none of the tables."""

    tables: Mapping[str, pl.DataFrame]
    codebook: Codebook | None = None
    where: object = "tables"
    aside: int = 0

    def require_codebook(self) -> Codebook:
        self._refuse_scores()
        if self.codebook is None:
            raise FramingError("has no codebook.toml, which this format needs", self.where, "Put the codebook there")
        return self.codebook

    def collect_work(self, *, attributes: bool = False) -> Work:
        """Everybody's work on the articles' texts, for formats that have a place for who. FramingError for scores, which have no texts.

        A document of such a format is the text of an article: what people made of its headline is left out, and counted. Where the format holds
        `attributes`, a span has its own in a column ATTRIBUTES: a list of their rows, without what they share with the span. Where it does not,
        they are counted.
        """
        self._refuse_scores()
        if not self.tables["articles"].height:
            raise FramingError("has no articles", self.where, "Make a dataset with `framing ingest` or `framing pull`")
        losses = Losses()
        found = {name: self._distinct(name, losses, attributes=attributes) for name in ("annotations", "gold")}
        if any(table.height for table in found.values()):
            self.require_codebook()
        return Work(self.tables["articles"], found["annotations"], found["gold"], losses)

    def _refuse_scores(self) -> None:
        if "sentences" in self.tables:
            what = "scores have neither the articles' texts nor a codebook, and this format needs them"
            raise FramingError(what, self.where, "Export them to csv, jsonl or parquet")

    def _distinct(self, name: str, losses: Losses, *, attributes: bool) -> pl.DataFrame:
        table = self.tables.get(name, pl.DataFrame())
        if not table.height:
            return table
        who = ["article_id", *(["annotator"] if name == "annotations" else [])]
        of_text = pl.col("part") == TEXT
        losses[f"rows of {name} about headlines, for which a document of this format has no place, left out"] += table.filter(~of_text).height
        table = table.filter(of_text).drop("part")
        if not attributes:
            losses[f"attributes of spans in {name}, for which this format has no field"] += table.filter(ATTRIBUTE).height
            table = table.filter(~ATTRIBUTE)
        once = table.unique([*who, *PLACE, "value", "attribute"], keep="first", maintain_order=True)
        losses[f"rows of {name} that say again what another row says, and are written once"] += table.height - once.height
        return _nest_attributes(once, [*who, *PLACE]) if attributes else once


@dataclass(frozen=True)
class Work:
    """The articles of a dataset, every annotator's rows and those of gold, each once; a table that is not there is empty."""

    articles: pl.DataFrame
    annotations: pl.DataFrame
    gold: pl.DataFrame
    losses: Losses

    def count_marks(self, name: Literal["annotations", "gold"]) -> int:
        """How many spans, attributes and answers a table has, and readings in which nothing was marked."""
        table: pl.DataFrame = getattr(self, name)
        return table.height + (int(table[ATTRIBUTES].list.len().sum()) if ATTRIBUTES in table.columns else 0)

    @property
    def annotators(self) -> list[str]:
        return sorted(self.annotations["annotator"].unique()) if self.annotations.height else []


@dataclass(frozen=True)
class Decided:
    """The articles that somebody read, one verdict on each, and what that leaves out."""

    articles: pl.DataFrame
    rows: Rows
    table: pl.DataFrame
    losses: Losses


class Rows:
    """The rows of a table by article, each found without looking through the others."""

    def __init__(self, table: pl.DataFrame) -> None:
        self._places: dict[str, tuple[int, int]] = {}
        if table.height:
            self._table = table.sort("article_id", maintain_order=True)
            offset = 0
            for length, article_id in self._table.select(pl.col("article_id").rle()).unnest("article_id").iter_rows():
                self._places[article_id] = (offset, length)
                offset += length

    def of(self, article_id: str) -> list[Row]:
        return self._table.slice(*self._places[article_id]).to_dicts() if article_id in self._places else []


def decide(material: Material, *, attributes: bool = False) -> Decided:
    """For formats without a place for who: gold if there is some, else the work of the only annotator, else FramingError. `attributes` is
    whether the format holds them."""
    work = material.collect_work(attributes=attributes)
    losses = work.losses
    if work.gold.height:
        table = work.gold
        losses["rows of annotators, instead of which gold is written"] += work.count_marks("annotations")
    elif not work.annotations.height:
        raise FramingError("has no annotations to write", material.where, "Run `framing pull` first")
    elif len(work.annotators) > 1:
        what = f"has the work of {len(work.annotators)} annotators and no gold, and this format holds one verdict"
        raise FramingError(what, material.where, "Run `framing adjudicate` first")
    else:
        table = work.annotations
    articles = work.articles.join(table, on="article_id", how="semi", maintain_order="left")
    losses["articles left out, about which there is no verdict"] += work.articles.height - articles.height
    return Decided(articles, Rows(table), table, losses)


def _nest_attributes(table: pl.DataFrame, span: list[str]) -> pl.DataFrame:
    """The table without rows of attributes, which stand in a column of the spans that they are of. `span` is what tells a span from others."""
    own = pl.struct([name for name in table.columns if name not in (*span, "quote")])
    nested = table.filter(ATTRIBUTE).group_by(span, maintain_order=True).agg(own.alias(ATTRIBUTES))
    return table.filter(~ATTRIBUTE).join(nested, on=span, how="left", maintain_order="left")


def list_attributes(row: Row) -> list[Row]:
    """The rows of a span's attributes, each with `attribute` and `value`, in the order of their table."""
    return row.get(ATTRIBUTES) or []


def values_of(row: Row) -> dict[str, list[str]]:
    """What is said of a span, by attribute."""
    said: dict[str, list[str]] = {}
    for one in list_attributes(row):
        said.setdefault(one["attribute"], []).append(one["value"])
    return said


def split_by_annotator(rows: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """An article's rows by who made them, in the order of their names."""
    for annotator, own in groupby(sorted(rows, key=lambda row: row["annotator"]), key=lambda row: row["annotator"]):
        yield annotator, list(own)


def unheld(table: pl.DataFrame, held: Collection[str], what: str) -> list[str]:
    """One sentence that says which columns that hold something are left out; none if there are none."""
    names = [name for name in table.columns if name not in held and table[name].null_count() < table.height]
    said = [f"{name} ({_MEANINGS[name]})" if name in _MEANINGS and what != "articles" else name for name in names]
    return [f"columns of {what} left out, since the format has no field for them: {', '.join(said)}"] if said else []


def say(losses: Losses) -> list[str]:
    """What was lost, as sentences with their numbers."""
    return [f"{text}: {count}" for text, count in losses.items() if count]


def count_changed(articles: pl.DataFrame) -> Losses:
    """Cells that are of no kind that JSON has."""
    other = articles.select(~(cs.string() | cs.integer() | cs.float() | cs.boolean() | cs.categorical() | cs.enum()))
    changed = Losses({f"cells of column {name} that are written as text": articles[name].count() for name in other.columns})
    for name in articles.select(cs.float()).columns:
        changed[f"numbers of column {name} that JSON has not, and are left out"] = articles.filter(pl.col(name).is_finite().not_()).height
    return changed
