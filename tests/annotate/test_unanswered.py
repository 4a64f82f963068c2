"""What is required and was left out is found, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from annotate.unanswered import find_unanswered
from schemas.codebook import Codebook
from schemas.dataset import Dataset

Make = Callable[..., Dataset]
TEXTS = dict.fromkeys("ab", "The reckless zealots sank the old port.")
MARKS = [
    ("a", "ada", "bias", "yes"),
    ("a", "ada", "Loaded", "reckless"),
    ("a", "ada", "Loaded", "reckless", "stance", "against"),
    ("a", "ben", "Loaded", "reckless"),
    ("a", "ben", "Name", "zealots"),
    ("b", "ben"),
    ("b", "ada", "frames", "Law"),
]


def require(codebook: Codebook, *names: str) -> Codebook:
    content = codebook.model_dump()
    for entry in (*content["questions"], *content["attributes"]):
        entry["required"] = entry["name"] in names
    return Codebook.model_validate(content)


def test_each_annotator_has_the_articles_and_spans_that_lack_what_is_required(make_dataset: Make, attributed: Codebook) -> None:
    found = find_unanswered(make_dataset(TEXTS, MARKS, require(attributed, "bias", "stance")))
    assert found.rows() == [
        ("ada", "bias", "article", 1, ["b"]),
        ("ben", "bias", "article", 2, ["a", "b"]),
        ("ben", "stance", "span", 2, ["a"]),
    ]


def test_an_attribute_is_asked_of_spans_of_its_own_labels(make_dataset: Make, attributed: Codebook) -> None:
    found = find_unanswered(make_dataset(TEXTS, MARKS, require(attributed, "field")))
    assert found.select("annotator", "missing").rows() == [("ada", 1), ("ben", 1)]


def test_nothing_is_missing_where_nothing_is_required_or_nobody_has_read(make_dataset: Make, attributed: Codebook) -> None:
    dataset = make_dataset(TEXTS, MARKS, require(attributed, "bias"))
    for one in (make_dataset(TEXTS, MARKS, attributed), replace(dataset, annotations=None), replace(dataset, codebook=None)):
        assert find_unanswered(one).height == 0
