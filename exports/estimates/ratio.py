"""A share of spans, not of articles: a ratio of two means over articles, corrected by people."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exports.estimates.correction import FEWEST, SHAKY, Drawn, Estimate, Mean, bound, mean_of_others, tune
from exports.estimates.design import Design

__all__ = ["Pair", "correct_ratio"]

Floats = NDArray[np.float64]


class Pair(NamedTuple):
    """Of each article how many of its spans are of some kind, and how many there are in all."""

    part: Floats
    whole: Floats

    def beside(self, share: float) -> Floats:
        """By how much each article's part is more than that share of its whole: what a ratio estimator calls residuals."""
        return self.part - share * self.whole


def correct_ratio(coded: Pair, predicted: Pair, others: Pair, drawn: Drawn | None = None) -> Estimate:
    """Estimate which share of a group's spans are of some kind, as `correct` estimates means, and from articles that were drawn so.

    Both means are corrected with one weight w, and their ratio is the share:

        R = (mean(coded part) + w (mean(others part) - mean(predicted part))) / (the same of wholes)

    That is the root of the estimating equation mean(part - R whole) = 0 with prediction-powered means (Angelopoulos et al. 2023, Science 382,
    pp. 669-674; with a tuned weight Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453). Its variance is by the delta method that of the
    corrected mean of part - R whole over the square of the denominator (the ratio estimator: Cochran 1977, Sampling Techniques, chapter 6), so the
    covariance of part and whole is that over the same articles.
    w is what is best for that mean. The interval is Wilson's, with as many articles as would be as sure.

    In the estimate `coded` and `uncoded` count the articles that have such spans, as people and as the model say: others say nothing of a share.
    Degrees of freedom go with what these are worth, since one with most of the spans decides nearly alone. Without FEWEST coded ones there is no
    interval, without SHAKY the classifier is not heard. Raises ValueError if lengths do not fit, or the classifier found no such span at all.
    """
    everything = Pair(*(np.concatenate(both) for both in zip(predicted, others, strict=True)))
    n, total = len(coded.part), len(everything.part)
    if {len(figures) for figures in (*coded, *predicted)} != {n} or len(everything.whole) != total or not everything.whole.any():
        raise ValueError("each coded article has one prediction, and there is one span at least")
    sample, whole = (drawn.coded, drawn.all) if drawn else (Design.even(n), Design.even(total))
    known, uncoded = int((coded.whole > 0).sum()), int((others.whole > 0).sum())
    naive = _naive(everything, whole, sure=known > 0)
    if not known:
        return Estimate("share", 0, uncoded, naive)
    size, worth = sample.size, _weigh(sample, coded.whole)
    square = sample.square_of_share if drawn else sample.square
    below = sample.mean(coded.whole)
    share = sample.mean(coded.part) / below
    residuals, spread = coded.beside(share), share * (1 - share)
    alone_variance = worth / (worth - 1) * square(residuals) / below**2 if worth > 1 else 0.0
    human = _bound(share, alone_variance, spread, known, worth - 1)
    alone = Estimate("share", known, uncoded, naive, human, human, spread=spread)
    rest = whole.size - size
    if known < SHAKY or worth <= 2 or rest <= 0 or (variance := whole.covariance(everything.beside(share))) == 0:
        return alone
    weight = tune(residuals, predicted.beside(share), variance * whole.size / rest, sample)
    top, bottom = (
        sample.mean(by_hand) + weight * (mean_of_others(seen, unseen, drawn) - sample.mean(seen))
        for by_hand, seen, unseen in zip(coded, predicted, others, strict=True)
    )
    if weight == 0 or bottom <= 0:
        return alone
    value = min(max(top / bottom, 0.0), 1.0)
    errors = coded.beside(value) - weight * predicted.beside(value)
    # As in `correct`, the errors that were seen are those of one article more, of which the classifier knew nothing.
    seen = (square(errors) + sample.covariance(coded.beside(value)) / (size * worth)) * worth / (worth - 2)
    variance = whole.covariance(everything.beside(value))
    variances = (seen + weight**2 * variance / rest) / bottom**2
    if variances >= alone_variance:
        return alone
    fixed = min((weight * whole.size / rest) ** 2 * variance / whole.size / bottom**2, variances)
    return replace(alone, corrected=_bound(value, variances, spread, known, worth - 2), weight=weight, fixed=fixed)


def _naive(everything: Pair, whole: Design, *, sure: bool) -> Mean:
    """With the interval of sampling alone; without a coded article even that would look like knowledge."""
    below = whole.mean(everything.whole)
    share, worth = whole.mean(everything.part) / below, _weigh(whole, everything.whole)
    if not sure or worth <= 1:
        return Mean(share)
    variance = worth / (worth - 1) * whole.square(everything.beside(share)) / below**2
    return _bound(share, variance, share * (1 - share), int((everything.whole > 0).sum()), worth - 1)


def _weigh(design: Design, spans: Floats) -> float:
    """As many articles with as many spans each as would be as sure: one with most of them decides a share nearly by itself."""
    there = spans > 0
    return Design.of((design.shares * spans)[there], None if design.clusters is None else design.clusters[there]).size


def _bound(share: float, variance: float, spread: float, known: int, df: float) -> Mean:
    if known < FEWEST:
        return Mean(share, variance**0.5 if variance > 0 else None)
    return bound("share", share, variance, spread, share, known, df, careful=True)
