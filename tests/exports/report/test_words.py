from __future__ import annotations

from collections.abc import Callable

from exports.report import Report
from exports.report.words import show_words

Maker = Callable[..., Report]
TEXT = "The reckless reckless zealots of the plan"
WEIGHTS = {"reckless": 0.5, "zealots": 2.0, "of": 0.1, "the": -1.0, "plan": 0.2}


def report_of(make_report: Maker) -> Report:
    spans = [("n0", "Loaded", 4, 21, 1.0, "narrator"), ("n0", "Loaded", 4, 12, 1.0, "scare"), ("n0", "Scare", 22, 29, 1.0, "narrator")]
    return make_report([TEXT], *spans, ("n0", "Scare", 37, 41, 1.0, "quoted"))


def test_a_word_counts_once_a_span_times_its_weight_in_the_model(make_report: Maker) -> None:
    report = report_of(make_report)
    section = show_words(report.spans, report.articles, report.codebook, WEIGHTS | {"zealots": 0.5})
    assert section is not None
    assert section.figures[0].table.rows == [["reckless", "Loaded", 2, 0.5, 1.0], ["zealots", "Scare", 1, 0.5, 0.5]]


def test_words_that_speak_but_faintly_or_against_are_left_out(make_report: Maker) -> None:
    report = report_of(make_report)
    section = show_words(report.spans, report.articles, report.codebook, WEIGHTS)
    assert section is not None
    assert [row[0] for row in section.figures[0].table.rows] == ["zealots"]


def test_what_people_marked_counts_as_often_as_it_is_there(make_report: Maker) -> None:
    report = report_of(make_report)
    section = show_words(report.spans, report.articles, report.codebook, None)
    assert section is not None
    assert section.figures[0].table.header == ["word", "label", "spans"]
    assert section.figures[0].table.rows == [["reckless", "Loaded", 2], ["zealots", "Scare", 1]]


def test_without_spans_there_are_no_words(make_report: Maker) -> None:
    report = make_report([TEXT])
    assert show_words(report.spans, report.articles, report.codebook, WEIGHTS) is None


def test_words_that_tell_outlets_apart_are_shown_where_two_have_enough_spans(make_report: Maker) -> None:
    texts = ["The reckless plan."] * 30 + ["The noble plan."] * 30
    spans = [(f"n{i}", "Loaded", 4, 12 if i < 30 else 9, 1.0, "narrator") for i in range(60)]
    report = make_report(texts, *spans, columns={"outlet": ["A"] * 30 + ["B"] * 30})
    section = show_words(report.spans, report.articles, report.codebook, None)
    assert section is not None
    _, distinct = section.figures
    assert [row[:4] for row in distinct.table.rows] == [["reckless", "A", 30, 0], ["noble", "B", 30, 0]]
    assert distinct.table.leads[1, 0] == "#context?word=noble&outlet=B"
    few = make_report(texts[:40], *spans[:40], columns={"outlet": ["A"] * 30 + ["B"] * 10})
    section = show_words(few.spans, few.articles, few.codebook, None)
    assert section is not None
    assert len(section.figures) == 1
