"""What the models learn from: for each article, the votes of its annotators.

Where annotations are there, every annotator has a vote, so a word that one of three marked counts a third (soft
labels). Where only gold is there, it is one vote, as strong as its support.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from classifiers.documents import Batch, Document, make_batch, make_document
from classifiers.window import Floats
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
    """One annotator's (or gold's) view of an article."""

    spans: list[Marked] = field(default_factory=list)
    answers: dict[tuple[str, str], float] = field(default_factory=dict)

    def answered(self, question: Question) -> bool:
        """Whether this vote says anything to the question."""
        return any(name == question.name for name, _ in self.answers)

    def chosen(self, question: Question) -> list[bool]:
        """For each value of the question, whether it was given."""
        return [(question.name, value) in self.answers for value in question.value_names]


@dataclass(frozen=True)
class Task:
    """Everything training and evaluation need: documents with the votes on each, its gold spans and gold answers."""

    codebook: Codebook
    batch: Batch
    votes: list[list[Vote]]
    gold: list[Vote]

    @property
    def documents(self) -> list[Document]:
        return self.batch.documents

    def take(self, indices: Iterable[int]) -> Task:
        """The same task on some of the documents."""
        chosen = list(indices)
        return Task(self.codebook, make_batch(self.documents[i] for i in chosen), [self.votes[i] for i in chosen], [self.gold[i] for i in chosen])

    def token_shares(self) -> Floats:
        """For each row of the batch, the share of votes that mark the token with any label; NaN for edges."""
        shares = np.full(len(self.batch.ids), np.nan)
        for number, (document, votes) in enumerate(zip(self.documents, self.votes, strict=True)):
            marks = np.zeros((len(votes), len(document.tokens)))
            for row, vote in zip(marks, votes, strict=True):
                for marked in vote.spans:
                    inside = document.tokens_between(*marked.span)
                    row[inside.start : inside.stop] = np.maximum(row[inside.start : inside.stop], marked.weight)
            shares[self.batch.rows(number)] = marks.mean(axis=0)
        return shares

    def sentence_shares(self) -> Floats:
        """For each sentence of all documents, the share of votes that mark something in it."""
        shares = []
        for document, votes in zip(self.documents, self.votes, strict=True):
            for sentence in document.sentences:
                inside = [[m.weight for m in vote.spans if m.span.start < sentence.end and sentence.start < m.span.end] for vote in votes]
                shares.append(float(np.mean([max(weights, default=0.0) for weights in inside])))
        return np.array(shares)

    def answer_shares(self, question: Question) -> Floats:
        """documents x values: the share of votes for each answer; NaN where nobody answered the question."""
        shares = np.full((len(self.documents), len(question.values)), np.nan)
        for row, votes in zip(shares, self.votes, strict=True):
            answered = [vote for vote in votes if vote.answered(question)]
            if answered:
                row[:] = [np.mean([vote.answers.get((question.name, value), 0.0) for vote in answered]) for value in question.value_names]
        return shares


def make_task(dataset: Dataset, where: object = "dataset") -> Task:
    """The articles that have gold, with their votes. Raises FramingError if there is nothing to learn from."""
    codebook, gold_table = dataset.require_codebook(where), dataset.require_gold(where)
    gold = {article: votes["gold"] for article, votes in _collect(gold_table.with_columns(annotator=pl.lit("gold")), "support").items()}
    votes: dict[str, dict[str, Vote]] = {}
    if dataset.annotations is not None:
        votes = _collect(dataset.annotations, None)
    read = [make_document(article, text) for article, text in dataset.articles.select("article_id", "text").iter_rows() if article in gold]
    # Of an article without a single token there is nothing to learn.
    documents = [document for document in read if document.tokens]
    if not documents:
        raise FramingError("no article has gold", where, "Run `framing adjudicate` first")
    names = [document.article_id for document in documents]
    cast = [list(votes[name].values()) if name in votes else [gold[name]] for name in names]
    return Task(codebook, make_batch(documents), cast, [gold[name] for name in names])


def _collect(table: pl.DataFrame, weight: str | None) -> dict[str, dict[str, Vote]]:
    collected: dict[str, dict[str, Vote]] = {}
    for row in table.iter_rows(named=True):
        vote = collected.setdefault(row["article_id"], {}).setdefault(row["annotator"], Vote())
        strength = row[weight] if weight else 1.0
        if row["start"] is not None:
            vote.spans.append(Marked(row["label"], Span(row["start"], row["end"]), strength))
        elif row["label"] is not None:
            vote.answers[row["label"], row["value"]] = strength
    return collected
