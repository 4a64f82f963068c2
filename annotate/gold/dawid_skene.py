"""Whom to believe, from the votes alone: annotators weigh as much as they agree with what the others make likely.

Dawid and Skene 1979, "Maximum likelihood estimation of observer error-rates using the EM algorithm", Applied Statistics 28(1),
pp. 20-28: each annotator has error rates of their own, each item a true class, and both are estimated by turns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from annotate.gold.shares import Shares, is_majority
from annotate.gold.votes import Votes
from annotate.readings import ArticleReadings, Marks
from schemas.codebook import Attribute, Codebook, Question

__all__ = ["DawidSkene", "believe"]

Table = NDArray[np.int64]
Floats = NDArray[np.float64]
# What names a text.
Named = tuple[str, str]
MISSING = -1
MOST_ROUNDS, CLOSE = 200, 1e-6
# An error that somebody has never made stays possible.
SMALL = 1e-6


class DawidSkene:
    """Decides what wins in each text, headlines as all others: tokens for each label, answers for each question, values of attributes to choose
    from for each span, where its probability is above .5; other attributes by majority."""

    def __init__(self, articles: Sequence[ArticleReadings], codebook: Codebook) -> None:
        self._names = sorted({name for article in articles for name in article.readings})
        self._tokens = {label: self._believe_marks(articles, label) for label in (*codebook.label_names, None)}
        self._values = {question.name: self._believe_answers(articles, question) for question in codebook.questions}

    def tokens(self, article: ArticleReadings, label: str | None) -> Marks:
        return self._tokens[label][article.article_id, article.part]

    def values(self, article: ArticleReadings, question: Question) -> list[str]:
        return self._values[question.name][article.article_id, article.part]

    def attributes(self, votes: Sequence[Votes], attribute: Attribute) -> list[list[str]]:
        # Of actors and words there are as many as people think of: nobody's error rates can be told from them.
        return self._believe_values(votes, attribute) if attribute.kind == "choice" and votes else Shares(is_majority).attributes(votes, attribute)

    def _believe_marks(self, articles: Sequence[ArticleReadings], label: str | None) -> dict[Named, Marks]:
        votes = []
        for article in articles:
            table = np.full((article.size, len(self._names)), MISSING)
            for name, marked in zip(article.markers, article.marks(label), strict=True):
                table[:, self._names.index(name)] = marked
            votes.append(table)
        if not votes:
            return {}
        # Where next to nothing is known, words that nobody marked can become likely; gold is what somebody did.
        likely = _likely(np.concatenate(votes), 2)[:, 1]
        ends = np.cumsum([len(table) for table in votes])
        return {(one.article_id, one.part): marks for one, marks in zip(articles, np.split(likely, ends[:-1]), strict=True)}

    def _believe_answers(self, articles: Sequence[ArticleReadings], question: Question) -> dict[Named, list[str]]:
        given = [
            {name: reading.answers[question.name] for name, reading in one.readings.items() if question.name in reading.answers} for one in articles
        ]
        return {(one.article_id, one.part): won for one, won in zip(articles, self._believe_values(given, question), strict=True)}

    def _believe_values(self, given: Sequence[Mapping[str, Collection[str]]], asked: Question | Attribute) -> list[list[str]]:
        """What is likelier than not of each item, from what each annotator chose there."""
        values = asked.value_names
        chosen = [(i, self._names.index(name), choice) for i, votes in enumerate(given) for name, choice in votes.items()]
        if asked.choice == "single":
            votes = np.full((len(given), len(self._names)), MISSING)
            for i, name, choice in chosen:
                votes[i, name] = values.index(next(iter(choice)))
            likely = _likely(votes, len(values))
        else:
            columns = []
            for value in values:
                votes = np.full((len(given), len(self._names)), MISSING)
                for i, name, choice in chosen:
                    votes[i, name] = value in choice
                columns.append(_likely(votes, 2)[:, 1])
            likely = np.stack(columns, axis=1)
        return [[value for value, wins in zip(values, row, strict=True) if wins] for row in likely]


def _likely(votes: Table, classes: int) -> NDArray[np.bool_]:
    """items x classes: what is likelier than not, of what somebody voted for."""
    voted = (votes[:, :, None] == np.arange(classes)).any(axis=1)
    likely: NDArray[np.bool_] = voted & (believe(votes, classes) > 0.5)
    return likely


def believe(votes: Table, classes: int, rounds: int = MOST_ROUNDS) -> Floats:
    """items x classes: the probability that each class is the true one, from items x annotators votes (MISSING where somebody
    did not vote), after so many rounds at most. An item without votes has the prior of the others. Begins from the share of
    votes, as the paper does (p. 24)."""
    patterns, place, counts = np.unique(votes, axis=0, return_inverse=True, return_counts=True)
    chosen = (patterns[:, :, None] == np.arange(classes)).astype(float)
    cast = chosen.sum(axis=1)
    # Items without votes say nothing about anybody.
    counts = counts * cast.any(axis=1)
    belief = np.where(cast.any(axis=1, keepdims=True), cast / np.maximum(cast.sum(axis=1, keepdims=True), 1), 1 / classes)
    for _ in range(rounds if counts.any() else 0):
        weight = belief * counts[:, None]
        prior = weight.sum(axis=0) / weight.sum()
        # annotators x true x voted
        errors = np.einsum("it,iav->atv", weight, chosen) + SMALL
        errors /= errors.sum(axis=2, keepdims=True)
        logs = np.log(prior + SMALL) + np.einsum("iav,atv->it", chosen, np.log(errors))
        after = np.exp(logs - logs.max(axis=1, keepdims=True))
        after /= after.sum(axis=1, keepdims=True)
        moved, belief = np.abs(after - belief).max(initial=0.0), after
        if moved < CLOSE:
            break
    result: Floats = belief[place.reshape(-1)]
    return result
