"""What annotators said of what is to be decided: of a question, and of each span of the gold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from annotate.attributes import measure_overlap
from annotate.readings import ArticleReadings, Place, Reading
from schemas.codebook import Question

__all__ = ["Votes", "collect_votes", "support_of_answers", "support_of_values", "word_value"]

# Of those who said something: what counts of each value that they gave, and how they worded it.
Votes = Mapping[str, Mapping[str, str]]


def support_of_answers(article: ArticleReadings, question: Question) -> dict[str, float]:
    """The share of those who answered that gave each answer; empty if nobody did."""
    answers = [reading.answers[question.name] for reading in article.readings.values() if question.name in reading.answers]
    return {value: sum(value in chosen for chosen in answers) / len(answers) for value in question.value_names} if answers else {}


def collect_votes(article: ArticleReadings, place: Place, attribute: str, fold: Callable[[str], str]) -> Votes:
    """What annotators said of the words at this place, each of the own span that is nearest to it: one of its label before all others, then the one
    that shares most characters."""
    said = {name: _find_said(reading, place, attribute) for name, reading in article.markers.items()}
    return {name: {fold(value): value for value in sorted(values)} for name, values in said.items() if values}


def support_of_values(votes: Votes) -> dict[str, float]:
    """The share of those who said something that gave each value, in the order of values; empty if nobody did."""
    counts = Counter(value for given in votes.values() for value in given)
    return {value: counts[value] / len(votes) for value in sorted(counts)}


def word_value(votes: Votes, value: str) -> str:
    """How a value was worded by most; the first in order of those that as many chose."""
    worded = Counter(given[value] for given in votes.values() if value in given)
    return min(worded, key=lambda words: (-worded[words], words))


def _find_said(reading: Reading, place: Place, attribute: str) -> set[str]:
    label, span = place
    near = [
        ((own == label, overlap, -at.start, -at.end, own), said[attribute])
        for (own, at), said in reading.attributes.items()
        if attribute in said and (overlap := measure_overlap(at, span))
    ]
    return max(near, key=lambda one: one[0])[1] if near else set()
