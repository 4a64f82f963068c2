"""A coder's answers beside people's, against figures made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from annotate.agreement import agree, krippendorff_alpha, masi_distance
from schemas.coders import Coders
from schemas.dataset import Dataset

Make = Callable[..., Dataset]
Code = Callable[..., Coders]
TEXTS = {article: f"Plain words stand in {article}." for article in "abcdef"}
# Of ada, ben and cyd; e is a tie, f was left out by the coder.
SAID = {"a": "yyn", "b": "nnn", "c": "yny", "d": "nny", "e": "yn", "f": "yyy"}
CODED = {"a": "y", "b": "n", "c": "n", "d": "y", "e": "y"}
WORDS = {"y": "yes", "n": "no"}


def answer(said: dict[str, str], *names: str) -> list[tuple[str, str, str, str]]:
    return [(article, name, "bias", WORDS[one]) for article, all_ in said.items() for name, one in zip(names, all_, strict=False)]


def measure(make_dataset: Make, make_coders: Code, question: str = "bias", coder: str = "echo", **said: Any) -> dict[str, Any]:
    people = said.get("people", answer(SAID, "ada", "ben", "cyd"))
    coded = said.get("coded", answer(CODED, "echo"))
    texts = said.get("texts", TEXTS)
    found: dict[str, Any] = agree(make_dataset(texts, people), "test", make_coders(texts, coded)).coders[coder]["questions"][question]
    return found


def test_macro_f1_is_against_the_majority_and_everything_is_counted(make_dataset: Make, make_coders: Code) -> None:
    found = measure(make_dataset, make_coders)
    assert [found[key] for key in ("articles", "answered", "unanswered", "ties", "compared")] == [6, 5, 1, 1, 4]
    # yes, no, yes, no; the coder says yes, no, no, yes.
    assert found["macro_f1"] == pytest.approx(0.5)
    assert found["macro_f1_low"] <= 0.5 <= found["macro_f1_high"]
    assert (found["values"]["yes"]["precision"], found["values"]["yes"]["recall"], found["values"]["yes"]["few"]) == (0.5, 0.5, True)
    assert (found["shares"]["yes"]["people"], found["shares"]["yes"]["coder"], found["share_error"]) == (0.5, 0.5, 0.0)


def test_alpha_is_over_the_coders_pairs_with_people_and_people_have_their_own(make_dataset: Make, make_coders: Code) -> None:
    found = measure(make_dataset, make_coders)
    assert found["alpha"] == pytest.approx(krippendorff_alpha([(CODED[article], one) for article in CODED for one in SAID[article]]))
    assert found["human_alpha"] == pytest.approx(krippendorff_alpha([SAID[article] for article in CODED]))
    assert found["low"] <= found["alpha"] <= found["high"]


def test_coder_and_person_are_compared_with_the_same_majority_of_the_others(make_dataset: Make, make_coders: Code) -> None:
    found = measure(make_dataset, make_coders)
    assert found["people"] == {
        # The others agree on b and e: no, no. Both say no, yes.
        "ada": {"n": 2, "coder": pytest.approx(1 / 3), "person": pytest.approx(1 / 3)},
        # On b, c and e: no, yes, yes. The coder says no, no, yes, and ben three times no.
        "ben": {"n": 3, "coder": pytest.approx(2 / 3), "person": pytest.approx(1 / 4)},
        # On a, b and d: yes, no, no. The coder says yes, no, yes, and cyd no, no, yes.
        "cyd": {"n": 3, "coder": pytest.approx(2 / 3), "person": pytest.approx(1 / 4)},
    }
    assert (found["beats"], found["of"]) == (2, 3)
    assert found["winning_rate"] is None
    assert found["alternative"]["verdict"].startswith("no test: 0 of 3 people")


def test_several_answers_are_each_yes_or_no_and_alike_by_masi(make_dataset: Make, make_coders: Code) -> None:
    texts = {f"t{i}": f"Words {i}." for i in range(30)}
    people = [
        (article, name, "frames", value)
        for article in texts
        for name, values in (("ada", ("Economy", "Law")), ("ben", ("Economy",)), ("cyd", ("Economy", "Health")), ("dan", ("Economy", "Law")))
        for value in values
    ]
    coded = [(article, "echo", "frames", value) for article in texts for value in ("Economy", "Health")]
    found = measure(make_dataset, make_coders, "frames", texts=texts, people=people, coded=coded)
    # Law has two of four voters: no truth. Economy is right, Health is not.
    assert (found["ties"], found["compared"]) == (30, 30)
    assert found["macro_f1"] == pytest.approx((1 + 0) / 2)
    assert found["values"]["Law"]["true"] == 0
    assert found["shares"]["Law"]["n"] == 0
    assert found["share_error"] == pytest.approx((0 + 1) / 2)
    ours, theirs = frozenset({"Economy", "Health"}), [frozenset({"Economy", "Law"}), frozenset({"Economy"}), frozenset({"Economy", "Health"})]
    assert found["alpha"] == pytest.approx(krippendorff_alpha([(ours, one) for _ in texts for one in [*theirs, theirs[0]]], masi_distance))
    # With the others ben's likeness is 1/3 each, the coder's 1/9, 1 and 1/9; ada's and the coder's are the same three in another order.
    trials = found["alternative"]["trials"]
    assert [(trials[name]["advantage"], trials[name]["person"]) for name in ("ben", "ada")] == [(1.0, 0.0), (1.0, 1.0)]


def test_outlets_have_their_own_shares_and_those_with_few_articles_are_in_no_mean(make_dataset: Make, make_coders: Code) -> None:
    texts = {f"t{i:02}": f"Words {i}." for i in range(24)}
    people = [(article, name, "bias", "yes" if i % 2 else "no") for i, article in enumerate(texts) for name in ("ada", "ben")]
    coded = [(article, "echo", "bias", "yes") for article in texts]
    dataset = make_dataset(texts, people)
    outlets = ["Gull"] * 20 + ["Tern"] * 3 + [None]
    known = replace(dataset, articles=dataset.articles.with_columns(outlet=pl.Series(outlets, dtype=pl.String)))
    found = agree(known, "test", make_coders(texts, coded)).coders["echo"]["questions"]["bias"]
    assert {outlet: row["n"] for outlet, row in found["by_outlet"].items()} == {"Gull": 20, "Tern": 3}
    assert (found["share_error"], found["outlets"]) == (0.5, 1)
    gull = found["by_outlet"]["Gull"]["values"]["yes"]
    assert (gull["people"], gull["coder"], gull["difference"]) == (0.5, 1.0, 0.5)
    assert 0 < gull["low"] < 0.5 < gull["high"]


def test_a_coder_of_other_articles_has_no_figures_and_no_traceback(make_dataset: Make, make_coders: Code) -> None:
    people = answer({"a": "yy", "b": "nn"}, "ada", "ben")
    coded = answer({"c": "y"}, "echo")
    found = agree(make_dataset(TEXTS, people), "test", make_coders(TEXTS, coded)).coders["echo"]
    assert (found["read"], found["questions"], found["labels"]) == (0, {}, {})


def test_a_coder_that_met_only_ties_has_no_macro_f1(make_dataset: Make, make_coders: Code) -> None:
    found = measure(make_dataset, make_coders, people=answer({"a": "yn"}, "ada", "ben"), coded=answer({"a": "y"}, "echo"))
    assert (found["compared"], found["macro_f1"], found["share_error"], found["by_length"][0]["macro_f1"]) == (0, None, None, None)
    assert found["alpha"] == pytest.approx(krippendorff_alpha([("y", "y"), ("y", "n")]))
