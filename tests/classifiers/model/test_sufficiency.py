from __future__ import annotations

from typing import Any

from classifiers.model.sufficiency import say_little

BOTH: dict[str, Any] = {"labels": ["Loaded"], "questions": ["bias"]}


def test_little_data_is_said_with_what_as_much_reached_elsewhere() -> None:
    first, spans, questions = say_little({"articles": 70, "gold_spans": 400, "annotators": 2}, BOTH)
    assert first == "little data: 70 articles, 400 gold spans, 2 annotators"
    assert "from 391 reached a token F1 of 0.45" in spans
    assert "from 63 reached an AUROC of 0.72" in questions


def test_fewer_than_were_ever_measured_are_told_what_the_fewest_reached() -> None:
    assert "from 25 reached" in say_little({"articles": 3, "gold_spans": 0}, BOTH)[1]


def test_one_annotator_is_said_where_there_is_little() -> None:
    assert say_little({"articles": 3, "gold_spans": 9, "annotators": 1}, BOTH)[-1].startswith("one annotator: ")


def test_nothing_is_said_of_enough_nor_of_what_is_not_asked() -> None:
    assert say_little({"articles": 400, "gold_spans": 1_000, "annotators": 1}, BOTH) == []
    assert say_little({"articles": 400, "gold_spans": 0}, BOTH | {"labels": []}) == []
    assert len(say_little({"articles": 3, "gold_spans": 9}, BOTH | {"questions": []})) == 2
