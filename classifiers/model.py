"""A trained model: its heads, how their scores become probabilities and spans, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from classifiers.bag import BagSpace
from classifiers.window import Floats, WindowSpace
from schemas.codebook import Codebook

__all__ = ["Calibration", "Decoding", "Head", "Model", "logistic", "rounded"]

NEGLIGIBLE = 1e-3


@dataclass(frozen=True)
class Calibration:
    """The logistic of slope * logit + offset is a probability."""

    slope: float = 1.0
    offset: float = 0.0

    def apply(self, logits: Floats) -> Floats:
        return logistic(self.slope * logits + self.offset)


@dataclass(frozen=True)
class Decoding:
    """What a token must score to be worth a place in a span, and what opening a span costs; in logits."""

    threshold: float = 0.0
    entry_cost: float = 0.0


@dataclass(frozen=True)
class Head:
    """One trained part: columns x outputs weights, an intercept and a calibration for each output."""

    outputs: tuple[str, ...]
    weights: Floats
    intercepts: Floats
    calibrations: tuple[Calibration, ...]

    def probabilities(self, logits: Floats) -> Floats:
        """rows x outputs, calibrated."""
        columns = [calibration.apply(logits[:, i]) for i, calibration in enumerate(self.calibrations)]
        return np.column_stack(columns) if columns else np.zeros(logits.shape)


@dataclass(frozen=True)
class Model:
    """Heads by name: `spans` (is the token loaded), `labels` (which label a span has), `sentences` (does it carry a
    span), and one for each question. `facts` goes into model.json and the card: data, agreement, evaluation."""

    codebook: Codebook
    window: WindowSpace
    bag: BagSpace
    spans: Head | None
    labels: Head | None
    sentences: Head | None
    questions: Mapping[str, Head]
    decoding: Decoding
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def heads(self) -> dict[str, Head]:
        named = {"spans": self.spans, "labels": self.labels, "sentences": self.sentences}
        return {name: head for name, head in named.items() if head is not None} | {f"question {name}": head for name, head in self.questions.items()}


def rounded(model: Model) -> Model:
    """The model as its folder can hold it, with weights in single precision, so that a saved model scores as the one
    just trained does. Weights too small to matter are dropped: they are most of the table and none of the score."""

    def compact(head: Head | None) -> Head | None:
        if head is None:
            return None
        kept = np.where(np.abs(head.weights) > NEGLIGIBLE * np.abs(head.weights).max(initial=0.0), head.weights, 0.0)
        return replace(head, weights=kept.astype(np.float32).astype(np.float64))

    questions = {name: compacted for name, head in model.questions.items() if (compacted := compact(head))}
    return replace(model, spans=compact(model.spans), labels=compact(model.labels), sentences=compact(model.sentences), questions=questions)


def logistic(x: Floats) -> Floats:
    result: Floats = 1 / (1 + np.exp(-np.clip(x, -60, 60)))
    return result
