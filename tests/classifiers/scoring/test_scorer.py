"""A scorer adds up folded rows of weights; the same model says the same by the matrices that training has, times all weights."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.features.context import describe_tokens, most_loaded, sentence_context
from classifiers.features.documents import Batch, make_batch
from classifiers.features.spans import make_label_space
from classifiers.features.window import WindowView
from classifiers.model.logits import logistic
from classifiers.model.model import Head, Model
from classifiers.scoring import scorer
from classifiers.scoring.scorer import Found, Scorer
from classifiers.training.recipe import Recipe
from classifiers.training.targets import Task
from classifiers.training.training import train
from schemas.arrays import Floats
from schemas.text import kernel
from schemas.text.quotations import VOICES
from schemas.text.tokens import Span
from schemas.text.voices import voices_of

PIECES = st.lists(
    st.sampled_from(["reckless", "The mayor", '"reform"', "“the radical mob,” she said", "so-called", "!", ". ", "\n", "😀", "don't", " plan"])
)
TEXTS = [
    'The cronies of the minister boasted of their "reform". It was total chaos.\n\nNobody answered.',
    "",
    "😀 The elites slammed a reckless, shameful plan!",
    "“We will not go,” the mayor said. No patriot would.",
    "Shameful",
    "😀",
    "\n\n \n",
]
HOSTILE = [
    "",
    " \n ",
    "改革 😀!",
    "reckless",
    "reckless! " * 400,
    "one two three " * 300,
    "İstanbul’s “mob” — “a reckless, shameful plan”",
    "'x " * 50,
    "“The reckless, shameful plan of the mob failed. A farce.",
]


@dataclass(frozen=True)
class Row:
    """A span: its text's number, its offsets there, label, voice and probability."""

    document: int
    start: int
    end: int
    label: str
    voice: str
    probability: float


@dataclass(frozen=True)
class Expected:
    tokens: Floats
    sentences: Floats
    loaded: Floats
    answers: dict[str, Floats]
    spans: list[Row]


def times(matrix: object, head: Head) -> Floats:
    product: Floats = np.asarray(matrix @ head.weights) + head.intercepts  # type: ignore[operator]
    return product


def expect(model: Model, texts: Sequence[str]) -> Expected:
    batch, size = make_batch(texts), len(texts)
    heads = [model.spans, *model.auxiliaries.values()] if model.spans else []
    first = np.zeros((len(batch.ids), 0))
    if heads:
        view = WindowView(model.window, batch)
        first = np.column_stack([view.scores(head.weights[:, 0]) + head.intercepts[0] for head in heads])
    bounds, articles = batch.read.tokens_of_sentences, batch.read.tokens.firsts
    own: Floats = np.zeros(len(bounds) - 1)
    if model.sentences is not None:
        own = times(model.bag.matrix(batch, bounds, first), model.sentences)[:, 0]
    answers = {name: times(model.bag.matrix(batch, articles, first), head) for name, head in model.questions.items()}
    loaded = most_loaded(np.diff(batch.read.sentences.firsts), own)
    if model.spans is None:
        return Expected(np.full(len(batch.ids), -np.inf), np.zeros(len(own)), loaded, answers, [])
    known = np.column_stack([np.zeros((size, 0)), *(answers[name] for name in model.codebook.single_choices(model.questions))])
    figures = describe_tokens(first, own, known, batch.lower, *batch.read.places)
    tokens = model.stages["spans"]["loaded"].logits(figures)
    sentences = model.stages["sentences"]["loaded"].probabilities(sentence_context(own, batch.read.texts_of_sentences))
    return Expected(tokens, sentences, loaded, answers, list(spans_of(model, batch, tokens)))


def spans_of(model: Model, batch: Batch, tokens: Floats) -> Iterator[Row]:
    cut = [span for document in range(len(batch)) for span in decode(batch, document, tokens - model.decoding.threshold, model.decoding.entry_cost)]
    stretches = batch.stretches(*np.array(cut, dtype=np.int64).reshape(-1, 2).T)
    voices = [voices_of(batch.texts[document], [stretch])[0] for document, stretch in stretches]
    kept = [i for i, voice in enumerate(voices) if model.codebook.scare_quotes or voice != "scare"]
    labels = dict.fromkeys(kept, model.codebook.label_names[0])
    if model.labels is not None and kept:
        scores = times(make_label_space(model.window).matrix(batch, [cut[i] for i in kept]), model.labels)
        labels = dict(zip(kept, (model.labels.outputs[best] for best in scores.argmax(axis=1)), strict=True))
    for i in kept:
        document, stretch = stretches[i]
        yield Row(document, *stretch, labels[i], voices[i], float(logistic(tokens[slice(*cut[i])]).mean()))


def decode(batch: Batch, document: int, gains: Floats, entry_cost: float) -> Iterator[Span]:
    """The best runs of each line of a text, without the marks at their ends."""
    rows, text, begin = batch.rows(document), batch.texts[document], batch.read.starts[document]
    starts, ends = batch.read.tokens.starts - begin, batch.read.tokens.ends - begin
    broken = [token for token in range(rows.start + 1, rows.stop) if "\n" in text[ends[token - 1] : starts[token]]]
    edges = [rows.start, *broken, rows.stop]
    for first, last in zip(edges[:-1], edges[1:], strict=True):
        for start, end in best_runs(gains[first:last].tolist(), entry_cost):
            words = [token for token in range(first + start, first + end) if text[starts[token]].isalnum()]
            if words:
                yield Span(words[0], words[-1] + 1)


def best_runs(gains: Sequence[float], entry_cost: float) -> list[Span]:
    """Viterbi over two states, outside and inside: the inside ranges."""
    outside, inside = 0.0, -math.inf
    came_in: list[bool] = []
    left: list[bool] = []
    for gain in gains:
        came_in.append(outside - entry_cost > inside)
        left.append(inside > outside)
        outside, inside = max(outside, inside), max(outside - entry_cost, inside) + gain
    runs: list[Span] = []
    state, end = inside > outside, len(gains)
    for i in range(len(gains) - 1, -1, -1):
        if state and came_in[i]:
            runs.append(Span(i, end))
            state = False
        elif not state and left[i]:
            # The best way to be outside at i was to have been inside until i - 1.
            state, end = True, i
    return runs[::-1]


def rows_of(model: Model, found: Found) -> list[Row]:
    spans, tokens, names = found.spans, found.texts.tokens, model.labels.outputs if model.labels else model.codebook.label_names
    rows = []
    for document in range(len(spans.first_spans) - 1):
        begin = found.texts.starts[document]
        for i in range(spans.first_spans[document], spans.first_spans[document + 1]):
            start, end = int(tokens.starts[spans.firsts[i]] - begin), int(tokens.ends[spans.lasts[i] - 1] - begin)
            rows.append(Row(document, start, end, names[found.labels[i]], VOICES[spans.voices[i]], float(spans.probabilities[i])))
    return rows


def check(model: Model, texts: Sequence[str]) -> Expected:
    found, expected = Scorer(model).find(texts), expect(model, texts)
    np.testing.assert_allclose(found.tokens, expected.tokens, rtol=0, atol=1e-4)
    np.testing.assert_allclose(found.sentences, expected.sentences, rtol=0, atol=1e-5)
    np.testing.assert_allclose(found.alone.loaded, expected.loaded, rtol=0, atol=1e-4)
    assert found.alone.logits.keys() == expected.answers.keys()
    for name, logits in expected.answers.items():
        np.testing.assert_allclose(found.alone.logits[name], logits, rtol=0, atol=1e-4)
    rows = rows_of(model, found)
    assert [replace(row, probability=0.0) for row in rows] == [replace(row, probability=0.0) for row in expected.spans]
    assert [row.probability for row in rows] == pytest.approx([row.probability for row in expected.spans], abs=1e-5)
    return expected


def test_articles_of_the_sample_and_hostile_texts_are_scored_as_matrices_do(model: Model, whole_task: Task) -> None:
    expected = check(model, [*whole_task.batch.texts, *HOSTILE, *TEXTS])
    assert len(expected.spans) > 100
    assert len({row.label for row in expected.spans}) > 1
    assert {row.voice for row in expected.spans} >= set(VOICES) - {"unclear"}


def test_lines_that_end_within_pairs_of_words_and_within_spans_are_scored_as_matrices_do(model: Model, whole_task: Task) -> None:
    texts = whole_task.batch.texts[:100]
    broken = [text.replace(" ", "\n") for text in texts] + ["\n".join(re.findall(r"\S+(?: \S+)?", text)) for text in texts]
    whole, parts = check(model, texts).spans, check(model, broken).spans
    assert any(" " in texts[row.document][row.start : row.end] for row in whole)
    assert not any("\n" in broken[row.document][row.start : row.end] for row in parts)
    assert any(" " in broken[row.document][row.start : row.end] for row in parts)


@given(st.lists(PIECES.map(" ".join), min_size=1, max_size=3))
@settings(max_examples=60)
def test_awkward_texts_are_scored_as_matrices_do(model: Model, texts: list[str]) -> None:
    check(model, texts)


@pytest.mark.parametrize("enough", [0, math.inf], ids=["machine code", "plain Python"])
def test_plain_python_and_machine_code_score_as_matrices_do(model: Model, monkeypatch: pytest.MonkeyPatch, enough: float) -> None:
    monkeypatch.setattr(kernel, "ENOUGH", enough)
    assert len(check(model, [*TEXTS, *HOSTILE[:4]]).spans) >= 3


def test_plain_python_and_machine_code_find_the_same_to_the_bit(page_model: Model, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    for made in (page_model, model):
        both = []
        for enough in (0, math.inf):
            monkeypatch.setattr(kernel, "ENOUGH", enough)
            found = Scorer(made).find([*TEXTS, *HOSTILE])
            both.append([view_of(made, found, i) for i in range(len(TEXTS) + len(HOSTILE))])
        assert both[0] == both[1]


def test_questions_and_pages_are_scored_as_matrices_do(page_model: Model, small_model: Model) -> None:
    for model in (page_model, small_model):
        texts = ["On day 9 the zorgish plan cost 4 coins.", "", "The careful plan.", "The dreadful plan of the court cost 4 coins."]
        assert {row.label for row in check(model, texts).spans} <= {"Loaded", "Scare"}


def test_other_corpora_are_scored_as_matrices_do(task: Task) -> None:
    half = task.take(range(0, len(task), 2))
    model = train(half, Recipe(auxiliaries={"other": task.take(range(1, len(task), 2))}))
    assert check(model, [*half.batch.texts[:6], *HOSTILE]).spans


def test_a_model_without_questions_or_without_labels_scores(model: Model) -> None:
    # The second stage of spans looks at answers to questions of one answer, and this one's takes several.
    check(replace(model, questions={}), [*HOSTILE, *TEXTS])
    assert {row.label for row in check(replace(model, labels=None), [*HOSTILE, *TEXTS]).spans} == {model.codebook.label_names[0]}


@pytest.mark.parametrize("enough", [0, math.inf], ids=["machine code", "plain Python"])
def test_a_model_without_spans_scores(small_task: Task, monkeypatch: pytest.MonkeyPatch, enough: float) -> None:
    monkeypatch.setattr(kernel, "ENOUGH", enough)
    model = train(replace(small_task, codebook=small_task.codebook.model_copy(update={"labels": ()})))
    texts = ["On day 9 the zorgish plan cost 4 coins.", *HOSTILE]
    expected = check(model, texts)
    assert expected.spans == []
    assert expected.answers["biased"][0, 0] > expected.answers["biased"][1, 0]


def test_a_codebook_that_leaves_scare_quotes_out_has_no_span_there(model: Model, whole_task: Task) -> None:
    strict = replace(model, codebook=model.codebook.model_copy(update={"scare_quotes": False}))
    texts = whole_task.batch.texts[:40]
    kept, every = check(strict, texts).spans, check(model, texts).spans
    assert {row.voice for row in kept} == {"narrator", "quoted"}
    assert kept == [row for row in every if row.voice != "scare"]


def view_of(model: Model, found: Found, document: int) -> tuple[list[Row], list[list[float]]]:
    """What is found in one text, exact to the bit."""
    tokens, sentences = (slice(*places.firsts[document : document + 2]) for places in (found.texts.tokens, found.texts.sentences))
    rows = [replace(row, document=0) for row in rows_of(model, found) if row.document == document]
    figures = [found.logits[tokens], found.figures[tokens], found.tokens[tokens], found.unseen[tokens], found.sentences[sentences]]
    figures += [found.alone.loaded[document], *(logits[document] for logits in found.alone.logits.values())]
    return rows, [values.ravel().tolist() for values in figures]


@pytest.mark.parametrize("name", ["model", "page_model"])
def test_a_text_has_the_same_scores_alone_in_a_batch_and_in_any_order(request: pytest.FixtureRequest, whole_task: Task, name: str) -> None:
    model: Model = request.getfixturevalue(name)
    texts = [*whole_task.batch.texts[:8], *HOSTILE, *TEXTS]
    one = Scorer(model)
    alone = [view_of(model, one.find([text]), 0) for text in texts]
    assert name != "model" or sum(len(rows) for rows, _ in alone[-len(TEXTS) :]) >= 3
    for seed in range(6):
        order = random.Random(seed).sample(range(len(texts)), len(texts) if seed < 3 else 2 + seed)
        together = Scorer(model).find([texts[i] for i in order])
        for place, i in enumerate(order):
            assert view_of(model, together, place) == alone[i]


def test_words_beyond_the_most_that_are_kept_change_nothing(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["The reckless mayor left.", "A shameful plan, she said.", "The mayor, the MAYOR!", "A plan 🚢 that the mayor, she said, had left."]
    expected = [view_of(model, Scorer(model).find([text]), 0) for text in texts]
    assert any(rows for rows, _ in expected)
    for most in (3, 8, 20):
        monkeypatch.setattr(scorer, "MOST_WORDS", most)
        forgetful = Scorer(model)
        for i in (0, 1, 2, 3, 3, 1, 0, 2):
            assert view_of(model, forgetful.find([texts[i]]), 0) == expected[i]
            assert forgetful.distinct_words <= most + 20


def test_each_token_sentence_and_article_has_its_figures(model: Model) -> None:
    found = Scorer(model).find(TEXTS)
    batch = make_batch(TEXTS)
    assert len(found.tokens) == len(found.logits) == len(found.unseen) == len(batch.ids)
    assert found.figures.shape == (len(batch.ids), len(model.stages["spans"]["loaded"].columns))
    assert len(found.sentences) == len(batch.read.sentences.starts) > len(TEXTS)
    assert found.alone.logits["frames"].shape == (len(TEXTS), len(model.questions["frames"].outputs))
    assert ((found.sentences >= 0) & (found.sentences <= 1)).all()
    for figures in (found.tokens, found.figures, found.alone.loaded, found.alone.logits["frames"]):
        assert np.isfinite(figures).all()


def test_nothing_is_found_in_no_texts(model: Model) -> None:
    found = Scorer(model).find([])
    assert (len(found.tokens), len(found.sentences), len(found.labels), rows_of(model, found)) == (0, 0, 0, [])
    assert found.alone.logits["frames"].shape == (0, len(model.questions["frames"].outputs))


def test_an_article_without_words_has_what_answers_need_and_nothing_else(model: Model) -> None:
    found = Scorer(model).find([" \n "])
    assert (len(found.tokens), len(found.sentences), rows_of(model, found)) == (0, 0, [])
    assert np.isfinite(found.alone.logits["frames"]).all()
    assert np.isfinite(found.alone.loaded).all()


def test_labels_are_chosen_for_the_spans_that_are_given(model: Model, task: Task) -> None:
    found = Scorer(model).find(task.batch.texts)
    firsts, lasts = found.spans.firsts, found.spans.lasts
    assert len(set(found.labels.tolist())) > 1
    np.testing.assert_array_equal(Scorer(model).label(task.batch.texts, firsts, lasts), found.labels)
    nothing = np.zeros(0, dtype=np.int64)
    assert Scorer(model).label(task.batch.texts, nothing, nothing).tolist() == []


def test_labels_of_any_spans_are_chosen_as_matrices_do(model: Model, task: Task) -> None:
    batch, chance = make_batch(task.batch.texts[:12]), np.random.default_rng(3)
    spans = sorted(
        (first, first + int(length))
        for rows in map(batch.rows, range(12))
        for first, length in zip(range(rows.start, rows.stop - 9, 7), chance.integers(1, 9, size=len(batch.ids)), strict=False)
    )
    assert model.labels is not None
    scores = times(make_label_space(model.window).matrix(batch, [Span(*span) for span in spans]), model.labels)
    firsts, lasts = np.array(spans).T
    chosen = Scorer(model).label(batch.texts, firsts, lasts)
    assert chosen.tolist() == scores.argmax(axis=1).tolist()
    assert len(set(chosen.tolist())) > 2


def test_where_no_label_was_learned_it_is_the_first(small_model: Model) -> None:
    unlabelled = Scorer(replace(small_model, labels=None))
    found = unlabelled.find(["The zorgish plan."])
    assert [row.label for row in rows_of(unlabelled.model, found)] == ["Loaded"]
    assert unlabelled.label(["The zorgish plan."], np.array([0, 1]), np.array([1, 3])).tolist() == [0, 0]
