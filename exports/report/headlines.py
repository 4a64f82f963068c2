"""Headlines beside texts: how loaded each is, in each outlet."""

from __future__ import annotations

import polars as pl

from exports.estimates import SHAKY
from exports.means import GroupMean, group_means, total_density
from exports.plots.panels import draw_intervals
from exports.report.figures import INTERVAL, Figure, Row, Section, Table, begin, lead, point, rounded, spread
from exports.report.findings import PER_WORDS
from exports.report.outlets import MOST_SHOWN, say_mean
from schemas.codebook import Codebook
from schemas.wording import count, inflect

__all__ = ["show_headlines"]


def show_headlines(articles: pl.DataFrame, codebook: Codebook, caveat: str = "") -> Section | None:
    """Spans of all labels per 1,000 words of headlines, and of the texts under them; None if nobody has looked at headlines. `caveat` is said of
    the figures."""
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
    points = [
        point(row.group, row.mean, row.low, row.high, f"{say_mean(row)}; in the texts under them {rounded(text)}", lead(outlet=row.group), text)
        for row in shown
        for text in [text_of[row.group].mean]
    ]
    rows: list[Row] = [[row.group, row.articles, *_cells(row), *_cells(text_of[row.group])] for row in headlines]
    some = f" The {len(shown)} outlets with the most articles; the table has all {len(headlines)}." if len(shown) < len(headlines) else ""
    figure = Figure(
        "headlines",
        "Headlines, and the texts under them",
        Table(["outlet", "articles", "headlines", INTERVAL, "texts", INTERVAL], rows),
        f"{begin(PER_WORDS)}, mean over articles that have a headline. The line is the {INTERVAL} of headlines, not given of fewer than "
        f"{SHAKY} articles.{some}",
        lambda sheet: draw_intervals({"": points}, PER_WORDS, sheet),
        f"For each outlet a point for headlines with the line of its {INTERVAL}, and a hollow one for texts; the table below has the figures",
        ("headlines", "texts"),
    )
    return Section("headlines", "Headlines and texts", [figure], text=[_count_flagged(both, in_title)], limits=_limit(both, codebook, caveat))


def _count_flagged(both: pl.DataFrame, in_title: pl.Expr) -> str:
    flagged = int(both.select((in_title > 0).sum()).item())
    return f"Of {count(both.height, 'article')} with a headline {flagged:,} {inflect(flagged, 'has', 'have')} a span in it."


def _limit(both: pl.DataFrame, codebook: Codebook, caveat: str) -> list[str]:
    return [
        *([caveat] if caveat else []),
        "A headline is short: one span among ten words is 100 per 1,000, so headlines vary far more than texts.",
        *([] if codebook.headlines else ["Annotators of this codebook do not mark headlines, so nobody has measured how right their spans are."]),
        *([f"So few articles ({both.height}) say little."] if both.height < SHAKY else []),
        "What this report says of outlets, months, actors, words and sources elsewhere is of the texts alone.",
    ]


def _cells(row: GroupMean) -> list[float | str]:
    return [row.mean, spread(row.low, row.high)]
