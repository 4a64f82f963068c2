"""A model ready to score batches of texts at the speed of reading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.features.context import SHARED, most_loaded, places_of, sentence_context
from classifiers.features.documents import situations_of_tokens
from classifiers.features.pages import Alone
from classifiers.features.spans import describe_spans
from classifiers.features.vocabulary import Vocabulary
from classifiers.model.logits import weigh
from classifiers.model.model import LOADED, SPANS, Model
from classifiers.scoring.first_stage import add_bags, add_windows
from classifiers.scoring.labels import LabelTable, label_spans
from classifiers.scoring.second_stage import add_context
from classifiers.scoring.spans import Spans, find_spans
from classifiers.scoring.tables import UNSEEN, Tables
from schemas.arrays import Flags, Floats, Integers, Places
from schemas.text.quotations import Quotations, find_quotations
from schemas.text.reading import Texts, read_texts

__all__ = ["Found", "Scorer"]

# Distinct words that are kept, with their rows; an archive has no end of them, and most are met once.
MOST_WORDS = 100_000


@dataclass(frozen=True)
class Found:
    """What a model says of a batch. `logits`: first-stage ones, tokens x span heads; `loaded`: those of sentences, before the second
    stage; `answers`: those that the second stage of tokens looks at (documents x values); `tokens`: second-stage ones; `labels`: one for
    each span, an index into the label head's outputs; `sentences`: their probabilities; `alone`: what is known of the documents by
    themselves; `unseen`: whether the model has no weight for a token's word."""

    texts: Texts
    quotations: Quotations
    logits: Floats
    loaded: Floats
    answers: Floats
    tokens: Floats
    spans: Spans
    labels: Places
    sentences: Floats
    alone: Alone
    unseen: Flags


class Scorer:
    """Scores texts. What it finds in a text does not depend on the texts beside or before it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._vocabulary, self._tables = Vocabulary(), Tables(model)
        self._labels = self._make_labels()

    @property
    def distinct_words(self) -> int:
        """How many words the scorer has met and still keeps."""
        return self._vocabulary.size - 1

    def find(self, texts: Sequence[str]) -> Found:
        """Read the texts, and score their tokens, spans, sentences and questions."""
        self._forget()
        model, tables = self.model, self._tables
        read, ids = self._read(texts)
        words, places = tables.words, places_of(read)
        quotations = find_quotations(read, words.signs[ids])
        situations = situations_of_tokens(len(ids), quotations)
        logits = add_windows(ids, situations, read.tokens.firsts, words.window, tables.voices, tables.intercepts)
        bags = add_bags(
            ids, logits, *places, words.bag, words.left, words.right, tables.pairs, tables.summary, tables.bag_intercepts, model.sentences is not None
        )
        heads = self._split_answers(bags.answers)
        alone = Alone(heads, most_loaded(np.diff(read.sentences.firsts), bags.sentences))
        answers = np.column_stack([np.zeros((len(texts), 0)), *(heads[name] for name in model.codebook.single_choices(model.questions))])
        tokens = self._look_around(read, ids, logits, bags.sentences, answers)
        spans = find_spans(model, read.tokens, quotations, tokens)
        labels = self._choose_labels(read, ids, situations, spans.firsts, spans.lasts, spans.first_spans)
        sentences: Floats = np.zeros(len(bags.sentences))
        if model.spans is not None:
            articles = np.repeat(np.arange(len(texts)), np.diff(read.sentences.firsts))
            sentences = model.stages["sentences"][LOADED].probabilities(sentence_context(bags.sentences, articles))
        unseen = (words.flags[ids] & UNSEEN) != 0
        return Found(read, quotations, logits, bags.sentences, answers, tokens, spans, labels, sentences, alone, unseen)

    def label(self, texts: Sequence[str], firsts: Places, lasts: Places) -> Places:
        """The labels of spans that somebody else has found, as indices into the label head's outputs: ranges of the texts' tokens, those of
        one text after those of another."""
        self._forget()
        read, ids = self._read(texts)
        situations = situations_of_tokens(len(ids), find_quotations(read, self._tables.words.signs[ids]))
        return self._choose_labels(read, ids, situations, firsts, lasts, np.searchsorted(firsts, read.tokens.firsts))

    def _read(self, texts: Sequence[str]) -> tuple[Texts, Integers]:
        read = read_texts(texts)
        ids = self._vocabulary.number(read.codes, read.tokens.starts, read.tokens.ends)
        self._tables.know(self._vocabulary)
        return read, ids

    def _look_around(self, read: Texts, ids: Integers, logits: Floats, sentences: Floats, answers: Floats) -> Floats:
        """The second-stage logit of each token; nothing is loaded where the model has no spans."""
        if self.model.spans is None:
            return np.full(len(ids), -np.inf)
        stage, shared = self.model.stages[SPANS][LOADED], SHARED + logits.shape[1]
        bases = stage.intercept + weigh(answers, stage.weights[shared:])
        return add_context(stage.weights[:shared], bases, logits, sentences, self._tables.words.lower[ids], *places_of(read))

    def _choose_labels(self, read: Texts, ids: Integers, situations: Integers, firsts: Places, lasts: Places, first_spans: Places) -> Places:
        if self._labels is None or not len(firsts):
            return np.zeros(len(firsts), dtype=np.int64)
        words, tokens = self._tables.words, read.tokens
        figures = describe_spans(firsts, lasts, first_spans, words.lower[ids], words.flags[ids], tokens.firsts)
        begins, ends = (np.repeat(places, np.diff(first_spans)) for places in (tokens.firsts[:-1], tokens.firsts[1:]))
        rows = self._labels.rows(self._vocabulary, ids, firsts, lasts)
        return label_spans(firsts, lasts, figures, rows, ids, situations, begins, ends)

    def _forget(self) -> None:
        if (kept := self._vocabulary.forget_rare(MOST_WORDS)) is not None:
            self._tables.keep(kept, self._vocabulary)
            self._labels = self._make_labels()

    def _make_labels(self) -> LabelTable | None:
        return LabelTable(self.model.labels, self.model.window) if self.model.labels is not None else None

    def _split_answers(self, logits: Floats) -> dict[str, Floats]:
        ends = np.cumsum([len(head.outputs) for head in self.model.questions.values()])
        return dict(zip(self.model.questions, np.split(logits, ends[:-1], axis=1), strict=True)) if len(ends) else {}
