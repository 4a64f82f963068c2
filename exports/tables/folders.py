"""The tables of a dataset folder or a score folder, whichever it is."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from exports.formats.material import Material
from exports.tables.scores import TABLES, open_scores
from schemas.coders import TABLE, read_coders
from schemas.dataset import read_dataset
from schemas.errors import FramingError

__all__ = ["collect_material", "collect_tables", "is_scores"]


def is_scores(folder: Path) -> bool:
    return (folder / "run.json").exists()


def collect_tables(folder: Path) -> dict[str, pl.DataFrame]:
    """Tables by name: articles, annotations, gold, coders of a dataset; articles, spans, sentences of scores."""
    return dict(collect_material(folder).tables)


def collect_material(folder: Path) -> Material:
    """The same tables with the codebook of a dataset."""
    if is_scores(folder):
        scores = open_scores(folder)
        return Material({name: scores.select(name) for name in TABLES}, where=folder)
    if not (folder / "articles.parquet").exists():
        raise FramingError("is neither a dataset nor a score folder", folder, "Make one with `framing ingest`, `pull` or `score`")
    dataset = read_dataset(folder)
    tables = {"articles": dataset.articles, "annotations": dataset.annotations, "gold": dataset.gold}
    found = {name: table for name, table in tables.items() if table is not None}
    coders = read_coders(folder, dataset)
    heights = {name: pl.scan_parquet(folder / f"{name}.parquet", glob=False).select(pl.len()).collect().item() for name in found}
    aside = sum(heights.values()) - sum(table.height for table in found.values())
    if coders is not None:
        found, aside = found | {Path(TABLE).stem: coders.rows}, aside + coders.aside
    return Material(found, dataset.codebook, folder, aside)
