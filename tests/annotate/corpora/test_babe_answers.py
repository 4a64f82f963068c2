"""Answers are those of the codebook however the files of BABE and MBIC spell them; what is none of them stays, to be set aside."""

from __future__ import annotations

from collections import Counter

import pytest

from annotate.corpora.babe_answers import read_answers

WRITER, SOMEWHAT = "Expresses writer's opinion", "Somewhat factual but also opinionated"


@pytest.mark.parametrize(
    ("bias", "opinion", "answers", "respelt"),
    [
        ("Biased", "Entirely factual", {"bias": "Biased", "opinion": "Entirely factual"}, 0),
        ("Non-biased", "Expresses writer’s opinion", {"bias": "Non-biased", "opinion": WRITER}, 0),
        ("Biased, unfair", "Expresses wleter´s opinion", {"bias": "Biased", "opinion": WRITER}, 2),
        ("non biased", "Expresses writers opinion", {"bias": "Non-biased", "opinion": WRITER}, 2),
        ("Not biased", "Expresses wleter`s opinion", {"bias": "Non-biased", "opinion": WRITER}, 2),
        (" BIASED ", "Somewhat factional but also opinionated", {"bias": "Biased", "opinion": SOMEWHAT}, 2),
        ("Non\u00a0\u2013 Biased", "somewhat  factual, but also opinionated", {"bias": "Non-biased", "opinion": SOMEWHAT}, 2),
        ("No agreement", "no  agreement", {}, 0),
        (None, "nan", {}, 0),
        ("Entirely factual", "Biased", {"bias": "Entirely factual", "opinion": "Biased"}, 0),
        (1, 0, {"bias": "1", "opinion": "0"}, 0),
        ("Rather biased", "—", {"bias": "Rather biased", "opinion": "—"}, 0),
    ],
)
def test_what_is_meant_is_understood_and_counted_and_what_is_not_known_stays(
    bias: object, opinion: object, answers: dict[str, str], respelt: int
) -> None:
    notices = Counter[str]()
    assert read_answers({"label_bias": bias, "label_opinion": opinion}, notices) == answers
    assert notices.total() == respelt


def test_a_notice_names_the_answer_and_a_missing_column_is_no_answer() -> None:
    notices = Counter[str]()
    assert read_answers({"label_bias": "biased"}, notices) == {"bias": "Biased"}
    assert notices == {"answers spelt otherwise were taken for 'Biased'": 1}
