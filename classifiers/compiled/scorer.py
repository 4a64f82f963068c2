"""A model ready to score batches of texts at the speed of reading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.arrays import Flags, Floats, weigh
from classifiers.compiled.adding import add_bags, add_windows
from classifiers.compiled.context import add_context, compile_stage
from classifiers.compiled.labels import LabelTable, label_spans
from classifiers.compiled.quotations import find_quotations, situations_of_tokens
from classifiers.compiled.reading import Places, Texts, read_texts
from classifiers.compiled.spans import Spans, find_spans, leave_out_scare_quotes
from classifiers.compiled.tables import UNSEEN, Tables
from classifiers.compiled.vocabulary import Vocabulary
from classifiers.context import most_loaded, sentence_context
from classifiers.model import LOADED, SPANS, Model
from classifiers.pages import Alone

__all__ = ["Found", "Scorer"]

# Distinct words that are kept, with their rows; an archive has no end of them, and most are met once.
MOST_WORDS = 100_000


@dataclass(frozen=True)
class Found:
    """What a model says of a batch. `labels`: one for each span, an index into the codebook's; `sentences`: their probabilities;
    `alone`: what is known of the documents by themselves; `tokens`: second-stage logits; `unseen`: whether the model has no
    weight for a token's word."""

    texts: Texts
    spans: Spans
    labels: Places
    sentences: Floats
    alone: Alone
    tokens: Floats
    unseen: Flags


class Scorer:
    """Scores texts. What it finds in a text does not depend on the texts beside or before it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._stage = compile_stage(model.stages[SPANS][LOADED], len(model.auxiliaries)) if model.spans is not None else None
        self._vocabulary, self._tables = Vocabulary(), Tables(model)
        self._labels = self._make_labels()

    @property
    def distinct_words(self) -> int:
        """How many words the scorer has met and still keeps."""
        return self._vocabulary.size - 1

    def find(self, texts: Sequence[str]) -> Found:
        if (kept := self._vocabulary.forget_rare(MOST_WORDS)) is not None:
            self._tables.keep(kept, self._vocabulary)
            self._labels = self._make_labels()
        model, tables, vocabulary = self.model, self._tables, self._vocabulary
        read = read_texts(texts)
        ids = vocabulary.number(read.codes, read.token_starts, read.token_ends)
        tables.know(vocabulary)
        quotations = find_quotations(read, tables.words.signs[ids])
        situations = situations_of_tokens(len(ids), quotations)
        unseen = (tables.words.flags[ids] & UNSEEN) != 0
        words, places = tables.words, (read.first_tokens, read.first_sentences, read.tokens_of_sentences)
        logits = add_windows(ids, situations, read.first_tokens, words.window, tables.voices, tables.intercepts)
        bags = add_bags(
            ids, logits, *places, words.bag, words.left, words.right, tables.pairs, tables.summary, tables.bag_intercepts, model.sentences is not None
        )
        answers = self._split_answers(bags.answers)
        alone = Alone(answers, most_loaded(np.diff(read.first_sentences), bags.sentences))
        if self._stage is None:
            none = np.zeros(0, dtype=np.int64)
            nothing = Spans(none, none, np.zeros(0), np.zeros(0, dtype=np.int8), np.zeros(len(texts) + 1, dtype=np.int64))
            return Found(read, nothing, none, np.zeros(len(bags.sentences)), alone, np.full(len(ids), -np.inf), unseen)
        known = np.column_stack([np.zeros((len(texts), 0)), *(answers[name] for name in model.codebook.single_choices(model.questions))])
        lower, distinct = words.lower[ids], tables.distinct
        tokens = add_context(self._stage, logits, weigh(known, self._stage.answers), bags.sentences, lower, distinct, *places)
        spans = find_spans(read, quotations, tokens, model.decoding.threshold, model.decoding.entry_cost)
        if not model.codebook.scare_quotes:
            spans = leave_out_scare_quotes(spans)
        documents = np.repeat(np.arange(len(texts)), np.diff(read.first_sentences))
        sentences = model.stages["sentences"][LOADED].probabilities(sentence_context(bags.sentences, documents))
        labels: Places = np.zeros(len(spans.firsts), dtype=np.int64)
        if self._labels is not None and len(labels):
            rows = self._labels.rows(vocabulary, ids, spans)
            labels = label_spans(spans, rows, ids, situations, read.first_tokens, lower, distinct, words.flags)
        return Found(read, spans, labels, sentences, alone, tokens, unseen)

    def _make_labels(self) -> LabelTable | None:
        return LabelTable(self.model.labels, self.model.window) if self.model.labels is not None else None

    def _split_answers(self, logits: Floats) -> dict[str, Floats]:
        ends = np.cumsum([len(head.outputs) for head in self.model.questions.values()])
        return dict(zip(self.model.questions, np.split(logits, ends[:-1], axis=1), strict=True)) if len(ends) else {}
