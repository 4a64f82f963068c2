"""The section of the report on models as coders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exports.report import Report
from exports.report.coders import show_coders

NAME = "<script>alert(1)</script>"


def figures(**more: Any) -> dict[str, Any]:
    share = {"n": 40, "people": 0.5, "coder": 0.75, "difference": 0.25, "low": 0.1, "high": 0.4}
    test = {"passes": True, "verdict": "passes: shown to be less than 0.1 behind 3 of 4 people"}
    known = {"macro_f1": 0.81, "macro_f1_low": 0.75, "macro_f1_high": 0.87, "alpha": 0.61, "low": 0.5, "high": 0.7, "human_alpha": 0.55}
    counts = {"answered": 40, "unanswered": 2, "beats": 3, "of": 4, "winning_rate": 0.75, "alternative": test, "share_error": 0.25}
    return {**known, **counts, "shares": {"yes": share, "no": share | {"low": -0.1, "difference": 0.0}}, "consistency": None, **more}


def test_a_coder_has_a_row_and_a_sentence_with_its_counts(page_of: Callable[[Report], Any], make_report: Callable[..., Report]) -> None:
    coders = {NAME: {"questions": {"bias": figures()}, "labels": {}}}
    page = page_of(make_report(["A reckless plan."], agreement={"coders": coders}))
    assert "Models as coders" in page.texts["h2"]
    assert NAME in page.texts["th"]
    assert not any("alert" in text for text in page.texts["script"])
    cells = page.texts["td"]
    assert {"40", "0.81", "0.75 to 0.87", "0.61", "3", "4", "passes", "0.25"} <= set(cells)
    sentence = next(text for text in page.texts["p"] if text.startswith(NAME))
    assert "40 articles, 2 more left unanswered" in sentence
    assert "better than 3 of 4 people do" in sentence
    assert "yes: 0.75 by the coder, 0.50 by people (0.10 to 0.40 off)" in sentence


def test_where_nothing_is_defined_it_is_said_and_nothing_is_drawn() -> None:
    nothing = dict.fromkeys(("macro_f1", "macro_f1_low", "macro_f1_high", "alpha", "low", "high", "human_alpha", "winning_rate", "share_error"))
    untested = {"passes": None, "verdict": "no test: 0 of 0 people"}
    section = show_coders({"echo": {"questions": {"bias": figures(**nothing, of=0, beats=0, shares={}, alternative=untested)}, "labels": {}}})
    assert section is not None
    assert section.figures[0].plots() == []
    assert "no test" in section.figures[0].table.rows[0]
    assert "Nobody can be left out to compare it. In all it gives no answer" in section.text[-1]


def test_spans_are_shown_by_their_rate_and_no_coder_is_no_section() -> None:
    rates = {"people": 20.0, "coder": 31.0, "difference": 11.0, "low": 4.0, "high": 18.0}
    spans = figures(read=40, unread=0, f1_partial=0.4, f1_partial_low=0.3, f1_partial_high=0.5, rate_error=3.0, rates=rates)
    del spans["answered"]
    section = show_coders({"echo": {"questions": {}, "labels": {"Loaded": spans | {"consistency": {"identical": 0.9}}}}})
    assert section is not None
    assert "Spans per 1,000 words: 31.0 by the coder, 20.0 by people (4.00 to 18.0 off)" in section.text[-1]
    assert section.figures[0].table.rows[0][-1] == 0.9
    assert show_coders({}) is None
    assert show_coders({"echo": {"questions": {}, "labels": {}}}) is None
