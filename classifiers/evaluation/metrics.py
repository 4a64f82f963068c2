"""Measures of probabilities and labels that evaluation reports."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from schemas.arrays import Flags, Floats

__all__ = ["auroc", "binary_f1", "brier", "expected_calibration_error", "macro_f1", "mean_f1", "micro_f1"]

BINS = 10


def binary_f1(truth: Flags, found: Flags) -> float:
    """F1 of the positive class; 1 where there is nothing to find and nothing was found."""
    positives = truth.sum() + found.sum()
    return float(2 * (truth & found).sum() / positives) if positives else 1.0


def macro_f1(truth: Sequence[str], found: Sequence[str], labels: Sequence[str] | None = None) -> float:
    """Mean F1 over the labels that occur in either."""
    present = [label for label in (labels or sorted({*truth, *found})) if label in truth or label in found]
    a, b = np.array(truth, dtype=object), np.array(found, dtype=object)
    return float(np.mean([binary_f1(a == label, b == label) for label in present])) if present else 1.0


def micro_f1(truth: Sequence[str], found: Sequence[str]) -> float:
    """Share that is right: with one label each, micro-F1 is accuracy."""
    return float(np.mean([a == b for a, b in zip(truth, found, strict=True)])) if truth else 1.0


def mean_f1(truth: Flags, found: Flags) -> float:
    """Macro-F1 of rows x values, over the values that occur in either: a frame that nobody used says nothing."""
    used = [i for i in range(truth.shape[1]) if truth[:, i].any() or found[:, i].any()]
    return float(np.mean([binary_f1(truth[:, i], found[:, i]) for i in used])) if used else 1.0


def auroc(truth: Flags, probabilities: Floats) -> float | None:
    """Area under the ROC curve; None where only one class occurs."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(truth, probabilities)) if 0 < truth.sum() < len(truth) else None


def brier(truth: Flags, probabilities: Floats) -> float:
    """Mean squared error of the probabilities (Brier 1950)."""
    return float(np.mean((probabilities - truth) ** 2)) if len(truth) else 0.0


def expected_calibration_error(truth: Flags, probabilities: Floats) -> float:
    """Mean distance between confidence and frequency over ten bins of equal width (Guo et al. 2017, equation 3)."""
    if not len(truth):
        return 0.0
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = [abs(probabilities[bins == i].sum() - truth[bins == i].sum()) for i in range(BINS)]
    return float(sum(gaps) / len(truth))
