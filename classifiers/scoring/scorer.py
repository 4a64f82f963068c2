"""A model ready to score batches of texts at the speed of reading them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from classifiers.features.context import describe_tokens, most_loaded, sentence_context
from classifiers.features.documents import situations_of_tokens
from classifiers.features.pages import Alone
from classifiers.features.spans import describe_spans
from classifiers.model.model import LOADED, SPANS, Model
from classifiers.scoring.attributes import AttributeTable
from classifiers.scoring.first_stage import add_bags, add_windows
from classifiers.scoring.labels import LabelTable, label_spans
from classifiers.scoring.spans import Spans, find_spans
from classifiers.scoring.targets import Targets, TargetTable
from classifiers.scoring.word_rows import UNSEEN, Tables
from schemas.arrays import Bytes, Flags, Floats, Integers, Places
from schemas.text.actors import Mentions
from schemas.text.quotations import Quotations, find_quotations
from schemas.text.reading import Texts, read_texts
from schemas.text.vocabulary import Vocabulary

__all__ = ["Found", "Scorer"]

# Distinct words that are kept, with their rows; an archive has no end of them, and most are met once.
MOST_WORDS = 100_000


@dataclass(frozen=True)
class Found:
    """What a model says of a batch. `logits`: first-stage ones, tokens x span heads; `figures`: what the second stage sees of each token;
    `tokens`: its logits; `labels`: one for each span, an index into the label head's outputs; `attributes`: for each head of an attribute spans x
    outputs, as probabilities; `sentences`: their probabilities; `alone`: what is known of the documents by themselves; `unseen`: whether the model
    has no weight for a token's word; `mentions`: where the codebook's actors are named; `targets`: whom each span is about, where
    the model ranks that."""

    texts: Texts
    quotations: Quotations
    logits: Floats
    figures: Floats
    tokens: Floats
    spans: Spans
    labels: Places
    attributes: Mapping[str, Floats]
    sentences: Floats
    alone: Alone
    unseen: Flags
    mentions: Mentions
    targets: Targets | None


class _Read(NamedTuple):
    """Texts, with what the scorer knows of each of their tokens."""

    texts: Texts
    quotations: Quotations
    ids: Integers
    situations: Integers
    lower: Integers
    flags: Bytes


class Scorer:
    """Scores texts. What it finds in a text does not depend on the texts beside or before it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._vocabulary, self._tables = Vocabulary(), Tables(model)
        self._make_tables()

    @property
    def distinct_words(self) -> int:
        """How many words the scorer has met and still keeps."""
        return self._vocabulary.size - 1

    def find(self, texts: Sequence[str], languages: Sequence[str | None] | None = None) -> Found:
        """Read the texts (whose languages somebody may have said), and score their tokens, spans, sentences and questions."""
        model, read = self.model, self._read(texts, languages)
        places, tables, words = read.texts.places, self._tables, self._tables.words
        logits = add_windows(read.ids, read.situations, places[0], words.window, tables.voices, tables.intercepts)
        bags = add_bags(
            *(read.ids, logits, *places, words.bag, words.left, words.right),
            *(tables.pairs, tables.summary, tables.bag_intercepts, model.sentences is not None),
        )
        heads = self._split_answers(bags.answers)
        alone = Alone(heads, most_loaded(np.diff(places[1]), bags.sentences))
        answers = np.column_stack([np.zeros((len(texts), 0)), *(heads[name] for name in model.codebook.single_choices(model.questions))])
        figures: Floats = np.zeros((len(read.ids), 0))
        tokens: Floats = np.full(len(read.ids), -np.inf)
        sentences: Floats = np.zeros(len(bags.sentences))
        if model.spans is not None:
            figures = describe_tokens(logits, bags.sentences, answers, read.lower, *places)
            tokens = model.stages[SPANS][LOADED].logits(figures)
            sentences = model.stages["sentences"][LOADED].probabilities(sentence_context(bags.sentences, read.texts.texts_of_sentences))
        spans = find_spans(model, read.texts.tokens, read.quotations, tokens)
        labels = self._choose_labels(read, spans.firsts, spans.lasts, spans.first_spans)
        attributes = self._attributes.weigh(self._vocabulary, read.texts, read.ids, spans.firsts, spans.lasts)
        unseen = (read.flags & UNSEEN) != 0
        mentions = tables.actors.find(read.ids, places[0], words.meanings)
        targets = self._rank(read, spans.firsts, spans.lasts, mentions)
        return Found(read.texts, read.quotations, logits, figures, tokens, spans, labels, attributes, sentences, alone, unseen, mentions, targets)

    def label(self, texts: Sequence[str], firsts: Places, lasts: Places, languages: Sequence[str | None] | None = None) -> Places:
        """The labels of spans that somebody else has found, as indices into the label head's outputs: ranges of the texts' tokens, those of
        one text after those of another."""
        read = self._read(texts, languages)
        return self._choose_labels(read, firsts, lasts, np.searchsorted(firsts, read.texts.tokens.firsts))

    def attribute(self, texts: Sequence[str], firsts: Places, lasts: Places, languages: Sequence[str | None] | None = None) -> dict[str, Floats]:
        """For each head of an attribute the probabilities of its outputs, of spans that somebody else has found: ranges of the texts' tokens."""
        read = self._read(texts, languages)
        return self._attributes.weigh(self._vocabulary, read.texts, read.ids, firsts, lasts)

    def _rank(self, read: _Read, firsts: Places, lasts: Places, mentions: Mentions) -> Targets | None:
        if self._targets is None:
            return None
        return self._targets.rank(self._vocabulary, read.texts, read.quotations, read.ids, firsts, lasts, mentions)

    def _read(self, texts: Sequence[str], languages: Sequence[str | None] | None = None) -> _Read:
        self._forget()
        read, words = read_texts(texts, languages), self._vocabulary
        ids = words.number(read.codes, read.tokens.starts, read.tokens.ends)
        self._tables.know(words)
        known = self._tables.words
        quotations = find_quotations(read, ids, known.signs)
        return _Read(read, quotations, ids, situations_of_tokens(len(ids), quotations), known.lower[ids], known.flags[ids])

    def _choose_labels(self, read: _Read, firsts: Places, lasts: Places, first_spans: Places) -> Places:
        if self._labels is None or not len(firsts):
            return np.zeros(len(firsts), dtype=np.int64)
        first_tokens = read.texts.tokens.firsts
        figures = describe_spans(firsts, lasts, first_spans, read.lower, read.flags, first_tokens)
        begins, ends = (np.repeat(places, np.diff(first_spans)) for places in (first_tokens[:-1], first_tokens[1:]))
        rows = self._labels.rows(self._vocabulary, read.ids, firsts, lasts)
        return label_spans(firsts, lasts, figures, rows, read.ids, read.situations, begins, ends)

    def _forget(self) -> None:
        if (kept := self._vocabulary.forget_rare(MOST_WORDS)) is not None:
            self._tables.keep(kept, self._vocabulary)
            self._make_tables()

    def _make_tables(self) -> None:
        """Those that are made anew when words are forgotten."""
        model = self.model
        self._labels = LabelTable(model.labels, model.window) if model.labels is not None else None
        self._attributes = AttributeTable(model)
        self._targets = TargetTable(model.ranker, model.codebook.actors) if model.ranker is not None and model.codebook.actors else None

    def _split_answers(self, logits: Floats) -> dict[str, Floats]:
        ends = np.cumsum([len(head.outputs) for head in self.model.questions.values()])
        return dict(zip(self.model.questions, np.split(logits, ends[:-1], axis=1), strict=True)) if len(ends) else {}
