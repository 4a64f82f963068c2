"""What was found, in plain sentences made from the figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from exports.estimates import SHAKY
from exports.means import GroupMean
from exports.report.figures import INTERVAL, rounded
from schemas.wording import inflect

__all__ = ["PER_WORDS", "Trend", "bound_difference", "find_trend", "tell_apart", "tell_trend"]

PER_WORDS = "spans per 1,000 words"
# Fewer articles, or months, say nothing of a trend.
FEWEST_ARTICLES, FEWEST_MONTHS = 30, 3
MOST_TIMES = 10


class Trend(NamedTuple):
    """What changed from the first month to the last within groups, with its 95 % interval."""

    first: str
    last: str
    change: float
    low: float
    high: float


def bound_difference(first: GroupMean, last: GroupMean, groups: int) -> tuple[float, float]:
    """The 95 % interval of the difference of two means of which each has one, for all pairs of so many groups at once: the two intervals are put
    together as Zou and Donner do (2008, Statistics in Medicine 27, pp. 1693-1702), and made wider as Tukey does (Tukey's studentised range)."""
    from scipy.stats import studentized_range

    assert first.low is not None and first.high is not None and last.low is not None and last.high is not None  # noqa: PT018, S101 - the caller's
    wider = float(studentized_range.ppf(0.95, groups, np.inf)) / math.sqrt(2) / 1.959964
    difference = first.mean - last.mean
    below = wider * math.hypot(first.mean - first.low, last.high - last.mean)
    above = wider * math.hypot(first.high - first.mean, last.mean - last.low)
    return difference - below, difference + above


def tell_apart(means: Sequence[GroupMean], what: str, by: str = "outlet", fewest: str = f"{SHAKY} articles") -> str:
    """Which groups have most and least of it, per 1,000 words, and how sure that is; or that nobody can tell, for an interval takes `fewest`. Nothing
    where there is but one group."""
    known = [row for row in means if row.low is not None]
    if len(means) < 2:
        return ""
    if len(known) < 2:
        return f"There are too few articles of each {by} to compare them: an interval takes {fewest}."
    first, last = max(known, key=lambda row: row.mean), min(known, key=lambda row: row.mean)
    low, high = bound_difference(first, last, len(known))
    figures = f"{rounded(first.mean)} against {rounded(last.mean)} {PER_WORDS}"
    sure = f"({INTERVAL} of the difference {rounded(low)} to {rounded(high)})"
    if low <= 0:
        return f"Too few articles to tell the {len(known)} {by}s apart: at the ends are {first.group} and {last.group} with {figures} {sure}."
    # Of next to nothing anything is many times as much.
    times = f"{first.mean / last.mean:.1f} times" if first.mean <= MOST_TIMES * last.mean else ""
    if len(means) == 2:
        return f"{first.group} uses {what} {f'{times} as often as' if times else 'more often than'} {last.group}: {figures} {sure}."
    second = sorted(known, key=lambda row: -row.mean)[1]
    near = f" Which is first is not sure: {second.group} has {rounded(second.mean)}." if bound_difference(first, second, len(known))[0] <= 0 else ""
    which = f"Of {len(known)} {by}s" if len(known) == len(means) else f"Of the {len(known)} {by}s whose mean has an interval, of {len(means)},"
    often = f", {times} as often" if times else ""
    return f"{which} {first.group} uses {what} most and {last.group} least: {figures}{often} {sure}.{near}{_say_beyond(means, first, last)}"


def _say_beyond(means: Sequence[GroupMean], first: GroupMean, last: GroupMean) -> str:
    """How many means without an interval lie beyond the ends of those that have one."""
    unsure = [row.mean for row in means if row.low is None]
    counts = ((sum(mean > first.mean for mean in unsure), "higher"), (sum(mean < last.mean for mean in unsure), "lower"))
    beyond = " and ".join(f"{number} {inflect(number, 'lies', 'lie')} {where}" for number, where in counts if number)
    return f" Of those without an interval {beyond}." if beyond else ""


def find_trend(rows: pl.DataFrame) -> Trend | None:
    """The slope of `figure` over `month` (YYYY-MM) within `group`, times the months there are: least squares with a mean of its own for each group,
    and an interval that holds where variances differ (HC1: MacKinnon and White 1985, Journal of Econometrics 29, pp. 305-325). None of few articles
    or months, and where no group has articles of two months."""
    table = rows.drop_nulls(["month", "figure"]).with_columns(
        at=pl.col("month").str.slice(0, 4).cast(pl.Int64) * 12 + pl.col("month").str.slice(5, 2).cast(pl.Int64)
    )
    months = table["month"].unique().sort()
    if table.height < FEWEST_ARTICLES or months.len() < FEWEST_MONTHS:
        return None
    within = table.select((pl.col(name) - pl.col(name).mean().over("group")).alias(name) for name in ("at", "figure"))
    x, y = within["at"].to_numpy(), within["figure"].to_numpy()
    square, free = float(x @ x), table.height - table["group"].n_unique() - 1
    if square == 0 or free < 1:
        return None
    slope = float(x @ y) / square
    error = math.sqrt(float((x**2) @ ((y - slope * x) ** 2)) * table.height / free) / square
    size = int(table["at"].max()) - int(table["at"].min())  # type: ignore[arg-type]
    return Trend(str(months[0]), str(months[-1]), slope * size, (slope - 1.96 * error) * size, (slope + 1.96 * error) * size)


def tell_trend(trend: Trend | None, what: str, unit: str = PER_WORDS) -> str:
    """Whether it becomes more, in a sentence; "" where nobody can tell."""
    if trend is None:
        return ""
    first, last = (f"{date.fromisoformat(f'{month}-01'):%B %Y}" for month in (trend.first, trend.last))
    when = f"from {first} to {last}"
    if trend.low <= 0 <= trend.high:
        sure = f"({INTERVAL} {rounded(trend.low)} to {rounded(trend.high)})"
        return f"Within outlets {what} has not clearly become more or less {when}: the change is {rounded(trend.change)} {unit} {sure}."
    low, high = sorted(map(abs, (trend.low, trend.high)))
    more, sure = "more" if trend.change > 0 else "less", f"({INTERVAL} {rounded(low)} to {rounded(high)})"
    return f"Within outlets {what} has become {more} {when}: by {rounded(abs(trend.change))} {unit} {sure}."
