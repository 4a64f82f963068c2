"""What the report's reader reads: an index of all articles, and the texts of some, packed in pages that are opened when needed."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from exports.means import UNKNOWN
from schemas.codebook import Codebook, Question
from schemas.decisions import split_decided
from schemas.parts import PARTS
from schemas.text.quotations import VOICES
from schemas.wording import say_date

__all__ = ["PAGE", "choose_readable", "pack_index", "pack_pages"]

# Articles of a page; answers that are shown of each article.
PAGE, TOP_ANSWERS, SEED = 50, 3, 0
# Under which names the spans of each part stand.
MARKS = dict(zip(("spans", "headline"), PARTS, strict=True))
# By article, part, start and end.
Reasons = Mapping[tuple[str, str, int, int], Sequence[str]]


def choose_readable(articles: pl.DataFrame, figure: pl.Expr, most: int) -> pl.Series:
    """Ids of at most so many articles, in their order: of each outlet in turn one by lot and the one where the figure is highest."""
    lot = pl.Series(np.random.default_rng(SEED).permutation(articles.height))
    table = articles.select("article_id", pl.col("outlet").fill_null(UNKNOWN), figure=figure, lot=lot)
    by_lot = 2 * pl.col("lot").rank("ordinal").over("outlet") - 1
    by_figure = 2 * pl.col("figure").rank("ordinal", descending=True).over("outlet")
    chosen = table.with_columns(turn=pl.min_horizontal(by_lot, by_figure)).sort("turn", "lot")["article_id"].head(most)
    return articles["article_id"].filter(articles["article_id"].is_in(chosen.implode()))


def pack_index(articles: pl.DataFrame, spans: pl.DataFrame, codebook: Codebook, readable: pl.Series, decided: Sequence[str] = ()) -> str:
    """All articles by column: titles, outlets (numbers of names), dates, words, how many spans of each label and voice their texts have, and the
    place among those that can be read, -1 of others; and of each of `targets`, by name, how many spans of texts are about it: article, label, voice,
    spans. `headlines` has the same of spans in headlines, whomever they are about. `answers`: by question the answers of each article, by number, as
    `_choose_answers` has them."""
    outlets = articles["outlet"].fill_null(UNKNOWN)
    names = outlets.unique().sort().to_list()
    numbers = {name: i for i, name in enumerate(names)}
    places = {article: i for i, article in enumerate(readable.to_list())}
    in_texts, in_titles = (spans.filter(part=part) for part in PARTS)
    counted = articles.select("article_id").join(_count(in_texts, codebook), on="article_id", how="left", maintain_order="left").fill_null(0)
    index = {
        "page": PAGE,
        "outlets": names,
        "ids": articles["article_id"].to_list(),
        "titles": articles["title"].to_list(),
        "outlet": [numbers[name] for name in outlets.to_list()],
        "published": [say_date(when) for when in articles["published"]],
        "words": articles["words"].to_list(),
        "counts": [[counted[f"{i} {j}"].to_list() for j in range(len(VOICES))] for i in range(len(codebook.labels))],
        "places": [places.get(article, -1) for article in articles["article_id"].to_list()],
        "targets": _count_targets(articles, in_texts, codebook),
        "headlines": [list(row) for row in _list_counts(articles, in_titles, codebook).iter_rows()],
        "answers": {question.name: _choose_answers(articles, question, decided) for question in _list_asked(articles, codebook)},
    }
    return _pack(index)


def pack_pages(
    articles: pl.DataFrame, texts: pl.DataFrame, spans: pl.DataFrame, codebook: Codebook, reasons: Reasons, decided: Sequence[str] = ()
) -> Iterator[str]:
    """The texts that can be read (article_id, text), in their order, with their spans, why each was flagged and who is quoted, and answers,
    those marked that were `decided` (see `show_answers`)."""
    marks = _marks(spans.join(texts.select("article_id"), on="article_id", how="semi"), codebook, reasons)
    answers = _answers(articles.join(texts.select("article_id"), on="article_id", how="semi"), codebook, decided)
    rows = [
        {"text": text, **{name: marks.get((article, part), []) for name, part in MARKS.items()}, "answers": answers.get(article, {})}
        for article, text in texts.select("article_id", "text").iter_rows()
    ]
    for begin in range(0, len(rows), PAGE):
        yield _pack(rows[begin : begin + PAGE])


def _count(spans: pl.DataFrame, codebook: Codebook) -> pl.DataFrame:
    columns = {
        f"{i} {j}": (pl.col("label") == label) & (pl.col("voice") == voice)
        for i, label in enumerate(codebook.label_names)
        for j, voice in enumerate(VOICES)
    }
    return spans.group_by("article_id").agg(**{name: condition.sum() for name, condition in columns.items()})


def _count_targets(articles: pl.DataFrame, spans: pl.DataFrame, codebook: Codebook) -> dict[str, list[list[int]]]:
    target = codebook.target
    if target is None or target.name not in spans.columns:
        return {}
    counts = _list_counts(articles, spans.drop_nulls(target.name), codebook, target.name)
    found: dict[str, list[list[int]]] = {}
    for name, *row in counts.iter_rows():
        found.setdefault(name, []).append(row)
    return found


def _list_counts(articles: pl.DataFrame, spans: pl.DataFrame, codebook: Codebook, *by: str) -> pl.DataFrame:
    """How many spans, by these columns, then place of the article, label and voice."""
    places = articles.select("article_id").with_row_index("place")
    numbers = {name: dict(zip(names, range(len(names)), strict=True)) for name, names in (("label", codebook.label_names), ("voice", VOICES))}
    rows = spans.join(places, on="article_id").with_columns(pl.col(name).replace_strict(known) for name, known in numbers.items())
    return rows.group_by(*by, "place", "label", "voice").len().sort(*by, "place", "label", "voice")


def _marks(spans: pl.DataFrame, codebook: Codebook, reasons: Reasons) -> dict[tuple[str, str], list[list[Any]]]:
    """By article and part."""
    marks: dict[tuple[str, str], list[list[Any]]] = {}
    labels, voices = {name: i for i, name in enumerate(codebook.label_names)}, {name: i for i, name in enumerate(VOICES)}
    told = [attribute.name for attribute in codebook.attributes if attribute.name in spans.columns]
    columns = ("article_id", "part", "label", "start", "end", "probability", "voice", "speaker", *told)
    for article, part, label, start, end, share, voice, speaker, *values in spans.sort("article_id", "start", "end").select(columns).iter_rows():
        why = list(reasons.get((article, part, start, end), ()))
        said = {name: value for name, value in zip(told, values, strict=True) if value is not None}
        marks.setdefault((article, part), []).append([start, end, labels[label], round(share, 3), voices[voice], why, speaker, said])
    return marks


def _answers(articles: pl.DataFrame, codebook: Codebook, decided: Sequence[str]) -> dict[str, dict[str, list[list[Any]]]]:
    """Of each article the likeliest answers to each question, and whatever else was decided: value, probability, 1 if it was decided."""
    found: dict[str, dict[str, list[list[Any]]]] = {}
    none = dict.fromkeys(articles["article_id"], frozenset[str]())
    for question in _list_asked(articles, codebook):
        values = [f"{question.name}_{value}" for value in question.value_names]
        given = _given(articles, question) if question.name in decided else none
        for article, *shares in articles.select("article_id", *values).iter_rows():
            known = sorted((pair for pair in zip(question.value_names, shares, strict=True) if pair[1]), key=lambda pair: -pair[1])
            shown = [pair for i, pair in enumerate(known) if i < TOP_ANSWERS or pair[0] in given[article]]
            found.setdefault(article, {})[question.name] = [[value, round(share, 2), int(value in given[article])] for value, share in shown]
    return found


def _list_asked(articles: pl.DataFrame, codebook: Codebook) -> list[Question]:
    return [question for question in codebook.questions if f"{question.name}_{question.value_names[0]}" in articles.columns]


def _choose_answers(articles: pl.DataFrame, question: Question, decided: Sequence[str]) -> list[list[int]]:
    """Of each article the numbers of the answers that were decided; where nothing was, of the likeliest, or of several of all that are likelier than
    not."""
    if question.name in decided:
        flags = split_decided(question, articles[question.name]).to_numpy()
    else:
        shares = articles.select(pl.col(f"{question.name}_{value}").cast(pl.Float64).fill_null(0.0) for value in question.value_names).to_numpy()
        flags = shares >= 0.5 if question.choice == "multiple" else (shares == shares.max(axis=1, keepdims=True)) & (shares > 0)
    return [np.flatnonzero(row).tolist() for row in flags]


def _given(articles: pl.DataFrame, question: Question) -> dict[str, frozenset[str]]:
    """Of each article the answers that were decided."""
    flags = split_decided(question, articles[question.name])
    return {
        article: frozenset(value for value, given in zip(flags.columns, row, strict=True) if given)
        for article, row in zip(articles["article_id"], flags.iter_rows(), strict=True)
    }


def _pack(data: Any) -> str:
    """As base64, which no string of anybody can break out of, of what gzip leaves."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode("ascii")
