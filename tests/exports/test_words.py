from __future__ import annotations

import math

import polars as pl

from exports.words import contrast_words, rank_words


def spans_of(**texts: list[str]) -> pl.DataFrame:
    rows = [(group, "Loaded", text, "narrator") for group, some in texts.items() for text in some]
    return pl.DataFrame(rows, schema=["group", "label", "text", "voice"], orient="row")


def test_a_word_of_one_group_tells_it_apart_and_one_of_all_does_not() -> None:
    found = contrast_words(spans_of(A=["vile mob"] * 20, B=["sly mob"] * 20))
    assert [(row.group, row.word, row.spans, row.others) for row in found] == [("A", "vile", 20, 0), ("B", "sly", 20, 0)]
    # Of 40 words here 20, of 40 there none, each with a tenth of all 20 of 80 in advance.
    first = found[0]
    assert math.isclose(first.log_odds, math.log(22 / 26) - math.log(2 / 46))
    assert math.isclose(first.log_odds - first.low, 1.96 * math.sqrt(1 / 22 + 1 / 2))


def test_rare_words_quotations_and_a_group_alone_tell_nothing() -> None:
    assert {row.group for row in contrast_words(spans_of(A=["vile"] * 2, B=["sly mob"] * 20))} <= {"B"}
    assert contrast_words(spans_of(A=["vile"] * 20)) == []
    assert contrast_words(spans_of(A=["vile"] * 20, B=["sly"] * 20).with_columns(voice=pl.lit("quoted"))) == []


def test_a_word_drives_a_label_as_often_as_spans_have_it() -> None:
    assert [(row.word, row.spans) for row in rank_words(spans_of(A=["vile mob", "Vile vile"]), ["Loaded"], None)] == [("vile", 2), ("mob", 1)]
