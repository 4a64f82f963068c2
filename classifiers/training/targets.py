"""What the models learn from: for each text of an article, the votes of its annotators.

Where annotations are there, every annotator has a vote, so a word that one of three marked counts a third (soft
labels). Where only gold is there, it is one vote, as strong as its support.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from classifiers.features.documents import Batch, list_texts, make_batch
from schemas.arrays import Flags, Floats
from schemas.codebook import Codebook, Question
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.parts import TITLE, fill_parts
from schemas.tables import ATTRIBUTE
from schemas.text.tokens import Span

__all__ = ["Marked", "Task", "Vote", "make_task"]

# What names a text: its article, and which of the article's texts it is.
Named = tuple[str, str]
_PLACE = ("article_id", "annotator", "label", "part", "start", "end")


@dataclass(frozen=True)
class Marked:
    """A span somebody marked, how much it counts, and what they said of it: for each attribute the values, and how much each counts."""

    label: str
    span: Span
    weight: float
    attributes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass
class Vote:
    """One annotator's (or gold's) view of a text. `marks` says whether it was read for spans: with answers alone,
    and without the row that says "marked nothing", it was not."""

    spans: list[Marked] = field(default_factory=list)
    answers: dict[tuple[str, str], float] = field(default_factory=dict)
    marks: bool = False

    def answered(self, question: Question) -> bool:
        """Whether this vote says anything to the question."""
        return any(name == question.name for name, _ in self.answers)

    def chosen(self, question: Question) -> list[bool]:
        """For each value of the question, whether it was given."""
        return [(question.name, value) in self.answers for value in question.value_names]


@dataclass(frozen=True)
class Task:
    """Everything training and evaluation need: documents with the votes on each, gold spans and gold answers, and outlets. A headline is a document
    of its own, of which nothing is asked: questions are about the article, and answered from its text alone.

    What a head learns is a share: the mean of the share of votes and of what gold decided. The votes say how many
    agreed, gold who won; either alone scores worse (BABE words by page: token F1 at the best threshold .491, .480, both .492).
    """

    codebook: Codebook
    batch: Batch
    votes: list[list[Vote]]
    gold: list[Vote]
    outlets: list[str]

    def __len__(self) -> int:
        return len(self.batch)

    @property
    def languages(self) -> list[str]:
        """The language of each article."""
        return [*dict(zip(self.batch.article_ids, self.batch.read.languages, strict=True)).values()]

    @property
    def has_marks(self) -> bool:
        """Whether anybody read it for spans."""
        return any(vote.marks for vote in self.gold)

    def asks(self, question: Question) -> bool:
        """Whether its codebook has this question, with the same values."""
        own = self.codebook.question(question.name)
        return own is not None and own.value_names == question.value_names

    def numbers_of(self, part: str) -> list[int]:
        """Which documents are texts, or headlines."""
        return [number for number, own in enumerate(self.batch.parts) if own == part]

    def only(self, part: str) -> Task:
        """The same task on the texts alone, or on the headlines."""
        numbers = self.numbers_of(part)
        return self if len(numbers) == len(self) else self.take(numbers)

    def take(self, indices: Iterable[int]) -> Task:
        """The same task on some of the documents."""
        chosen, batch = list(indices), self.batch
        texts, names = [batch.texts[i] for i in chosen], [batch.article_ids[i] for i in chosen]
        pages, languages = [batch.pages[i] for i in chosen], [batch.read.languages[i] for i in chosen]
        some = make_batch(texts, names, pages, languages, [batch.parts[i] for i in chosen])
        return Task(self.codebook, some, [self.votes[i] for i in chosen], [self.gold[i] for i in chosen], [self.outlets[i] for i in chosen])

    def gold_tokens(self) -> Flags:
        """For each token, whether gold marks it with any label."""
        flags = [self.batch.flag(number, (marked.span for marked in gold.spans)) for number, gold in enumerate(self.gold)]
        return np.concatenate([np.zeros(0, dtype=np.bool_), *flags])

    def token_shares(self) -> Floats:
        """For each token, how far it is marked with any label."""
        shares = np.zeros(len(self.batch.ids))
        for number in range(len(self)):
            readers, rows = self.readers(number), self.batch.rows(number)
            marks = np.zeros((len(readers), rows.stop - rows.start))
            for row, vote in zip(marks, readers, strict=True):
                touched = self.batch.touched(number, (marked.span for marked in vote.spans))
                for (first, last), marked in zip(touched, vote.spans, strict=True):
                    inside = slice(first - rows.start, last - rows.start)
                    row[inside] = np.maximum(row[inside], marked.weight)
            shares[rows] = marks.mean(axis=0)
        return (shares + self.gold_tokens()) / 2

    def gold_sentences(self) -> Flags:
        """For each sentence of all documents, whether gold marks something in it."""
        return self._sentences([[gold] for gold in self.gold]) > 0

    def sentence_shares(self) -> Floats:
        """For each sentence of all documents, how far something in it is marked."""
        return (self._sentences([self.readers(number) for number in range(len(self))]) + self.gold_sentences()) / 2

    def _sentences(self, votes: Sequence[Sequence[Vote]]) -> Floats:
        """For each sentence the mean over its document's votes of the strongest mark in it."""
        sentences, starts = self.batch.read.sentences, self.batch.read.starts
        shares = np.zeros(len(sentences.starts))
        for number, some in enumerate(votes):
            first, last = sentences.firsts[number : number + 2]
            marks = np.zeros((len(some), last - first))
            for row, vote in zip(marks, some, strict=True):
                for (start, end), weight in ((marked.span, marked.weight) for marked in vote.spans):
                    begin = np.searchsorted(sentences.ends[first:last], start + starts[number], side="right")
                    stop = np.searchsorted(sentences.starts[first:last], end + starts[number])
                    row[begin:stop] = np.maximum(row[begin:stop], weight)
            shares[first:last] = marks.mean(axis=0)
        return shares

    def gold_answers(self, question: Question) -> Flags:
        """documents x values: whether gold gives the answer."""
        return np.array([gold.chosen(question) for gold in self.gold], dtype=np.bool_).reshape(len(self.gold), len(question.values))

    def answer_shares(self, question: Question) -> Floats:
        """documents x values: how far each answer is given; NaN where nobody answered the question."""
        shares = np.full((len(self), len(question.values)), np.nan)
        gold = self.gold_answers(question)
        for number, (row, votes) in enumerate(zip(shares, self.votes, strict=True)):
            answered = [vote for vote in votes if vote.answered(question)]
            if answered:
                row[:] = [np.mean([vote.answers.get((question.name, value), 0.0) for vote in answered]) for value in question.value_names]
                if self.decided(number, question):
                    row[:] = (row + gold[number]) / 2
        return shares

    def decided(self, number: int, question: Question) -> bool:
        """Whether an article has a truth: to a question of several answers "none won" is one, to one of a single answer not."""
        if question.choice == "multiple":
            return any(vote.answered(question) for vote in self.votes[number])
        return self.gold[number].answered(question)

    def readers(self, number: int) -> list[Vote]:
        """The votes that were read for spans; gold where there is none."""
        return [vote for vote in self.votes[number] if vote.marks] or [self.gold[number]]


def make_task(dataset: Dataset, where: object = "dataset") -> Task:
    """The texts and headlines that have gold, with their votes. Raises FramingError if there is nothing to learn from."""
    codebook, gold_table = dataset.require_codebook(where), fill_parts(dataset.require_gold(where))
    gold = {text: votes["gold"] for text, votes in _collect(gold_table.with_columns(annotator=pl.lit("gold")), "support").items()}
    votes: dict[Named, dict[str, Vote]] = {}
    if dataset.annotations is not None:
        votes = _collect(fill_parts(dataset.annotations), None)
    articles = dataset.articles.filter(pl.col("article_id").is_in(gold_table["article_id"].implode()))
    if not (gold_table["part"] == TITLE).any():
        articles = articles.drop(TITLE, strict=False)
    read = list_texts(articles).join(gold_table.select("article_id", "part").unique(), on=["article_id", "part"], how="semi", maintain_order="left")
    batch = make_batch(*(read[column].to_list() for column in ("text", "article_id", "url", "language", "part")))
    names = list(zip(batch.article_ids, batch.parts, strict=True))
    outlets = dict(dataset.articles.select("article_id", pl.col("outlet").fill_null("")).iter_rows())
    # Of a text without a single token there is nothing to learn.
    some = np.flatnonzero(np.diff(batch.read.tokens.firsts)).tolist()
    if not some:
        raise FramingError("no article has gold", where, "Run `framing adjudicate` first")
    cast = [list(votes[name].values()) if name in votes else [gold[name]] for name in names]
    whole = Task(codebook, batch, cast, [gold[name] for name in names], [outlets[name] for name in batch.article_ids])
    return whole if len(some) == len(whole) else whole.take(some)


def _collect(table: pl.DataFrame, weight: str | None) -> dict[Named, dict[str, Vote]]:
    """The votes on each text, by annotator."""
    collected: dict[Named, dict[str, Vote]] = {}
    said = _collect_attributes(table.filter(ATTRIBUTE), weight)
    for row in table.filter(~ATTRIBUTE).iter_rows(named=True):
        vote = collected.setdefault((row["article_id"], row["part"]), {}).setdefault(row["annotator"], Vote())
        strength = row[weight] if weight else 1.0
        if row["start"] is not None:
            attributes = said.get(tuple(row[name] for name in _PLACE), {})
            vote.spans.append(Marked(row["label"], Span(row["start"], row["end"]), strength, attributes))
            vote.marks = True
        elif row["label"] is not None:
            vote.answers[row["label"], row["value"]] = strength
        else:
            vote.marks = True
    return collected


def _collect_attributes(table: pl.DataFrame, weight: str | None) -> dict[tuple[object, ...], dict[str, dict[str, float]]]:
    """What is said of each span, by its place."""
    said: dict[tuple[object, ...], dict[str, dict[str, float]]] = {}
    for *span, attribute, value, strength in table.select(*_PLACE, "attribute", "value", pl.col(weight) if weight else pl.lit(1.0)).iter_rows():
        said.setdefault(tuple(span), {}).setdefault(attribute, {})[value] = strength
    return said
