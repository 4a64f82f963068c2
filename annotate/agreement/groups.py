"""Where a coder errs one way: its shares and rates beside people's, in all and by outlet, each difference with its 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import ndtri, stdtrit

from annotate.agreement.alpha import Figures
from schemas.arrays import Flags, Places

__all__ = ["FEW", "compare_rates", "compare_shares", "mean_error", "split_lengths", "split_outlets"]

UPPER = 0.975
# Figures that rest on fewer articles or spans are called so, and the share of an outlet with fewer articles is in no mean over outlets: it is
# mostly chance, and outlets count alike there.
FEW = 20


def compare_shares(truth: Flags, found: Flags, known: Flags, values: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Of each value the share of articles to which `people` give it (their majority) and the `coder` does, over the articles where both are known.

    The difference is one of matched shares: its interval is Agresti and Min's (2005, Statistics in Medicine 24, pp. 729-740), Wald's after half an
    article is added to each of the four cells, which holds for few articles, too. None where nothing is known.
    """
    return {value: _compare_share(truth[known[:, i], i], found[known[:, i], i]) for i, value in enumerate(values)}


def compare_rates(people: Figures, coder: Figures, words: Figures) -> dict[str, float | int | None]:
    """Spans per 1,000 words by people (of an article the mean over its readers) and by the coder, from the spans and words of each article.

    The interval of the difference is that of a ratio of sums, linearised (Cochran 1977, Sampling Techniques, section 6.4), with Student's t;
    None of fewer than two articles.
    """
    n, total = len(words), words.sum()
    if not total:
        return {"n": n, "people": None, "coder": None, "difference": None, "low": None, "high": None}
    rates = [1000 * float(spans.sum() / total) for spans in (people, coder)]
    difference = rates[1] - rates[0]
    low = high = None
    if n > 1:
        residuals = 1000 * (coder - people) - difference * words
        half = float(stdtrit(n - 1, UPPER) * np.sqrt(n / (n - 1) * (residuals**2).sum()) / total)
        low, high = difference - half, difference + half
    return {"n": n, "people": rates[0], "coder": rates[1], "difference": difference, "low": low, "high": high}


def mean_error(differences: Sequence[float | None]) -> float | None:
    """Mean absolute difference of those that are known."""
    known = [abs(difference) for difference in differences if difference is not None]
    return float(np.mean(known)) if known else None


def split_lengths(sizes: Places) -> list[tuple[dict[str, Any], Flags]]:
    """The articles in thirds by their length in tokens, shortest first: what `tokens` each goes from and to, and which it has. Articles of one length
    stay together, so there may be fewer."""
    if not len(sizes):
        return []
    third = np.searchsorted(np.quantile(sizes, [1 / 3, 2 / 3]), sizes)
    parts = [third == i for i in np.unique(third)]
    return [({"tokens": [int(sizes[part].min()), int(sizes[part].max())]}, part) for part in parts]


def split_outlets(outlets: Sequence[str | None]) -> list[tuple[str, Flags]]:
    """Each outlet that is known, by name, and which articles are its own."""
    numbers = {name: i for i, name in enumerate(sorted({outlet for outlet in outlets if outlet}))}
    column = np.array([numbers.get(outlet or "", -1) for outlet in outlets], dtype=np.int64)
    return [(name, column == i) for name, i in numbers.items()]


def _compare_share(truth: Flags, found: Flags) -> dict[str, float | int | None]:
    n = len(truth)
    if not n:
        return {"n": 0, "people": None, "coder": None, "difference": None, "low": None, "high": None}
    more, less = float((found & ~truth).sum()), float((truth & ~found).sum())
    middle = (more - less) / (n + 2)
    half = float(ndtri(UPPER) * np.sqrt((more + less + 1 - (more - less) ** 2 / (n + 2)) / (n + 2) ** 2))
    shares = {"people": float(truth.mean()), "coder": float(found.mean()), "difference": (more - less) / n}
    return {"n": n, **shares, "low": max(middle - half, -1.0), "high": min(middle + half, 1.0)}
