"""Outlets compared: spans per 1,000 words of each, in its own voice and in what it quotes, and by label."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from exports.estimates import SHAKY
from exports.means import UNKNOWN, GroupMean, group_means, mean_of, quoted_density, total_density
from exports.plots.panels import draw_intervals
from exports.report.figures import INTERVAL, Figure, Row, Section, Table, begin, lead, plain, point, rounded, spread
from exports.report.findings import PER_WORDS, tell_apart
from schemas.codebook import Codebook
from schemas.tables import count_copies
from schemas.wording import count, enumerate_some, say_copies, say_unpaired

__all__ = ["MOST_SHOWN", "compare_outlets", "name_wording", "say_mean"]

# What can still be told apart in a plot. The table has all.
MOST_SHOWN = 30
SAMPLING = (
    "An interval says how far a mean might move with other articles of the same outlet, not how right the tagging is. That of a difference holds for "
    "all pairs of outlets at once (Tukey)."
)


def compare_outlets(articles: pl.DataFrame, codebook: Codebook, caveat: str = "") -> Section:
    """Outlets with the interval of each, and what their spans are; where there is but one, its labels. `caveat` is said of the figures."""
    means = group_means(articles, "outlet", total_density(codebook, articles.columns))
    what = name_wording(codebook)
    limits = [*([caveat] if caveat else []), SAMPLING, *_say_unpaired(articles), *_say_copies(articles)]
    figures = [_show_outlets(articles, means, what, codebook)] if len(means) > 1 else [_show_labels(articles, codebook)]
    if len(means) > 1 and len(codebook.labels) > 1:
        figures.append(_shade_labels(articles, means, codebook))
    return Section(
        "outlets", "Outlets" if len(means) > 1 else "Labels", figures, tell_apart(means, what) or _tell_one(articles, codebook, what), limits=limits
    )


def name_wording(codebook: Codebook) -> str:
    """What spans are, in a sentence."""
    return plain(codebook.label_names[0]).lower() if len(codebook.labels) == 1 else "loaded language"


def say_mean(row: GroupMean) -> str:
    """A mean as a mark says it."""
    sure = f", {INTERVAL} {spread(row.low, row.high)}" if row.low is not None else ""
    return f"{row.group}: {rounded(row.mean)} {PER_WORDS}{sure}; {count(row.articles, 'article')}"


def _tell_one(articles: pl.DataFrame, codebook: Codebook, what: str) -> str:
    found = mean_of(articles, [("all", total_density(codebook, articles.columns))], "density")
    if not found:
        return ""
    row = found[0]
    sure = f" ({INTERVAL} {rounded(row.low)} to {rounded(row.high)})" if row.low is not None and row.high is not None else ""
    return f"These articles use {what} {rounded(row.mean)} times in 1,000 words{sure}."


def _show_outlets(articles: pl.DataFrame, means: Sequence[GroupMean], what: str, codebook: Codebook) -> Figure:
    quoted = {row.group: row.mean for row in group_means(articles, "outlet", quoted_density(codebook))}
    # The largest outlets are shown, in the order of their means.
    largest = {row.group for row in sorted(means, key=lambda row: -row.articles)[:MOST_SHOWN]}
    shown = [row for row in means if row.group in largest]
    points = [
        point(row.group, row.mean, row.low, row.high, f"{say_mean(row)}{_say_quoted(other)}", lead(outlet=row.group), other)
        for row in shown
        for other in [quoted.get(row.group)]
    ]
    some = f" The {len(shown)} outlets with the most articles; the table has all {len(means)}." if len(shown) < len(means) else ""
    rows: list[Row] = [[row.group, row.articles, row.mean, spread(row.low, row.high), quoted.get(row.group)] for row in means]
    return Figure(
        "outlets",
        f"How often each outlet uses {what}",
        Table(["outlet", "articles", "own voice", INTERVAL, "quoted"], rows, leads={(i, 0): lead(outlet=row.group) for i, row in enumerate(means)}),
        f"{begin(PER_WORDS)}, mean over articles. The line is a {INTERVAL}, not given of fewer than {SHAKY} articles.{some}",
        lambda sheet: draw_intervals({"": points}, PER_WORDS, sheet),
        f"For each outlet a point and the line of its {INTERVAL}; the same figures are in the table below",
        ("in its own voice", "in what it quotes"),
    )


def _say_quoted(mean: float | None) -> str:
    return f"; in what it quotes {rounded(mean)}" if mean is not None else ""


def _show_labels(articles: pl.DataFrame, codebook: Codebook) -> Figure:
    """The labels of all articles, where there are no outlets to compare."""
    means = sorted(mean_of(articles, [(name, pl.col(f"density_{name}")) for name in codebook.label_names], "density"), key=lambda row: -row.mean)
    points = [
        point(plain(row.group), row.mean, row.low, row.high, say_mean(row._replace(group=plain(row.group))), lead(label=row.group)) for row in means
    ]
    return Figure(
        "labels",
        "How often each label is used",
        Table(["label", "articles", "own voice", INTERVAL], [[plain(row.group), row.articles, row.mean, spread(row.low, row.high)] for row in means]),
        f"{begin(PER_WORDS)}, mean over articles, in the outlet's own voice. The line is a {INTERVAL}.",
        lambda sheet: draw_intervals({"": points}, PER_WORDS, sheet),
        f"For each label a point and the line of its {INTERVAL}; the same figures are in the table below",
    )


def _shade_labels(articles: pl.DataFrame, means: Sequence[GroupMean], codebook: Codebook) -> Figure:
    names = codebook.label_names
    labels = {name: {row.group: row.mean for row in group_means(articles, "outlet", pl.col(f"density_{name}"))} for name in names}
    rows: list[Row] = [[row.group, *(labels[name].get(row.group) for name in names)] for row in means]
    leads = {(i, j): lead(outlet=row.group, label=name) for i, row in enumerate(means) for j, name in enumerate(names, 1)}
    return Figure(
        "labels-by-outlet",
        "Which labels, in which outlet",
        Table(["outlet", *map(plain, names)], rows, shaded=range(1, len(names) + 1), leads=leads),
        f"{begin(PER_WORDS)}, in the outlet's own voice, mean over articles. The darker, the more.",
    )


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
