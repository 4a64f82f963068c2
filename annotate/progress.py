"""How far the annotation of a dataset is: who has done what, on which days, at which pace, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from schemas.dataset import Dataset
from schemas.tables import SPAN

__all__ = ["Progress", "measure_progress"]

DAY, WEEK = timedelta(days=1), timedelta(days=7)
# So many days are looked at one by one.
SHOWN = 14


@dataclass(frozen=True)
class Progress:
    """`articles`: how many have so many readers, from none upwards. `people`: annotator, read, spans, minutes (median for an
    article), recent (articles in the seven days before anybody's last), last (when), passed (articles that still wait for a reader, stand before
    the last one that they read, and which they have not: skipped, or left open), idle (of the `calendar`, days without work since their first).
    `left` readings are still needed until every article has `coders` of them; `days` until then at the pace of those seven days.
    `calendar`: two weeks of days (UTC), the last one last; none where no time is known. `daily`: annotator, day, read (articles, each on the day of
    its last change)."""

    articles: dict[int, int]
    people: pl.DataFrame
    coders: int
    left: int
    days: float | None
    calendar: tuple[date, ...]
    daily: pl.DataFrame


def measure_progress(dataset: Dataset, coders: int | None = None, today: date | None = None) -> Progress:
    """What the annotations say. Without `coders`, as many readers are wanted as the article with most of them has; without `today`, the calendar
    ends with anybody's last day of work."""
    rows = dataset.annotations
    readings = _readings(rows) if rows is not None else pl.DataFrame(schema=_READINGS)
    counts = dataset.articles.select("article_id").join(
        readings.group_by("article_id").len("readers"), on="article_id", how="left", maintain_order="left"
    )
    readers = counts["readers"].fill_null(0)
    wanted = coders or max([1, *readers.to_list()])
    left = int((wanted - readers.cast(pl.Int64)).clip(0).sum())
    last = readings["time"].max()
    recent = readings.filter(pl.col("time") > last - WEEK) if isinstance(last, datetime) else readings.clear()
    calendar = _list_days(last, today)
    worked = readings.select("annotator", day=pl.col("time").dt.date())
    daily = worked.filter(pl.col("day").is_in(calendar)).group_by("annotator", "day").len("read").sort("day", "annotator")
    people = (
        readings.group_by("annotator")
        .agg(read=pl.len(), spans=pl.col("spans").sum(), minutes=pl.col("seconds").median() / 60, last=pl.col("time").max())
        .join(recent.group_by("annotator").len("recent"), on="annotator", how="left")
        .join(_count_passed(readings, counts.select("article_id", open=readers < wanted)), on="annotator", how="left")
        .join(_count_idle(worked, daily, calendar), on="annotator", how="left")
        .with_columns(pl.col("recent").fill_null(0))
        .sort("annotator")
    )
    days = _days_left(left, readings["time"], recent.height)
    return Progress(dict(sorted(readers.value_counts().rows())), people, wanted, left, days, calendar, daily)


def _days_left(left: int, times: pl.Series, recent: int) -> float | None:
    """At the pace of the last week, or of the time since the first reading; not known before that is a day."""
    first, last = times.min(), times.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime) or last - first < DAY:
        return None
    return left / recent * (min(WEEK, last - first) / DAY)


def _list_days(last: object, today: date | None) -> tuple[date, ...]:
    if not isinstance(last, datetime):
        return ()
    # The server's clock may be ahead of ours.
    end = max(last.date(), today or last.date())
    return tuple(end - DAY * back for back in reversed(range(SHOWN)))


def _count_passed(readings: pl.DataFrame, articles: pl.DataFrame) -> pl.DataFrame:
    """annotator, passed: open articles before the last one that they read, in the order in which Label Studio serves them, but for those that
    they have read."""
    still = pl.col("open").cast(pl.Int64)
    placed = articles.with_columns(place=pl.int_range(pl.len()), before=still.cum_sum() - still)
    own = readings.select("article_id", "annotator").join(placed, on="article_id", how="inner").sort("place")
    return own.group_by("annotator").agg(passed=pl.col("before").last() - pl.col("open").slice(0, pl.len() - 1).sum())


def _count_idle(worked: pl.DataFrame, daily: pl.DataFrame, calendar: tuple[date, ...]) -> pl.DataFrame:
    """annotator, idle; unknown of whom no time is known."""
    if not calendar:
        return worked.select("annotator", idle=pl.lit(None, pl.Int64)).unique()
    begun = worked.group_by("annotator").agg(pl.col("day").min()).with_columns(pl.col("day").clip(calendar[0], calendar[-1]))
    days = (pl.lit(calendar[-1]) - pl.col("day")).dt.total_days() + 1
    busy = daily.group_by("annotator").len("busy")
    return begun.join(busy, on="annotator", how="left").select("annotator", idle=days - pl.col("busy").fill_null(0))


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
