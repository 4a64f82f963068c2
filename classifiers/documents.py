"""Articles as the models see them: distinct tokens, and arrays of which token stands where and who speaks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from classifiers.arrays import Integers
from schemas.tokens import Span, split_sentences, tokenise
from schemas.voice import SCARE_WORDS, Quotation, find_quotations, voices_of_tokens

__all__ = ["EDGE", "PADDING", "SITUATIONS", "Batch", "Document", "make_batch", "make_document", "order_words"]


# Windows look two tokens to either side; what they see beyond an article's ends is the edge.
EDGE, PADDING = "", 2
# A token's situation: its voice, and whether it stands in a short quotation whoever is said to speak there.
SITUATIONS = ("narrator", "quoted", "scare", "quoted, short", "edge")


@dataclass(frozen=True)
class Document:
    """One article's tokens and sentences, as offsets, and its quotations. Articles of one `page` (its address) are parts
    of one text: what is said of one of them says something of the others."""

    article_id: str
    text: str
    tokens: list[Span]
    sentences: list[Span]
    quotations: list[Quotation]
    page: str | None = None

    @cached_property
    def lines(self) -> list[Span]:
        """Token ranges of the lines, in order."""
        breaks = [i for i in range(1, len(self.tokens)) if "\n" in self.text[self.tokens[i - 1].end : self.tokens[i].start]]
        ends = [*breaks, len(self.tokens)] if self.tokens else []
        return [Span(first, last) for first, last in zip([0, *breaks], ends, strict=False)]

    def tokens_between(self, start: int, end: int) -> range:
        """Indices of the tokens that lie within, or touch, a stretch of the text."""
        first = bisect_left(self.tokens, start, key=lambda token: token.end - 1)
        return range(first, max(first, bisect_left(self.tokens, end, key=lambda token: token.start)))

    def stretch(self, tokens: Span) -> Span:
        """The stretch of the text from the first to the last of these tokens, which are given by index."""
        return Span(self.tokens[tokens.start].start, self.tokens[tokens.end - 1].end)

    def touched(self, ranges: Iterable[tuple[int, int]]) -> NDArray[np.bool_]:
        """For each token, whether one of these stretches of the text touches it."""
        flags = np.zeros(len(self.tokens), dtype=np.bool_)
        for start, end in ranges:
            inside = self.tokens_between(start, end)
            flags[inside.start : inside.stop] = True
        return flags


@dataclass(frozen=True)
class Batch:
    """Documents with their tokens interned. Each document is followed and preceded by PADDING edges.

    words[ids[i]] is the token at row i; `begins[d]` is the row of document d's first token.
    """

    documents: list[Document]
    words: list[str]
    ids: Integers
    situations: Integers
    begins: Integers

    def rows(self, document: int) -> slice:
        begin = int(self.begins[document])
        return slice(begin, begin + len(self.documents[document].tokens))


def make_document(article_id: str, text: str, page: str | None = None) -> Document:
    return Document(article_id, text, tokenise(text), split_sentences(text), find_quotations(text), page or None)


def make_batch(documents: Iterable[Document]) -> Batch:
    """Intern the tokens of the documents, in order."""
    documents = list(documents)
    numbers: dict[str, int] = {EDGE: 0}
    ids: list[int] = [0] * PADDING
    situations: list[int] = [SITUATIONS.index("edge")] * PADDING
    begins: list[int] = []
    for document in documents:
        begins.append(len(ids))
        ids += [numbers.setdefault(document.text[start:end], len(numbers)) for start, end in document.tokens]
        situations += _situations(document)
        ids += [0] * PADDING
        situations += [SITUATIONS.index("edge")] * PADDING
    return Batch(documents, list(numbers), *(np.array(column, dtype=np.int32) for column in (ids, situations, begins)))


def order_words(batch: Batch) -> Batch:
    """The same with its words in the order of the alphabet: a document's words then stand in one order, whatever is beside it."""
    order = sorted(range(len(batch.words)), key=batch.words.__getitem__)
    places = np.empty(len(order), dtype=batch.ids.dtype)
    places[order] = np.arange(len(order))
    return replace(batch, words=[batch.words[i] for i in order], ids=places[batch.ids])


def _situations(document: Document) -> list[int]:
    situations = voices_of_tokens(document.tokens, document.quotations)
    for quotation in document.quotations:
        inside = document.tokens_between(quotation.start, quotation.end)
        if quotation.voice == "quoted" and len(inside) <= SCARE_WORDS:
            for i in inside:
                situations[i] = SITUATIONS.index("quoted, short")
    return situations
