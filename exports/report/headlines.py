"""Headlines beside texts: how loaded each is, in each outlet."""

from __future__ import annotations

import polars as pl

from exports.estimates import SHAKY
from exports.means import GroupMean, group_means, plotted
from exports.plots.drawing import draw_svg, interval_chart, shorten
from exports.report.comparison import INTERVAL, MOST_SHOWN, PER_WORDS, total_density
from exports.report.figures import Figure, Row, Section, Table, spread
from schemas.codebook import Codebook
from schemas.wording import count

__all__ = ["show_headlines"]

SERIES = ("headlines", "texts")


def show_headlines(articles: pl.DataFrame, codebook: Codebook, caveat: str = "") -> Section | None:
    """Spans of all labels per 1,000 words of headlines, and of the texts under them; None if nobody has looked at headlines. `caveat` is said
    first."""
    columns = [f"title_density_{name}" for name in codebook.label_names]
    if not columns or not set(columns) <= set(articles.columns):
        return None
    in_title = pl.sum_horizontal(columns)
    # The same articles on both sides: another choice of articles would be a difference by itself.
    both = articles.drop_nulls([*columns, *(f"density_{name}" for name in codebook.label_names)])
    if both.is_empty():
        return None
    headlines, texts = (group_means(both, "outlet", figure) for figure in (in_title, total_density(codebook, both.columns)))
    text_of = {row.group: row for row in texts}
    largest = {row.group for row in sorted(headlines, key=lambda row: -row.articles)[:MOST_SHOWN]}
    shown = [row for row in headlines if row.group in largest]
    names = shorten(row.group for row in shown)
    points = [
        point | {"series": series}
        for row in shown
        for series, mean in zip(SERIES, (row, text_of[row.group]), strict=True)
        for point in plotted([mean], names)
    ]
    rows: list[Row] = [[row.group, row.articles, *_cells(row), *_cells(text_of[row.group])] for row in headlines]
    some = f" The {len(shown)} outlets with the most articles; the table has all {len(headlines)}." if len(shown) < len(headlines) else ""
    figure = Figure(
        "headlines",
        "Spans per 1,000 words of headlines and of texts, by outlet",
        f"For each outlet two points, of headlines and of texts, each with the line of its {INTERVAL}; the same figures are in the table below",
        draw_svg(interval_chart(points, PER_WORDS, series=SERIES)),
        Table(["outlet", "articles", "headlines", INTERVAL, "texts", INTERVAL], rows),
        f"Mean over articles that have a headline; the line is a {INTERVAL}, not given of fewer than {SHAKY} articles.{some}",
    )
    return Section("headlines", "Headlines and texts", [_introduce(both, in_title, codebook, caveat)], [figure])


def _introduce(both: pl.DataFrame, in_title: pl.Expr, codebook: Codebook, caveat: str) -> str:
    flagged = int(both.select((in_title > 0).sum()).item())
    said = [
        f"{caveat}Of {count(both.height, 'article')} with a headline {flagged:,} {'has' if flagged == 1 else 'have'} a span in it. A headline is "
        "short: one span among ten words is 100 per 1,000, so headlines vary far more than texts.",
        "" if codebook.headlines else "Annotators of this codebook do not mark headlines, so nobody has measured how right their spans are.",
        f"So few articles ({both.height}) say little." if both.height < SHAKY else "",
        "What this report says of outlets, months, actors, words and sources elsewhere is of the texts alone.",
    ]
    return " ".join(part for part in said if part)


def _cells(row: GroupMean) -> list[float | str]:
    return [row.mean, spread(row.low, row.high)]
