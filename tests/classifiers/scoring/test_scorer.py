"""The definition is `classifiers.prediction`: the compiled model says the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from classifiers.scoring import scorer
from classifiers.prediction import Prediction, predict
from hypothesis import given, settings
from hypothesis import strategies as st
from schemas.text.voices import VOICES

from classifiers.features.documents import make_batch, make_document
from classifiers.model.model import Model
from classifiers.scoring.scorer import Found, Scorer
from classifiers.training.recipe import Recipe
from classifiers.training.targets import Task
from classifiers.training.training import train

PIECES = st.lists(
    st.sampled_from(["reckless", "The mayor", '"reform"', "“the radical mob,” she said", "so-called", "!", ". ", "\n", "😀", "don't", " plan"])
)
HOSTILE = [
    "",
    " \n ",
    "改革 😀!",
    "reckless",
    "reckless! " * 400,
    "one two three " * 300,
    "İstanbul’s “mob” — “a reckless, shameful plan”",
    "'x " * 50,
]
Row = tuple[int, int, str, str, float]


def spans_of(model: Model, found: Found, document: int) -> list[Row]:
    spans, read = found.spans, found.texts
    rows = []
    for i in range(spans.first_spans[document], spans.first_spans[document + 1]):
        start, end = read.token_starts[spans.firsts[i]], read.token_ends[spans.lasts[i] - 1]
        label = model.labels.outputs[found.labels[i]] if model.labels else model.codebook.label_names[0]
        begin = read.starts[document]
        rows.append((int(start - begin), int(end - begin), label, VOICES[spans.voices[i]], pytest.approx(spans.probabilities[i], abs=1e-5)))
    return rows


def check(model: Model, texts: Sequence[str]) -> Prediction:
    found = Scorer(model).find(texts)
    batch = make_batch(make_document(str(i), text) for i, text in enumerate(texts))
    expected = predict(model, batch)
    own = np.concatenate([np.zeros(0), *(expected.tokens[batch.rows(i)] for i in range(len(texts)))])
    np.testing.assert_allclose(found.tokens, own, rtol=0, atol=1e-4)
    np.testing.assert_allclose(found.sentences, np.concatenate([np.zeros(0), *expected.sentences]), rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.alone.loaded, expected.alone.loaded, rtol=0, atol=1e-4)
    assert found.alone.logits.keys() == expected.alone.logits.keys()
    for name, logits in expected.alone.logits.items():
        np.testing.assert_allclose(found.alone.logits[name], logits, rtol=0, atol=1e-4)
    for i, spans in enumerate(expected.spans):
        assert spans_of(model, found, i) == [(span.start, span.end, span.label, span.voice, span.probability) for span in spans]
    return expected


def test_articles_of_the_sample_and_hostile_texts_are_scored_as_the_definition_does(model: Model, whole_task: Task) -> None:
    texts = [document.text for document in whole_task.documents]
    expected = check(model, [*texts, *HOSTILE])
    assert sum(len(spans) for spans in expected.spans) > 100
    assert len({span.label for spans in expected.spans for span in spans}) > 1
    assert {span.voice for spans in expected.spans for span in spans} == set(VOICES)


@given(st.lists(PIECES.map(" ".join), min_size=1, max_size=3))
@settings(max_examples=60)
def test_awkward_texts_are_scored_as_the_definition_does(model: Model, texts: list[str]) -> None:
    check(model, texts)


def test_questions_and_pages_are_scored_as_the_definition_does(page_model: Model, small_model: Model) -> None:
    for model in (page_model, small_model):
        check(model, ["On day 9 the zorgish plan cost 4 coins.", "", "The careful plan."])


def test_other_corpora_are_scored_as_the_definition_does(task: Task) -> None:
    half = task.take(range(0, len(task.documents), 2))
    model = train(half, Recipe(auxiliaries={"other": task.take(range(1, len(task.documents), 2))}))
    check(model, [document.text for document in half.documents[:6]] + HOSTILE)


def test_a_model_without_spans_or_without_questions_scores(model: Model) -> None:
    check(replace(model, questions={}), HOSTILE)
    check(replace(model, labels=None), HOSTILE)


def test_a_codebook_that_leaves_scare_quotes_out_has_no_span_there(model: Model, whole_task: Task) -> None:
    strict = replace(model, codebook=model.codebook.model_copy(update={"scare_quotes": False}))
    texts = [document.text for document in whole_task.documents[:40]]
    expected, all_spans = check(strict, texts), check(model, texts)
    voices = [span.voice for spans in expected.spans for span in spans]
    assert set(voices) == {"narrator", "quoted"}
    assert len(voices) == sum(span.voice != "scare" for spans in all_spans.spans for span in spans)


def test_a_text_has_the_same_scores_alone_in_a_batch_and_in_any_order(model: Model, whole_task: Task) -> None:
    texts = [document.text for document in whole_task.documents[:8]] + HOSTILE
    together = Scorer(model).find(texts)
    order = list(range(len(texts)))
    random.Random(3).shuffle(order)
    shuffled, alone = Scorer(model).find([texts[i] for i in order]), Scorer(model)
    for place, i in enumerate(order):
        expected = figures_of(together, i)
        assert figures_of(shuffled, place) == expected
        assert figures_of(alone.find([texts[i]]), 0) == expected


def figures_of(found: Found, document: int) -> list[list[float]]:
    tokens = slice(*found.texts.first_tokens[document : document + 2])
    sentences = slice(*found.texts.first_sentences[document : document + 2])
    return [found.tokens[tokens].tolist(), found.sentences[sentences].tolist(), found.alone.logits["frames"][document].tolist()]


def test_words_beyond_the_most_that_are_kept_change_nothing(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["The reckless mayor left.", "A shameful plan, she said.", "The mayor, the MAYOR!", "A plan 🚢 that the mayor, she said, had left."]
    expected = [Scorer(model).find([text]) for text in texts]
    for most in (3, 8, 20):
        monkeypatch.setattr(scorer, "MOST_WORDS", most)
        forgetful = Scorer(model)
        for i in (0, 1, 2, 3, 3, 1, 0, 2):
            found = forgetful.find([texts[i]])
            assert figures_of(found, 0) == figures_of(expected[i], 0)
            np.testing.assert_array_equal(found.labels, expected[i].labels)
            assert forgetful.distinct_words <= most + 20
