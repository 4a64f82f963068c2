"""Krippendorff's alpha for unitizing: whether people cut the same stretches out of a text, and not only the same tokens.

This is the coefficient of Krippendorff, Content Analysis (2nd ed., 2004), pp. 251-256, for each category by itself, and
not the family that Krippendorff et al. 2016 (Quality & Quantity 50) put in its place, which differs for more than two
observers. One continuum is generalised to many, the articles: disagreements are summed over articles, each article
averaging the pairs of its own observers; the units and gaps that chance may shuffle are those of all articles together,
and a gap ends where its article ends. Of one article it is the printed measure exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotate.agreement.alpha import Figures
from schemas.spans import find_overlaps
from schemas.text.tokens import Span

__all__ = ["disagreements", "squared_distances", "tally_unitizing", "unit_lengths", "unitizing_alphas"]

Lengths = NDArray[np.int64]
# What stands in a tally before its two histograms.
HEAD = 3


def unit_lengths(articles: Iterable[Sequence[Sequence[Span]]]) -> Lengths:
    """The different lengths of all units of all observers of all articles: what the tallies count by."""
    return np.array(sorted({end - start for article in articles for units in article for start, end in units}), dtype=np.int64)


def tally_unitizing(observers: Sequence[Sequence[Span]], length: int, sizes: Lengths) -> Figures:
    """What an article of `length` adds to the sums of one category, from each observer's units (sorted, without overlap).

    The disagreement of its pairs; its length; its length times its observers; how many units there are of each of
    `sizes`; in how many places a unit of each of `sizes` fits into a gap. Nothing if there is no pair of observers.
    """
    m = len(observers)
    if m < 2:
        return np.zeros(HEAD + 2 * len(sizes))
    # Both orders of each pair, as in the book's sum.
    observed = 2 * sum(squared_distances(a, b) for a, b in combinations(observers, 2)) / (m * (m - 1))
    units = np.array([end - start for spans in observers for start, end in spans], dtype=np.int64)
    gaps = np.array([gap for spans in observers for gap in _gaps(spans, length)], dtype=np.int64)
    counts = np.bincount(np.searchsorted(sizes, units), minlength=len(sizes))
    places = np.maximum(gaps - sizes[:, None] + 1, 0).sum(axis=1)
    return np.concatenate([[observed, length, m * length], counts, places])


def squared_distances(ours: Sequence[Span], theirs: Sequence[Span]) -> int:
    """Sum of the squared distances between the sections of two observers (2004, pp. 251-256): of two units that overlap, the
    difference of their begins squared and that of their ends; of a unit that lies wholly in the other's gap, its length squared."""
    overlapping = list(find_overlaps(ours, theirs))
    apart = (set(ours) - {a for a, _ in overlapping}, set(theirs) - {b for _, b in overlapping})
    shifted = sum((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 for a, b in overlapping)
    return shifted + sum((end - start) ** 2 for units in apart for start, end in units)


def unitizing_alphas(tallies: Figures, sizes: Lengths) -> Figures:
    """1 - observed / expected disagreement (2004, pp. 251-256) of sums of tallies, any number of them at once, whose last two
    axes are categories and their tally; over several categories both disagreements are summed first.

    Not a number where nobody marked anything, or there was no pair of observers.
    """
    observed, expected = disagreements(tallies, sizes)
    top, bottom = observed.sum(axis=-1), expected.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        figures: Figures = np.where(bottom > 0, 1 - top / bottom, np.nan)
    return figures


def disagreements(tallies: Figures, sizes: Lengths) -> tuple[Figures, Figures]:
    """Observed and expected disagreement of each tally.

    Expected is that of units laid down anywhere (2004, pp. 251-256): each pair of units where they overlap, each unit in
    each gap that is long enough for it. The distances of two units of lengths b and c, summed over all ways in which
    they can overlap, are q(b) + q(c) with q(b) = b (b - 1) (2 b - 1) / 3, so that each unit counts once for every other.
    """
    pair, length, observations = (tallies[..., i] for i in range(HEAD))
    counts, places = tallies[..., HEAD : HEAD + len(sizes)], tallies[..., HEAD + len(sizes) :]
    b = sizes.astype(float)
    overlapping = (counts.sum(axis=-1) - 1) * (counts @ (b * (b - 1) * (2 * b - 1) / 3))
    in_gaps = (counts * places) @ b**2
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = 2 / length * (overlapping + in_gaps) / (observations * (observations - 1) - counts @ (b * (b - 1)))
        return np.nan_to_num(pair / length**2), np.nan_to_num(expected)


def _gaps(spans: Sequence[Span], length: int) -> list[int]:
    edges = [0, *(edge for span in spans for edge in span), length]
    return [end - start for start, end in zip(edges[::2], edges[1::2], strict=True)]
