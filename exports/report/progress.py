"""How far the annotation is: who has read how much, what two have read, and the work of each day."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from exports.plots.drawing import spot
from exports.plots.panels import draw_bars
from exports.report.figures import Figure, Section, Table
from schemas.wording import count, inflect

__all__ = ["show_progress"]

READERS = ("nobody", "one person", "two people", "three or more")


def show_progress(readers: Mapping[int, int], people: pl.DataFrame, daily: pl.DataFrame) -> Section:
    """`readers`: how many articles so many people have read; `people`: annotator, read, spans, minutes, last; `daily`: annotator, day, read."""
    sizes = [sum(size for number, size in readers.items() if min(number, len(READERS) - 1) == wanted) for wanted in range(len(READERS))]
    rows = [
        {"name": f"{name}: {size:,}", "mean": size, "spot": spot(f"Read by {name}: {count(size, 'article')}")}
        for name, size in zip(READERS, sizes, strict=True)
    ]
    figures = [
        Figure(
            "progress",
            "How many people have read each article",
            Table(
                ["annotator", "articles", "spans", "minutes an article", "last work"],
                [
                    [name, read, spans, minutes, f"{last:%Y-%m-%d %H:%M}" if last else None]
                    for name, read, spans, minutes, last in people.sort("read", "annotator", descending=[True, False])
                    .select("annotator", "read", "spans", "minutes", "last")
                    .iter_rows()
                ],
            ),
            "The table has what each person did.",
            lambda sheet: draw_bars({"": rows}, "articles", sheet),
            "Bars of articles read by nobody, one person, two people, and three or more",
        ),
        *_show_days(daily),
    ]
    read = sum(sizes) - sizes[0]
    return Section(
        "progress",
        "Progress",
        figures,
        f"{read:,} of {count(sum(sizes), 'article')} {inflect(read or sum(sizes), 'has', 'have')} been read by somebody, "
        f"{sum(sizes[2:]):,} by two people or more.",
    )


def _show_days(daily: pl.DataFrame) -> list[Figure]:
    """The articles of each person on each day, of days on which somebody was at work."""
    if daily.is_empty():
        return []
    names, days = sorted(daily["annotator"].unique()), sorted(daily["day"].unique())
    done = {(name, day): read for name, day, read in daily.select("annotator", "day", "read").iter_rows()}
    rows = [[name, *(done.get((name, day)) for day in days)] for name in names]
    return [
        Figure(
            "days",
            "Articles read on each day",
            Table(["annotator", *(f"{day:%b %d}" for day in days)], rows, shaded=range(1, len(days) + 1)),
            "In the two weeks before the last day of work, by UTC; an article counts on the day of its last change.",
        )
    ]
