"""Which columns share parameters while a head is trained, and how strongly columns count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import sparse

from classifiers.features.bag import SUMMARY, BagSpace
from classifiers.features.spans import FIGURES, FIRST, LAST, LabelSpace
from classifiers.features.surroundings import PLACES, SurroundingSpace
from classifiers.features.window import NEARNESS, WindowSpace
from classifiers.training.fitting import even_out
from classifiers.training.targets import Task
from schemas.arrays import Floats

__all__ = ["Ties", "bag_ties", "label_ties", "outlet_counts", "sign_agreement", "surrounding_ties", "window_scale", "window_weights"]

COMPANY, SUMMARIES = 2.0, 0.3
# Log-odds that differ by less say nothing.
LEAST = 0.1
# Ends and shapes of words are many, and weaker evidence than the words.
ENDS = 0.5
# For the label of a span, beside its words: those at its edges, the characters of words, and the figures.
EDGE, CHARACTERS, FIGURE = 0.5, 0.5, 0.5
# An outlet of few articles is not made as important as one of many.
FEW = 5


class Block(NamedTuple):
    """Columns beside each other. Each has a parameter of its own, or, where there are vectors (columns x parameters), what its vector says of
    parameters that all of them share; and counts so strongly."""

    strength: Floats | float
    vectors: Floats | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """How many columns, and how many parameters."""
        if self.vectors is None:
            return np.size(self.strength), np.size(self.strength)
        return len(self.vectors), self.vectors.shape[1]


@dataclass(frozen=True)
class Ties:
    """How the weights of columns follow from the parameters that are fitted: a matrix of columns x parameters by which others are multiplied, from
    either side. It is never made: where the vectors of 80,000 words lie in it several times, that would take longer than many a fit."""

    blocks: tuple[Block, ...]

    @property
    def shape(self) -> tuple[int, int]:
        columns, parameters = np.sum([block.shape for block in self.blocks], axis=0).tolist()
        return columns, parameters

    def __rmatmul__(self, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
        """rows x parameters, from rows x columns."""
        parts, begin = [], 0
        for block in self.blocks:
            part = matrix[:, begin : begin + block.shape[0]]
            parts.append(part @ sparse.diags(block.strength) if block.vectors is None else sparse.csr_matrix(block.strength * (part @ block.vectors)))
            begin += block.shape[0]
        return sparse.csr_matrix(sparse.hstack(parts, format="csr"))

    def __matmul__(self, parameters: Floats) -> Floats:
        """The weight of each column, or one for each of several outputs (parameters x outputs)."""
        parts, begin = [], 0
        for block in self.blocks:
            some = parameters[begin : begin + block.shape[1]]
            parts.append((block.strength * some.T).T if block.vectors is None else block.strength * (block.vectors @ some))
            begin += block.shape[1]
        return np.concatenate(parts)


def window_scale(space: WindowSpace, dimensions: int) -> Floats:
    """How strongly each column of the window counts, where the company is seen as vectors of so many dimensions."""
    scales = [
        np.repeat(strength * np.array([NEARNESS[abs(position)] for position in stream.positions]), size)
        for stream, size, strength in (
            (space.words, len(space.words.features), 1.0),
            (space.characters, len(space.characters.features), 1.0),
            (space.company, dimensions, COMPANY),
        )
    ]
    return np.concatenate([*scales, np.ones(space.situations.width)])


def window_weights(space: WindowSpace, vectors: Floats, weights: Floats) -> Floats:
    """One weight for each column of the window, from those of a view in which the company is seen as vectors: a word has what its vector says."""
    begin = space.words.width + space.characters.width
    end = begin + len(space.company.positions) * vectors.shape[1]
    company = weights[begin:end].reshape(len(space.company.positions), -1) @ vectors.T
    return np.concatenate([weights[:begin], company.ravel(), weights[end:]])


def bag_ties(space: BagSpace, vectors: Floats, matrix: sparse.csr_matrix) -> Ties:
    """Those of the bag's columns. The summary's figures are brought to one scale, that of `matrix`' rows."""
    size = len(space.heads) * len(SUMMARY)
    summary = matrix[:, matrix.shape[1] - size :].toarray()
    scale = even_out(summary, SUMMARIES, LEAST)
    words = np.array([1.0 if feature.kind == "word" else ENDS for feature in space.words.features])
    return Ties((Block(words), Block(np.ones(len(space.pairs))), Block(1.0, vectors), Block(scale)))


def label_ties(space: LabelSpace, vectors: Floats, matrix: sparse.csr_matrix) -> Ties:
    """Those of the columns of spans. The figures are brought to one scale, that of `matrix`' rows."""
    words, characters, _ = (len(stream.features) for stream in space.inside)
    edges = len(space.edges.features) * (len(FIRST) + len(LAST))
    blocks = (
        Block(np.ones(words)),
        Block(np.full(characters, CHARACTERS)),
        Block(COMPANY, vectors),
        Block(np.ones(len(space.window.situations.features))),
        Block(np.full(edges, EDGE)),
        Block(even_out(matrix[:, -len(FIGURES) :].toarray(), FIGURE)),
    )
    return Ties(blocks)


def surrounding_ties(space: SurroundingSpace, vectors: Floats) -> Ties:
    """Those of the columns of spans with their surroundings."""
    return Ties((Block(np.ones(len(PLACES) * len(space.words.features))), *[Block(COMPANY, vectors)] * len(PLACES)))


def outlet_counts(task: Task, power: float, positive: Floats | None = None) -> Floats:
    """How much each article counts, when sources will be new: outlets (and, if `positive` is given, the two answers within
    each) count by their size to the power of 1 - `power`. Mean 1."""
    names = [f"{outlet} {int(positive[i] > 0.5) if positive is not None else ''}" for i, outlet in enumerate(task.outlets)]
    _, which = np.unique(names, return_inverse=True)
    counts: Floats = np.maximum(np.bincount(which), FEW).astype(float)[which] ** -power
    normal: Floats = counts / counts.mean()
    return normal


def sign_agreement(matrix: sparse.csr_matrix, shares: Floats, outlets: list[str], minimum: int = 30) -> Floats:
    """For each column the root of how far outlets agree whether it speaks for or against, 0 to 1: what points one way here and
    the other way there will not travel to a new source."""
    signs = []
    for outlet in sorted(set(outlets)):
        rows = np.flatnonzero(np.array(outlets) == outlet)
        if len(rows) >= minimum:
            signs.append(np.sign(matrix[rows].T @ (shares[rows] - shares[rows].mean())))
    if not signs:
        return np.ones(matrix.shape[1])
    votes = np.array(signs)
    result: Floats = np.sqrt(np.abs(votes.sum(axis=0)) / np.maximum(np.abs(votes).sum(axis=0), 1))
    return result
