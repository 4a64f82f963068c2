from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from classifiers.explanation.groups import Part
from classifiers.explanation.spans import Explainer, Explanation, explain
from classifiers.features.context import OWN
from classifiers.features.documents import make_batch
from classifiers.features.spans import make_label_space
from classifiers.model.logits import logistic
from classifiers.model.model import Model
from classifiers.scoring.scorer import Scorer
from classifiers.training.targets import Task
from classifiers.training.training import train
from schemas.text.tokens import Span

TEXT = """The so-called "reform" cost four hundred jobs, and the reckless cronies of the minister prospered.
It was a total farce, a shameful betrayal of ananas growers."""
OTHER = "On day 8 the zorgish plan cost 3 coins, a shameful sham of reckless cronies."
ALL = 10**6


def test_every_span_of_the_text_is_explained(model: Model) -> None:
    explained = explain(model, TEXT)
    assert len(explained) >= 3
    assert all(TEXT[e.span.start : e.span.end] == e.text and e.loaded and e.label for e in explained)


@pytest.mark.parametrize(("name", "text"), [("model", TEXT), ("page_model", "On day 9 the zorgish plan cost 4 coins. It is due.")])
def test_all_reasons_and_the_intercepts_sum_to_the_mean_logit(request: pytest.FixtureRequest, name: str, text: str) -> None:
    model: Model = request.getfixturevalue(name)
    assert model.spans is not None
    # Beside another article, whose words are none of its reasons.
    batch, found = make_batch([OTHER, text]), Scorer(model).find([OTHER, text])
    stage, explainer = model.stages["spans"]["loaded"], Explainer(model)
    intercepts = stage.intercept + stage.weights[stage.columns.index(OWN)] * model.spans.intercepts[0]
    attributed = explainer.attribute_spans(batch, found)
    documents = []
    for i, ((number, span), weighed) in enumerate(zip(explainer.list_spans(batch, found), attributed, strict=True)):
        logits, reasons = found.tokens[found.spans.firsts[i] : found.spans.lasts[i]], weighed.reasons
        assert sum(reason.weight for reason in reasons) + intercepts == pytest.approx(logits.mean(), abs=1e-5)
        # So do the groups, from where an ordinary word begins.
        assert sum(group.weight for group in weighed.groups) + weighed.base == pytest.approx(logits.mean(), abs=1e-5)
        assert span.probability == pytest.approx(logistic(logits).mean(), abs=1e-12)
        assert len({reason.words for reason in reasons}) == len(reasons)
        documents.append(number)
    assert 1 in documents


@pytest.mark.parametrize(("name", "text"), [("model", TEXT), ("page_model", "On day 9 the zorgish plan cost 4 coins. It is due.")])
def test_all_reasons_for_the_label_and_the_intercept_sum_to_its_score(request: pytest.FixtureRequest, name: str, text: str) -> None:
    model: Model = request.getfixturevalue(name)
    labels, batch, found = model.heads["labels"], make_batch([OTHER, text]), Scorer(model).find([OTHER, text])
    spans = [Span(first, last) for first, last in zip(found.spans.firsts.tolist(), found.spans.lasts.tolist(), strict=True)]
    scores = make_label_space(model.window).matrix(batch, spans) @ labels.weights + labels.intercepts
    explainer = Explainer(model)
    listed, attributed = explainer.list_spans(batch, found), explainer.attribute_labels(batch, found)
    for (_, span), row, weighed in zip(listed, scores, attributed, strict=True):
        label = int(row.argmax())
        assert labels.outputs[label] == span.label
        for some, base in ((weighed.reasons, 0.0), (weighed.groups, weighed.base)):
            assert sum(each.weight for each in some) + base + labels.intercepts[label] == pytest.approx(row[label], abs=1e-9)
    assert 1 in [number for number, _ in listed]


def test_the_spans_of_a_batch_stand_where_they_stand_in_their_own_articles(model: Model) -> None:
    texts = [OTHER, "", TEXT]
    batch, found = make_batch(texts), Scorer(model).find(texts)
    explainer = Explainer(model)
    alone = [explainer.list_spans(make_batch([text]), Scorer(model).find([text])) for text in texts]
    assert explainer.list_spans(batch, found) == [(number, span) for number, some in enumerate(alone) for _, span in some]
    assert len(alone[0]) > 0 == len(alone[1]) < len(alone[2])


def test_what_is_shown_are_the_strongest_of_all_reasons(model: Model) -> None:
    batch, found = make_batch([TEXT]), Scorer(model).find([TEXT])
    for every, explanation in zip(Explainer(model).attribute_spans(batch, found), explain(model, TEXT, 3), strict=True):
        assert [reason.weight for reason in explanation.loaded] == sorted((reason.weight for reason in every.reasons), reverse=True)[:3]


def test_everything_around_a_span_has_a_name_that_is_no_column(page_model: Model) -> None:
    text = "On day 9 the zorgish plan of the court cost 4 coins. It is due."
    (weighed,) = Explainer(page_model).attribute_spans(make_batch([text]), Scorer(page_model).find([text]))
    said = {reason.words for reason in weighed.reasons}
    assert said
    assert not said & set(page_model.stages["spans"]["loaded"].columns)
    answers = {"biased: Yes", "biased: No"}
    assert {words for words in said if words.startswith("the answer")} == {f'the answer "{answer}"' for answer in answers}


@pytest.fixture(scope="module")
def scare_quote(model: Model, task: Task) -> Explanation:
    """The first that the model finds in the texts it was trained on."""
    found = (explanation for text in task.batch.texts for explanation in explain(model, text))
    return next(explanation for explanation in found if explanation.span.voice == "scare" and explanation.span.label == "Scare_Quotes")


def test_a_strong_reason_of_a_scare_quote_is_its_voice(scare_quote: Explanation) -> None:
    explanation = scare_quote
    assert "in scare quotes" in [reason.words for reason in explanation.loaded[:3]]
    assert explanation.label[0].words == "in scare quotes"


def test_the_weight_of_a_reason_stands_in_the_table_of_weights(scare_quote: Explanation, model_folder: Path) -> None:
    table, explanation = pl.read_parquet(model_folder / "weights.parquet"), scare_quote
    weight = table.filter(head="spans", kind="voice", term="scare", position=0)["weight"].item()
    own = table.filter(head="second stage of spans", term=OWN)["weight"].item()
    (loaded,) = [reason for reason in explanation.loaded if reason.words == "in scare quotes"]
    assert loaded.weight == pytest.approx(weight * own)
    assert explanation.label[0].weight == pytest.approx(
        table.filter(head="labels", label="Scare_Quotes", kind="voice", term="scare")["weight"].item()
    )


def test_how_nearly_all_words_are_written_and_the_outlets_own_voice_are_no_evidence(model: Model) -> None:
    for found in explain(model, TEXT):
        named = {evidence for group in (*found.loaded_groups, *found.label_groups) for evidence in group.evidence}
        assert not {name for name in named if "lower case" in name or "outlet's own" in name}


def test_letters_come_after_the_words_where_these_carry_more(model: Model) -> None:
    orders = []
    for found in explain(model, f"{TEXT} {OTHER}"):
        weights = {group.part: group.weight for group in found.loaded_groups}
        if sum(max(weights.get(part, 0.0), 0.0) for part in (Part.WORD, Part.ALIKE)) > weights.get(Part.PARTS, 0.0):
            orders.append(found.loaded_groups[0].part)
    assert orders
    assert Part.PARTS not in orders


def test_shares_are_of_all_that_speaks_for_a_span_and_what_speaks_against_it_comes_last(model: Model) -> None:
    for found in explain(model, TEXT):
        shares = [group.share for group in found.loaded_groups]
        assert sum(share for share in shares if share > 0) == pytest.approx(1.0)
        assert all(share > 0 for share in shares[: sum(share > 0 for share in shares)])
        assert [group.share > 0 for group in found.loaded_groups] == [group.weight > 0 for group in found.loaded_groups]


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


def test_a_model_without_spans_explains_none(small_task: Task) -> None:
    without = train(replace(small_task, codebook=small_task.codebook.model_copy(update={"labels": ()})))
    assert explain(without, TEXT) == []


def test_a_model_with_one_label_has_no_reasons_for_it(model: Model) -> None:
    explained = explain(replace(model, labels=None), TEXT)
    assert explained
    assert all(e.loaded and not e.label for e in explained)


def test_what_is_said_of_a_span_has_its_probability_and_the_words_that_speak_for_it(stance_model: Model) -> None:
    (explained,) = explain(stance_model, "The council slammed mayor Wick on day 8. It rained.")
    said = explained.attributes["stance"]
    assert list(explained.attributes) == ["stance"]
    assert (said.value, said.probability > 0.5) == ("against", True)
    assert 'before the span the word "slammed"' in {reason.words for reason in said.because}
    assert explained.to_dict()["attributes"]["stance"]["because"][0]["weight"] == said.because[0].weight
    # The words beside it speak for it less than others against it, and then nothing does.
    assert [group.part for group in said.groups if group.weight > 0] == []
    assert sum(group.share for group in said.groups) == pytest.approx(-1.0)


def test_a_model_without_attributes_explains_as_it_did(stance_model: Model) -> None:
    (explained,) = explain(replace(stance_model, attributes={}), "The council slammed mayor Wick on day 8. It rained.")
    assert explained.attributes == {}
    assert "attributes" not in explained.to_dict()
