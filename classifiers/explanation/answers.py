"""Why a question was answered so: the words of the article, and the figures beside them, that made the likeliest answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from classifiers.explanation.reasons import Reason, find_strongest, say_answer_figure, say_bag_feature
from classifiers.features.answers import answer_figures, other_parts
from classifiers.features.documents import Batch, make_batch
from classifiers.model.model import HALF, Model
from classifiers.scoring.answers import answer, decide
from classifiers.scoring.scorer import Found, Scorer

__all__ = ["Answer", "Decided", "attribute_answer", "explain_answers"]


@dataclass(frozen=True)
class Decided:
    """An answer that counts as given, and the threshold that its probability is above; None where the likeliest counts."""

    value: str
    probability: float
    threshold: float | None


@dataclass(frozen=True)
class Answer:
    """The likeliest answer to a question, its probability, the strongest reasons for it, and its own `threshold` (None: see `Decided`); and
    all answers that are `decided`, which it need not be one of."""

    question: str
    value: str
    probability: float
    reasons: list[Reason]
    threshold: float | None
    decided: list[Decided]


def explain_answers(model: Model, text: str, reasons: int = 5, scorer: Scorer | None = None, language: str | None = None) -> list[Answer]:
    """For each question its likeliest answer to one text, with the `reasons` strongest words and figures for it. `scorer`: the model's, if
    there is one already; `language` that of the text, if it is known.

    The sum over all reasons, for and against, plus the intercepts is exactly the answer's log-odds, before the answers to a
    question that takes one are brought to a sum of one. Other parts of the text's page are not looked at.
    """
    batch, found = make_batch([text], languages=[language]), (scorer or Scorer(model)).find([text], [language])
    answered, answers = answer(model, found.alone, other_parts([None], found.alone)), []
    for question in model.asked:
        name, head = question.name, model.questions[question.name]
        shares = answered[name][0].tolist()
        best = shares.index(max(shares))
        thresholds = model.thresholds.get(name, (HALF,) * len(shares)) if question.choice == "multiple" else (None,) * len(shares)
        every = [Decided(*each) for each in zip(head.outputs, shares, thresholds, strict=True)]
        decided = [every[i] for i in np.flatnonzero(decide(model, question, answered[name])[0])]
        because = find_strongest(attribute_answer(model, batch, found, name, best), reasons)
        answers.append(Answer(name, head.outputs[best], shares[best], because, thresholds[best], decided))
    return answers


def attribute_answer(model: Model, batch: Batch, found: Found, question: str, index: int) -> list[Reason]:
    """What each feature of the batch's only document, and each other figure, adds to the log-odds of one answer."""
    head, singles = model.questions[question], model.codebook.single_choices(model.questions)
    stage = model.stages[f"question {question}"][head.outputs[index]]
    figures = answer_figures(question, index, singles, found.alone, other_parts([None], found.alone))
    seen = dict(zip(stage.columns, (figures[0] * stage.weights).tolist(), strict=True))
    own = float(stage.weights[0])
    row = model.bag.matrix(batch, batch.read.tokens.firsts, found.logits)
    columns = model.bag.columns
    totals: dict[str, float] = defaultdict(float)
    for column, share in zip(row.indices.tolist(), row.data.tolist(), strict=True):
        totals[say_bag_feature(columns[column])] += share * float(head.weights[column, index]) * own
    for name, weight in list(seen.items())[1:]:
        totals[say_answer_figure(name)] += float(weight)
    return [Reason(words, weight) for words, weight in totals.items()]
