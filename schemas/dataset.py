"""A dataset is a folder: articles, annotations, gold, the codebook they were made with, and what was set aside."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import dataframely as dy
import polars as pl

from schemas.checks import Rejected, refuse_unknown_labels, set_false_rows_aside
from schemas.codebook import Codebook, load_codebook
from schemas.errors import FramingError
from schemas.files import digest_text, replace_files
from schemas.parquet import explain_damage, read_parquet, scan_parquet
from schemas.parsing import parse_json, read_text
from schemas.parts import TEXT, TITLE, fill_parts
from schemas.tables import Annotations, Articles, Gold, conform

__all__ = [
    "CODERS",
    "READING",
    "Dataset",
    "digest_dataset",
    "keep_copy",
    "keep_lost_articles",
    "read_dataset",
    "read_rejected",
    "refuse_annotated",
    "write_dataset",
    "write_jsonl",
    "write_lines",
    "write_reading",
]

CODERS = "coders.parquet"
HISTORY = "history"
READING = "reading.json"
_ANNOTATE = "Send it out with `framing push`, and bring the work back with `framing pull`"
_INCIDENTAL = ("annotation_id", "created_at", "updated_at", "origin", "seconds", "suggested", "unsure", "note")


@dataclass(frozen=True)
class Dataset:
    """What a dataset folder holds. Tables that are not there yet are None."""

    articles: pl.DataFrame
    annotations: pl.DataFrame | None = None
    gold: pl.DataFrame | None = None
    codebook: Codebook | None = None
    rejected: Rejected = field(default_factory=list)
    # What reading.json says of where it comes from.
    reading: Mapping[str, Any] | None = None

    def require_annotations(self, where: object) -> pl.DataFrame:
        if self.annotations is None:
            raise FramingError(f"{self._begin()}has no annotations.parquet", where, _ANNOTATE)
        return fill_parts(self.annotations)

    def require_gold(self, where: object) -> pl.DataFrame:
        if self.gold is None:
            todo = (
                "Run `framing adjudicate` first" if self.annotations is not None else f"{_ANNOTATE}, and decide what counts with `framing adjudicate`"
            )
            raise FramingError(f"{self._begin()}has no gold.parquet", where, todo)
        return fill_parts(self.gold)

    def require_codebook(self, where: object) -> Codebook:
        if self.codebook is None:
            raise FramingError(f"{self._begin()}has no codebook.toml", where, f"{_ANNOTATE}, or put the codebook there")
        return self.codebook

    def _begin(self) -> str:
        """How a message begins about what is missing: that comes of annotating."""
        return "was not annotated yet, and " if self.annotations is None and self.gold is None else ""


def read_dataset(folder: Path) -> Dataset:
    """Read and check a dataset folder.

    Span rows whose quote is not `text[start:end]` are not repaired: they are left out and listed in `rejected`.
    """
    if not folder.is_dir():
        raise FramingError("no such dataset folder", folder, "Make one with `framing ingest` or `framing pull`")
    if (folder / "run.json").exists():
        raise FramingError("is a score folder, and a dataset is wanted", folder, "Give the dataset: the folder that `framing ingest` or `pull` wrote")
    articles = _read_table(folder / "articles.parquet", Articles)
    if articles is None:
        raise FramingError("has no articles.parquet, so it is not a dataset", folder, "Make one with `framing ingest` or `framing pull`")
    annotations = _read_table(folder / "annotations.parquet", Annotations)
    gold = _read_table(folder / "gold.parquet", Gold)
    path = folder / "codebook.toml"
    codebook = load_codebook(path) if _stands(path) else None
    rejected = read_rejected(folder / "rejected.jsonl")
    if annotations is not None:
        refuse_unknown_labels(annotations, codebook, folder / "annotations.parquet")
        annotations = set_false_rows_aside(annotations, articles, rejected)
    if gold is not None:
        refuse_unknown_labels(gold, codebook, folder / "gold.parquet")
        gold = set_false_rows_aside(gold, articles, rejected)
    return Dataset(articles, annotations, gold, codebook, rejected)


def write_dataset(folder: Path, dataset: Dataset) -> Dataset:
    """Write what the dataset holds; files for tables that are None are left as they are. Returns what was written.

    Annotations and gold that are about to be replaced by different ones are kept in `history/`, under the time of
    writing, and so are articles of which some are no longer there. Refuses a folder of scores, and a codebook that the gold
    in the folder was not made with.
    """
    _refuse_scores(folder)
    rejected: Rejected = list(dataset.rejected)
    articles = conform(dataset.articles, Articles, folder)
    annotations = conform(dataset.annotations, Annotations, folder) if dataset.annotations is not None else None
    gold = conform(dataset.gold, Gold, folder) if dataset.gold is not None else None
    for table in (annotations, gold if gold is not None else _read_table(folder / "gold.parquet", Gold)):
        if table is not None:
            refuse_unknown_labels(table, dataset.codebook, folder)
    if annotations is not None:
        annotations = set_false_rows_aside(annotations, articles, rejected)
    if gold is not None:
        gold = set_false_rows_aside(gold, articles, rejected)
    with replace_files(folder) as staging:
        articles.write_parquet(staging / "articles.parquet")
        keep_lost_articles(folder, staging)
        for name, table in (("annotations", annotations), ("gold", gold)):
            if table is not None:
                _replace_table(folder / f"{name}.parquet", table, staging)
        if dataset.codebook is not None:
            (staging / "codebook.toml").write_text(dataset.codebook.to_toml(), encoding="utf-8")
        write_jsonl(staging / "rejected.jsonl", rejected)
        if dataset.reading is not None:
            write_reading(staging, dataset.reading)
    return replace(dataset, articles=articles, annotations=annotations, gold=gold, rejected=rejected)


def write_reading(folder: Path, reading: Mapping[str, Any]) -> None:
    """reading.json: what became of each file. Not atomic: call it on a staged folder."""
    text = json.dumps(reading, indent=2, ensure_ascii=False) + "\n"
    (folder / READING).write_text(text, encoding="utf-8", errors="backslashreplace")


def digest_dataset(dataset: Dataset) -> str:
    """SHA-256 of what a model learns from: texts, marks and answers, and the codebook. Ids and times of annotations do
    not count, so the same work pulled again has the same digest."""
    parts = [_taught(dataset), dataset.annotations, dataset.gold]
    rows = [_without_incidentals(part).sort(pl.all()).write_json() if part is not None else "" for part in parts]
    return digest_text("\n".join([*rows, dataset.codebook.digest if dataset.codebook else ""]))


def _taught(dataset: Dataset) -> pl.DataFrame:
    """The texts, and where headlines were read those, too."""
    read = [table for table in (dataset.annotations, dataset.gold) if table is not None and (fill_parts(table)["part"] == TITLE).any()]
    return dataset.articles.select("article_id", "text", *(["title"] if read else []))


def _without_incidentals(table: pl.DataFrame) -> pl.DataFrame:
    # Where nothing is said of any span, or of any headline, the columns are as they were before there were any.
    silent = ["attribute"] if "attribute" in table.columns and table["attribute"].null_count() == table.height else []
    silent += ["part"] if "part" in table.columns and (table["part"] == TEXT).all() else []
    return table.drop([*_INCIDENTAL, *silent], strict=False)


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line; what JSON has no number for becomes null. Not atomic: call it on a staged path."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        write_lines(file, rows)


def write_lines(file: TextIO, rows: Iterable[Mapping[str, Any]]) -> None:
    """The same, to an open file."""
    for row in rows:
        finite = {key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in row.items()}
        line = json.dumps(finite, ensure_ascii=False, default=str, allow_nan=False)
        # Half a surrogate pair, as a rejected row may have, is in no encoding; escaped it is plain ASCII.
        file.write((line if _encodable(line) else json.dumps(finite, default=str, allow_nan=False)) + "\n")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_rejected(path: Path) -> Rejected:
    """Rows that were set aside, each with its reason; none if there is no such file. FramingError if it is damaged."""
    try:
        lines = read_text(path).split("\n")
    except FileNotFoundError:
        return []
    entries = [parse_json(line, path) for line in lines if line.strip()]
    if not all(isinstance(entry, dict) and isinstance(entry.get("reason"), str) and isinstance(entry.get("row"), dict) for entry in entries):
        raise FramingError("is damaged", path, "Delete it, or restore it from a copy")
    return entries


def _read_table(path: Path, schema: type[dy.Schema]) -> pl.DataFrame | None:
    return conform(read_parquet(path), schema, path) if _stands(path) else None


def _stands(path: Path) -> bool:
    # A link that leads nowhere is damage: what it led to is not to be missed in silence.
    return os.path.lexists(path)


def _holds(path: Path, table: pl.DataFrame) -> bool:
    try:
        return read_parquet(path).equals(table)
    except FramingError:
        # Damaged: it differs, and what is left of it is kept.
        return False


def _replace_table(current: Path, new: pl.DataFrame, staging: Path) -> None:
    if current.exists() and _holds(current, new):
        # Unchanged: its time says when it last changed, which tells gold that is older than the annotations.
        return
    new.write_parquet(staging / current.name)
    if current.exists():
        keep_copy(current, staging)


def keep_copy(current: Path, staging: Path) -> None:
    """Keep a file that is about to be replaced, under the time of now."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S-%f")
    (staging / HISTORY).mkdir(exist_ok=True)
    shutil.copyfile(current, staging / HISTORY / f"{current.stem}-{stamp}{current.suffix}")


def keep_lost_articles(folder: Path, staging: Path) -> None:
    """Keep the articles that stand in the folder as a dated copy, if some of them are not among those about to replace them."""
    current = folder / "articles.parquet"
    if not current.exists():
        return
    try:
        with explain_damage(current):
            ids = [scan_parquet(path).select("article_id") for path in (current, staging / current.name)]
            lost = ids[0].join(ids[1], on="article_id", how="anti").select(pl.len()).collect().item()
    except FramingError:
        # Damaged: what is left of it is kept.
        lost = 1
    if lost:
        keep_copy(current, staging)


def refuse_annotated(folder: Path) -> None:
    """Raise FramingError where other articles may not take the place of those in the folder."""
    _refuse_scores(folder)
    for name, what in (("annotations.parquet", "annotations"), (CODERS, "answers and spans of coders")):
        if (folder / name).exists():
            raise FramingError(f"already holds {what}, which belong to its articles", folder, "Ingest into another folder")


def _refuse_scores(folder: Path) -> None:
    if (folder / "run.json").exists():
        raise FramingError("is a score folder, and a dataset is to be written there", folder, "Choose another --out")
