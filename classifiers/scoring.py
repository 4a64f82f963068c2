"""Model and articles in, a folder of scores out."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from classifiers.arrays import Floats
from classifiers.documents import Batch, make_batch, make_document
from classifiers.model import Model
from classifiers.prediction import Prediction, answer, predict
from classifiers.readability import readability, syllable_source
from schemas.errors import FramingError
from schemas.files import replace_files
from schemas.tables import ScoredSentences, ScoredSpans, conform
from schemas.tokens import count_words

__all__ = ["Scores", "score", "write_scores"]

BATCH = 500
QUOTED = "_quoted"
Row = dict[str, Any]
# Of the documents of a batch: the logits of each question, that of the most loaded sentence, and the page.
Alone = tuple[dict[str, Floats], Floats, list[str | None]]


@dataclass(frozen=True)
class Scores:
    """Three tables: one row per article, span and sentence."""

    articles: pl.DataFrame
    spans: pl.DataFrame
    sentences: pl.DataFrame


def score(model: Model, articles: pl.DataFrame, digest: str, progress: Callable[[int, int], None] = lambda done, total: None) -> Scores:
    """Score a table of articles (article_id, text, ...).

    The articles table keeps the columns that articles came with (outlet, published, ...), but for the text. Densities
    are spans per 1,000 words: `density_<label>` in the outlet's own voice, scare quotes included, and
    `density_<label>_quoted` in quotations. Articles of one `url` are parts of one text: a model that was trained on such
    parts (sentences of BABE, say) lets the answers to one look at the others.
    """
    about: list[Row] = []
    spans: list[Row] = []
    sentences: list[Row] = []
    alone: list[Alone] = []
    for part in _batched(articles):
        batch = make_batch(make_document(row["article_id"], row["text"], row["url"]) for row in part)
        prediction = predict(model, batch)
        alone.append((prediction.answer_logits, prediction.loaded, [document.page for document in batch.documents]))
        for number in range(len(part)):
            about.append(_article_row(model, batch, prediction, number) | {"model": digest})
            spans += _span_rows(batch, prediction, number)
            if model.sentences is not None:
                sentences += _sentence_rows(batch, prediction, number)
        progress(len(about), articles.height)
    _add_answers(model, about, alone)
    figures = pl.DataFrame(about, infer_schema_length=None) if about else pl.DataFrame(schema={"article_id": pl.String, "model": pl.String})
    own = _make_room(articles.drop("text"), figures.columns)
    return Scores(
        figures.join(own, on="article_id", how="left", maintain_order="left"),
        conform(pl.DataFrame(spans, schema=dict(ScoredSpans.create_empty().schema)), ScoredSpans, "scores"),
        conform(pl.DataFrame(sentences, schema=dict(ScoredSentences.create_empty().schema)), ScoredSentences, "scores"),
    )


def write_scores(
    scores: Scores,
    folder: Path,
    *,
    digest: str,
    model_folder: Path | None = None,
    inputs: Mapping[str, str],
    text_column: str = "text",
    refused: Iterable[Mapping[str, Any]] = (),
) -> None:
    """Write articles.parquet, spans.parquet, sentences.parquet and run.json, all or none.

    `inputs` maps each input file to its SHA-256, `text_column` is how they were read, `refused` lists the rows that were set aside before scoring.
    """
    refusals = list(refused)
    if (folder / "articles.parquet").exists() and not (folder / "run.json").exists():
        raise FramingError("holds articles, and scores would take their place", folder, "Choose another --out")
    run = {
        "model": digest,
        "model_folder": str(model_folder.absolute()) if model_folder else None,
        "inputs": dict(inputs),
        "text_column": text_column,
        "rows_in": scores.articles.height + len(refusals),
        "rows_out": scores.articles.height,
        "refused": refusals,
        "spans": scores.spans.height,
        "syllables": syllable_source(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in ("framing-toolkit", "polars", "numpy", "textstat")},
    }
    with replace_files(folder) as staging:
        scores.articles.write_parquet(staging / "articles.parquet")
        scores.spans.write_parquet(staging / "spans.parquet")
        scores.sentences.write_parquet(staging / "sentences.parquet")
        (staging / "run.json").write_text(json.dumps(run, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")


def _make_room(own: pl.DataFrame, taken: Sequence[str]) -> pl.DataFrame:
    """The user's columns, renamed where a figure of ours has the same name."""
    names: dict[str, str] = {}
    for name in own.columns:
        if name in taken and name != "article_id":
            new = f"article_{name}"
            while new in own.columns or new in taken or new in names.values():
                new = f"{new}_"
            names[name] = new
    return own.rename(names)


def _batched(articles: pl.DataFrame) -> Iterator[list[Row]]:
    page = pl.col("url") if "url" in articles.columns else pl.lit(None, pl.String).alias("url")
    for part in articles.select("article_id", "text", page).iter_slices(BATCH):
        yield part.to_dicts()


def _article_row(model: Model, batch: Batch, prediction: Prediction, number: int) -> Row:
    document = batch.documents[number]
    words = count_words(document.text, document.tokens)
    row: Row = {
        "article_id": document.article_id,
        "tokens": len(document.tokens),
        "words": words,
        "sentences": len(document.sentences),
        "words_per_sentence": words / len(document.sentences) if document.sentences else 0.0,
    }
    for label in model.codebook.label_names:
        for suffix, quoted in (("", False), (QUOTED, True)):
            count = sum(span.label == label and (span.voice == "quoted") is quoted for span in prediction.spans[number])
            row[f"density_{label}{suffix}"] = 1000 * count / words if words else 0.0
    # Answers come last of all, and stand before readability.
    row |= {f"{name}_{value}": 0.0 for name, head in model.questions.items() for value in head.outputs}
    return row | readability(document.text)


def _add_answers(model: Model, about: list[Row], alone: list[Alone]) -> None:
    """Fill in the answers. An article's other parts may stand anywhere in the input, so this waits for the last batch."""
    if not alone or not model.questions:
        return
    logits = {name: np.concatenate([part[0][name] for part in alone]) for name in model.questions}
    answers = answer(model, logits, np.concatenate([part[1] for part in alone]), [page for part in alone for page in part[2]])
    for name, head in model.questions.items():
        for row, shares in zip(about, answers[name].tolist(), strict=True):
            row |= {f"{name}_{value}": share for value, share in zip(head.outputs, shares, strict=True)}


def _span_rows(batch: Batch, prediction: Prediction, number: int) -> Iterator[Row]:
    document = batch.documents[number]
    for span in prediction.spans[number]:
        yield {
            "article_id": document.article_id,
            "label": span.label,
            "start": span.start,
            "end": span.end,
            "text": document.text[span.start : span.end],
            "probability": span.probability,
            "voice": span.voice,
        }


def _sentence_rows(batch: Batch, prediction: Prediction, number: int) -> Iterator[Row]:
    document = batch.documents[number]
    for sentence, share in zip(document.sentences, prediction.sentences[number], strict=True):
        yield {"article_id": document.article_id, "start": sentence.start, "end": sentence.end, "probability": float(share)}
