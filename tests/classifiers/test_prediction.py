from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from classifiers.prediction import Prediction, choose_labels, cut_for_overlap, predict

from classifiers.features.documents import Batch, Document, make_batch, make_document
from classifiers.model.model import Model
from classifiers.training.targets import Task
from schemas.arrays import logistic

TEXTS = [
    'The cronies of the minister boasted of their "reform". It was total chaos.\n\nNobody answered.',
    "",
    "😀 The elites slammed a reckless, shameful plan!",
    "“We will not go,” the mayor said. No patriot would.",
    "Shameful",
    "😀",
    "\n\n \n",
]


def documents() -> list[Document]:
    return [make_document(str(i), text) for i, text in enumerate(TEXTS)]


def view(batch: Batch, prediction: Prediction, number: int) -> tuple[list[tuple[int, int, str, str]], list[float]]:
    """What is exact of a document, and its probabilities and logits."""
    spans = prediction.spans[number]
    figures = [span.probability for span in spans] + prediction.sentences[number].tolist() + prediction.tokens[batch.rows(number)].tolist()
    return [(s.start, s.end, s.label, s.voice) for s in spans], [*figures, *(x for answers in prediction.answers.values() for x in answers[number])]


@pytest.mark.parametrize("name", ["model", "page_model"])
def test_an_article_scores_the_same_alone_in_a_batch_and_in_any_order(request: pytest.FixtureRequest, name: str) -> None:
    model: Model = request.getfixturevalue(name)
    batches = [make_batch([document]) for document in documents()]
    alone = [view(batch, predict(model, batch), 0) for batch in batches]
    random = np.random.default_rng(3)
    for order in [range(len(TEXTS)), *(random.permutation(len(TEXTS))[: 3 + i % 6].tolist() for i in range(12))]:
        batch = make_batch(documents()[i] for i in order)
        prediction = predict(model, batch)
        cut = cut_for_overlap(model, batch, prediction)
        for place, i in enumerate(order):
            spans, figures = view(batch, prediction, place)
            assert spans == alone[i][0]
            assert figures == pytest.approx(alone[i][1], abs=1e-9)
            assert cut[place] == cut_for_overlap(model, batches[i], predict(model, batches[i]))[0]


def test_something_is_found_in_those_articles(model: Model) -> None:
    assert sum(len(spans) for spans in predict(model, make_batch(documents())).spans) >= 3


def test_each_sentence_and_article_has_its_probabilities(model: Model) -> None:
    prediction = predict(model, make_batch(documents()))
    assert [len(p) for p in prediction.sentences] == [len(document.sentences) for document in documents()]
    assert prediction.answers["frames"].shape == (len(TEXTS), len(model.questions["frames"].outputs))
    for figures in (*prediction.sentences, *prediction.answers.values()):
        assert ((figures >= 0) & (figures <= 1)).all()
    assert np.isfinite(prediction.tokens).all()
    assert prediction.figures.shape == (len(prediction.tokens), len(model.stages["spans"]["loaded"].columns))


def test_two_answers_to_one_question_mirror_each_other(page_model: Model, page_task: Task) -> None:
    prediction = predict(page_model, page_task.batch)
    np.testing.assert_array_equal(prediction.alone.logits["biased"][:, 0], -prediction.alone.logits["biased"][:, 1])
    np.testing.assert_allclose(prediction.answers["biased"].sum(axis=1), 1)
    turned, given = page_model.stages["question biased"]["No"], page_model.stages["question biased"]["Yes"]
    assert turned.intercept == pytest.approx(-given.intercept, abs=1e-2)
    # Its own logit is turned round as well, so the weights are the same for it and turned round for the others.
    assert np.abs(turned.weights) == pytest.approx(np.abs(given.weights), abs=1e-2)


def test_an_answer_looks_at_the_other_parts_of_its_page_and_not_at_other_pages(page_model: Model) -> None:
    calm, loud = "On day 9 the careful plan cost 4 coins.", "On day 8 the zorgish plan cost 3 coins."

    def share(*others: tuple[str, str | None]) -> float:
        texts = [(calm, "https://gull.example"), *others]
        batch = make_batch(make_document(str(i), text, page) for i, (text, page) in enumerate(texts))
        return float(predict(page_model, batch).answers["biased"][0, 0])

    alone = share()
    assert share((loud, "https://gull.example"), (loud, "https://gull.example")) > alone + 0.1
    assert share((loud, "https://other.example"), (loud, None), (loud, "")) == pytest.approx(alone, abs=1e-12)


def test_spans_and_sentences_do_not_look_at_other_parts_of_a_page(page_model: Model) -> None:
    text = "On day 8 the zorgish plan cost 3 coins."
    alone, both = (predict(page_model, make_batch(make_document(str(i), text, "p") for i in range(size))) for size in (1, 2))
    assert both.spans[0] == alone.spans[0] != []
    np.testing.assert_allclose(both.sentences[0], alone.sentences[0], rtol=0, atol=1e-12)


def test_the_answers_of_a_single_choice_sum_to_one(small_model: Model) -> None:
    answers = predict(small_model, make_batch(documents())).answers
    np.testing.assert_allclose(answers["biased"].sum(axis=1), 1)
    assert not np.allclose(answers["topics"].sum(axis=1), 1)


def test_the_offsets_of_a_span_are_those_of_its_tokens(task: Task, model: Model) -> None:
    prediction = predict(model, task.batch)
    found = [(document, span) for document, spans in zip(task.documents, prediction.spans, strict=True) for span in spans]
    assert len(found) > 50
    for document, span in found:
        assert (span.start, span.end) == (document.tokens[span.tokens.start].start, document.tokens[span.tokens.end - 1].end)
        assert span.label in task.codebook.label_names


def test_the_probability_of_a_span_is_the_mean_of_its_tokens(model: Model) -> None:
    batch = make_batch(documents())
    prediction = predict(model, batch)
    for number, spans in enumerate(prediction.spans):
        for span in spans:
            tokens = logistic(prediction.tokens)[batch.rows(number)][span.tokens.start : span.tokens.end]
            assert span.probability == pytest.approx(tokens.mean())


def test_the_voice_of_a_span_is_that_of_who_says_it(small_model: Model) -> None:
    texts = ["The plan is zorgish.", '"The whole plan is quite zorgish," she said.', 'They passed the "zorgish" plan.']
    prediction = predict(small_model, make_batch(make_document(str(i), text) for i, text in enumerate(texts)))
    voices = [[span.voice for span in spans if "zorgish" in texts[i][span.start : span.end]] for i, spans in enumerate(prediction.spans)]
    assert voices == [["narrator"], ["quoted"], ["scare"]]


def test_an_empty_batch_is_predicted_as_nothing(model: Model) -> None:
    prediction = predict(model, make_batch([]))
    assert (prediction.spans, prediction.sentences) == ([], [])
    assert prediction.answers["frames"].shape[0] == 0


def test_an_article_without_words_has_answers_and_nothing_else(model: Model) -> None:
    prediction = predict(model, make_batch([make_document("a", " \n ")]))
    assert prediction.spans == [[]]
    assert prediction.sentences[0].tolist() == []
    assert np.isfinite(prediction.answers["frames"]).all()


def test_labels_are_chosen_for_the_places_that_are_given(model: Model, task: Task) -> None:
    prediction = predict(model, task.batch)
    found = [(number, span) for number, spans in enumerate(prediction.spans) for span in spans]
    chosen = choose_labels(model, task.batch, [(number, span.tokens) for number, span in reversed(found)])
    assert chosen == [span.label for _, span in reversed(found)]
    assert choose_labels(model, task.batch, []) == []


def test_where_no_label_was_learned_it_is_the_first_of_the_codebook(small_model: Model) -> None:
    batch = make_batch([make_document("a", "The zorgish plan.")])
    unlabelled = replace(small_model, labels=None)
    assert [span.label for span in predict(unlabelled, batch).spans[0]] == ["Loaded"]


def test_spans_for_the_overlap_measure_lie_within_their_article(model: Model, task: Task) -> None:
    cut = cut_for_overlap(model, task.batch, predict(model, task.batch))
    assert sum(map(len, cut)) > 20
    for document, spans in zip(task.documents, cut, strict=True):
        assert all(document.text[start].isalnum() and "\n" not in document.text[start:end] for start, end in spans)
