"""Groups of articles compared: spans per 1,000 words in each outlet and each month, in its own voice, by label."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from exports.estimates import SHAKY
from exports.means import UNKNOWN, group_means, plotted
from exports.plots.drawing import ACCENT, WIDTH, chart_of, draw_svg, interval_chart, roof, shaded_table, shorten
from exports.report.figures import Figure, Row, Section, Table, spread
from schemas.codebook import TOTAL, Codebook
from schemas.tables import count_copies
from schemas.wording import enumerate_some, inflect, say_copies, say_unpaired

__all__ = ["INTERVAL", "MOST_SHOWN", "PER_WORDS", "compare_months", "compare_outlets", "month_of", "total_density"]

# What can still be told apart in a plot. The table has all.
MOST_SHOWN = 30
INTERVAL = "95 % interval"
PER_WORDS = "spans per 1,000 words of an article, mean"


def total_density(codebook: Codebook, columns: Sequence[str] = ()) -> pl.Expr:
    """Spans of any label per 1,000 words, in the outlet's own voice. `columns` are those of the articles table: the total is read where it is one of
    them, and added up where it is not, as in older folders, or where it came with the articles, behind `model`."""
    if TOTAL in columns and TOTAL not in columns[columns.index("model") if "model" in columns else len(columns) :]:
        return pl.col(TOTAL)
    return pl.sum_horizontal(pl.col(f"density_{name}") for name in codebook.label_names)


def month_of(published: pl.Expr) -> pl.Expr:
    """The year and month of a date, as text; null where it cannot be read."""
    return published.cast(pl.String).str.extract(r"^\s*(\d{4}-\d{2})(?:\D|$)")


def compare_outlets(articles: pl.DataFrame, codebook: Codebook, caveat: str = "") -> Section:
    """Outlets with the interval of each, and what their spans are; `caveat` is said first."""
    means = group_means(articles, "outlet", total_density(codebook, articles.columns))
    quoted = {
        row.group: row.mean for row in group_means(articles, "outlet", pl.sum_horizontal(f"density_{name}_quoted" for name in codebook.label_names))
    }
    # The largest outlets are shown, in the order of their means.
    largest = {row.group for row in sorted(means, key=lambda row: -row.articles)[:MOST_SHOWN]}
    shown = [row for row in means if row.group in largest]
    names = shorten(row.group for row in shown)
    labels = _means_by_label(articles, "outlet", codebook)
    rows: list[Row] = [
        [row.group, row.articles, row.mean, spread(row.low, row.high), *(labels[name][row.group] for name in codebook.label_names), quoted[row.group]]
        for row in means
    ]
    some = f" The {len(shown)} outlets with the most articles; the table has all {len(means)}." if len(shown) < len(means) else ""
    figures = [
        Figure(
            "outlets",
            "Spans per 1,000 words, by outlet",
            f"For each outlet a point and the line of its {INTERVAL}; the same figures are in the table below",
            draw_svg(interval_chart(plotted(shown, names), PER_WORDS)),
            Table(["outlet", "articles", "own voice", INTERVAL, *codebook.label_names, "quoted"], rows),
            f"Mean over articles; the line is a {INTERVAL}, not given of fewer than {SHAKY} articles.{some}",
        )
    ]
    if len(codebook.labels) > 1:
        cells = [
            {"row": names[row.group], "column": name.replace("_", " "), "value": labels[name][row.group]}
            for row in shown
            for name in codebook.label_names
        ]
        figures.append(
            Figure(
                "labels-by-outlet",
                "Which labels, in which outlet",
                "A table of shaded cells: spans per 1,000 words for each outlet and label",
                draw_svg(shaded_table(cells)),
                Table(["outlet", *codebook.label_names], [[row.group, *(labels[name][row.group] for name in codebook.label_names)] for row in shown]),
                "Spans per 1,000 words in the outlet's own voice: the stronger the colour, the more.",
            )
        )
    return Section(
        "outlets",
        "Outlets compared",
        [
            f"{caveat}In the outlet's own voice, scare quotes included; words quoted from others are counted apart. Every article counts once. The "
            "interval says how far the figure might move with other articles of the same outlet, not how right the tagging is.",
            *_say_unpaired(articles),
            *_say_copies(articles),
        ],
        figures,
    )


def compare_months(articles: pl.DataFrame, codebook: Codebook) -> Section | None:
    """The same over time; None with fewer than two months."""
    dated = articles.with_columns(month=month_of(pl.col("published"))).drop_nulls("month")
    means = sorted(group_means(dated, "month", total_density(codebook, dated.columns)))
    if len(means) < 2:
        return None
    import altair

    rows = plotted(means, {row.group: f"{row.group}-01" for row in means})
    base = chart_of(rows).encode(
        x=altair.X(
            "name:T",
            title=None,
            axis=altair.Axis(
                format="%b %Y",
                labelOverlap="greedy",
                labelSeparation=10,
                tickCount={"interval": "month", "step": max(1, len(means) // 5)},
                grid=False,
            ),
        )
    )
    scale = altair.Scale(domain=[0, roof(rows)], nice=True)
    bars = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.5, clip=True, opacity=0.6, color=ACCENT)
    bars = bars.encode(y=altair.Y("low:Q", title="spans per 1,000 words", scale=scale), y2="high:Q")
    line = base.mark_line(point=altair.OverlayMarkDef(size=36, color=ACCENT), color=ACCENT).encode(
        y=altair.Y("mean:Q", title="spans per 1,000 words", scale=scale)
    )
    undated = articles.height - dated.height
    labels = _means_by_label(dated, "month", codebook)
    table: list[Row] = [
        [row.group, row.articles, row.mean, spread(row.low, row.high), *(labels[name][row.group] for name in codebook.label_names)] for row in means
    ]
    figure = Figure(
        "months",
        "Spans per 1,000 words, by month of publication",
        f"A line over months, each with its {INTERVAL}; the same figures are in the table below",
        draw_svg((bars + line).properties(width=WIDTH + 150, height=180)),
        Table(["month", "articles", "own voice", INTERVAL, *codebook.label_names], table),
        f"Mean over articles, all outlets together; bars are {INTERVAL}s, not given where a month has fewer than {SHAKY} articles."
        + (f" {undated:,} {inflect(undated, 'article has', 'articles have')} no date that could be read." if undated else ""),
    )
    warning = "A change may be one of what was scored: more articles of one outlet, another topic. Compare within outlets before you believe it."
    return Section("months", "Over time", [warning], [figure])


def _say_unpaired(articles: pl.DataFrame) -> list[str]:
    """What is to be said of marks without a partner, where the scores know of any."""
    unpaired = int((articles["unpaired_marks"] > 0).sum()) if articles.schema.get("unpaired_marks", pl.Null).is_integer() else 0
    return [f"{say_unpaired(unpaired, articles.height)}."] if unpaired else []


def _say_copies(articles: pl.DataFrame) -> list[str]:
    """What is to be said of articles that are copies of others, where somebody has looked for them: in all, and of which outlets."""
    if not (copies := count_copies(articles)):
        return []
    outlets = articles.group_by(pl.col("outlet").fill_null(UNKNOWN)).agg(copies=pl.col("copy_of").count(), articles=pl.len())
    rows = outlets.filter(pl.col("copies") > 0).sort(["copies", "outlet"], descending=[True, False]).iter_rows()
    said = enumerate_some([f"{outlet} {some} of {of}" for outlet, some, of in rows])
    return [f"{say_copies(copies, articles.height, counted=True)}. By outlet: {said}."]


def _means_by_label(articles: pl.DataFrame, by: str, codebook: Codebook) -> dict[str, dict[str, float]]:
    """For each label the mean of each group."""
    return {name: {row.group: row.mean for row in group_means(articles, by, pl.col(f"density_{name}"))} for name in codebook.label_names}
