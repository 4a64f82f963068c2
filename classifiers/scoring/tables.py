"""What a model found in a batch of articles, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from classifiers.features.candidates import NOBODY
from classifiers.model.model import Model
from classifiers.scoring.answers import decide
from classifiers.scoring.scorer import Found
from schemas.arrays import Flags, Floats, Places
from schemas.codebook import ABOUT, MENTIONS, TOTAL, Attribute
from schemas.decisions import join_decided
from schemas.parts import TEXT, TITLE
from schemas.tables import ScoredSentences, ScoredSpans
from schemas.text.quotations import VOICES
from schemas.text.voices import OWN_VOICES

__all__ = ["QUOTED", "Scores", "name_speakers", "tabulate"]

QUOTED = "_quoted"
# For each kind of density the voices that it counts. What is unclear is in neither.
_COUNTED = {"": [VOICES.index(voice) for voice in OWN_VOICES], QUOTED: [VOICES.index("quoted")]}


@dataclass(frozen=True, repr=False)
class Scores:
    """Three tables: one row per article, span and sentence; of spans and sentences, those in an article's text stand before those in its headline."""

    articles: pl.DataFrame
    spans: pl.DataFrame
    sentences: pl.DataFrame

    def __repr__(self) -> str:
        return f"Scores: .articles ({self.articles.height}), .spans ({self.spans.height}), .sentences ({self.sentences.height})"


def tabulate(model: Model, texts: pl.DataFrame, found: Found, answers: Mapping[str, Floats], readability: Mapping[str, Floats]) -> Scores:
    """The tables of a batch. `texts`: article_id, part and text, in the order of `found`, a headline behind its article's text; `answers`: for each
    question texts x values, as probabilities; `readability`: figures of each text."""
    return Scores(
        _tabulate_articles(model, texts, found, answers, readability), _tabulate_spans(model, texts, found), _tabulate_sentences(model, texts, found)
    )


def _tabulate_articles(
    model: Model, texts: pl.DataFrame, found: Found, answers: Mapping[str, Floats], readability: Mapping[str, Floats]
) -> pl.DataFrame:
    """All columns are of each text at first, and then those of headlines move to the rows of their articles."""
    read = found.texts
    tokens, sentences = np.diff(read.tokens.firsts), np.diff(read.sentences.firsts)
    words, unseen = (_count(flags, read.tokens.firsts) for flags in (read.tokens.words, found.unseen))
    columns: dict[str, object] = {
        "article_id": texts["article_id"],
        "tokens": tokens,
        "words": words,
        "title_words": words,
        "sentences": sentences,
        "unpaired_marks": found.quotations.unpaired,
        "words_per_sentence": words / np.maximum(sentences, 1),
        "unseen_words": unseen / np.maximum(words, 1),
    }
    counts = _count_spans(model, found)
    if model.codebook.labels:
        columns[TOTAL] = 1000 * np.sum([counts[label, ""] for label in model.codebook.label_names], axis=0) / np.maximum(words, 1)
    for label in model.codebook.label_names:
        densities = {suffix: 1000 * counts[label, suffix] / np.maximum(words, 1) for suffix in _COUNTED}
        columns |= {f"density_{label}{suffix}": density for suffix, density in densities.items()}
        columns[f"title_density_{label}"] = densities[""]
    for name, head in model.questions.items():
        columns |= {f"{name}_{value}": answers[name][:, i] for i, value in enumerate(head.outputs)}
    columns |= _count_mentions(model, found)
    columns |= {name: 1000 * counts / np.maximum(words, 1) for name, counts in _count_targets(model, found).items()}
    # A language may have no such figure.
    told = pl.DataFrame(dict(readability)).fill_nan(None)
    decided = pl.DataFrame(_decide(model, answers))
    table = pl.concat([pl.DataFrame(columns), told, decided], how="horizontal").with_columns(model=pl.lit(model.digest or None, pl.String))
    headed = (texts["part"] == TITLE).shift(-1, fill_value=False)
    moved = pl.col("title_words", *(f"title_density_{label}" for label in model.codebook.label_names)).shift(-1)
    return table.with_columns(pl.when(headed).then(moved)).filter(texts["part"] == TEXT)


def _decide(model: Model, answers: Mapping[str, Floats]) -> list[pl.Series]:
    """For each question that the model answers, what it decides."""
    return [join_decided(question, decide(model, question, answers[question.name])) for question in model.asked]


def _count(flags: Flags, firsts: Places) -> Places:
    """How many tokens of each document have the flag."""
    return np.diff(np.concatenate([[0], np.cumsum(flags)])[firsts])


def _count_spans(model: Model, found: Found) -> dict[tuple[str, str], Floats]:
    """For each label, in the outlet's own voices and in quotations, how many spans each document has."""
    documents, names = np.repeat(np.arange(len(found.spans.first_spans) - 1), np.diff(found.spans.first_spans)), _label_names(model)
    counts: dict[tuple[str, str], Floats] = {}
    for label in model.codebook.label_names:
        of_label = found.labels == names.index(label) if label in names else np.zeros(len(found.labels), dtype=np.bool_)
        for suffix, voices in _COUNTED.items():
            chosen = documents[of_label & np.isin(found.spans.voices, voices)]
            counts[label, suffix] = np.bincount(chosen, minlength=len(found.spans.first_spans) - 1).astype(float)
    return counts


def _count_mentions(model: Model, found: Found) -> dict[str, pl.Series]:
    """For each actor how often each document names it."""
    documents, actors = len(found.texts.starts) - 1, model.codebook.actors
    counts = np.bincount(found.mentions.actors * documents + found.mentions.texts, minlength=len(actors) * documents)
    # Slices of one series are made three times as fast as series of their own.
    rows = pl.Series(counts)
    return {f"{MENTIONS}_{actor.name}": rows.slice(number * documents, documents) for number, actor in enumerate(actors)}


def _count_targets(model: Model, found: Found) -> dict[str, Floats]:
    """For each actor how many spans of each document are about it, in the outlet's own voices; nothing where that is not told."""
    if found.targets is None:
        return {}
    spans, documents, actors = found.spans, len(found.texts.starts) - 1, model.codebook.actors
    told = (found.targets.actors != NOBODY) & np.isin(spans.voices, _COUNTED[""])
    places = found.targets.actors * documents + np.repeat(np.arange(documents), np.diff(spans.first_spans))
    counts = np.bincount(places[told], minlength=len(actors) * documents).astype(float)
    return {f"{ABOUT}_{actor.name}": row for actor, row in zip(actors, counts.reshape(len(actors), documents), strict=True)}


def _tabulate_spans(model: Model, texts: pl.DataFrame, found: Found) -> pl.DataFrame:
    spans, read, words = found.spans, found.texts, texts["text"].to_list()
    documents = np.repeat(np.arange(len(words)), np.diff(spans.first_spans))
    starts = read.tokens.starts[spans.firsts] - read.starts[documents]
    ends = read.tokens.ends[spans.lasts - 1] - read.starts[documents]
    columns = {
        "article_id": texts["article_id"].gather(documents),
        "label": pl.Series(_label_names(model), dtype=pl.String).gather(found.labels),
        "part": texts["part"].gather(documents),
        "start": starts,
        "end": ends,
        "text": [words[document][start:end] for document, start, end in zip(documents.tolist(), starts.tolist(), ends.tolist(), strict=True)],
        "probability": spans.probabilities,
        "voice": pl.Series(VOICES).gather(spans.voices.astype(np.int64)),
        "speaker": name_speakers(words, found),
    }
    table = pl.DataFrame(columns, schema=dict(ScoredSpans.create_empty().schema))
    return table.with_columns(
        column for attribute in model.codebook.attributes for column in _tabulate_attribute(model, attribute, found, table["label"])
    )


def _tabulate_attribute(model: Model, attribute: Attribute, found: Found, labels: pl.Series) -> list[pl.Series]:
    """The likeliest value of each span, and its probability; null for spans of labels that it is not asked of, and where it is nobody. Nothing where
    the model does not tell it."""
    if attribute == model.codebook.target and found.targets is not None:
        # Nobody has the last place, which is what a number below zero counts from.
        names, (chosen, likely) = (*(actor.name for actor in model.codebook.actors), None), found.targets
    elif attribute.name in model.attributes:
        names, shares = model.attributes[attribute.name].outputs, found.attributes[attribute.name]
        chosen, likely = shares.argmax(axis=1), shares.max(axis=1)
    else:
        return []
    values = pl.Series(attribute.name, names, dtype=pl.String).gather(chosen % max(len(names), 1))
    table = pl.DataFrame([values, pl.Series(f"{attribute.name}_probability", likely)])
    asked = labels.is_in([label for label in model.codebook.label_names if attribute.is_of(label)])
    return table.select(pl.when(asked).then(pl.all())).get_columns()


def name_speakers(texts: Sequence[str], found: Found) -> list[str | None]:
    """Of each span in a quotation the words that name its source, where they were found; None of the others."""
    spans, quotations, begins = found.spans, found.quotations, found.texts.starts.tolist()
    names: list[str | None] = [None] * len(spans.firsts)
    documents = np.repeat(np.arange(len(texts)), np.diff(spans.first_spans))
    for i in np.flatnonzero(np.isin(spans.voices, _COUNTED[QUOTED])).tolist():
        start, end, document = int(quotations.speaker_starts[spans.holders[i]]), int(quotations.speaker_ends[spans.holders[i]]), int(documents[i])
        if start >= 0:
            names[i] = texts[document][start - begins[document] : end - begins[document]]
    return names


def _tabulate_sentences(model: Model, texts: pl.DataFrame, found: Found) -> pl.DataFrame:
    schema = dict(ScoredSentences.create_empty().schema)
    if model.sentences is None:
        return pl.DataFrame(schema=schema)
    read = found.texts
    documents = read.texts_of_sentences
    begins = read.starts[documents]
    columns = {
        "article_id": texts["article_id"].gather(documents),
        "part": texts["part"].gather(documents),
        "start": read.sentences.starts - begins,
        "end": read.sentences.ends - begins,
        "probability": found.sentences,
    }
    return pl.DataFrame(columns, schema=schema)


def _label_names(model: Model) -> tuple[str, ...]:
    """What the label head chooses from; where there is none, every span has the first label."""
    return model.labels.outputs if model.labels is not None else tuple(model.codebook.label_names)
