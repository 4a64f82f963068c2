"""A coder's spans beside people's, against figures made by hand and by brute force."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from annotate.agreement import agree, krippendorff_alpha
from schemas.coders import Coders
from schemas.dataset import Dataset
from schemas.text.tokens import tokenise

Make = Callable[..., Dataset]
Code = Callable[..., Coders]
TEXTS = {"a": "The reckless zealots sank the port 🚢.", "b": "A cosy deal was done by cronies.", "c": "Plain words stand here."}
PEOPLE = [("a", "ada", "Loaded", "reckless"), ("a", "ben", "Loaded", "reckless zealots")]


def measure(make_dataset: Make, make_coders: Code, people: Any, coded: Any, label: str = "Loaded", texts: dict[str, str] = TEXTS) -> dict[str, Any]:
    found: dict[str, Any] = agree(make_dataset(texts, people), "test", make_coders(texts, coded)).coders["echo"]["labels"][label]
    return found


def test_each_figure_of_one_article_is_as_by_hand(make_dataset: Make, make_coders: Code) -> None:
    found = measure(make_dataset, make_coders, PEOPLE, [("a", "echo", "Loaded", "zealots")])
    ours = [mark in (2,) for mark in range(8)]
    theirs = [[mark in (1,) for mark in range(8)], [mark in (1, 2) for mark in range(8)]]
    assert found["alpha"] == pytest.approx(krippendorff_alpha([pair for one in theirs for pair in zip(ours, one, strict=True)]))
    assert found["human_alpha"] == pytest.approx(krippendorff_alpha(list(zip(*theirs, strict=True))))
    # Half of the people marked the coder's word; the coder marked none of ada's word and one of ben's two.
    assert (found["precision"], found["recall"], found["found"], found["true"], found["few"]) == (0.5, 0.25, 1, 2, True)
    # With ada nothing; with ben the whole of the coder's span, and 7 of 16 characters of his.
    precision, recall = (0 + 1) / 2, (0 + 7 / 16) / 2
    assert found["f1_partial"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert (found["f1_exact"], found["human_f1_exact"]) == (0.0, 0.0)
    assert found["people"] == {
        "ada": {"n": 1, "coder": pytest.approx(2 / 3), "person": pytest.approx(2 / 3)},
        "ben": {"n": 1, "coder": 0.0, "person": pytest.approx(2 / 3)},
    }
    assert (found["beats"], found["of"]) == (0, 2)
    assert (found["rates"]["people"], found["rates"]["coder"]) == pytest.approx((1000 / 6, 1000 / 6))


def test_what_the_coder_did_not_read_is_counted_and_only_answers_are_no_reading(make_dataset: Make, make_coders: Code) -> None:
    people = [*PEOPLE, ("b", "ada"), ("c", "ada")]
    found = measure(make_dataset, make_coders, people, [("a", "echo", "Loaded", "zealots"), ("b", "echo", "bias", "yes"), ("c", "echo")])
    assert (found["read"], found["unread"]) == (2, 1)
    only_answers = agree(make_dataset(TEXTS, people), "test", make_coders(TEXTS, [("a", "echo", "bias", "yes")])).coders["echo"]
    assert only_answers["labels"] == {}


def test_a_coder_that_marks_nothing_agrees_where_nobody_did_and_has_no_precision(make_dataset: Make, make_coders: Code) -> None:
    found = measure(make_dataset, make_coders, [*PEOPLE, ("b", "ada"), ("b", "ben")], [("a", "echo"), ("b", "echo")])
    assert (found["precision"], found["recall"], found["f1_partial"], found["rates"]["coder"]) == (None, 0.0, 0.0, 0.0)
    assert found["beats"] == 0


def test_spans_are_told_by_the_voice_that_speaks(make_dataset: Make, make_coders: Code) -> None:
    texts = {"a": "The reckless mayor left. “Those zealots sank the whole port,” the captain said on Monday."}
    marks = [("a", name, "Loaded", word) for name in ("ada", "ben") for word in ("reckless", "zealots")]
    found = measure(make_dataset, make_coders, marks, [("a", "echo", "Loaded", "reckless")], texts=texts)
    assert {voice: (row["recall"], row["found"], row["true"]) for voice, row in found["by_voice"].items()} == {
        "narrator": (1.0, 1, 2),
        "quoted": (0.0, 0, 2),
    }


def test_many_articles_give_what_counting_pair_by_pair_gives(make_dataset: Make, make_coders: Code) -> None:
    chance = random.Random(3)
    words = [f"word{i}" for i in range(12)]
    texts = {f"t{i}": " ".join(words) for i in range(40)}
    names = ("ada", "ben", "cyd", "dan")

    def read(name: str, share: float) -> list[Any]:
        rows: list[Any] = []
        for article in texts:
            if chance.random() < share:
                found = [(article, name, "Loaded", word) for word in words if chance.random() < 0.25 and word not in ("word1",)]
                rows += found or [(article, name)]
        return rows

    people, coded = [row for name in names for row in read(name, 0.9)], read("echo", 0.95)
    found = measure(make_dataset, make_coders, people, coded, texts=texts)
    assert len(tokenise(texts["t0"])) == 12
    marked: dict[tuple[str, str], set[str]] = {}
    for article, name, *rest in [*people, *coded]:
        marked.setdefault((article, name), set()).update(rest[1:])

    def alike(a: set[str], b: set[str]) -> float:
        return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0

    pairs, scores = [], {name: ([], []) for name in names}  # type: ignore[var-annotated]
    for article in texts:
        readers = [name for name in names if (article, name) in marked]
        if (article, "echo") not in marked:
            continue
        pairs += [(w in marked[article, "echo"], w in marked[article, name]) for name in readers for w in words]
        for name in readers:
            others = [marked[article, other] for other in readers if other != name]
            if others:
                for column, who in zip(scores[name], ("echo", name), strict=True):
                    column.append(sum(alike(marked[article, who], other) for other in others) / len(others))
    assert found["alpha"] == pytest.approx(krippendorff_alpha(pairs))
    for name, row in found["alternative"]["trials"].items():
        coder, person = scores[name]
        assert row["n"] == len(coder)
        assert row["advantage"] == pytest.approx(sum(a >= b - 1e-9 for a, b in zip(coder, person, strict=True)) / len(coder))
    units = [
        [w in marked[article, name] for name in names if (article, name) in marked] for article in texts if (article, "echo") in marked for w in words
    ]
    assert found["human_alpha"] == pytest.approx(krippendorff_alpha(units))
    assert found["alternative"]["people"] == 4
