"""What is said of each annotator, on constructed ones, and on BABE."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.agreement import agree
from annotate.agreement.people import FEWEST_ARTICLES, associations
from annotate.corpora.babe import read as read_babe
from schemas.dataset import Dataset

BABE = Path(__file__).parents[4] / "shared" / "data" / "babe"
Make = Callable[..., Dataset]
TEXT = "The reckless zealots sank the port and a cosy deal was done by cronies."
WORDS = ["reckless", "zealots", "sank", "port", "cosy", "deal", "cronies"]
PEOPLE = ["ada", "ben", "cyd", "dan"]
Tables = list[list[list[int]]]


def team(make: Make, articles: int, *, noisy: str | None = None, strict: str | None = None, shuffled: str | None = None) -> dict[str, Any]:
    """Four people who mark a word of every other article and call it biased, now and then not; one of them may answer at
    random, mark everything, or mark other words than the others."""
    generator = random.Random(7)
    marks: list[tuple[str, ...]] = []
    for number in range(articles):
        biased, word = number % 2 == 0, generator.choice(WORDS)
        for name in PEOPLE:
            slip = generator.random() < 0.1
            chosen = WORDS if name == strict else [generator.choice(WORDS)] if name == noisy else [word] if biased != slip else []
            marks += [(f"n{number}", name, "Loaded", one) for one in chosen] or [(f"n{number}", name)]
            answer = generator.random() < 0.5 if name == shuffled else biased != slip
            marks.append((f"n{number}", name, "bias", "yes" if answer else "no"))
    return agree(make({f"n{number}": TEXT for number in range(articles)}, marks)).annotators


def flags(people: dict[str, Any]) -> dict[str, list[str]]:
    return {name: [flag.split(":")[0] for flag in person["flags"]] for name, person in people.items() if person["flags"]}


def test_ordinary_people_are_not_flagged(make_dataset: Make) -> None:
    people = team(make_dataset, 60)
    assert flags(people) == {}
    assert all(person["consistency"] > 0.9 for person in people.values())


def test_who_answers_at_random_is_inconsistent_and_the_others_are_not(make_dataset: Make) -> None:
    people = team(make_dataset, 60, shuffled="cyd")
    assert flags(people) == {"cyd": ["inconsistent with self"]}
    assert people["cyd"]["consistency"] < 0.4
    assert people["ada"]["consistency"] > 0.9
    assert people["cyd"]["consistency_question"] == "bias"


def test_who_marks_everything_is_flagged_and_the_others_are_not(make_dataset: Make) -> None:
    assert flags(team(make_dataset, 60, strict="ben"))["ben"][0] == "marks far more than the others"
    assert set(flags(team(make_dataset, 60, strict="ben"))) == {"ben"}


def test_who_marks_other_words_agrees_far_less_and_is_flagged(make_dataset: Make) -> None:
    found = flags(team(make_dataset, 60, noisy="dan"))
    assert "agrees with the others far less than they do" in found["dan"]
    assert set(found) == {"dan"}


def test_who_marks_next_to_nothing_is_flagged(make_dataset: Make) -> None:
    texts = {f"n{number}": TEXT for number in range(60)}
    marks: list[tuple[str, ...]] = [(article, name, "Loaded", "reckless zealots") for article in texts for name in ("ada", "ben")]
    marks += [(article, "cyd") for article in list(texts)[6:]] + [(article, "cyd", "Loaded", "reckless") for article in list(texts)[:6]]
    people = agree(make_dataset(texts, marks)).annotators
    assert flags(people)["cyd"][0] == "marks far less than the others"


@pytest.mark.parametrize("odd", ["noisy", "strict", "shuffled"])
def test_few_articles_flag_nobody(make_dataset: Make, odd: str) -> None:
    assert flags(team(make_dataset, FEWEST_ARTICLES - 1, **{odd: "cyd"})) == {}


def test_one_of_two_people_can_be_at_odds_with_himself(make_dataset: Make) -> None:
    generator = random.Random(3)
    marks: list[tuple[str, ...]] = []
    for number in range(200):
        for name in ("ada", "ben"):
            biased = number % 2 == 0 if name == "ada" else generator.random() < 0.5
            marks += [(f"n{number}", name, "Loaded", "port") if number % 2 == 0 else (f"n{number}", name)]
            marks.append((f"n{number}", name, "bias", "yes" if biased else "no"))
    assert flags(agree(make_dataset({f"n{number}": TEXT for number in range(200)}, marks)).annotators) == {"ben": ["inconsistent with self"]}


def test_of_two_who_mark_more_and_less_neither_is_the_odd_one(make_dataset: Make) -> None:
    texts = {f"n{number}": TEXT for number in range(60)}
    marks: list[tuple[str, ...]] = [(article, "ada", "Loaded", word) for article in texts for word in WORDS]
    assert flags(agree(make_dataset(texts, marks + [(article, "ben", "Loaded", "reckless") for article in texts])).annotators) == {}


def test_several_answers_go_with_marks_by_the_answer_that_goes_with_them_best(make_dataset: Make) -> None:
    texts = {f"n{number}": TEXT for number in range(8)}
    marks: list[tuple[str, ...]] = []
    for number, article in enumerate(texts):
        marks.append((article, "ada", "Loaded", "reckless") if number % 2 else (article, "ada"))
        marks += [(article, "ada", "frames", "Law" if number % 2 else "Health")] + [(article, "ada", "frames", "Economy")] * (number < 4)
    (ada,) = agree(make_dataset(texts, marks)).annotators.values()
    assert ada["consistency"] == pytest.approx(1)
    assert ada["consistency_question"] == "frames"


def test_consistency_is_not_defined_where_nothing_varies_or_spans_are_not_known(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "cosy"), ("a", "ada", "bias", "yes"), ("b", "ada", "Loaded", "port"), ("b", "ada", "bias", "no")]
    people = agree(make_dataset({"a": TEXT, "b": TEXT}, [*marks, ("a", "ben", "bias", "yes"), ("b", "ben", "bias", "no")])).annotators
    assert (people["ada"]["consistency"], people["ben"]["consistency"]) == (None, None)


TABLES = st.integers(2, 4).flatmap(lambda columns: st.lists(st.lists(st.integers(0, 9), min_size=columns, max_size=columns), min_size=2, max_size=4))


@given(TABLES)
def test_association_is_bounded_and_does_not_mind_order_or_direction_or_empty_rows(table: list[list[int]]) -> None:
    counts = np.array(table, dtype=float)
    found = float(associations(counts))
    used = [int((counts.sum(axis=axis) > 0).sum()) for axis in (0, 1)]
    assert np.isnan(found) == (min(used) < 2 or counts.sum() <= 2)
    assert np.isnan(found) or 0 <= found <= 1
    for other in (counts.T, counts[::-1], counts[:, ::-1], np.vstack([counts, np.zeros(counts.shape[1])])):
        assert float(associations(other)) == pytest.approx(found, nan_ok=True)


def test_association_is_one_for_a_complete_link_and_none_for_what_chance_gives() -> None:
    assert float(associations(np.diag([5.0, 7.0]))) == pytest.approx(1)
    assert float(associations(np.array([[5.0, 5.0], [5.0, 5.0]]))) == 0
    # By hand: chi squared 3.2 of n = 20, so phi squared .16; less 1/19, over 1 - 1/19.
    assert float(associations(np.array([[7.0, 3.0], [3.0, 7.0]]))) == pytest.approx(((0.16 - 1 / 19) / (1 - 1 / 19)) ** 0.5)
    assert associations(np.array([np.diag([5.0, 7.0]), np.ones((2, 2))])).tolist() == pytest.approx([1, 0])


@pytest.mark.skipif(not BABE.is_dir(), reason="the published corpus is not on this machine")
def test_in_babe_one_annotators_bias_does_not_go_with_his_words() -> None:
    people = agree(read_babe(BABE).dataset()).annotators
    assert flags(people) == {"1": ["inconsistent with self"]}
    assert people["11"]["severity"] is None
    assert min(person["consistency"] for name, person in people.items() if name not in ("1", "11")) > 0.6
