from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from classifiers.prediction import predict

from classifiers.explanation.spans import Explainer, explain
from classifiers.features.context import OWN
from classifiers.features.documents import make_batch, make_document
from classifiers.features.spans import make_label_space
from classifiers.model.model import Model
from schemas.arrays import logistic

TEXT = """The "reform" cost four hundred jobs, and the reckless cronies of the minister boasted.
It was a total farce, a shameful betrayal of ananas growers."""
ALL = 10**6


def test_every_span_of_the_text_is_explained(model: Model) -> None:
    explained = explain(model, TEXT)
    assert len(explained) >= 3
    assert all(TEXT[e.span.start : e.span.end] == e.text and e.loaded and e.label for e in explained)


@pytest.mark.parametrize(("name", "text"), [("model", TEXT), ("page_model", "On day 9 the zorgish plan cost 4 coins. It is due.")])
def test_all_reasons_and_the_intercepts_sum_to_the_mean_logit(request: pytest.FixtureRequest, name: str, text: str) -> None:
    model: Model = request.getfixturevalue(name)
    assert model.spans is not None
    batch = make_batch([make_document("text", text)])
    prediction, stage = predict(model, batch), model.stages["spans"]["loaded"]
    own = stage.weights[stage.columns.index(OWN)]
    for span in prediction.spans[0]:
        logits = prediction.tokens[batch.rows(0)][span.tokens.start : span.tokens.end]
        reasons = Explainer(model).attribute_span(batch, prediction, span.tokens)
        intercepts = stage.intercept + own * model.spans.intercepts[0]
        assert sum(reason.weight for reason in reasons) + intercepts == pytest.approx(logits.mean(), abs=1e-9)
        assert span.probability == pytest.approx(logistic(logits).mean(), abs=1e-12)
        assert len({reason.words for reason in reasons}) == len(reasons)
    assert prediction.spans[0]


@pytest.mark.parametrize(("name", "text"), [("model", TEXT), ("page_model", "On day 9 the zorgish plan cost 4 coins. It is due.")])
def test_all_reasons_for_the_label_and_the_intercept_sum_to_its_score(request: pytest.FixtureRequest, name: str, text: str) -> None:
    model: Model = request.getfixturevalue(name)
    labels, batch = model.heads["labels"], make_batch([make_document("text", text)])
    for span in predict(model, batch).spans[0]:
        row = make_label_space(model.window).matrix(batch, [(0, span.tokens)])
        scores = dict(zip(labels.outputs, (row @ labels.weights + labels.intercepts)[0].tolist(), strict=True))
        (reasons,) = Explainer(model).attribute_labels(batch, [[span]])
        assert max(scores, key=lambda output: scores[output]) == span.label
        total = sum(reason.weight for reason in reasons) + labels.intercepts[labels.outputs.index(span.label)]
        assert total == pytest.approx(scores[span.label], abs=1e-9)


def test_what_is_shown_are_the_strongest_of_all_reasons(model: Model) -> None:
    batch = make_batch([make_document("text", TEXT)])
    prediction = predict(model, batch)
    for span, explanation in zip(prediction.spans[0], explain(model, TEXT, 3), strict=True):
        strongest = sorted((reason.weight for reason in Explainer(model).attribute_span(batch, prediction, span.tokens)), reverse=True)[:3]
        assert [reason.weight for reason in explanation.loaded] == strongest


def test_everything_around_a_span_has_a_name_that_is_no_column(page_model: Model) -> None:
    text = "On day 9 the zorgish plan cost 4 coins. It is due."
    batch = make_batch([make_document("text", text)])
    prediction = predict(page_model, batch)
    (span,) = prediction.spans[0]
    said = {reason.words for reason in Explainer(page_model).attribute_span(batch, prediction, span.tokens)}
    assert said
    assert not said & set(page_model.stages["spans"]["loaded"].columns)
    answers = {"biased: Yes", "biased: No"}
    assert {words for words in said if words.startswith("the answer")} == {f'the answer "{answer}"' for answer in answers}


def test_the_strongest_reason_of_a_scare_quote_is_its_voice(model: Model) -> None:
    (explanation,) = [e for e in explain(model, TEXT) if e.text == "reform"]
    assert explanation.span.voice == "scare"
    assert explanation.span.label == "Scare_Quotes"
    assert explanation.loaded[0].words == "in scare quotes"
    assert explanation.label[0].words == "in scare quotes"


def test_the_weight_of_a_reason_stands_in_the_table_of_weights(model: Model, model_folder: Path) -> None:
    table = pl.read_parquet(model_folder / "weights.parquet")
    (explanation,) = [e for e in explain(model, TEXT) if e.text == "reform"]
    weight = table.filter(head="spans", kind="voice", term="scare", position=0)["weight"].item()
    own = table.filter(head="second stage of spans", term=OWN)["weight"].item()
    assert explanation.loaded[0].weight == pytest.approx(weight * own)
    assert explanation.label[0].weight == pytest.approx(
        table.filter(head="labels", label="Scare_Quotes", kind="voice", term="scare")["weight"].item()
    )


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


def test_an_explanation_is_the_same_to_the_bit_beside_any_others(model: Model) -> None:
    texts = [TEXT, "", "A shameful, reckless farce of cronies.", TEXT.replace("cronies", "zebras"), "Rain fell on Monday.", f"{TEXT}\n{TEXT}"]
    alone = [explain(model, text) for text in texts]
    explainer = Explainer(model)
    assert list(explainer.explain(texts)) == alone
    # What it remembers of the first round changes nothing in the second.
    assert list(explainer.explain(texts[::-1])) == alone[::-1]
    assert sum(map(len, alone)) > 10


def test_a_model_with_one_label_has_no_reasons_for_it(model: Model) -> None:
    explained = explain(replace(model, labels=None), TEXT)
    assert explained
    assert all(e.loaded and not e.label for e in explained)
