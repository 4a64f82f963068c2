"""The mean of a group, as the classifier says, as people say, and as the classifier says corrected by people."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exports.estimates.design import Design
from exports.estimates.intervals import Kind, density_interval, share_interval, widen

__all__ = ["FEWEST", "SHAKY", "Drawn", "Estimate", "Mean", "bound", "bound_mean", "correct", "mean_of_others", "tune"]

Floats = NDArray[np.float64]
# From fewer coded articles nobody can tell whether a classifier helps, and their own mean is little to go by.
SHAKY = 10
# From fewer an interval says nothing but that there are few: of two articles it may reach from .7 to half a million.
FEWEST = 5


@dataclass(frozen=True)
class Drawn:
    """How the coded articles were drawn, with weights; and all articles, coded ones first, which count alike but may come in clusters."""

    coded: Design
    all: Design


@dataclass(frozen=True)
class Mean:
    """A mean with its standard error and 95 % interval; None where nothing can be said of them."""

    value: float
    se: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def width(self) -> float | None:
        return None if self.low is None or self.high is None else self.high - self.low


@dataclass(frozen=True)
class Estimate:
    """Three means of one group of articles. `human` and `corrected` are None if no article is coded.

    The interval of `naive` is that of sampling alone: it knows nothing of the classifier's bias. `weight` says how far the
    classifier was heard (0 to 1; 0 is the human mean); `df` are the degrees of freedom of the corrected interval, None for
    shares, whose variance follows from the share. `spread` is the variance among coded articles, `fixed` the part of the
    corrected mean's variance that more coding would leave.
    """

    kind: Kind
    coded: int
    uncoded: int
    naive: Mean
    human: Mean | None = None
    corrected: Mean | None = None
    weight: float = 0.0
    df: float | None = None
    spread: float = 0.0
    fixed: float = 0.0

    @property
    def bought(self) -> float:
        """How many more articles people would have had to code for the same standard error without the classifier."""
        if self.human is None or self.corrected is None or not self.weight or not self.human.se or not self.corrected.se:
            return 0.0
        return self.coded * ((self.human.se / self.corrected.se) ** 2 - 1)

    @property
    def narrower(self) -> float | None:
        """By what share the corrected interval is narrower than the human one."""
        if self.human is None or self.corrected is None or not self.human.width or self.corrected.width is None:
            return None
        return 1 - self.corrected.width / self.human.width


def correct(coded: Floats, predicted: Floats, others: Floats, kind: Kind, drift: float = 0.0, drawn: Drawn | None = None) -> Estimate:
    """Estimate the mean of a group of which some articles are coded, drawn at random.

    `coded` are people's figures of n articles, `predicted` the classifier's of the same ones, `others` the classifier's of N more
    articles, all by the same unit: shares 0 to 1, densities 0 or more. The target is the group's writing in general, of which
    these articles are a sample. `drift` is the standard error of the level at which `predicted` stand to `others`, if other models
    made them. `drawn` says how the articles were drawn, if not each by itself with the same chance.

    Prediction-powered inference with a tuned weight (PPI++: Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453): the mean of
    `coded` + weight x (mean of `others` - mean of `predicted`), weight = cov(coded, predicted) / ((1 + n/N) var(predictions)),
    clipped to [0, 1]. Survey statisticians know it as the regression estimator of two-phase sampling (Cochran 1977, Sampling
    Techniques, chapter 12). Two safeguards are for few codes: the errors that were seen are those of one article more, of which the
    classifier knew nothing; and where it does not make the standard error smaller then, its weight is 0. With unequal chances or clusters
    means, variances and covariances are those of the `Design`, and n and n + N are its sizes and not counts: `others` are what is left of all
    articles' mean without the coded ones' part in it. Raises ValueError if lengths do not fit, or nothing is there at all.
    """
    n, uncoded = len(coded), len(others)
    if len(predicted) != n or n + uncoded == 0:
        raise ValueError("each coded article has one prediction, and there is one article at least")
    everything = np.concatenate([predicted, others])
    sample, whole = (drawn.coded, drawn.all) if drawn else (Design.even(n), Design.even(n + uncoded))
    if len(sample.shares) != n or len(whole.shares) != n + uncoded:
        raise ValueError("each article is drawn in one way")
    naive = _naive(everything, kind, whole, sure=n > 0)
    if n == 0:
        return Estimate(kind, n, uncoded, naive)
    size, total_size = sample.size, whole.size
    spread, mean = sample.covariance(coded), sample.mean(coded)
    among = sample.spread(coded) if drawn else spread
    square = sample.square_of_share if drawn and kind == "share" else sample.square
    alone_variance = size / (size - 1) * square(coded) if size > 1 else 0.0
    human = bound(kind, mean, alone_variance, among, mean, size, size - 1, careful=drawn is not None)
    alone = Estimate(kind, n, uncoded, naive, human, human, df=None if kind == "share" else _whole(size - 1), spread=among)
    rest = total_size - size
    if size < SHAKY or uncoded == 0 or rest <= 0 or drift == np.inf or (variance := whole.covariance(everything)) == 0:
        return alone
    ratio = rest / total_size
    weight = tune(coded, predicted, variance / ratio + size * drift**2, sample)
    errors = coded - weight * predicted
    # A share varies by a quarter at most; how far a density may vary is known from the coded articles alone.
    unknown = 0.25 if kind == "share" else spread
    seen = (size * size * square(errors) + unknown) / (size - 2) / size
    total = seen + weight**2 * (variance / rest + drift**2)
    if weight == 0 or total >= alone_variance:
        return alone
    value = mean + weight * (mean_of_others(predicted, others, drawn) - sample.mean(predicted))
    corrected = bound(kind, value, total, among, mean, size, size - 2, careful=drawn is not None)
    # The predictions' own part in the variance, over coded and uncoded articles together, in which coding more changes nothing.
    fixed = min((weight / ratio) ** 2 * variance / total_size + (weight * drift) ** 2, total)
    return replace(alone, corrected=corrected, weight=weight, df=None if kind == "share" else _whole(size - 2), fixed=fixed)


def tune(coded: Floats, predicted: Floats, variance: float, sample: Design) -> float:
    """How far to hear predictions of this variance, 0 to 1."""
    return min(max(sample.covariance(coded, predicted) / variance, 0.0), 1.0)


def mean_of_others(predicted: Floats, others: Floats, drawn: Drawn | None) -> float:
    """What is left of the mean of all predictions without the coded articles' part in it."""
    if drawn is None:
        return float(others.mean())
    size, total = drawn.coded.size, drawn.all.size
    return (total * drawn.all.mean(np.concatenate([predicted, others])) - size * drawn.coded.mean(predicted)) / (total - size)


def bound_mean(mean: float, variance: float, count: int, kind: Kind) -> Mean:
    """The mean of a sample of so many articles, whose figures have this variance, with the interval of sampling alone."""
    if count < 2:
        return Mean(mean)
    spread = mean * (1 - mean) if kind == "share" else variance
    return bound(kind, mean, variance / count, spread, mean, count, count - 1)


def _naive(everything: Floats, kind: Kind, whole: Design, *, sure: bool) -> Mean:
    """Without a coded article even its interval would look like knowledge, so there is none."""
    mean, size = whole.mean(everything), whole.size
    if not sure or size <= 1:
        return Mean(mean)
    variance = whole.covariance(everything)
    return bound(kind, mean, variance / size, mean * (1 - mean) if kind == "share" else variance, mean, size, size - 1)


def _whole(df: float) -> float:
    """Degrees of freedom, as a whole number where they are one."""
    return int(df) if df == int(df) else df


def bound(kind: Kind, value: float, variance: float, spread: float, at: float, n: float, df: float, *, careful: bool = False) -> Mean:
    """The mean with its interval. `spread` is the variance among n articles whose own mean is `at`; `careful` if what they are worth was itself
    estimated, from `df` of them (Korn and Graubard 1998, Surv. Methodol. 24, pp. 193-201)."""
    inside = min(max(value, 0.0), 1.0) if kind == "share" else max(value, 0.0)
    if kind == "share":
        effective = spread / variance if spread > 0 and variance > 0 else n
        if careful:
            effective *= widen(df) ** -2
        return Mean(inside, variance**0.5 if n > 1 else None, *share_interval(value, effective))
    if spread == 0 or n < FEWEST:
        # All alike, most of all nothing found anywhere: that says nothing of how articles differ.
        return Mean(inside, variance**0.5 if n > 1 and spread > 0 else None)
    return Mean(inside, variance**0.5, *density_interval(value, variance, at, df))
