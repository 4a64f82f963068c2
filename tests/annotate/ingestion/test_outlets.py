"""An outlet that is written in several ways is one outlet."""

from __future__ import annotations

import polars as pl
import pytest

from annotate.ingestion.outlets import find_spellings, respell_outlets


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ({"NYT": 2, "nyt": 1}, {"nyt": "NYT"}),
        ({"NYT": 1, "nyt": 2, "Nyt": 1}, {"NYT": "nyt", "Nyt": "nyt"}),
        ({"nyt": 1, "NYT": 1}, {"nyt": "NYT"}),
        ({"The  Gull": 1, "The Gull": 5, "the\u00a0gull ": 2}, {"The  Gull": "The Gull", "the\u00a0gull ": "The Gull"}),
        ({"Le Goe\u0301land": 1, "LE GOÉLAND": 3}, {"Le Goe\u0301land": "LE GOÉLAND"}),
        ({"Gull": 1, "Gulls": 4, "Daily-Gull": 1, "Daily Gull": 1}, {}),
        ({}, {}),
    ],
    ids=str,
)
def test_names_that_differ_in_case_or_blanks_get_the_commonest_and_others_stay(counts: dict[str, int], found: dict[str, str]) -> None:
    assert find_spellings(counts) == found


def test_articles_are_counted_and_those_of_no_outlet_stay_so() -> None:
    articles = pl.LazyFrame({"outlet": ["NYT", None, "nyt", "NYT", "Fox", "Nyt"]})
    respelt, changed = respell_outlets(articles)
    assert (respelt.collect()["outlet"].to_list(), changed) == (["NYT", None, "NYT", "NYT", "Fox", "NYT"], 2)


def test_a_table_without_outlets_stays_as_it_is() -> None:
    respelt, changed = respell_outlets(pl.LazyFrame({"text": ["A gull."]}))
    assert (respelt.collect().to_dict(as_series=False), changed) == ({"text": ["A gull."]}, 0)
