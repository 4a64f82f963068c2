"""A model ready to score batches of texts at the speed of reading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.arrays import Floats
from classifiers.compiled.adding import add_bags, add_windows
from classifiers.compiled.context import add_context, compile_stage
from classifiers.compiled.quotations import find_quotations, situations_of_tokens
from classifiers.compiled.reading import Places, Texts, read_texts
from classifiers.compiled.spans import Spans, find_spans, label_spans
from classifiers.compiled.tables import Tables
from classifiers.compiled.vocabulary import Vocabulary
from classifiers.context import most_loaded, sentence_context
from classifiers.documents import EDGE
from classifiers.model import LOADED, SPANS, Model

__all__ = ["Found", "Scorer"]

# Distinct words that are kept, with their rows; an archive has no end of them.
MOST_WORDS = 300_000


@dataclass(frozen=True)
class Found:
    """What a model says of a batch. `labels`: one for each span, an index into the codebook's; `sentences`: their probabilities;
    `answers`: for each question documents x values, as logits of the document alone; `loaded`: the logit of each document's
    most loaded sentence; `tokens`: second-stage logits."""

    texts: Texts
    spans: Spans
    labels: Places
    sentences: Floats
    answers: dict[str, Floats]
    loaded: Floats
    tokens: Floats


class Scorer:
    """Scores texts. What it finds in a text does not depend on the texts beside or before it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._stage = compile_stage(model.stages[SPANS][LOADED], len(model.auxiliaries)) if model.spans is not None else None
        self._forget()

    def _forget(self) -> None:
        self._vocabulary, self._tables = Vocabulary(), Tables(self.model)

    def find(self, texts: Sequence[str]) -> Found:
        if len(self._vocabulary.words) > MOST_WORDS:
            self._forget()
        model, tables, vocabulary = self.model, self._tables, self._vocabulary
        read = read_texts(texts)
        ids = vocabulary.number(read.codes, read.token_starts, read.token_ends)
        tables.know(vocabulary.words)
        quotations = find_quotations(read, tables.words.signs[ids])
        situations = situations_of_tokens(len(ids), quotations)
        words, places = tables.words, (read.first_tokens, read.first_sentences, read.tokens_of_sentences)
        logits = add_windows(ids, situations, read.first_tokens, words.window, tables.voices, tables.intercepts)
        bags = add_bags(
            ids, logits, *places, words.bag, words.left, words.right, tables.pairs, tables.summary, tables.bag_intercepts, tables.has_sentences
        )
        answers = self._split_answers(bags.answers)
        loaded = most_loaded(np.diff(read.first_sentences), bags.sentences)
        if self._stage is None:
            none = np.zeros(0, dtype=np.int64)
            nothing = Spans(none, none, np.zeros(0), np.zeros(0, dtype=np.int8), np.zeros(len(texts) + 1, dtype=np.int64))
            return Found(read, nothing, none, np.zeros(len(bags.sentences)), answers, loaded, np.full(len(ids), -np.inf))
        known = np.column_stack([np.zeros((len(texts), 0)), *(answers[name] for name in model.codebook.single_choices(model.questions))])
        lower, distinct = words.lower[ids], tables.distinct
        tokens = add_context(self._stage, logits, known @ self._stage.answers, bags.sentences, lower, distinct, *places)
        spans = find_spans(read, quotations, tokens, model.decoding.threshold, model.decoding.entry_cost)
        documents = np.repeat(np.arange(len(texts)), np.diff(read.first_sentences))
        sentences = model.stages["sentences"][LOADED].probabilities(sentence_context(bags.sentences, documents))
        labels = self._label(spans, read, ids, situations, lower)
        return Found(read, spans, labels, sentences, answers, loaded, tokens)

    def _label(self, spans: Spans, read: Texts, ids: np.ndarray, situations: np.ndarray, lower: np.ndarray) -> Places:
        tables, count = self._tables, len(spans.firsts)
        if tables.labels is None or not count:
            return np.zeros(count, dtype=np.int64)
        near = np.concatenate([_ranges(spans.firsts - 2, spans.lasts + 2), [-1]])
        used = np.append(ids[near[(near >= 0) & (near < len(ids))]], 0)
        tables.know_labels(self._vocabulary.words, used)
        return label_spans(spans, tables.labels, ids, situations, read.first_tokens, lower, tables.distinct, tables.words.flags)

    def _split_answers(self, logits: Floats) -> dict[str, Floats]:
        ends = np.cumsum([len(head.outputs) for head in self.model.questions.values()])
        return dict(zip(self.model.questions, np.split(logits, ends[:-1], axis=1), strict=True)) if len(ends) else {}


def _ranges(firsts: Places, lasts: Places) -> Places:
    """All whole numbers from each first to before its last."""
    lengths = lasts - firsts
    return np.arange(lengths.sum()) + np.repeat(firsts - np.cumsum(lengths) + lengths, lengths)
