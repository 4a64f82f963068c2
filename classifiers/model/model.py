"""A trained model: its heads, how their scores become probabilities and spans, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.features.answers import OTHER_PARTS
from classifiers.features.bag import BagSpace
from classifiers.features.spans import FIGURES
from classifiers.features.window import WindowSpace
from classifiers.model.logits import logistic, weigh
from schemas.arrays import Floats
from schemas.codebook import Attribute, Codebook, Question
from schemas.wording import count

__all__ = [
    "ACTOR",
    "ATTRIBUTE",
    "AUXILIARY",
    "HALF",
    "LABELS",
    "LOADED",
    "OVERLAP",
    "QUESTION",
    "SENTENCES",
    "SPANS",
    "TARGET",
    "Decoding",
    "Head",
    "Model",
    "Stage",
    "learned_attributes",
    "rounded",
]

# Heads by name; those of questions, of attributes and of other corpora have these before the name of the question, attribute or corpus.
SPANS, OVERLAP, LABELS, SENTENCES = "spans", "overlap", "labels", "sentences"
QUESTION, ATTRIBUTE, AUXILIARY = "question ", "attribute ", "auxiliary "
LOADED = "loaded"
# The second stage that ranks whom spans may be about, and its output.
TARGET, ACTOR = "target", "actor"
# Above which an answer is more likely right than wrong: where nothing else is known it is decided there.
HALF = 0.5
# The step that weights are told to, as a part of the largest (at least half of this), and how many steps do not matter.
FINEST, NEGLIGIBLE = 1 / 8192, 6


@dataclass(frozen=True)
class Decoding:
    """What a token must score to be worth a place in a span, and what opening a span costs; in logits. For the partial-overlap
    measure, what a share of a gold span is worth, and what cutting a span costs."""

    threshold: float = 0.0
    entry_cost: float = 0.0
    overlap_weight: float = 0.5
    overlap_cost: float = 0.5


@dataclass(frozen=True)
class Head:
    """One trained part over the columns of a space: columns x outputs weights, and an intercept for each output."""

    outputs: tuple[str, ...]
    weights: Floats
    intercepts: Floats


@dataclass(frozen=True)
class Stage:
    """A second stage: weights of a few named figures, and an intercept. Its logit is calibrated."""

    columns: tuple[str, ...]
    weights: Floats
    intercept: float

    def logits(self, figures: Floats) -> Floats:
        return weigh(np.ascontiguousarray(figures), self.weights, self.intercept)

    def probabilities(self, figures: Floats) -> Floats:
        return logistic(self.logits(figures))


@dataclass(frozen=True)
class Model:
    """Heads by name: `spans` (is the token loaded), `labels` (which label a span has), `sentences` (does it carry a
    span), one for each question, and the span heads of other corpora (`auxiliaries`), whose scores are evidence. `stages`
    are the second stages: of spans, of sentences, and of each value of each question, and what ranks whom spans are about. `attributes`: heads of
    those attributes of spans that the model says something of, whose logits are calibrated as they are. `facts` goes into model.json and
    the card: data, agreement, evaluation. `languages`: codes of those that the training articles are in, the commonest first; none
    where that is not known. `thresholds`: for each question of several answers the probabilities above which its values count as given, a half
    where nothing is said. `digest` is that of the `folder` it was read from; a model that was
    just trained has neither. `signed_by`: the id of the key of its signature, where one was asked for."""

    codebook: Codebook
    window: WindowSpace
    bag: BagSpace
    spans: Head | None
    labels: Head | None
    sentences: Head | None
    questions: Mapping[str, Head]
    auxiliaries: Mapping[str, Head]
    stages: Mapping[str, Mapping[str, Stage]]
    decoding: Decoding
    languages: tuple[str, ...] = ()
    thresholds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    attributes: Mapping[str, Head] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    folder: Path | None = None
    signed_by: str | None = None

    def __repr__(self) -> str:
        known = ", ".join([*self.codebook.label_names, *(f"question {name}" for name in self.questions)])
        articles, tokens = self.facts.get("training", {}).get("articles"), self.facts.get("evaluation", {}).get("tokens", {}).get("f1")
        noun = "article"
        measured = f", token F1 {tokens:.2f} on those it had not seen" if tokens is not None else ", not evaluated"
        return (
            f"Model {self.title!r} ({f'digest {self.digest[:12]}' if self.digest else 'in no folder yet'})\n"
            f"  codebook {self.codebook.stamp}: {known}\n"
            f"  {f'trained on {count(articles, noun)}{measured}' if articles else 'just trained, not evaluated'}"
        )

    @property
    def title(self) -> str:
        return str(self.facts.get("title") or self.codebook.title)

    @property
    def main_language(self) -> str:
        """What a text is taken to be in whose language cannot be told."""
        return self.languages[0] if self.languages else "en"

    def knows(self, language: str) -> bool:
        """Whether the model is for articles in that language; "" is one that cannot be told, and is not held against them."""
        return not language or not self.languages or language in self.languages

    @property
    def heads(self) -> dict[str, Head]:
        named = {SPANS: self.spans, LABELS: self.labels, SENTENCES: self.sentences}
        heads = {name: head for name, head in named.items() if head is not None}
        heads |= {f"{QUESTION}{name}": head for name, head in self.questions.items()}
        heads |= {f"{ATTRIBUTE}{name}": head for name, head in self.attributes.items()}
        return heads | {f"{AUXILIARY}{name}": head for name, head in self.auxiliaries.items()}

    @property
    def ranker(self) -> Stage | None:
        """What ranks whom spans may be about; None where that was not learned."""
        return self.stages.get(TARGET, {}).get(ACTOR)

    @property
    def asked(self) -> list[Question]:
        """The questions of the codebook that it answers."""
        return [question for question in self.codebook.questions if question.name in self.questions]

    @property
    def looks_at_pages(self) -> bool:
        """Whether what is answered of an article depends on the other parts of its page."""
        stages = [stage for name in self.questions for stage in self.stages[f"{QUESTION}{name}"].values()]
        return any(column.endswith(OTHER_PARTS) and weight for stage in stages for column, weight in zip(stage.columns, stage.weights, strict=True))


def learned_attributes(codebook: Codebook) -> list[Attribute]:
    """The attributes of spans that heads are trained for: those with one of several values."""
    return [attribute for attribute in codebook.attributes if attribute.kind == "choice" and attribute.choice == "single"]


def rounded(model: Model) -> Model:
    """The model as its folder can hold it, with weights in single precision, so that a saved model scores as the one
    just trained does. Weights too small to matter are dropped: they are most of the table and none of the score. The others, and the intercepts, are
    told to FINEST of the largest. To round again changes nothing."""

    def compact(head: Head, figures: int = 0) -> Head:
        # The last columns are few, and each has a scale of its own: what hardly differs from text to text has weights in the hundreds.
        words, last = np.split(head.weights, [len(head.weights) - figures])
        largest = np.abs(words).max(initial=0.0)
        # A power of two, so that the last bits of all weights are zero: that makes their file small, and their sums the same in any order.
        step = 2.0 ** np.ceil(np.log2(max(largest * FINEST, np.finfo(np.float32).tiny)))
        steps = np.rint(words / step)
        kept = np.concatenate([np.where(np.abs(steps) > NEGLIGIBLE, steps * step, 0.0), last.astype(np.float32)])
        return replace(head, weights=kept, intercepts=np.rint(head.intercepts / step) * step)

    def single(stage: Stage) -> Stage:
        return replace(stage, weights=stage.weights.astype(np.float32).astype(np.float64))

    return replace(
        model,
        spans=compact(model.spans) if model.spans else None,
        labels=compact(model.labels, len(FIGURES)) if model.labels else None,
        sentences=compact(model.sentences, len(model.bag.summary)) if model.sentences else None,
        questions={name: compact(head, len(model.bag.summary)) for name, head in model.questions.items()},
        auxiliaries={name: compact(head) for name, head in model.auxiliaries.items()},
        attributes={name: compact(head) for name, head in model.attributes.items()},
        stages={name: {output: single(stage) for output, stage in stages.items()} for name, stages in model.stages.items()},
    )
