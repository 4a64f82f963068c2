from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from classifiers.documents import make_batch, make_document
from classifiers.explanation import explain
from classifiers.model import Model

TEXT = """The "reform" cost four hundred jobs, and the reckless cronies of the minister boasted.
It was a total farce, a shameful betrayal of ananas growers."""
ALL = 10**6


def test_every_span_of_the_text_is_explained(model: Model) -> None:
    explained = explain(model, TEXT)
    assert len(explained) >= 3
    assert all(TEXT[e.span.start : e.span.end] == e.text and e.loaded and e.label for e in explained)


def test_the_contributions_of_all_features_and_the_intercept_sum_to_the_mean_logit(model: Model) -> None:
    assert model.spans is not None
    batch = make_batch([make_document("text", TEXT)])
    begin = batch.rows(0).start
    scores = model.window.scores(batch, model.spans.weights)[:, 0] + model.spans.intercepts[0]
    explained = explain(model, TEXT, ALL)
    for explanation in explained:
        rows = slice(begin + explanation.span.tokens.start, begin + explanation.span.tokens.end)
        contributions = np.asarray(model.window.matrix(batch)[rows].mean(axis=0)).ravel() * model.spans.weights[:, 0]
        assert contributions.sum() + model.spans.intercepts[0] == pytest.approx(scores[rows].mean(), abs=1e-9)
        # Reasons are the contributions that speak for the span; those against it are the rest of the sum.
        assert sum(reason.weight for reason in explanation.loaded) == pytest.approx(contributions[contributions > 0].sum(), abs=1e-9)
        assert explanation.span.probability == pytest.approx(model.spans.calibrations[0].apply(scores[rows]).mean(), abs=1e-9)
    assert explained


def test_reasons_for_the_label_are_those_of_its_output(model: Model) -> None:
    labels = model.heads["labels"]
    batch = make_batch([make_document("text", TEXT)])
    for explanation in explain(model, TEXT, ALL):
        rows = slice(batch.rows(0).start + explanation.span.tokens.start, batch.rows(0).start + explanation.span.tokens.end)
        weights = labels.weights[:, labels.outputs.index(explanation.span.label)]
        contributions = np.asarray(model.window.matrix(batch)[rows].mean(axis=0)).ravel() * weights
        assert sum(reason.weight for reason in explanation.label) == pytest.approx(contributions[contributions > 0].sum(), abs=1e-9)


def test_the_strongest_reason_of_a_scare_quote_is_its_voice(model: Model) -> None:
    (explanation,) = [e for e in explain(model, TEXT) if e.text == "reform"]
    assert explanation.span.voice == "scare"
    assert explanation.span.label == "Scare_Quotes"
    assert explanation.loaded[0].words == 'voice "scare"'
    assert explanation.label[0].words == 'voice "scare"'


def test_the_weight_of_a_reason_stands_in_the_table_of_weights(model: Model, model_folder: Path) -> None:
    table = pl.read_parquet(model_folder / "weights.parquet")
    (explanation,) = [e for e in explain(model, TEXT) if e.text == "reform"]
    weight = table.filter(head="spans", kind="voice", term="scare", position=0)["weight"].item()
    assert explanation.loaded[0].weight == pytest.approx(weight)


def test_reasons_come_strongest_first_and_as_many_as_asked_for(model: Model) -> None:
    for two, every in zip(explain(model, TEXT, 2), explain(model, TEXT, ALL), strict=True):
        weights = [reason.weight for reason in every.loaded]
        assert weights == sorted(weights, reverse=True)
        assert min(weights) > 0
        assert two.loaded == every.loaded[:2]
        assert len({reason.words for reason in every.loaded}) == len(every.loaded)


@pytest.mark.parametrize("text", ["", " \n", "Rain fell on Monday.", "!!!"])
def test_a_text_without_spans_has_nothing_to_explain(model: Model, text: str) -> None:
    assert explain(model, text) == []
