"""Spans as rows, to say which label each has: its words, the words at its edges, its length, and how often the article says them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from classifiers.arrays import Floats, even_out
from classifiers.documents import SITUATIONS, Batch, Document
from classifiers.features import Feature
from classifiers.window import Block, Column, Stream, WindowSpace
from schemas.tokens import Span

__all__ = ["FIGURES", "FIGURE_KIND", "FIRST", "JOINING", "LAST", "LONG", "QUOTES", "LabelSpace", "Place", "edge_kinds", "make_label_space"]

# Between a mean (1) and a sum (0) over the span's tokens: long spans have more to say, but not in proportion.
# PTC, micro-F1 on gold spans: mean .580, root .582, this .591.
DILUTION = 0.75
EDGE, COMPANY, CHARACTERS, FIGURE = 0.5, 2.0, 0.5, 0.5
FIRST, LAST = (-2, -1, 0), (0, 1, 2)
FIGURE_KIND = "span"
FIGURES = (
    "log words",
    "one word",
    "two words",
    "up to four words",
    "more than ten words",
    "more than twenty-five words",
    "log times said",
    "said twice",
    "said more than thrice",
    "log mean times of its words",
    "log most times of a word",
    "exclamation mark",
    "question mark",
    "quotation mark",
    "capital",
    "share of and, or, but",
)
QUOTES, JOINING = ('"', "“", "”"), ("and", "or", "but")
# Shorter words say nothing when they are said again.
LONG = 3
# A document of the batch, and the indices of the span's tokens in it.
Place = tuple[int, Span]


@dataclass(frozen=True)
class LabelSpace:
    """The columns of spans: words, characters, company and voice inside, words before and at the first token, at and after
    the last, and figures of the span."""

    window: WindowSpace
    edges: Stream

    @property
    def inside(self) -> tuple[Stream, Stream, Stream]:
        return self.window.words, self.window.characters, self.window.company

    @property
    def blocks(self) -> list[Block]:
        blocks: list[Block] = [(stream.features, 0) for stream in (*self.inside, self.window.situations)]
        for kind, positions in zip(edge_kinds("word"), (FIRST, LAST), strict=True):
            words = [Feature(kind, feature.term) for feature in self.edges.features]
            blocks += [(words, position) for position in positions]
        return [*blocks, ([Feature(FIGURE_KIND, figure) for figure in FIGURES], 0)]

    @property
    def columns(self) -> list[Column]:
        return [(feature, position or 0) for features, position in self.blocks for feature in features]

    def matrix(self, batch: Batch, places: Sequence[Place]) -> scipy.sparse.csr_matrix:
        """places x columns."""
        firsts = np.array([int(batch.begins[number]) + span.start for number, span in places], dtype=np.int64)
        lengths = np.array([span.end - span.start for _, span in places], dtype=np.int64)
        which = np.repeat(np.arange(len(places)), lengths)
        inside = np.arange(int(lengths.sum())) + np.repeat(firsts - np.cumsum(lengths) + lengths, lengths)
        around = [firsts + position for position in FIRST] + [firsts + lengths - 1 + position for position in LAST]
        # Spans are few: only their own words are looked at.
        used, ids = np.unique(batch.ids[np.concatenate([inside, *around])], return_inverse=True)
        words = [batch.words[i] for i in used]
        counts = scipy.sparse.csr_matrix((np.repeat(lengths**-DILUTION, lengths), (which, ids[: len(inside)])), shape=(len(places), len(words)))
        edges = self.edges.indicators(words)
        blocks = [counts @ stream.indicators(words) for stream in self.inside]
        voices = scipy.sparse.csr_matrix((np.repeat(1 / lengths, lengths), (which, batch.situations[inside])), shape=(len(places), len(SITUATIONS)))
        blocks.append(voices @ self.window.situations.indicators(SITUATIONS))
        blocks += [edges[part] for part in np.split(ids[len(inside) :], len(around))]
        figures = np.array(_describe(batch, places), dtype=float).reshape(len(places), len(FIGURES))
        return scipy.sparse.csr_matrix(scipy.sparse.hstack([*blocks, scipy.sparse.csr_matrix(figures)], format="csr"))

    def ties(self, vectors: Floats, matrix: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
        """columns x parameters; the figures are brought to one scale, that of `matrix`' rows."""
        words, characters, _ = (len(stream.features) for stream in self.inside)
        edges = len(self.edges.features) * (len(FIRST) + len(LAST))
        scale = even_out(matrix[:, -len(FIGURES) :].toarray(), FIGURE)
        parts = [
            scipy.sparse.identity(words),
            CHARACTERS * scipy.sparse.identity(characters),
            COMPANY * scipy.sparse.csr_matrix(vectors),
            scipy.sparse.identity(len(self.window.situations.features)),
            EDGE * scipy.sparse.identity(edges),
            scipy.sparse.diags(scale),
        ]
        return scipy.sparse.csr_matrix(scipy.sparse.block_diag(parts, format="csr"))


def edge_kinds(kind: str) -> tuple[str, str]:
    """What a feature of this kind is called at the first and at the last token of a span."""
    return f"first {kind}", f"last {kind}"


def make_label_space(window: WindowSpace) -> LabelSpace:
    words = tuple(feature for feature in window.words.features if feature.kind == "word")
    return LabelSpace(window, Stream(window.words.features_of, words, (0,)))


def _describe(batch: Batch, places: Sequence[Place]) -> list[list[float]]:
    lower = [word.lower() for word in batch.words]
    articles: dict[int, list[str]] = {}
    for number in {number for number, _ in places}:
        articles[number] = [lower[i] for i in batch.ids[batch.rows(number)].tolist()]
    counts = {number: Counter(words) for number, words in articles.items()}
    return [_figures(batch.documents[number], span, articles[number], counts[number]) for number, span in places]


def _figures(document: Document, span: Span, article: list[str], counts: Counter[str]) -> list[float]:
    words = article[span.start : span.end]
    content = [counts[word] for word in words if len(word) > LONG] or [0]
    size = len(words)
    said = sum(article[i : i + size] == words for i in range(len(article) - size + 1) if article[i] == words[0])
    lengths = (np.log1p(size), size == 1, size == 2, size <= 4, size > 10, size > 25)
    repeats = (np.log1p(said), said > 1, said > 3, np.log1p(np.mean(content)), np.log1p(max(content)))
    marks = ("!" in words, "?" in words, any(word in QUOTES for word in words), document.text[document.tokens[span.start].start].isupper())
    return [float(figure) for figure in (*lengths, *repeats, *marks, sum(word in JOINING for word in words) / size)]
