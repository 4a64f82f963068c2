"""The agreement of a dataset: per label, per question, per attribute of spans, per annotator, and where it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from annotate.agreement.alternative import EPSILON
from annotate.agreement.attributes import agree_on_attributes
from annotate.agreement.coders import measure_coders
from annotate.agreement.confusion import confuse
from annotate.agreement.disagreements import find_contested, find_disagreements
from annotate.agreement.doubts import measure_doubts
from annotate.agreement.labels import agree_on_spans, agree_on_units
from annotate.agreement.pairs import agree_pair_by_pair
from annotate.agreement.people import describe_people
from annotate.agreement.questions import agree_on_question
from annotate.agreement.suggestions import measure_suggestions
from annotate.readings import ArticleReadings, collect_readings
from schemas.codebook import Codebook
from schemas.coders import Coders
from schemas.dataset import Dataset
from schemas.parts import TITLE

__all__ = ["Agreement", "agree", "describe_alpha"]


@dataclass(frozen=True)
class Agreement:
    """What `framing agree` reports; `to_dict` is its JSON."""

    articles: int
    double_read: int
    any_label: dict[str, float | None]
    all_labels: dict[str, float | None]
    labels: dict[str, dict[str, float | None]]
    # The same of headlines alone: empty unless two people read one, who count in the figures above, too.
    headlines: dict[str, Any]
    questions: dict[str, dict[str, Any]]
    attributes: dict[str, dict[str, Any]]
    annotators: dict[str, dict[str, Any]]
    pairs: list[dict[str, Any]]
    confusion: dict[str, dict[str, int]]
    disagreements: list[dict[str, Any]]
    contested: list[dict[str, Any]]
    suggestions: dict[str, Any] | None
    # Of readings whose annotators were unsure; None if nobody was asked.
    unsure: dict[str, Any] | None
    # Of each coder who is no person, by name; empty if the dataset has none.
    coders: dict[str, dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))


def agree(dataset: Dataset, where: object = "dataset", coders: Coders | None = None, epsilon: float = EPSILON) -> Agreement:
    """Agreement on spans (Krippendorff's alpha over tokens and over units, pairwise span F1), on questions, on attributes of spans, and of
    each annotator.

    Spans: a token is a unit, marked or not, and alpha is nominal; a headline is a text of its own beside that of its article, and `headlines` says
    of them alone what `any_label` and `labels` say of all texts. Questions: an article is a unit; several answers are
    compared as sets by MASI distance. Attributes: two spans that two readers agree on are a unit. Intervals are bootstrapped over
    articles. Articles with one reader count for nobody's agreement; where nobody overlaps, the figures are None.

    `coders` are measured beside the people, and are in nobody's agreement; `epsilon` is what people may be ahead of them in the
    alternative-annotator test, .1 for lay people and .2 for experts.
    """
    codebook = dataset.require_codebook(where)
    everyone = collect_readings(dataset.articles, dataset.require_annotations(where))
    shared = [article for article in everyone if len(article.readings) > 1]
    headlines = [article for article in shared if article.part == TITLE]
    titles = dict(dataset.articles.select("article_id", "title").iter_rows())
    # The sums of a bootstrap are so small that threads cost them three times what they take.
    with threadpool_limits(1):
        return Agreement(
            articles=len({article.article_id for article in everyone}),
            double_read=len({article.article_id for article in shared}),
            any_label=agree_on_spans(shared, None),
            all_labels=agree_on_units(shared, codebook.label_names).named("alpha_u", "alpha_u_"),
            labels=_agree_on_labels(shared, codebook),
            headlines=_agree_on_headlines(headlines, codebook) if headlines else {},
            questions={question.name: agree_on_question(shared, question) for question in codebook.questions},
            attributes=agree_on_attributes(shared, codebook),
            annotators=describe_people(everyone, codebook.questions),
            pairs=agree_pair_by_pair(shared),
            confusion=confuse(shared, codebook.label_names),
            disagreements=find_disagreements(shared, titles),
            contested=find_contested(shared, titles),
            suggestions=measure_suggestions(everyone),
            unsure=measure_doubts(everyone),
            coders=measure_coders(everyone, dataset, coders, epsilon) if coders is not None else {},
        )


def _agree_on_labels(shared: Sequence[ArticleReadings], codebook: Codebook) -> dict[str, dict[str, float | None]]:
    return {label: agree_on_spans(shared, label) for label in codebook.label_names}


def _agree_on_headlines(headlines: Sequence[ArticleReadings], codebook: Codebook) -> dict[str, Any]:
    return {"double_read": len(headlines), "any_label": agree_on_spans(headlines, None), "labels": _agree_on_labels(headlines, codebook)}


def describe_alpha(low: float | None) -> str:
    """Krippendorff's reading of the coefficient (2004, p. 241): a convention, which blocks nothing. It is the lower end
    of the interval that is judged, as he asks (p. 242): a high value of a few articles promises nothing."""
    if low is None:
        return "no judgement: too little was read twice, or nothing was marked"
    if low >= 0.8:
        return "reliable (the interval is above .800)"
    if low >= 0.667:
        return "tentative conclusions only (the interval reaches below .800)"
    return "draw no firm conclusions from single annotations (the interval reaches below .667)"
