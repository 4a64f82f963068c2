"""The heads of attributes: which value a span has, by its words and those around it, learned from what annotators said of their spans."""

from __future__ import annotations

from typing import NamedTuple

from classifiers.features.surroundings import make_surrounding_space
from classifiers.features.window import WindowSpace
from classifiers.model.model import Head, learned_attributes
from classifiers.training.fitting import fit_softmax
from classifiers.training.targets import Task, Vote
from classifiers.training.ties import surrounding_ties
from schemas.arrays import Floats
from schemas.codebook import Attribute
from schemas.text.tokens import Span

__all__ = ["Said", "find_said", "fit_attributes", "list_votes"]

STRENGTH = 0.3


class Said(NamedTuple):
    """Spans of which somebody said something, as ranges of the batch's tokens, with the value, how much that counts, and the span's document."""

    spans: list[Span]
    values: list[str]
    weights: list[float]
    documents: list[int]

    def in_order(self) -> Said:
        """By where the spans begin."""
        order = sorted(range(len(self.spans)), key=lambda i: self.spans[i])
        return Said(*([column[i] for i in order] for column in self))  # type: ignore[arg-type]


def fit_attributes(task: Task, window: WindowSpace, vectors: Floats) -> dict[str, Head]:
    """The head of each attribute of which at least two values were given."""
    heads: dict[str, Head] = {}
    learned = learned_attributes(task.codebook)
    if not learned:
        return heads
    space = make_surrounding_space(window)
    ties = surrounding_ties(space, vectors)
    for attribute in learned:
        said = find_said(task, attribute, list_votes(task, attribute))
        if len(set(said.values)) > 1:
            matrix = space.matrix(task.batch, said.spans) @ ties
            weights, intercepts = fit_softmax(matrix, said.values, said.weights, attribute.value_names, STRENGTH)
            heads[attribute.name] = Head(tuple(attribute.value_names), ties @ weights, intercepts)
    return heads


def find_said(task: Task, attribute: Attribute, votes: list[list[Vote]]) -> Said:
    """What these votes, some for each document, say of their spans: a value that one of three gave counts a third."""
    said = Said([], [], [], [])
    for number, some in enumerate(votes):
        for vote in some:
            asked = [marked for marked in vote.spans if attribute.is_of(marked.label) and attribute.name in marked.attributes]
            for span, marked in zip(task.batch.touched(number, (marked.span for marked in asked)), asked, strict=True):
                for value, weight in marked.attributes[attribute.name].items():
                    if span.start < span.end and attribute.takes(value) and weight:
                        said.spans.append(span)
                        said.values.append(value)
                        said.weights.append(weight / len(some))
                        said.documents.append(number)
    return said


def list_votes(task: Task, attribute: Attribute) -> list[list[Vote]]:
    """For each article those who read it for spans, where any of them said something of one; gold where none did."""
    return [
        readers if any(attribute.name in marked.attributes for vote in readers for marked in vote.spans) else [gold]
        for readers, gold in zip(map(task.readers, range(len(task))), task.gold, strict=True)
    ]
