from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from exports.report.progress import show_progress

PEOPLE = {"annotator": pl.String, "read": pl.Int64, "spans": pl.Int64, "minutes": pl.Float64, "last": pl.Datetime("us", "UTC")}
DAILY = {"annotator": pl.String, "day": pl.Date, "read": pl.Int64}


def test_articles_are_counted_by_their_readers_and_people_by_their_articles_and_days() -> None:
    people = pl.DataFrame([("ben", 2, 0, None, None), ("ada", 3, 2, 4.5, datetime(2026, 1, 2, 9, 30, tzinfo=UTC))], schema=PEOPLE, orient="row")
    daily = pl.DataFrame([("ada", date(2026, 1, 1), 1), ("ada", date(2026, 1, 2), 2), ("ben", date(2026, 1, 2), 2)], schema=DAILY, orient="row")
    section = show_progress({0: 2, 1: 1, 2: 1, 5: 1}, people, daily)
    assert section.finding == "3 of 5 articles have been read by somebody, 2 by two people or more."
    progress, days = section.figures
    assert progress.table.rows == [["ada", 3, 2, 4.5, "2026-01-02 09:30"], ["ben", 2, 0, None, None]]
    assert all(f"{who}: {size}" in progress.plots()[0] for who, size in (("nobody", 2), ("one person", 1), ("two people", 1), ("three or more", 1)))
    assert days.table.header == ["annotator", "Jan 01", "Jan 02"]
    assert days.table.rows == [["ada", 1, 2], ["ben", None, 2]]


def test_a_dataset_that_nobody_has_begun_is_shown() -> None:
    section = show_progress({0: 1}, pl.DataFrame(schema=PEOPLE), pl.DataFrame(schema=DAILY))
    assert section.finding == "0 of 1 article has been read by somebody, 0 by two people or more."
    assert len(section.figures) == 1
