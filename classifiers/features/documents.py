"""Articles as the models see them: their texts, distinct words by number, which of them stands where, and who speaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from schemas.arrays import Flags, Integers, Places
from schemas.parts import TEXT, TITLE, take_apart
from schemas.text.detection import tell_languages
from schemas.text.kernel import kernel
from schemas.text.quotations import SCARE_WORDS, VOICES, Quotations, find_quotations
from schemas.text.reading import Texts, read_texts
from schemas.text.tokens import Span, touch
from schemas.text.vocabulary import Vocabulary
from schemas.text.words import signs_of_words

__all__ = ["EDGE", "SITUATIONS", "Batch", "list_texts", "make_batch", "situations_of_tokens"]

# What stands beyond an article's ends: the word with the number 0.
EDGE = ""
# A token's situation: its voice, and whether it stands in a short quotation whoever is said to speak there.
SITUATIONS: tuple[str, ...] = (*VOICES, "quoted, short", "edge")
_SHORT, _QUOTED = SITUATIONS.index("quoted, short"), VOICES.index("quoted")


@dataclass(frozen=True)
class Batch:
    """Articles, and their tokens as arrays. words[ids[i]] is token i; document d has those of `rows(d)`. A document is the text of an article, or
    its headline: `parts` says which.

    Articles of one page (its address) are parts of one text: what is said of one of them says something of the others. A headline has no page.
    """

    article_ids: Sequence[str]
    texts: Sequence[str]
    parts: Sequence[str]
    pages: Sequence[str | None]
    read: Texts
    quotations: Quotations
    words: list[str]
    ids: Integers
    situations: Integers

    def __len__(self) -> int:
        return len(self.texts)

    def rows(self, document: int) -> slice:
        return slice(int(self.read.tokens.firsts[document]), int(self.read.tokens.firsts[document + 1]))

    @cached_property
    def documents(self) -> Places:
        """The document of each token."""
        return np.repeat(np.arange(len(self)), np.diff(self.read.tokens.firsts))

    @cached_property
    def lower(self) -> Integers:
        """For each token a number that tokens have in common which differ by case alone."""
        numbers: dict[str, int] = {}
        return np.array([numbers.setdefault(word.lower(), len(numbers)) for word in self.words], dtype=np.int32)[self.ids]

    def beside(self, values: Integers, position: int, edge: int) -> Integers:
        """For each token the value of the one so many places on; `edge` beyond its document's ends."""
        size = max(len(values) - abs(position), 0)
        here, there = (slice(begin, begin + size) for begin in (max(-position, 0), max(position, 0)))
        beside = np.full(len(values), edge, dtype=values.dtype)
        beside[here] = np.where(self.documents[here] == self.documents[there], values[there], edge)
        return beside

    def touched(self, document: int, ranges: Iterable[tuple[int, int]]) -> list[Span]:
        """For each stretch of a document's text the tokens that lie within or touch it; empty where there are none."""
        tokens, (begin, end) = self.read.tokens, self.read.starts[document : document + 2]
        starts, ends = np.minimum(np.array([*ranges], dtype=np.int64).reshape(-1, 2).T + begin, end)
        firsts, lasts = touch(tokens, starts, ends)
        return [Span(first, max(first, last)) for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)]

    def flag(self, document: int, ranges: Iterable[tuple[int, int]]) -> Flags:
        """For each token of a document whether one of these stretches of its text touches it."""
        rows = self.rows(document)
        flags = np.zeros(rows.stop - rows.start, dtype=np.bool_)
        for first, last in self.touched(document, ranges):
            flags[first - rows.start : last - rows.start] = True
        return flags

    def stretches(self, firsts: Places, lasts: Places) -> list[tuple[int, Span]]:
        """For each range of tokens its document, and where in that document's text it begins and ends."""
        documents = self.documents[firsts]
        starts, ends = (places - self.read.starts[documents] for places in (self.read.tokens.starts[firsts], self.read.tokens.ends[lasts - 1]))
        return list(zip(documents.tolist(), map(Span, starts.tolist(), ends.tolist()), strict=True))


def list_texts(articles: pl.DataFrame) -> pl.DataFrame:
    """The texts of the articles, headlines among them, as `take_apart` puts them: article_id, part, text, url and language. No headline has a
    url; being too short to tell its language, it has that of its article."""
    own = [pl.col(name).cast(pl.String) if name in articles.columns else pl.lit(None, pl.String).alias(name) for name in ("url", "language")]
    titles = [TITLE] if TITLE in articles.columns else []
    table = articles.select("article_id", "text", *titles, *own).with_row_index("_row")
    texts, headline = take_apart(table), pl.col("part") == TITLE
    # Of other articles the language is told when they are read, and need not be told before.
    titled = table[texts.filter(headline)["_row"]]
    told = titled.select("_row", told=pl.Series(tell_languages(titled["text"].to_list(), titled["language"].to_list()), dtype=pl.String))
    texts = texts.join(told, on="_row", how="left", maintain_order="left")
    pages, languages = pl.when(~headline).then("url"), pl.when(headline).then("told").otherwise("language")
    return texts.select("article_id", "part", "text", pages.alias("url"), languages.alias("language"))


def make_batch(
    texts: Sequence[str],
    article_ids: Sequence[str] | None = None,
    pages: Sequence[str | None] | None = None,
    languages: Sequence[str | None] | None = None,
    parts: Sequence[str] | None = None,
) -> Batch:
    """Read the texts, number their words, and say who speaks."""
    read, vocabulary = read_texts(texts, languages), Vocabulary()
    ids = vocabulary.number(read.codes, read.tokens.starts, read.tokens.ends)
    words = vocabulary.words_from(0)
    quotations = find_quotations(read, ids, signs_of_words(words))
    names, addresses, parts = article_ids or [""] * len(texts), pages or [None] * len(texts), parts or [TEXT] * len(texts)
    return Batch(names, texts, parts, addresses, read, quotations, words, ids, situations_of_tokens(len(ids), quotations))


@kernel
def situations_of_tokens(count: int, quotations: Quotations) -> Integers:
    """Index into SITUATIONS for each of the batch's tokens."""
    situations = np.zeros(count, np.int32)
    for i in range(len(quotations.starts)):
        first, last, voice = quotations.first_tokens[i], quotations.last_tokens[i], np.int32(quotations.voices[i])
        situations[first:last] = _SHORT if voice == _QUOTED and last - first <= SCARE_WORDS else voice
    return situations
