"""Every quotation of a table of articles: places, voices and sources, whatever stands beside an article."""

from __future__ import annotations

import polars as pl
from polars.testing import assert_frame_equal

from classifiers.scoring.articles import BATCH
from classifiers.scoring.quotations import tabulate_quotations
from framing.sample import read_sample
from schemas.tables import ArticleQuotations, conform

EMOJI = '🚢😀 "A reckless plan of theirs," Doe said. The "reform" failed.'


def articles_of(*texts: str) -> pl.DataFrame:
    return pl.DataFrame({"article_id": [f"n{i}" for i in range(len(texts))], "text": texts}, schema={"article_id": pl.String, "text": pl.String})


def test_places_count_code_points_of_the_article_and_hold_the_words() -> None:
    texts = ["Nothing here.", EMOJI, EMOJI]
    table = tabulate_quotations(articles_of(*texts)).quotations
    assert table.select("article_id", "text", "voice", "speaker").rows() == [
        (f"n{i}", *row) for i in (1, 2) for row in (("A reckless plan of theirs", "quoted", "Doe"), ("reform", "scare", None))
    ]
    for row in table.iter_rows(named=True):
        assert EMOJI[row["start"] : row["end"]] == row["text"]
        assert (EMOJI[row["speaker_start"] : row["speaker_end"]] if row["speaker"] else None) == row["speaker"]
    assert conform(table, ArticleQuotations, "test").equals(table)


def test_marks_without_a_partner_are_counted_for_each_article() -> None:
    found = tabulate_quotations(articles_of('She said "never.', EMOJI, 'A "b" and a "c'))
    assert found.unpaired.tolist() == [1, 0, 1]


def test_articles_without_quotations_and_no_articles_have_an_empty_table() -> None:
    for texts in ((), ("Nothing here.", " ")):
        found = tabulate_quotations(articles_of(*texts))
        assert (found.quotations.height, len(found.unpaired)) == (0, len(texts))
        assert found.quotations.schema == ArticleQuotations.create_empty().schema


def test_an_article_has_the_same_quotations_alone_and_beside_others() -> None:
    some = read_sample(128).articles.select("article_id", "text")
    many = pl.concat([some.with_columns(article_id=pl.format("{} {}", "article_id", pl.lit(i))) for i in range(2 * BATCH // some.height)])
    found = tabulate_quotations(many)
    alone = tabulate_quotations(some)
    assert len(found.unpaired) == many.height
    first = found.quotations.filter(pl.col("article_id").str.ends_with(" 7")).with_columns(pl.col("article_id").str.strip_suffix(" 7"))
    assert_frame_equal(first, alone.quotations)
    assert alone.quotations.height > 100
