"""Model and articles in, a folder of scores out."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from classifiers.compiled.readability import Readability, syllable_source
from classifiers.compiled.scorer import Scorer
from classifiers.model import Model
from classifiers.pages import Pages
from classifiers.prediction import answer
from classifiers.tabulation import Scores, tabulate
from schemas.errors import FramingError
from schemas.files import replace_files

__all__ = ["Scores", "score", "write_scores"]

# Batches are bounded both ways, so that memory is, too.
BATCH, BATCH_CHARACTERS = 2000, 1_000_000


def score(model: Model, articles: pl.DataFrame, digest: str, progress: Callable[[int, int], None] = lambda done, total: None) -> Scores:
    """Score a table of articles (article_id, text, ...).

    The articles table keeps the columns that articles came with (outlet, published, ...), but for the text. Densities
    are spans per 1,000 words: `density_<label>` in the outlet's own voice, scare quotes included, and
    `density_<label>_quoted` in quotations. Articles of one `url` are parts of one text: a model that was trained on such
    parts (sentences of BABE, say) lets the answers to one look at the others.
    """
    scorer, measure, pages = Scorer(model), Readability(), Pages()
    shared = _shared_pages(articles)
    if shared is not None:
        for batch in _cut(shared):
            pages.add(batch["url"].to_list(), scorer.find(batch["text"].to_list()).alone)
    parts: list[Scores] = []
    done = 0
    for batch in _cut(articles):
        parts.append(_score_batch(model, scorer, measure, pages, batch, digest))
        progress(done := done + batch.height, articles.height)
    return Scores(*(pl.concat(getattr(part, name) for part in parts) for name in ("articles", "spans", "sentences")))


def _score_batch(model: Model, scorer: Scorer, measure: Readability, pages: Pages, articles: pl.DataFrame, digest: str) -> Scores:
    texts = articles["text"].to_list()
    found = scorer.find(texts)
    addresses = articles["url"].to_list() if "url" in articles.columns else [None] * len(texts)
    answers = answer(model, found.alone, pages.others(addresses, found.alone))
    figures = measure.measure(found.texts.codes, found.texts.starts)
    scores = tabulate(model, articles["article_id"], texts, found, answers, figures, digest)
    own = _make_room(articles.drop("text"), scores.articles.columns).drop("article_id")
    return replace(scores, articles=pl.concat([scores.articles, own], how="horizontal"))


def _shared_pages(articles: pl.DataFrame) -> pl.DataFrame | None:
    """The articles whose page has other parts."""
    if "url" not in articles.columns:
        return None
    return articles.filter(pl.col("url").is_not_null() & (pl.col("url") != "") & pl.col("url").is_duplicated())


def _cut(articles: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Batches of at most BATCH articles and some BATCH_CHARACTERS; one without articles if there are none."""
    if not articles.height:
        yield articles
    begin = 0
    lengths = articles["text"].str.len_chars().to_numpy()
    while begin < articles.height:
        end, size = begin + 1, int(lengths[begin])
        while end < min(articles.height, begin + BATCH) and size + lengths[end] <= BATCH_CHARACTERS:
            size += int(lengths[end])
            end += 1
        yield articles[begin:end]
        begin = end


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
