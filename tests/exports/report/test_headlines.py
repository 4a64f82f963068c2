"""Headlines stand beside the texts of the same articles."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from exports.report.headlines import show_headlines
from schemas.codebook import Codebook


def table(*rows: tuple[str, float | None, float | None, float | None, float | None]) -> pl.DataFrame:
    """Articles: outlet, spans of two labels in the headline, then in the text."""
    columns = ["outlet", "title_density_Loaded", "title_density_Scare", "density_Loaded", "density_Scare"]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.Float64) | {"outlet": pl.String}, orient="row")


def test_only_articles_whose_headline_was_read_stand_on_both_sides(make_book: Callable[..., Codebook]) -> None:
    read = [("Gazette", 100.0, 50.0, 10.0, 0.0), ("Gazette", 0.0, 0.0, 20.0, 2.0)]
    section = show_headlines(table(*read, ("Gazette", None, None, 900.0, 0.0), ("Herald", 0.0, 0.0, None, None)), make_book())
    assert section is not None
    assert section.figures[0].table.rows == [["Gazette", 2, 75.0, "–", 16.0, "–"]]
    assert section.text == ["Of 2 articles with a headline 1 has a span in it."]
    assert "So few articles (2) say little." in section.limits


def test_ten_articles_have_intervals(make_book: Callable[..., Codebook]) -> None:
    section = show_headlines(table(*[("Gazette", 10.0 * i, 0.0, float(i), 0.0) for i in range(10)]), make_book())
    assert section is not None
    row = section.figures[0].table.rows[0]
    assert row[:3] + row[4:5] == ["Gazette", 10, 45.0, 4.5]
    assert all(" to " in str(cell) for cell in (row[3], row[5]))


def test_without_headlines_there_is_no_such_part(make_book: Callable[..., Codebook]) -> None:
    assert show_headlines(table(("Gazette", None, None, 1.0, 1.0)), make_book()) is None
    assert show_headlines(table().select("outlet"), make_book()) is None
