"""The matrix of each two annotators."""

from __future__ import annotations

import re
from typing import Any

from exports.report.agreement import FEWEST, MOST_SHOWN, RELIABLE, show_agreement
from exports.report.figures import Figure


def pair(first: str, second: str, alpha: float | None, articles: int = 40) -> dict[str, Any]:
    return {"annotators": [first, second], "articles": articles, "alpha": alpha, "low": None, "high": None}


def matrix(*pairs: dict[str, Any]) -> Figure | None:
    section = show_agreement({"pairs": list(pairs)}, "these annotations")
    return section.figures[0] if section else None


def test_each_two_stand_in_two_cells_and_who_read_nothing_together_in_none() -> None:
    figure = matrix(pair("ada", "ben", 0.6), pair("ada", "cyd", -0.1), pair("cyd", "dan", None))
    assert figure is not None
    assert figure.table.header == ["annotator", "ada", "ben", "cyd", "dan"]
    assert figure.table.rows[0] == ["ada", None, 0.6, -0.1, None]
    assert figure.table.rows[2] == ["cyd", -0.1, None, None, None]
    assert (figure.table.shade(0, 2), figure.table.shade(0, 3), figure.table.shade(0, 1)) == (100, 0, None)
    assert "Each two have read 40 articles both" in figure.note
    assert "Most alike are ada and ben (0.60), least ada and cyd (-0.10)." in figure.note


def test_a_pair_of_few_articles_is_shaky_and_at_no_end() -> None:
    figure = matrix(pair("ada", "ben", 0.6), pair("ada", "cyd", 0.9, FEWEST - 1), pair("ben", "cyd", 0.2))
    assert figure is not None
    assert figure.table.shaky == {(0, 3), (2, 1)}
    assert "Most alike are ada and ben (0.60)" in figure.note
    assert f"Each two have read {FEWEST - 1} to 40" in figure.note


def test_two_people_need_no_matrix_and_of_many_those_who_read_most_are_shown() -> None:
    assert matrix(pair("ada", "ben", 0.6)) is None
    figure = matrix(*(pair("ada", f"p{i:02}", 0.5, 10 + i) for i in range(30)))
    assert figure is not None
    assert len(figure.table.rows) == MOST_SHOWN
    assert figure.table.rows[-1][0] == "p29"
    assert figure.note.endswith(f"The {MOST_SHOWN} of 31 annotators who read most with others.")


def test_the_limits_of_convention_stand_on_the_axis_however_low_alpha_is() -> None:
    section = show_agreement({"labels": {"Loaded": {"alpha": 0.2, "low": 0.1, "high": 0.3}}}, "these annotations")
    assert section is not None
    wide = section.figures[0].plots()[0]
    assert max(map(float, re.findall(r">(\d\.\d+)</text>", wide))) >= RELIABLE
