from __future__ import annotations

from collections.abc import Callable

import pytest

from exports.report import Report
from exports.report.answers import show_answers
from schemas.codebook import Codebook

Maker = Callable[..., Report]


@pytest.fixture
def book(make_book: Callable[..., Codebook]) -> Codebook:
    values = [{"name": name, "definition": name} for name in ("Yes", "No")]
    questions = [
        {"name": name, "prompt": f"{name}?", "choice": choice, "values": values} for name, choice in (("bias", "single"), ("tone", "multiple"))
    ]
    return Codebook.model_validate(make_book().model_dump() | {"questions": questions})


def test_each_answer_has_its_mean_over_articles_and_of_the_largest_outlets(make_report: Maker, book: Codebook) -> None:
    columns = {"outlet": ["A", "A", None], "bias_Yes": [0.2, 0.4, 0.9], "bias_No": [0.8, 0.6, 0.1]}
    report = make_report(["One", "Two", "Six"], codebook=book, columns=columns)
    (section,) = show_answers(report.articles, book, "probability")
    assert section.title == "Question: bias"
    assert section.finding.startswith("The commonest answer to “bias?” is Yes: a mean probability of 50 %")
    (figure,) = section.figures
    assert figure.table.header == ["answer", "articles", "mean probability", "95 % interval", "A", "(not known)"]
    yes, no = ([cell for i, cell in enumerate(row) if i != 3] for row in figure.table.rows)
    assert yes == ["Yes", 3, pytest.approx(0.5), pytest.approx(0.3), 0.9]
    assert no == ["No", 3, pytest.approx(0.5), pytest.approx(0.7), 0.1]


def test_beside_the_mean_stands_for_how_many_articles_each_answer_was_decided(make_report: Maker, book: Codebook) -> None:
    columns = {"outlet": ["A", "A", "A"], "tone_Yes": [0.2, 0.4, 0.9], "tone_No": [0.3, 0.1, 0.1], "tone": ["No", "Yes; No", ""]}
    report = make_report(["One", "Two", "Six"], codebook=book, columns=columns)
    (section,) = show_answers(report.articles, book, "probability", decided=["tone"])
    assert "a threshold of its own" in section.limits[0]
    assert section.figures[0].table.header[3:] == ["95 % interval", "decided", "A"]
    assert {row[0]: row[4] for row in section.figures[0].table.rows} == {"Yes": pytest.approx(1 / 3), "No": pytest.approx(2 / 3)}
    # A column of the user's own that has the question's name is no decision.
    assert "decided" not in show_answers(report.articles, book, "probability")[0].figures[0].table.header


def test_a_question_that_nobody_answered_is_not_shown(make_report: Maker, book: Codebook) -> None:
    columns = {"bias_Yes": [None], "bias_No": [None], "tone_Yes": [1.0], "tone_No": [0.0]}
    report = make_report(["One"], codebook=book, columns=columns)
    assert [section.name for section in show_answers(report.articles, book, "share of articles")] == ["question-tone"]
