"""An expert decides in Label Studio what annotators disagree on: the second project, and the gold that comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from annotate.gold.disputes import find_disputes, gather_marks, gather_remarks, join_decisions
from annotate.labelstudio import Access, Suggestions, pull, push, refuse_source, suggest
from schemas.dataset import Dataset, read_dataset, write_dataset
from schemas.errors import FramingError
from schemas.files import digest_text

__all__ = ["Decided", "decide_by_expert"]


@dataclass(frozen=True)
class Decided:
    """Gold as it is now, the articles an expert has decided, those that wait, and where."""

    gold: pl.DataFrame
    decided: int
    waiting: int
    address: str


def decide_by_expert(folder: Path, title: str, access: Access, progress: Callable[[int, int], None] = lambda done, total: None) -> Decided:
    """Bring every disputed article into the project `title`, the worst first, with everybody's spans as suggestions, and
    write gold from what the expert has decided there and what all agreed on. To be run again as the expert goes on."""
    dataset = read_dataset(folder)
    disputes = find_disputes(dataset, folder)
    if not disputes:
        raise FramingError("there is nothing to decide: no article has annotators who differ", folder, "Use --rule majority")
    refuse_source(folder, title, access)
    pushed = push(_worst_first(dataset, disputes), dataset.require_codebook(folder), title, access, coders=1, progress=progress)
    rates = pl.DataFrame({"article_id": list(disputes), "score": [1 / (1 + rate) for rate in disputes.values()]})
    marks, remarks = gather_marks(dataset, disputes, folder), gather_remarks(dataset, disputes, folder)
    # The version changes with what is shown, so suggestions of an earlier pull are replaced.
    version = f"annotators ({digest_text(marks.write_json() + json.dumps(remarks))[:12]})"
    suggest(title, Suggestions(version, marks, rates, people=True, remarks=remarks), access)
    decisions = pull(title, access).require_annotations(title)
    if (several := decisions.group_by("article_id").agg(pl.col("annotator").n_unique()).filter(pl.col("annotator") > 1)).height:
        raise FramingError(
            f"article {several['article_id'][0]!r} was decided by several people", title, "Delete all annotations of it but one in Label Studio"
        )
    gold, waiting = join_decisions(dataset, decisions, folder)
    write_dataset(folder, replace(dataset, gold=gold))
    return Decided(gold, len(disputes) - len(waiting), len(waiting), pushed.address)


def _worst_first(dataset: Dataset, disputes: dict[str, float]) -> pl.DataFrame:
    """The order of the rows is that of the tasks, and Label Studio serves them so."""
    return pl.DataFrame({"article_id": list(disputes)}).join(dataset.articles, on="article_id", how="left", maintain_order="left")
