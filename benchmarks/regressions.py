"""Simulated studies of regressions on corrected codes: articles of outlets and months, whose true coefficients are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit

from annotate.lots import draw, find_chances
from exports.estimates.regression import Link, NoSolution, Sample, fit_codes, fit_corrected, fit_predictions, recalibrate

__all__ = ["study_regressions"]

Floats = NDArray[np.float64]
OUTLETS = (0.4, 0.3, 0.2, 0.1)
MONTHS = 12
# Log-odds of yes: the first outlet, the others beside it, a month.
LOGITS = np.array([-0.6, 0.9, -0.5, 0.4, 0.03])
POINTS = np.array([0.35, 0.2, -0.15, 0.1, 0.01])
# How much of the truth a classifier knows, and by how much it is too high in one outlet.
CLASSIFIERS = {"good": (0.8, 0.0), "good, biased": (0.8, 0.2), "fair, biased": (0.5, 0.2), "useless": (0.0, 0.0)}
DESIGNS = ("at random", "by doubt", "pages")


def study_regressions(studies: int, sizes: tuple[int, ...] = (100, 200, 400), total: int = 3000) -> Iterator[dict[str, Any]]:
    """A row for each kind of study: how often intervals of corrected coefficients, of codes alone and of predictions alone hold, over all
    coefficients; the lowest of one coefficient; and how wide the corrected ones are beside those of codes alone."""
    chance = np.random.default_rng(0)
    links: tuple[Link, ...] = ("linear", "logistic")
    for link in links:
        truth = LOGITS if link == "logistic" else POINTS
        for n in sizes:
            for classifier in CLASSIFIERS:
                for design in DESIGNS:
                    held: dict[str, list[Floats]] = {"corrected": [], "human": [], "naive": []}
                    widths, none = [], 0
                    for _ in range(studies):
                        matrix, sample = _draw(chance, link, n, total, classifier, design)
                        try:
                            fits = {
                                "corrected": fit_corrected(matrix, recalibrate(matrix, sample, share=True), link),
                                "human": fit_codes(matrix, sample, link),
                                "naive": fit_predictions(matrix, sample, link),
                            }
                        except NoSolution:
                            none += 1
                            continue
                        for name, fit in fits.items():
                            low, high = fit.limits
                            held[name].append(((low <= truth) & (truth <= high)).astype(float))
                        widths.append(np.divide(*(fits[name].se.mean() for name in ("corrected", "human"))))
                    means = {name: np.mean(rows, axis=0) for name, rows in held.items()}
                    facts = {"link": link, "n": n, "classifier": classifier, "design": design}
                    covered = {name: float(mean.mean()) for name, mean in means.items()}
                    yield facts | covered | {"lowest": float(means["corrected"].min()), "width": float(np.mean(widths)), "none": none / studies}


def _draw(chance: np.random.Generator, link: Link, n: int, total: int, classifier: str, design: str) -> tuple[csr_array, Sample]:
    clusters = np.repeat(np.arange(total), chance.integers(1, 5, total))[:total] if design == "pages" else np.arange(total)
    # A page is one outlet's, of one month, and its articles share a mood.
    outlet, month = chance.choice(len(OUTLETS), total, p=OUTLETS)[clusters], chance.integers(0, MONTHS, total)[clusters]
    matrix = np.column_stack([np.ones(total), *(outlet == k for k in (1, 2, 3)), month]).astype(float)
    mean = expit(matrix @ LOGITS) if link == "logistic" else matrix @ POINTS
    mood = chance.random(total)
    alike = (chance.random(total) < 0.5) & (design == "pages")
    codes = (np.where(alike, mood[clusters], chance.random(total)) < mean).astype(float)
    knows, high = CLASSIFIERS[classifier]
    guess = np.where(chance.random(total) < knows, codes, chance.random(total))
    predicted = np.clip(0.1 + 0.8 * guess + high * (outlet == 2), 0, 1)
    if design == "by doubt":
        sure = np.clip(predicted, 0.01, 0.99)
        chances = find_chances(-sure * np.log2(sure) - (1 - sure) * np.log2(1 - sure), n, 0.5)
        rows = draw(chances, chance)
    else:
        some = chance.permutation(int(clusters.max()) + 1)[: round(n * (int(clusters.max()) + 1) / total)]
        by_page = np.isin(clusters, some)
        rows, chances = np.flatnonzero(by_page), np.full(total, by_page.mean())
    if len(np.unique(outlet[rows])) < len(OUTLETS):
        # As the command, which leaves out the articles of an outlet without codes: of these nothing is known.
        return _draw(chance, link, n, total, classifier, design)
    coded = np.full(total, np.nan)
    coded[rows] = codes[rows]
    weights = 1 / chances
    return csr_array(matrix), Sample(predicted, coded, weights * total / weights[rows].sum(), clusters)
