"""framing adjudicate: annotations to gold."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from framing.console import notice, result
from framing.options import DatasetFolder, epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("adjudicate", epilog=epilog("framing adjudicate dataset --rule majority"))(adjudicate)


def adjudicate(dataset: DatasetFolder, rule: Annotated[str, typer.Option(help="majority (more than half) or unanimous.")] = "majority") -> None:
    """Decide what counts, and write gold.parquet with the share of annotators who agreed."""
    import polars as pl

    from annotate.adjudication import adjudicate as decide
    from schemas.dataset import read_dataset, write_dataset

    read = read_dataset(dataset)
    gold = decide(read, rule, dataset)
    write_dataset(dataset, replace(read, gold=gold))
    spans = int(gold["start"].is_not_null().sum())
    answers, articles = int(gold["value"].is_not_null().sum()), gold["article_id"].n_unique()
    readers = read.require_annotations(dataset).group_by("article_id").agg(pl.col("annotator").n_unique()).filter(pl.col("annotator") == 1)
    if readers.height:
        notice(f"{readers.height} articles were read by one person, whose word is then gold")
    result(f"{spans} spans and {answers} answers in {articles} articles by {rule} -> {dataset / 'gold.parquet'}")
