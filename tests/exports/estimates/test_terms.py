"""Columns of a table as terms of a regression."""

from __future__ import annotations

import polars as pl
import pytest

from exports.estimates.terms import build_matrix
from schemas.errors import FramingError

TABLE = pl.DataFrame({"outlet": ["Herald", "Gazette", "Gazette", "Crier"], "words": [10, 20, 30, 40]})
ALL = pl.Series([True] * 4)


def test_levels_stand_beside_the_most_frequent_one_and_numbers_are_numbers() -> None:
    matrix = build_matrix(TABLE, ["outlet"], {}, ALL)
    assert [str(term) for term in matrix.terms] == ["(intercept)", "outlet=Crier", "outlet=Herald"]
    assert matrix.references == {"outlet": "Gazette"}
    assert matrix.values.toarray().tolist() == [[1, 0, 1], [1, 0, 0], [1, 0, 0], [1, 1, 0]]
    assert build_matrix(TABLE, ["words"], {}, ALL).values.toarray()[:, 1].tolist() == [10, 20, 30, 40]


def test_a_reference_can_be_named_and_must_be_there() -> None:
    matrix = build_matrix(TABLE, ["outlet"], {"outlet": "Crier"}, ALL)
    assert [term.level for term in matrix.terms] == [None, "Gazette", "Herald"]
    with pytest.raises(FramingError, match="there is no outlet 'Times' among the articles"):
        build_matrix(TABLE, ["outlet"], {"outlet": "Times"}, ALL)


def test_terms_that_say_the_same_are_refused_by_name_also_among_the_coded_articles_alone() -> None:
    twice = TABLE.with_columns(paper=pl.col("outlet"))
    with pytest.raises(FramingError, match=r"^--on: articles cannot tell .*outlet=.*from the other terms|paper="):
        build_matrix(twice, ["outlet", "paper"], {}, ALL)
    with pytest.raises(FramingError, match="coded articles cannot tell"):
        build_matrix(TABLE, ["words"], {}, pl.Series([True, False, False, False]))
