"""How far the annotation of a dataset is: who has done what, at which pace, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from schemas.dataset import Dataset
from schemas.tables import SPAN

__all__ = ["Progress", "measure_progress"]

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Progress:
    """`articles`: how many have so many readers, from none upwards. `people`: annotator, read, spans, minutes (median for an
    article), recent (articles in the seven days before anybody's last), last (when). `left` readings are still
    needed until every article has `coders` of them; `days` until then at the pace of those seven days."""

    articles: dict[int, int]
    people: pl.DataFrame
    coders: int
    left: int
    days: float | None


def measure_progress(dataset: Dataset, coders: int | None = None) -> Progress:
    """What the annotations say. Without `coders`, as many readers are wanted as the article with most of them has."""
    rows = dataset.annotations
    readings = _readings(rows) if rows is not None else pl.DataFrame(schema=_READINGS)
    counts = dataset.articles.select("article_id").join(readings.group_by("article_id").len("readers"), on="article_id", how="left")
    readers = counts["readers"].fill_null(0)
    wanted = coders or max([1, *readers.to_list()])
    left = int((wanted - readers.cast(pl.Int64)).clip(0).sum())
    last = readings["time"].max()
    recent = readings.filter(pl.col("time") > last - WEEK) if isinstance(last, datetime) else readings.clear()
    people = (
        readings.group_by("annotator")
        .agg(read=pl.len(), spans=pl.col("spans").sum(), minutes=pl.col("seconds").median() / 60, last=pl.col("time").max())
        .join(recent.group_by("annotator").len("recent"), on="annotator", how="left")
        .with_columns(pl.col("recent").fill_null(0))
        .sort("annotator")
    )
    days = _days_left(left, readings["time"], recent.height)
    return Progress(dict(sorted(readers.value_counts().rows())), people, wanted, left, days)


def _days_left(left: int, times: pl.Series, recent: int) -> float | None:
    """At the pace of the last week, or of the time since the first reading; not known before that is a day."""
    first, last = times.min(), times.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime) or last - first < DAY:
        return None
    return left / recent * (min(WEEK, last - first) / DAY)


_READINGS: dict[str, Any] = {
    "article_id": pl.String,
    "annotator": pl.String,
    "spans": pl.UInt32,
    "seconds": pl.Float64,
    "time": pl.Datetime("us", "UTC"),
}


def _readings(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each article and annotator."""
    time = pl.col("updated_at").fill_null(pl.col("created_at")).str.to_datetime(time_unit="us", time_zone="UTC", strict=False)
    return rows.group_by("article_id", "annotator").agg(spans=SPAN.sum().cast(pl.UInt32), seconds=pl.col("seconds").first(), time=time.max())
