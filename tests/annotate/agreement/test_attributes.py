"""Agreement on what is said of spans, against the same figures made by hand from the pairs of spans."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest

from annotate.agreement import agree, krippendorff_alpha, masi_distance
from annotate.agreement.confusion import NOTHING
from schemas.codebook import Codebook
from schemas.dataset import Dataset

Make = Callable[..., Dataset]
WORDS = ("reckless", "zealots", "sank", "port", "night")
TEXTS = dict.fromkeys("abc", "The reckless zealots sank the old port in one night.")
# What ada and ben say of the five words of each article.
STANCES = {"a": ("against for neither for against", "against for for for neither"), "b": ("for for against against -", "for against against - -")}


def say(article: str, annotator: str, attribute: str, values: Sequence[str], label: str = "Loaded") -> list[tuple[str, ...]]:
    spans = [(article, annotator, label, word) for word in WORDS]
    return [*spans, *((*span, attribute, value) for span, given in zip(spans, values, strict=False) for value in given.split("+") if given != "-")]


def figures(make: Make, codebook: Codebook, attribute: str, said: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    marks = [
        mark
        for article, people in said.items()
        for name, values in zip("xyz", people, strict=False)
        for mark in say(article, name, attribute, values.split())
    ]
    return agree(make(TEXTS, marks, codebook)).attributes[attribute]


def test_alpha_is_nominal_over_the_pairs_of_which_both_said_something(make_dataset: Make, attributed: Codebook) -> None:
    found = figures(make_dataset, attributed, "stance", STANCES)
    # Five pairs of a, of which three agree, and three of b, of which two do; of a fourth of b ben said nothing, of the last nobody anything. Of
    # the 16 values 6 are against, 8 for, 2 neither.
    observed, expected = Fraction(3, 8), Fraction((6 * 8 + 6 * 2 + 8 * 2) * 2, 16 * 15)
    assert found["alpha"] == pytest.approx(float(1 - observed / expected))
    assert [found[key] for key in ("agreement", "spans", "articles", "alone", "few")] == [5 / 8, 8, 2, 1, True]
    assert found["low"] <= found["alpha"] <= found["high"]


def test_the_values_that_are_taken_for_each_other_are_counted(make_dataset: Make, attributed: Codebook) -> None:
    assert figures(make_dataset, attributed, "stance", STANCES)["confusion"] == {
        "against": {"against": 2, "for": 1, "neither": 1, NOTHING: 1},
        "for": {"against": 1, "for": 3, "neither": 1, NOTHING: 0},
        "neither": {"against": 1, "for": 1, "neither": 0, NOTHING: 0},
    }


def test_several_values_are_sets_by_masi_distance_and_each_has_its_own_figures(make_dataset: Make, attributed: Codebook) -> None:
    said = ("war war+flood game war", "war flood game flood+game")
    found = figures(make_dataset, attributed, "field", {"a": said})
    units = [[frozenset(value.split("+")) for value in unit] for unit in zip(*(one.split() for one in said), strict=True)]
    assert found["alpha"] == pytest.approx(krippendorff_alpha(units, masi_distance))
    assert found["values"]["flood"]["alpha"] == pytest.approx(krippendorff_alpha([["flood" in value for value in unit] for unit in units]))
    assert (found["agreement"], found["spans"], found["low"]) == (0.5, 4, None)


def test_actors_and_words_have_figures_besides_where_marks_case_and_aliases_do_not_count(make_dataset: Make, attributed: Codebook) -> None:
    found = figures(make_dataset, attributed, "target", {"a": ("Washington fed China", "U.S. Fed. Japan"), "b": ("China", "China")})
    assert (found["agreement"], found["folded"]["agreement"]) == (1 / 4, 3 / 4)
    units = [["us", "us"], ["fed", "fed"], ["china", "japan"], ["china", "china"]]
    assert found["folded"]["alpha"] == pytest.approx(krippendorff_alpha(units))
    assert found["alpha"] < found["folded"]["alpha"]


def test_three_readers_of_a_span_are_three_pairs(make_dataset: Make, attributed: Codebook) -> None:
    found = figures(make_dataset, attributed, "stance", {"a": ("for", "for", "against")})
    assert (found["spans"], found["agreement"]) == (3, 1 / 3)


def test_only_spans_of_one_label_that_overlap_count(make_dataset: Make, attributed: Codebook) -> None:
    marks = [*say("a", "x", "stance", ["for"] * 5), *say("a", "y", "stance", ["for"] * 5, "Name"), ("b", "x"), ("b", "y")]
    found = agree(make_dataset(TEXTS, marks, attributed))
    assert found.attributes["stance"]["spans"] == 0
    nothing = {"alpha": None, "low": None, "high": None, "agreement": None}
    assert {key: found.attributes["note"][key] for key in nothing} == nothing
    assert found.attributes["target"]["folded"] == nothing
    json.dumps(found.to_dict())


def test_attributes_change_no_other_figure_and_a_codebook_without_them_has_none(make_dataset: Make, attributed: Codebook) -> None:
    marks = [mark for name in "xy" for mark in say("a", name, "stance", ["for", "against"])]
    bare = agree(make_dataset(TEXTS, [mark for mark in marks if len(mark) == 4])).to_dict()
    assert bare["attributes"] == {}
    assert agree(make_dataset(TEXTS, marks, attributed)).to_dict() | {"attributes": {}} == bare


def test_twenty_pairs_are_not_few_and_thousands_of_words_are_no_burden(make_dataset: Make, attributed: Codebook) -> None:
    text = {"a": " ".join(f"word{i}x" for i in range(2000)), "b": "Nothing."}
    marks = [(article, name) for article in text for name in "xy"]
    marks += [
        ("a", name, "Loaded", f"word{i}x", *more) for i in range(2000) for name in "xy" for more in ((), ("note", f"{name if i % 2 else ''} {i}"))
    ]
    found = agree(make_dataset(text, marks, attributed)).attributes["note"]
    assert (found["few"], found["spans"], found["agreement"]) == (False, 2000, 0.5)
