from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from classifiers.documents import Document, make_batch, make_document
from classifiers.model import Model
from classifiers.prediction import Prediction, predict
from classifiers.targets import Task

TEXTS = [
    'The cronies of the minister boasted of their "reform". It was total chaos.\n\nNobody answered.',
    "",
    "😀 The elites slammed a reckless, shameful plan!",
    "“We will not go,” the mayor said. No patriot would.",
]


def documents() -> list[Document]:
    return [make_document(str(i), text) for i, text in enumerate(TEXTS)]


def view(prediction: Prediction, number: int) -> tuple[list[tuple[int, int, str, str]], list[float]]:
    """What is exact of a document, and its probabilities."""
    spans = prediction.spans[number]
    figures = [span.probability for span in spans] + prediction.sentences[number].tolist()
    return [(s.start, s.end, s.label, s.voice) for s in spans], [*figures, *(x for answers in prediction.answers.values() for x in answers[number])]


def test_an_article_scores_the_same_alone_in_a_batch_and_in_any_order(model: Model) -> None:
    alone = [view(predict(model, make_batch([document])), 0) for document in documents()]
    assert sum(len(spans) for spans, _ in alone) >= 3
    for order in permutations(range(len(TEXTS))):
        prediction = predict(model, make_batch(documents()[i] for i in order))
        for place, i in enumerate(order):
            spans, figures = view(prediction, place)
            assert spans == alone[i][0]
            assert figures == pytest.approx(alone[i][1], abs=1e-12)


def test_each_sentence_and_article_has_its_probabilities(model: Model) -> None:
    prediction = predict(model, make_batch(documents()))
    assert [len(p) for p in prediction.sentences] == [len(document.sentences) for document in documents()]
    assert prediction.answers["frames"].shape == (len(TEXTS), len(model.questions["frames"].outputs))
    for figures in (*prediction.sentences, *prediction.answers.values(), prediction.tokens):
        assert ((figures >= 0) & (figures <= 1)).all()


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
            tokens = prediction.tokens[batch.rows(number)][span.tokens.start : span.tokens.end]
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
