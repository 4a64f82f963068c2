"""A coder's rows are counted as what people decided is counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from annotate.gold.adjudication import adjudicate
from exports.tables.coders import tabulate_coder
from exports.tables.gold import tabulate_gold
from framing.sample import read_sample
from schemas.codebook import load_codebook
from schemas.dataset import Dataset
from schemas.tables import Annotations, conform

ARTICLES = pl.DataFrame({"article_id": ["a", "b", "c"], "text": ['The reckless plan, "a ruthless one", she said.', "A quiet day.", "Another."]})
DATASET = Dataset(ARTICLES, codebook=load_codebook("babe"))


def work(*rows: dict[str, Any]) -> pl.DataFrame:
    table = pl.DataFrame([{"annotator": "echo-1", "origin": "import", **row} for row in rows], infer_schema_length=None)
    return conform(table, Annotations, "test").select(Annotations.column_names())


def answer(article: str, value: str) -> dict[str, Any]:
    return {"article_id": article, "label": "bias", "value": value}


def mark(article: str, start: int, quote: str) -> dict[str, Any]:
    return {"article_id": article, "label": "biased_words", "start": start, "end": start + len(quote), "quote": quote}


def test_a_coder_that_says_what_people_decided_has_their_figures() -> None:
    sample = read_sample(128)
    sample = replace(sample, articles=sample.articles.head(12))
    gold = adjudicate(sample)
    theirs, _ = tabulate_gold(replace(sample, gold=gold, annotations=None))
    rows = gold.with_columns(annotator=pl.lit("echo-1"), origin=pl.lit("import"))
    ours = tabulate_coder(sample, conform(rows, Annotations, "test").select(Annotations.column_names()))
    assert_frame_equal(ours, theirs.select(ours.columns))


def test_spans_count_by_voice_and_an_article_without_answer_is_absent() -> None:
    text = ARTICLES["text"][0]
    table = tabulate_coder(DATASET, work(mark("a", 4, "reckless"), mark("a", text.index("ruthless"), "ruthless"), answer("b", "Biased")))
    assert table["article_id"].to_list() == ["a", "b"]
    assert table["density_biased_words"].to_list() == table["density_biased_words_quoted"].to_list() == [125.0, None]
    assert table["bias_Biased"].to_list() == [None, 1]


def test_a_span_that_is_there_twice_counts_once() -> None:
    once, twice = (tabulate_coder(DATASET, work(*[mark("a", 4, "reckless")] * times)) for times in (1, 2))
    assert_frame_equal(once, twice)


def test_columns_of_the_users_own_do_not_stand_in_for_answers() -> None:
    own = replace(DATASET, articles=ARTICLES.with_columns(bias_Biased=0.5, density_biased_words=7.0))
    assert_frame_equal(tabulate_coder(own, work(answer("b", "Biased"))), tabulate_coder(DATASET, work(answer("b", "Biased"))))
