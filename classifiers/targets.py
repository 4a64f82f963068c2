"""What the models learn from: for each article, the votes of its annotators.

Where annotations are there, every annotator has a vote, so a word that one of three marked counts a third (soft
labels). Where only gold is there, it is one vote, as strong as its support.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from classifiers.arrays import Floats
from classifiers.documents import Batch, Document, make_batch, make_document
from schemas.codebook import Codebook, Question
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.tokens import Span

__all__ = ["Marked", "Task", "Vote", "make_task"]


@dataclass(frozen=True)
class Marked:
    """A span somebody marked, and how much it counts."""

    label: str
    span: Span
    weight: float


@dataclass
class Vote:
    """One annotator's (or gold's) view of an article. `marks` says whether it was read for spans: with answers alone,
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
    """Everything training and evaluation need: documents with the votes on each, gold spans and gold answers, and outlets.

    What a head learns is a share: the mean of the share of votes and of what gold decided. The votes say how many
    agreed, gold who won; either alone scores worse (BABE words by page: token F1 at the best threshold .491, .480, both .492).
    """

    codebook: Codebook
    batch: Batch
    votes: list[list[Vote]]
    gold: list[Vote]
    outlets: list[str]

    @property
    def documents(self) -> list[Document]:
        return self.batch.documents

    def take(self, indices: Iterable[int]) -> Task:
        """The same task on some of the documents."""
        chosen = list(indices)
        batch = make_batch(self.documents[i] for i in chosen)
        return Task(self.codebook, batch, [self.votes[i] for i in chosen], [self.gold[i] for i in chosen], [self.outlets[i] for i in chosen])

    def gold_tokens(self) -> NDArray[np.bool_]:
        """For each row of the batch, whether gold marks the token with any label."""
        marked = np.zeros(len(self.batch.ids), dtype=np.bool_)
        for number, (document, gold) in enumerate(zip(self.documents, self.gold, strict=True)):
            marked[self.batch.rows(number)] = document.touched(span.span for span in gold.spans)
        return marked

    def token_shares(self) -> Floats:
        """For each row of the batch, how far the token is marked with any label; NaN for edges."""
        shares = np.full(len(self.batch.ids), np.nan)
        gold = self.gold_tokens()
        for number, document in enumerate(self.documents):
            readers, rows = self.readers(number), self.batch.rows(number)
            marks = np.zeros((len(readers), len(document.tokens)))
            for row, vote in zip(marks, readers, strict=True):
                for marked in vote.spans:
                    inside = document.tokens_between(*marked.span)
                    row[inside.start : inside.stop] = np.maximum(row[inside.start : inside.stop], marked.weight)
            shares[rows] = (marks.mean(axis=0) + gold[rows]) / 2
        return shares

    def gold_sentences(self) -> NDArray[np.bool_]:
        """For each sentence of all documents, whether gold marks something in it."""
        return np.array(
            [
                any(_overlap(marked.span, sentence) for marked in gold.spans)
                for document, gold in zip(self.documents, self.gold, strict=True)
                for sentence in document.sentences
            ],
            dtype=np.bool_,
        )

    def sentence_shares(self) -> Floats:
        """For each sentence of all documents, how far something in it is marked."""
        shares = []
        for number, document in enumerate(self.documents):
            for sentence in document.sentences:
                inside = [[marked.weight for marked in vote.spans if _overlap(marked.span, sentence)] for vote in self.readers(number)]
                shares.append(float(np.mean([max(weights, default=0.0) for weights in inside])))
        return (np.array(shares) + self.gold_sentences()) / 2

    def gold_answers(self, question: Question) -> NDArray[np.bool_]:
        """documents x values: whether gold gives the answer."""
        return np.array([gold.chosen(question) for gold in self.gold], dtype=np.bool_).reshape(len(self.gold), len(question.values))

    def answer_shares(self, question: Question) -> Floats:
        """documents x values: how far each answer is given; NaN where nobody answered the question."""
        shares = np.full((len(self.documents), len(question.values)), np.nan)
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
    """The articles that have gold, with their votes. Raises FramingError if there is nothing to learn from."""
    codebook, gold_table = dataset.require_codebook(where), dataset.require_gold(where)
    gold = {article: votes["gold"] for article, votes in _collect(gold_table.with_columns(annotator=pl.lit("gold")), "support").items()}
    votes: dict[str, dict[str, Vote]] = {}
    if dataset.annotations is not None:
        votes = _collect(dataset.annotations, None)
    read = [make_document(*row) for row in dataset.articles.select("article_id", "text", "url").iter_rows() if row[0] in gold]
    # Of an article without a single token there is nothing to learn.
    documents = [document for document in read if document.tokens]
    outlets = dict(dataset.articles.select("article_id", pl.col("outlet").fill_null("")).iter_rows())
    if not documents:
        raise FramingError("no article has gold", where, "Run `framing adjudicate` first")
    names = [document.article_id for document in documents]
    cast = [list(votes[name].values()) if name in votes else [gold[name]] for name in names]
    return Task(codebook, make_batch(documents), cast, [gold[name] for name in names], [outlets[name] for name in names])


def _collect(table: pl.DataFrame, weight: str | None) -> dict[str, dict[str, Vote]]:
    collected: dict[str, dict[str, Vote]] = {}
    for row in table.iter_rows(named=True):
        vote = collected.setdefault(row["article_id"], {}).setdefault(row["annotator"], Vote())
        strength = row[weight] if weight else 1.0
        if row["start"] is not None:
            vote.spans.append(Marked(row["label"], Span(row["start"], row["end"]), strength))
            vote.marks = True
        elif row["label"] is not None:
            vote.answers[row["label"], row["value"]] = strength
        else:
            vote.marks = True
    return collected


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
