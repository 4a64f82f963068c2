"""Which columns share parameters while a head is trained, and how strongly columns count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from classifiers.features.bag import SUMMARY, BagSpace
from classifiers.features.spans import FIGURES, FIRST, LAST, LabelSpace
from classifiers.features.surroundings import PLACES, SurroundingSpace
from classifiers.features.window import NEARNESS, WindowSpace
from classifiers.training.fitting import even_out
from classifiers.training.targets import Task
from schemas.arrays import Floats

__all__ = ["bag_ties", "label_ties", "outlet_counts", "sign_agreement", "surrounding_ties", "window_scale", "window_weights"]

COMPANY, SUMMARIES = 2.0, 0.3
# Log-odds that differ by less say nothing.
LEAST = 0.1
# Ends and shapes of words are many, and weaker evidence than the words.
ENDS = 0.5
# For the label of a span, beside its words: those at its edges, the characters of words, and the figures.
EDGE, CHARACTERS, FIGURE = 0.5, 0.5, 0.5
# An outlet of few articles is not made as important as one of many.
FEW = 5


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


def bag_ties(space: BagSpace, vectors: Floats, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Columns of the bag x parameters. The summary's figures are brought to one scale, that of `matrix`' rows."""
    size = len(space.heads) * len(SUMMARY)
    summary = matrix[:, matrix.shape[1] - size :].toarray()
    scale = even_out(summary, SUMMARIES, LEAST)
    words = np.array([1.0 if feature.kind == "word" else ENDS for feature in space.words.features])
    return _along_diagonal([sparse.diags(words), sparse.identity(len(space.pairs)), _in_rows(vectors), sparse.diags(scale)])


def label_ties(space: LabelSpace, vectors: Floats, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Columns of spans x parameters. The figures are brought to one scale, that of `matrix`' rows."""
    words, characters, _ = (len(stream.features) for stream in space.inside)
    edges = len(space.edges.features) * (len(FIRST) + len(LAST))
    parts = [
        sparse.identity(words),
        CHARACTERS * sparse.identity(characters),
        COMPANY * _in_rows(vectors),
        sparse.identity(len(space.window.situations.features)),
        EDGE * sparse.identity(edges),
        sparse.diags(even_out(matrix[:, -len(FIGURES) :].toarray(), FIGURE)),
    ]
    return _along_diagonal(parts)


def surrounding_ties(space: SurroundingSpace, vectors: Floats) -> sparse.csr_matrix:
    """Columns of spans with their surroundings x parameters."""
    return _along_diagonal([sparse.identity(len(PLACES) * len(space.words.features)), *[COMPANY * _in_rows(vectors)] * len(PLACES)])


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


def _along_diagonal(blocks: Sequence[sparse.spmatrix]) -> sparse.csr_matrix:
    """The matrix of these blocks, and zeros beside them. scipy makes it by way of the row and the column of each number, which of the vectors of
    80,000 words takes five times as long."""
    tables = [sparse.csr_matrix(block) for block in blocks]
    rows, columns, entries = (np.cumsum([0, *sizes]) for sizes in zip(*((*table.shape, table.nnz) for table in tables), strict=True))
    ends = [table.indptr[1:] + begin for table, begin in zip(tables, entries, strict=False)]
    indices = [table.indices + np.int32(begin) for table, begin in zip(tables, columns, strict=False)]
    parts = np.concatenate([table.data for table in tables]), np.concatenate(indices), np.concatenate([[0], *ends])
    return sparse.csr_matrix(parts, shape=(rows[-1], columns[-1]))


def _in_rows(table: Floats) -> sparse.csr_matrix:
    """A table as a sparse matrix that keeps each row whole, if there is anything in it: hardly a number of a vector is zero."""
    some = table.any(axis=1)
    ends = np.concatenate([[0], np.cumsum(some) * table.shape[1]])
    indices = np.tile(np.arange(table.shape[1], dtype=np.int32), np.count_nonzero(some))
    return sparse.csr_matrix((table[some].ravel(), indices, ends), shape=table.shape)
