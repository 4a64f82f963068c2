"""How far the annotation is: who has read how much, and what two have read."""

from __future__ import annotations

import polars as pl

from exports.plots.drawing import ACCENT, WIDTH, chart_of, draw_svg, in_order
from exports.report.figures import Figure, Section, Table
from schemas.wording import inflect

__all__ = ["show_progress"]

READERS = ("nobody", "one person", "two people", "three or more")


def show_progress(articles: pl.DataFrame, annotations: pl.DataFrame) -> Section:
    """Articles by how many people have read them, and the articles of each person."""
    readers = annotations.group_by("article_id").agg(pl.col("annotator").n_unique().alias("readers"))
    counted = (
        articles.select("article_id").join(readers, on="article_id", how="left").select(pl.col("readers").fill_null(0).clip(0, 3).cast(pl.Int64))
    )
    sizes = dict(counted.group_by("readers").len().iter_rows())
    rows = [{"name": name, "articles": sizes.get(number, 0)} for number, name in enumerate(READERS)]
    import altair

    base = chart_of(rows).encode(y=altair.Y("name:N", sort=in_order(), title=None, axis=altair.Axis(grid=False)))
    bars = base.mark_bar(color=ACCENT, height=16).encode(x=altair.X("articles:Q", title="articles", axis=altair.Axis(tickMinStep=1)))
    words = base.mark_text(align="left", dx=4, fontSize=12).encode(x="articles:Q", text="articles:Q")
    people = annotations.group_by("annotator").agg(
        pl.col("article_id").n_unique().alias("articles"), pl.col("start").count().alias("spans"), pl.col("updated_at").max().alias("last")
    )
    read = articles.height - sizes.get(0, 0)
    figure = Figure(
        "progress",
        "Articles by how many people have read them",
        "Bars of articles read by nobody, one person, two people, and three or more",
        draw_svg((bars + words).properties(width=WIDTH, height=altair.Step(24))),
        Table(["annotator", "articles", "spans", "last work"], people.sort("articles", "annotator", descending=[True, False]).rows()),
        "The table has what each person did.",
    )
    have = inflect(read or articles.height, "has", "have")
    said = f"{read:,} of {articles.height:,} {inflect(articles.height, 'article', 'articles')} {have} been read by somebody."
    return Section("progress", "Progress", [said], [figure])
