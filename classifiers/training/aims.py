"""What the answers to a question of several are decided for: the threshold of each, on probabilities that have not seen the article."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classifiers.model.model import HALF
from schemas.arrays import Flags, Floats
from schemas.errors import FramingError

__all__ = ["F1", "Aim", "best_threshold", "read_aim"]

# Answers given for each right one, at the thresholds that are tried.
GENEROSITY = (0.3, 0.4, 0.5, 0.65, 0.8, 0.95, 1.1, 1.3, 1.5, 1.8, 2.2, 2.7, 3.3)


@dataclass(frozen=True)
class Aim:
    """`measure`: "f1" (of each value), "accuracy" (the most right articles) or "precision" (at least `wanted` of the answers given are right, and
    as many given as that allows)."""

    measure: str = "f1"
    wanted: float = 0.0

    def __str__(self) -> str:
        return self.measure if self.measure != "precision" else f"precision={self.wanted:g}"


F1 = Aim()


def read_aim(text: str) -> Aim:
    """From "f1", "accuracy" or "precision=0.8". FramingError for anything else."""
    measure, _, number = text.partition("=")
    if measure in ("f1", "accuracy") and not number:
        return Aim(measure)
    try:
        if measure == "precision" and 0 < float(number) < 1:
            return Aim(measure, float(number))
    except ValueError:
        pass
    raise FramingError(f"answers are decided for f1, accuracy or precision=0.8, not {text!r}", "--decide-for")


def best_threshold(truth: Flags, shares: Floats, aim: Aim = F1) -> float:
    """The probability above which a value counts as given. A half where nothing was ever right, or nothing else is known."""
    right = int(truth.sum())
    if aim.measure == "accuracy" or not 0 < right < len(truth):
        return HALF
    order = np.sort(shares)[::-1]
    given = np.unique(np.clip(np.rint(np.array(GENEROSITY) * right), 1, len(truth) - 1).astype(int))
    # Half way to the next article, so that neither stands on the edge.
    thresholds = (order[given - 1] + order[given]) / 2
    chosen = shares > thresholds[:, None]
    hits, counts = (chosen & truth).sum(axis=1), np.maximum(chosen.sum(axis=1), 1)
    if aim.measure == "precision":
        enough = np.flatnonzero(hits / counts >= aim.wanted)
        return float(thresholds[enough[-1] if len(enough) else 0])
    # The middle of a plateau travels better than a peak: each threshold is judged with the two beside it.
    f1 = np.pad(2 * hits / (counts + right), 1, mode="edge")
    return float(thresholds[(f1[:-2] + f1[1:-1] + f1[2:]).argmax()])
