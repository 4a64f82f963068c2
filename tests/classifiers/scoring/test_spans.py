"""Spans of a batch: runs of words of one line, how likely they are loaded, and who speaks there."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from classifiers.features.documents import Batch, make_batch
from classifiers.model.decoding import Runs
from classifiers.model.logits import logistic
from classifiers.model.model import Decoding, Model
from classifiers.scoring.scorer import Found, Scorer
from classifiers.scoring.spans import allowed_runs, find_spans
from classifiers.training.targets import Task
from schemas.text.quotations import VOICES
from schemas.text.tokens import Span
from schemas.text.voices import find_voices, voices_of

TEXTS = ["The plan is zorgish.", '"The whole plan is quite zorgish," she said.', "", 'They passed the "zorgish" plan.']


def words_of(batch: Batch, found: Found) -> list[list[str]]:
    """The words of the spans of each text."""
    spans, words = found.spans, [batch.words[i] for i in batch.ids]
    texts = [range(first, last) for first, last in pairwise(spans.first_spans)]
    return [[" ".join(words[spans.firsts[i] : spans.lasts[i]]) for i in text] for text in texts]


def test_a_span_begins_and_ends_with_a_word_of_one_line_and_they_come_in_order(model: Model, task: Task) -> None:
    batch, spans = task.batch, Scorer(model).find(task.batch.texts).spans
    assert len(spans.firsts) > 50
    assert (spans.firsts < spans.lasts).all()
    assert (spans.lasts[:-1] <= spans.firsts[1:]).all()
    assert batch.read.tokens.words[spans.firsts].all()
    assert batch.read.tokens.words[spans.lasts - 1].all()
    for document, stretch in batch.stretches(spans.firsts, spans.lasts):
        assert "\n" not in batch.texts[document][slice(*stretch)]


def test_each_text_has_the_spans_that_stand_in_it(model: Model, task: Task) -> None:
    spans = Scorer(model).find(task.batch.texts).spans
    documents = np.repeat(np.arange(len(task)), np.diff(spans.first_spans))
    np.testing.assert_array_equal(documents, task.batch.documents[spans.firsts])
    np.testing.assert_array_equal(documents, task.batch.documents[spans.lasts - 1])


def test_the_probability_of_a_span_is_the_mean_of_its_tokens(model: Model, task: Task) -> None:
    found = Scorer(model).find(task.batch.texts)
    means = [logistic(found.tokens[first:last]).mean() for first, last in zip(found.spans.firsts, found.spans.lasts, strict=True)]
    assert len(means) > 50
    assert found.spans.probabilities == pytest.approx(means, abs=1e-12)


def test_the_voice_of_a_span_is_that_of_who_says_it(small_model: Model) -> None:
    found = Scorer(small_model).find(TEXTS)
    assert words_of(make_batch(TEXTS), found) == [["zorgish"], ["zorgish"], [], ["zorgish"]]
    assert [VOICES[voice] for voice in found.spans.voices] == ["narrator", "quoted", "scare"]


def test_the_voices_of_a_batch_are_those_of_each_text_by_itself(model: Model, task: Task) -> None:
    batch, spans = task.batch, Scorer(model).find(task.batch.texts).spans
    alone = [voices_of(batch.texts[document], [stretch])[0] for document, stretch in batch.stretches(spans.firsts, spans.lasts)]
    assert [VOICES[voice] for voice in spans.voices] == alone
    assert set(alone) >= set(VOICES) - {"unclear"}


def test_a_token_is_worth_a_span_beyond_the_threshold_and_if_it_pays_for_being_opened(small_model: Model) -> None:
    batch = make_batch(["one two, three\nfour", "five"])
    logits = np.array([-9.0, 1.5, 1.0, 1.5, 1.5, 0.5])
    for decoding, expected in (
        (Decoding(0.0, 0.0), [(1, 4), (4, 5), (5, 6)]),
        (Decoding(0.0, 1.0), [(1, 4), (4, 5)]),
        (Decoding(1.25, 0.0), [(1, 2), (3, 4), (4, 5)]),
        (Decoding(1.25, 0.375), []),
        (Decoding(0.0, 2.0), [(1, 4)]),
    ):
        spans = find_spans(replace(small_model, decoding=decoding), batch.read.tokens, batch.quotations, logits)
        assert list(zip(spans.firsts, spans.lasts, strict=True)) == expected


def test_runs_in_scare_quotes_are_left_out_where_the_codebook_says_so(small_model: Model) -> None:
    batch = make_batch(['The "reform" of the "plan" cost "much".', 'It was calm. "We will all go," she said.', 'A "mob" met.'])
    everything = Runs(*np.array([[1, 3], [3, 5], [7, 8], [10, 11], [15, 17], [20, 22], [27, 28]]).T, np.array([0, 4, 6, 7]))
    kept, holders = allowed_runs(small_model, batch.read.tokens, batch.quotations, everything)
    assert kept is everything
    told = [VOICES[voice] for voice in find_voices(holders, batch.quotations)]
    stretches = batch.stretches(everything.firsts, everything.lasts)
    assert told == [voices_of(batch.texts[document], [Span(*stretch)])[0] for document, stretch in stretches]
    strict = replace(small_model, codebook=small_model.codebook.model_copy(update={"scare_quotes": False}))
    fewer, others = allowed_runs(strict, batch.read.tokens, batch.quotations, everything)
    left = [i for i, voice in enumerate(told) if voice != "scare"]
    assert 0 < len(left) < len(told)
    assert fewer.firsts.tolist() == everything.firsts[left].tolist()
    assert fewer.lasts.tolist() == everything.lasts[left].tolist()
    assert [VOICES[voice] for voice in find_voices(others, batch.quotations)] == [told[i] for i in left]
    assert np.diff(fewer.first_runs).tolist() == [sum(low <= i < high for i in left) for low, high in pairwise((0, 4, 6, 7))]


def test_no_texts_have_no_spans(small_model: Model) -> None:
    batch = make_batch([])
    spans = find_spans(small_model, batch.read.tokens, batch.quotations, np.zeros(0))
    assert (len(spans.firsts), len(spans.probabilities), len(spans.voices), spans.first_spans.tolist()) == (0, 0, 0, [0])
