"""Models as coders stand beside people's agreement, and are not in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from annotate.agreement import agree
from schemas.coders import Coders
from schemas.dataset import Dataset

Make = Callable[..., Dataset]
Code = Callable[..., Coders]
TEXTS = {"a": "The reckless zealots sank the port 🚢.", "b": "A cosy deal was done by cronies."}
PEOPLE = [
    *(("a", name, "Loaded", "reckless") for name in ("ada", "ben")),
    *(("b", name) for name in ("ada", "ben")),
    *((article, name, "bias", value) for name in ("ada", "ben") for article, value in (("a", "yes"), ("b", "no"))),
]
CODED = [("a", "echo", "Loaded", "reckless zealots"), ("b", "echo"), ("a", "echo", "bias", "yes"), ("b", "echo", "bias", "yes")]


def test_no_coder_changes_a_figure_of_people(make_dataset: Make, make_coders: Code) -> None:
    dataset = make_dataset(TEXTS, PEOPLE)
    without, with_echo = agree(dataset), agree(dataset, "test", make_coders(TEXTS, CODED))
    assert without.coders == {}
    assert with_echo.to_dict() | {"coders": {}} == without.to_dict()
    assert json.loads(json.dumps(with_echo.to_dict()))["coders"]["echo"]["questions"]["bias"]["macro_f1"] == pytest.approx(1 / 3)


def test_the_promised_keys_are_there(make_dataset: Make, make_coders: Code) -> None:
    echo = agree(make_dataset(TEXTS, PEOPLE), "test", make_coders(TEXTS, CODED)).coders["echo"]
    assert {"macro_f1", "alpha", "beats", "of", "winning_rate", "share_error", "by_outlet"} <= echo["questions"]["bias"].keys()
    assert echo["labels"].keys() == {"Loaded", "Name"}
    assert echo["any_label"]["alpha"] == echo["labels"]["Loaded"]["alpha"]
    assert echo["labels"]["Name"]["alpha"] is None


def test_only_the_first_run_is_the_work_and_further_ones_say_how_steady_it_is(make_dataset: Make, make_coders: Code) -> None:
    again = [("a", "echo/2", "Loaded", "reckless zealots"), ("b", "echo/2"), ("a", "echo/2", "bias", "no"), ("b", "echo/2", "bias", "yes")]
    dataset = make_dataset(TEXTS, PEOPLE)
    once, twice = (agree(dataset, "test", make_coders(TEXTS, rows)).coders["echo"] for rows in (CODED, CODED + again))
    assert once["questions"]["bias"]["consistency"] is None
    assert twice["questions"]["bias"] | {"consistency": None} == once["questions"]["bias"]
    steady = twice["questions"]["bias"]["consistency"]
    assert (steady["runs"], steady["n"], steady["identical"]) == (2, 2, 0.5)
    # (yes, no) and (yes, yes): disagreement 2 of 4 values, expected 2 * 3 * 1 / (4 * 3) pairs.
    assert steady["alpha"] == pytest.approx(0.0)
    assert (twice["labels"]["Loaded"]["consistency"]["identical"], twice["labels"]["Loaded"]["consistency"]["alpha"]) == (1.0, 1.0)


def test_a_coder_that_is_described_and_has_no_rows_is_named(make_dataset: Make, make_coders: Code) -> None:
    made = make_coders(TEXTS, CODED)
    idle = replace(made, rows=made.rows.clear())
    found = agree(make_dataset(TEXTS, PEOPLE), "test", idle).coders
    assert found["echo"] == {"kind": "language model", "model": None, "read": 0, "questions": {}, "labels": {}}


def test_a_coder_is_compared_with_readings_of_texts_and_never_of_headlines(make_dataset: Make, make_coders: Code) -> None:
    texts = {**TEXTS, "a/title": "reckless"}
    headlines = [("a/title", "ada"), ("a/title", "ben", "Loaded", "reckless")]
    echo = make_coders(TEXTS, CODED)
    bare, headed = (agree(make_dataset(texts, marks), "test", echo).coders for marks in (PEOPLE, PEOPLE + headlines))
    assert bare == headed
    assert agree(make_dataset(texts, PEOPLE), "test", make_coders(texts, [*CODED, ("a/title", "echo", "Loaded", "reckless")])).coders == bare
