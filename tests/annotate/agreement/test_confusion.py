"""Which labels are taken for each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.agreement import agree
from annotate.agreement.confusion import NOTHING
from schemas.codebook import parse_codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError

Make = Callable[..., Dataset]
TEXTS = {"a": "The reckless zealots sank the port.", "b": "A cosy deal was done by cronies."}
WORDS = ["reckless", "reckless zealots", "zealots", "port", "The"]


def test_overlapping_spans_are_counted_by_both_labels_and_the_rest_against_nothing(make_dataset: Make) -> None:
    marks = [
        *(("a", "ada", "Loaded", "reckless"), ("a", "ada", "Name", "zealots"), ("a", "ada", "Loaded", "port")),
        *(("a", "ben", "Loaded", "reckless zealots"), ("b", "ben", "Name", "cronies"), ("b", "ada")),
    ]
    assert agree(make_dataset(TEXTS, marks)).confusion == {
        "Loaded": {"Loaded": 1, "Name": 1, NOTHING: 1},
        "Name": {"Loaded": 1, "Name": 0, NOTHING: 1},
    }


def test_of_three_readers_each_two_are_compared(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "reckless"), ("a", "ben", "Loaded", "reckless"), ("a", "cyd")]
    assert agree(make_dataset(TEXTS, marks)).confusion["Loaded"] == {"Loaded": 1, "Name": 0, NOTHING: 2}


def test_overlapping_spans_of_one_person_and_label_are_one(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "reckless"), ("a", "ada", "Loaded", "reckless zealots"), ("a", "ben", "Name", "zealots")]
    assert agree(make_dataset(TEXTS, marks)).confusion["Loaded"] == {"Loaded": 0, "Name": 1, NOTHING: 0}


def test_who_only_answered_is_not_taken_for_one_who_marked_nothing(make_dataset: Make) -> None:
    found = agree(make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless"), ("a", "ben", "bias", "yes")])).confusion
    assert {count for row in found.values() for count in row.values()} == {0}


@given(st.lists(st.tuples(st.sampled_from(["ada", "ben", "cyd"]), st.sampled_from(["Loaded", "Name"]), st.sampled_from(WORDS)), max_size=9))
def test_the_table_is_symmetric(make_dataset_once: Make, marks: list[tuple[str, str, str]]) -> None:
    found = agree(make_dataset_once(TEXTS, [("a", name) for name in ("ada", "ben", "cyd")] + [("a", *mark) for mark in marks])).confusion
    assert all(found[one][other] == found[other][one] for one in found for other in found)


def test_no_label_can_be_called_what_stands_for_nothing() -> None:
    book = f'name = "n"\nversion = "1.0.0"\ntitle = "t"\ndescription = "d"\ninstructions = "i"\n[[labels]]\nname = "{NOTHING}"\n'
    with pytest.raises(FramingError, match=r"label number 1: name"):
        parse_codebook(book + 'definition = "d"\ncolour = "#112233"\n', "test")
