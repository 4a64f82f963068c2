"""The quotations of articles as a table: every one, whatever a model may find in it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from classifiers.features.documents import make_batch
from classifiers.scoring.admission import languages_of
from classifiers.scoring.articles import cut
from schemas.arrays import Places
from schemas.tables import ArticleQuotations
from schemas.text.quotations import VOICES

__all__ = ["Quoted", "tabulate_quotations"]


class Quoted(NamedTuple):
    """`quotations`: a row for each (ArticleQuotations), in the order of the articles and their texts. `unpaired`: for each article how many
    of its quotation marks have no partner."""

    quotations: pl.DataFrame
    unpaired: Places


def tabulate_quotations(articles: pl.DataFrame) -> Quoted:
    """The quotations of a table of articles (article_id, text, ...); offsets are code points of the text."""
    parts = [_tabulate(batch) for batch in cut(articles)]
    return Quoted(pl.concat(part.quotations for part in parts), np.concatenate([part.unpaired for part in parts]))


def _tabulate(articles: pl.DataFrame) -> Quoted:
    texts = articles["text"].to_list()
    batch = make_batch(texts, languages=languages_of(articles))
    found = batch.quotations
    documents = np.repeat(np.arange(len(texts)), np.diff(found.firsts))
    begins = batch.read.starts[documents]
    places = [found.starts - begins, found.ends - begins, found.speaker_starts - begins, found.speaker_ends - begins]
    rows = zip(documents.tolist(), *(column.tolist() for column in places), strict=True)
    words = [(texts[i][start:end], texts[i][first:last] if first >= 0 else None) for i, start, end, first, last in rows]
    quoted, speakers = zip(*words, strict=True) if words else ((), ())
    columns = {
        "article_id": articles["article_id"].gather(documents),
        "start": places[0],
        "end": places[1],
        "text": quoted,
        "voice": pl.Series(VOICES).gather(found.voices.astype(np.int64)),
        "speaker": speakers,
        "speaker_start": places[2],
        "speaker_end": places[3],
        "probability": found.probabilities,
    }
    table = pl.DataFrame(columns, schema=dict(ArticleQuotations.create_empty().schema))
    placed = pl.when(pl.col("speaker").is_not_null()).then(pl.col("speaker_start", "speaker_end"))
    return Quoted(table.with_columns(placed, pl.col("probability").fill_nan(None)), found.unpaired)
