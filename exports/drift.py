"""What differs between two sets of scored articles, and whether the model was made for such articles at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.parts import fill_parts

__all__ = ["CLEAR", "EXPECTED", "Difference", "Strangers", "agree_on_spans", "compare_measures", "count_strangers", "holm", "is_undecidable"]

LEVEL = 0.95
# What Holm's p must be below for a difference to be called clear.
CLEAR = 0.05
# Of articles like those of the training data, this share has more unseen words than the limit.
EXPECTED = 0.05
# Many more strangers than that are worth a warning, where there are articles enough to speak of a share.
MANY, FEWEST = 0.2, 2


@dataclass(frozen=True)
class Difference:
    """One measure on both sides: how many articles have it, means, the second mean less the first with a 95 % interval (None where
    there is no spread: one article, or the same figure for all), p of the test, that of Holm, and the probability that an article of
    the second side has more than one of the first (its own self, if `paired`), where as much counts half."""

    measure: str
    articles: tuple[int, int]
    means: tuple[float, float]
    difference: float
    low: float | None
    high: float | None
    p: float
    p_holm: float
    superiority: float
    paired: bool

    @property
    def clear(self) -> bool:
        return self.p_holm < CLEAR


@dataclass(frozen=True)
class Strangers:
    """Of `articles` those that have more unseen words than `limit`, which EXPECTED of the training articles have."""

    articles: int
    beyond: int
    limit: float

    @property
    def share(self) -> float:
        return self.beyond / max(self.articles, 1)

    def warning(self, name: str = "") -> str | None:
        """A line that says that the articles are unlike those of the training data; None if they are not, or too few to say."""
        if self.articles < FEWEST or self.share <= MANY:
            return None
        often = f"in {100 * self.share:.0f} % of the articles, and in {100 * EXPECTED:.0f} % of its training articles"
        strange = f"more than {100 * self.limit:.0f} % of the words are unknown to it {often}"
        said = f"the model is used on text unlike its training: {strange}; have people code some of them before you trust the scores"
        return f"{name}: {said}" if name else said


def compare_measures(first: pl.DataFrame, second: pl.DataFrame, measures: Sequence[str], *, paired: bool = False) -> list[Difference]:
    """A Difference for each measure that both sides have a number of. `paired`: rows with one article_id are one article.

    Independent sides are compared by the rank sum test of Mann and Whitney (1947, Annals of Mathematical Statistics 18, p. 50), pairs by
    Wilcoxon's signed ranks (1945, Biometrics Bulletin 1, p. 80): densities are skewed, and many are zero. Intervals of means are
    Welch's (1947, Biometrika 34, p. 28), or those of the mean of the pairs' differences.
    """
    found = []
    for measure in measures:
        one, other = (table.select("article_id", pl.col(measure).cast(pl.Float64)) for table in (first, second))
        one, other = (table.filter(pl.col(measure).is_finite()) for table in (one, other))
        if paired:
            both = one.join(other, on="article_id", how="inner", suffix="_second")
            values = both[measure].to_numpy(), both[f"{measure}_second"].to_numpy()
        else:
            values = one[measure].to_numpy(), other[measure].to_numpy()
        if len(values[0]) and len(values[1]):
            found.append(_compare(measure, *values, paired=paired))
    adjusted = holm([difference.p for difference in found])
    return [replace(difference, p_holm=p) for difference, p in zip(found, adjusted, strict=True)]


def holm(chances: Sequence[float]) -> list[float]:
    """p values that allow for there being many (Holm 1979, Scandinavian Journal of Statistics 6, p. 67)."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    adjusted, highest = [0.0] * len(chances), 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[i]))
        adjusted[i] = highest
    return adjusted


def is_undecidable(differences: Sequence[Difference]) -> bool:
    """Whether there are so few articles, for so many figures, that no test could have called a difference clear, whatever the scores.

    The smallest p that two sides can have is that of one order of ranks among all that there are (and its opposite): of n + m articles
    n!m!/(n+m)! for rank sums, of n pairs 1/2^n for signed ranks. With many ties the tests approximate and may go below it: what was
    found clear was decidable.
    """
    if not differences or any(row.clear for row in differences):
        return False
    return max(map(_log_orders, differences)) < math.log(2 * len(differences) / CLEAR)


def agree_on_spans(first: pl.DataFrame, second: pl.DataFrame) -> dict[str, float | int | None]:
    """How far two models agree on spans (article_id, label, part, start, end) of the same articles; F1 is None where neither found any.

    `exact_f1`: of spans with the same place and label; `place_f1`: with the same place; `char_f1`: of characters in any span.
    """
    # A headline is a text of its own.
    first, second = (fill_parts(table).with_columns(article_id=pl.struct("article_id", "part")) for table in (first, second))
    exact, place = (
        _f1(first.unique(columns), second.unique(columns), columns)
        for columns in (["article_id", "start", "end", "label"], ["article_id", "start", "end"])
    )
    steps = [
        pl.concat([table.select("article_id", place=pl.col("start"), step=1), table.select("article_id", place=pl.col("end"), step=-1)]).with_columns(
            side=i
        )
        for i, table in enumerate((first, second))
    ]
    # Between two places where a span begins or ends, all characters are in the same spans.
    line = pl.concat(steps).sort("article_id", "place").with_columns(length=pl.col("place").shift(-1).over("article_id") - pl.col("place"))
    inside = [(pl.col("step") * (pl.col("side") == i)).cum_sum().over("article_id") > 0 for i in (0, 1)]
    sums = line.select(
        one=pl.col("length").filter(inside[0]).sum(),
        other=pl.col("length").filter(inside[1]).sum(),
        both=pl.col("length").filter(inside[0] & inside[1]).sum(),
    )
    one, other, both = sums.row(0)
    characters = 2 * both / (one + other) if one + other else None
    return {"spans_first": first.height, "spans_second": second.height, "exact_f1": exact, "place_f1": place, "char_f1": characters}


def count_strangers(unseen: pl.Series, training: pl.Series) -> Strangers | None:
    """How many articles have more unseen words than 95 % of the training articles had for models that had not seen these; None if either
    is unknown."""
    unseen, training = (series.cast(pl.Float64).drop_nulls() for series in (unseen, training))
    if unseen.is_empty() or training.is_empty():
        return None
    limit = float(np.quantile(training.to_numpy(), 1 - EXPECTED))
    return Strangers(len(unseen), int((unseen > limit).sum()), limit)


def _log_orders(row: Difference) -> float:
    """The logarithm of how many orders of ranks (or signs of pairs) there are: of thousands of articles the number itself is too long."""
    one, other = row.articles
    return one * math.log(2) if row.paired else math.lgamma(one + other + 1) - math.lgamma(one + 1) - math.lgamma(other + 1)


def _f1(first: pl.DataFrame, second: pl.DataFrame, columns: list[str]) -> float | None:
    total = first.height + second.height
    return 2 * first.join(second, on=columns, how="semi").height / total if total else None


def _compare(measure: str, first: NDArray[np.float64], second: NDArray[np.float64], *, paired: bool) -> Difference:
    test = _test_pairs if paired else _test_groups
    p, superiority = test(first, second)
    means = float(first.mean()), float(second.mean())
    parts = [second - first] if paired else [first, second]
    half = _half_width(parts)
    difference = float((second - first).mean()) if paired else means[1] - means[0]
    low, high = (None, None) if half is None else (difference - half, difference + half)
    return Difference(measure, (len(first), len(second)), means, difference, low, high, p, p, superiority, paired)


def _test_groups(first: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[float, float]:
    from scipy.stats import mannwhitneyu

    if np.ptp(np.concatenate([first, second])) == 0:
        return 1.0, 0.5
    tested = mannwhitneyu(second, first)
    return float(tested.pvalue), float(tested.statistic) / (len(first) * len(second))


def _test_pairs(first: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[float, float]:
    from scipy.stats import wilcoxon

    more = float((np.sign(second - first).mean() + 1) / 2)
    changed = (second - first)[second != first]
    # Articles that did not change say nothing of the direction of those that did.
    return (float(wilcoxon(changed).pvalue) if len(changed) else 1.0), more


def _half_width(parts: Sequence[NDArray[np.float64]]) -> float | None:
    """Half the interval of a difference of means, or of one mean; None if there is no spread to go by: a part of one, or all parts constant."""
    from scipy.stats import t

    if min(map(len, parts)) < 2 or not any(np.ptp(part) for part in parts):
        return None
    variances = [float(part.var(ddof=1)) / len(part) for part in parts]
    total = sum(variances)
    freedom = total**2 / sum(variance**2 / (len(part) - 1) for variance, part in zip(variances, parts, strict=True))
    return float(t.ppf((1 + LEVEL) / 2, freedom)) * math.sqrt(total)
