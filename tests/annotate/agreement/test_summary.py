"""The agreement of a dataset, against the same figures made by hand from the tokens."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.agreement import agree, describe_alpha, krippendorff_alpha, masi_distance
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.tables import WITHHELD
from schemas.text.tokens import tokenise

Make = Callable[..., Dataset]
TEXTS = {"a": "The reckless zealots sank the port 🚢.", "b": "A cosy deal was done by cronies.", "c": "Plain words stand here."}
WORDS = ["reckless", "reckless zealots", "zealots", "port 🚢", "The", "."]


def test_two_who_marked_the_same_agree_fully(make_dataset: Make) -> None:
    marks = [(article, name, "Loaded", words) for name in ("ada", "ben") for article, words in (("a", "reckless"), ("b", "cosy deal"))]
    found = agree(make_dataset(TEXTS, marks))
    figures = found.labels["Loaded"]
    assert [figures[key] for key in ("alpha", "low", "high", "f1_exact", "f1_partial")] == [1.0] * 5
    assert found.any_label == figures


MARKS = st.lists(st.tuples(st.sampled_from(["ada", "ben", "cyd"]), st.sampled_from(["Loaded", "Name"]), st.sampled_from(WORDS)), max_size=8)


@given(marks=MARKS)
def test_alpha_of_a_label_is_nominal_alpha_with_tokens_as_units(make_dataset_once: Make, marks: list[tuple[str, str, str]]) -> None:
    text = TEXTS["a"]
    found = agree(make_dataset_once(TEXTS, [("a", name) for name in ("ada", "ben", "cyd")] + [("a", *mark) for mark in marks]))
    for label, figures in ((None, found.any_label), *found.labels.items()):
        units = []
        for start, end in tokenise(text):
            touching = {n for n, kind, w in marks if label in (None, kind) and text.index(w) < end and text.index(w) + len(w) > start}
            units.append([name in touching for name in ("ada", "ben", "cyd")])
        assert figures["alpha"] == pytest.approx(krippendorff_alpha(units))


def test_span_f1_is_pairwise_exact_and_partial(make_dataset: Make) -> None:
    marks = [
        ("a", "ada", "Loaded", "reckless"),
        ("a", "ben", "Loaded", "reckless zealots"),
        ("b", "ada", "Loaded", "cosy"),
        ("b", "ben", "Loaded", "cosy"),
    ]
    figures = agree(make_dataset(TEXTS, marks)).labels["Loaded"]
    assert figures["f1_exact"] == pytest.approx(1 / 2)
    precision, recall = (1 + 1) / 2, (8 / 16 + 1) / 2
    assert figures["f1_partial"] == pytest.approx(2 * precision * recall / (precision + recall))


def test_who_marked_nothing_counts_as_a_reader_who_disagrees(make_dataset: Make) -> None:
    silent = agree(make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless"), ("a", "ben")])).labels["Loaded"]
    absent = agree(make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless")])).labels["Loaded"]
    assert silent["alpha"] is not None
    assert silent["alpha"] < 0.5
    assert silent["f1_exact"] == 0.0
    assert set(absent.values()) == {None}


def test_who_only_answered_has_not_marked_nothing(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "reckless"), ("a", "ben", "Loaded", "reckless"), ("b", "ada", "Loaded", "cosy"), ("b", "ben"), ("c", "ada")]
    answers = [(article, "cyd", "bias", "yes") for article in TEXTS]
    with_cyd, without = agree(make_dataset(TEXTS, marks + answers)), agree(make_dataset(TEXTS, marks))
    assert with_cyd.labels == without.labels
    assert with_cyd.any_label == without.any_label
    assert with_cyd.annotators["cyd"] | {"read": 0} == {
        key: [] if key == "flags" else 0 if key == "read" else None for key in with_cyd.annotators["cyd"]
    }
    assert with_cyd.annotators["cyd"]["read"] == 3


def test_a_label_that_nobody_used_has_no_figures_and_no_tokens(make_dataset: Make) -> None:
    figures = agree(make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless"), ("a", "ben", "Loaded", "zealots")])).labels
    assert figures["Name"] == dict.fromkeys(figures["Name"]) | {"tokens": 0}
    assert figures["Loaded"]["tokens"] == 2


def test_every_figure_of_a_label_lies_in_its_interval(make_dataset: Make) -> None:
    words = {"a": ("reckless", "reckless zealots"), "b": ("cosy", "cosy"), "c": ("Plain", "stand")}
    marks = [(article, name, "Loaded", word) for article, pair in words.items() for name, word in zip(("ada", "ben"), pair, strict=True)]
    figures = agree(make_dataset(TEXTS, marks)).labels["Loaded"]
    for name, prefix in (("alpha", ""), ("alpha_u", "alpha_u_"), ("f1_exact", "f1_exact_"), ("f1_partial", "f1_partial_")):
        value, low, high = (figures[key] for key in (name, f"{prefix}low", f"{prefix}high"))
        assert value is not None
        assert low is not None
        assert high is not None
        assert low <= value <= high
        assert low < high


def test_alpha_over_units_minds_the_ends_of_spans_and_alpha_over_tokens_does_not(make_dataset: Make) -> None:
    """The same tokens, as one span and as two."""
    whole, cut = [("reckless zealots",)] * 2, [("reckless zealots",), ("reckless", "zealots")]
    alike, apart = (
        agree(make_dataset(TEXTS, [("a", name, "Loaded", word) for name, words in zip(("ada", "ben"), pair, strict=True) for word in words]))
        for pair in (whole, cut)
    )
    assert alike.labels["Loaded"]["alpha"] == apart.labels["Loaded"]["alpha"] == 1
    assert alike.labels["Loaded"]["alpha_u"] == 1
    assert apart.labels["Loaded"]["alpha_u"] < 1  # type: ignore[operator]


def test_all_labels_together_are_categories_and_not_one(make_dataset: Make) -> None:
    found = agree(make_dataset(TEXTS, [("a", "ada", "Loaded", "reckless"), ("a", "ben", "Name", "reckless")]))
    assert found.any_label["alpha_u"] == 1
    assert found.all_labels["alpha_u"] is not None
    assert found.all_labels["alpha_u"] < 1


def test_articles_with_one_reader_count_for_nobodys_agreement(make_dataset: Make) -> None:
    shared = [("a", "ada", "Loaded", "reckless"), ("a", "ben", "Loaded", "zealots"), ("a", "ada", "bias", "yes"), ("a", "ben", "bias", "no")]
    alone = [*shared, ("b", "ada", "Loaded", "cronies"), ("b", "ada", "bias", "yes")]
    with_alone, without = agree(make_dataset(TEXTS, alone)), agree(make_dataset(TEXTS, shared))
    assert (with_alone.labels, with_alone.questions) == (without.labels, without.questions)
    assert (with_alone.articles, with_alone.double_read, without.articles) == (2, 1, 1)


def test_a_question_with_one_answer_is_nominal_over_articles(make_dataset: Make) -> None:
    given_answers = {"a": ("yes", "yes"), "b": ("yes", "no"), "c": ("no", "no")}
    marks = [(article, name, "bias", value) for article, pair in given_answers.items() for name, value in zip(("ada", "ben"), pair, strict=True)]
    figures = agree(make_dataset(TEXTS, marks)).questions["bias"]
    assert figures["alpha"] == pytest.approx(krippendorff_alpha(list(given_answers.values())))
    assert figures["low"] <= figures["alpha"] <= figures["high"]


def test_a_question_with_several_answers_compares_sets_and_each_value_by_itself(make_dataset: Make) -> None:
    sets = {"a": ("Law", "Law Health"), "b": ("Economy", "Economy"), "c": ("Health", "Law")}
    marks = [
        (article, name, "frames", value)
        for article, pair in sets.items()
        for name, values in zip(("ada", "ben"), pair, strict=True)
        for value in values.split()
    ]
    figures = agree(make_dataset(TEXTS, marks)).questions["frames"]
    units = [[frozenset(values.split()) for values in pair] for pair in sets.values()]
    assert figures["alpha"] == pytest.approx(krippendorff_alpha(units, masi_distance))
    for value in ("Economy", "Health", "Law"):
        assert figures["values"][value]["alpha"] == pytest.approx(krippendorff_alpha([[value in chosen for chosen in unit] for unit in units]))


def test_a_question_that_nobody_answered_twice_has_no_alpha(make_dataset: Make) -> None:
    figures = agree(make_dataset(TEXTS, [("a", "ada", "bias", "yes"), ("a", "ben")])).questions["bias"]
    assert figures == {"alpha": None, "low": None, "high": None, "fleiss": None}


def test_severity_is_the_share_of_tokens_a_person_marked_in_all_they_read(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "reckless zealots"), ("b", "ada"), ("a", "ben"), ("c", "cyd", "Name", "Plain")]
    people = agree(make_dataset(TEXTS, marks)).annotators
    tokens = {article: len(tokenise(text)) for article, text in TEXTS.items()}
    assert list(people) == ["ada", "ben", "cyd"]
    assert people["ada"]["severity"] == pytest.approx(2 / (tokens["a"] + tokens["b"]))
    assert (people["ben"]["severity"], people["cyd"]["severity"]) == (0.0, pytest.approx(1 / tokens["c"]))
    assert [people[name]["read"] for name in people] == [2, 1, 1]
    assert people["cyd"]["agreement"] is None


def test_the_agreement_of_a_person_is_with_the_others_and_not_among_them(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "reckless"), ("a", "ben", "Loaded", "reckless"), ("a", "cyd", "Loaded", "port")]
    people = agree(make_dataset(TEXTS, marks)).annotators
    assert people["ada"]["agreement"] == people["ben"]["agreement"] > people["cyd"]["agreement"]
    assert people["cyd"]["agreement"] < 0


def test_the_json_has_the_keys_of_the_contract(make_dataset: Make) -> None:
    marks = [("a", "ada", "Loaded", "reckless"), ("a", "ben", "bias", "yes")]
    data = json.loads(json.dumps(agree(make_dataset(TEXTS, marks)).to_dict(), allow_nan=False))
    assert set(data["labels"]) == {"Loaded", "Name"}
    assert set(data["labels"]["Loaded"]) >= {"alpha", "low", "high", "alpha_u", "f1_exact", "f1_partial"}
    assert set(data["questions"]) == {"bias", "frames"}
    assert set(data["questions"]["bias"]) >= {"alpha", "low", "high"}
    assert set(data["annotators"]["ada"]) >= {"read", "severity", "agreement", "consistency", "flags"}
    assert set(data) >= {"any_label", "all_labels", "confusion", "disagreements", "suggestions"}


ANSWERS = st.tuples(st.sampled_from(["bias"]), st.sampled_from(["yes", "no"])) | st.tuples(
    st.sampled_from(["frames"]), st.sampled_from(["Law", "Health"])
)
ROWS = st.tuples(st.sampled_from(["ada", "ben", "cyd"]), st.tuples(st.sampled_from(["Loaded", "Name"]), st.sampled_from(WORDS)) | ANSWERS)


@given(rows=st.lists(ROWS, min_size=1, max_size=8, unique=True), suggested=st.lists(st.sampled_from([None, WITHHELD, "m1"]), min_size=3, max_size=3))
def test_whatever_was_annotated_the_json_holds_figures_or_null(make_dataset_once: Make, rows: list[Any], suggested: list[str | None]) -> None:
    dataset = make_dataset_once(TEXTS, [("a", name, *mark) for name, mark in rows])
    seen = pl.col("annotator").replace_strict(dict(zip(("ada", "ben", "cyd"), suggested, strict=True)), return_dtype=pl.String)
    annotations = dataset.require_annotations("test").with_columns(suggested=seen, seconds=pl.lit(0.0))
    json.dumps(agree(replace(dataset, annotations=annotations)).to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("alpha", "words"),
    [
        (None, "no judgement"),
        (1.0, "reliable"),
        (0.8, "reliable"),
        (0.7999, "tentative"),
        (0.667, "tentative"),
        (0.6669, "no firm"),
        (-0.2, "no firm"),
    ],
)
def test_the_lower_end_of_alpha_is_worded_by_krippendorffs_thresholds(alpha: float | None, words: str) -> None:
    """Krippendorff 2004, p. 241: .800, and .667 for tentative conclusions."""
    assert words in describe_alpha(alpha)


def test_a_dataset_without_annotations_or_codebook_is_an_error_that_says_what_to_do(make_dataset: Make) -> None:
    dataset = make_dataset(TEXTS, [("a", "ada")])
    for broken in (replace(dataset, annotations=None), replace(dataset, codebook=None)):
        with pytest.raises(FramingError, match="framing pull") as caught:
            agree(broken, "some/folder")
        assert caught.value.where == "some/folder"


@pytest.mark.parametrize("piece", [".", ". ", "\n", '"', "(", " ", "a\n", "A plan. "])
def test_rows_of_two_hundred_thousand_pieces_take_no_quadratic_time(make_dataset: Make, piece: str) -> None:
    texts = {"row": f"Start {piece * 200_000} reckless"}
    marks = [("row", "ada", "Loaded", "reckless"), ("row", "ben", "Loaded", "reckless"), ("row", "ben", "Name", "Start")]
    # Machine code is there before the clock starts.
    agree(make_dataset({"row": texts["row"][:60_000] + " reckless"}, marks))
    began = time.process_time()
    assert agree(make_dataset(texts, marks)).labels["Loaded"]["alpha"] == 1.0
    # Some two seconds; a hundred and more when each sentence was looked up among all tokens.
    assert time.process_time() - began < 30


HEADED = {**TEXTS, "a/title": "Zealots sank it", "b/title": "A deal"}
READ = [
    *(("a", name, "Loaded", "reckless") for name in ("ada", "ben", "cyd")),
    *((article, name) for name in ("ada", "ben") for article in ("b", "b/title")),
    ("a/title", "ada", "Loaded", "Zealots"),
    ("a/title", "ben", "Loaded", "Zealots sank"),
    ("a", "ada", "bias", "no"),
    ("a", "ben", "bias", "yes"),
]


def test_headlines_are_texts_of_their_own_drawn_with_their_article_which_counts_once(make_dataset: Make) -> None:
    found, bare = (
        agree(make_dataset(HEADED, [mark for mark in READ if keep(mark[0])])) for keep in (lambda name: True, lambda name: "/" not in name)
    )
    # Of the tokens of both texts of both articles, one is marked by one of two.
    tokens = {name: tokenise(text) for name, text in HEADED.items()}
    units = [[i == 1] * 3 for i in range(len(tokens["a"]))] + [[False] * 2] * (len(tokens["b"]) + 2) + [[True, True], [False, True], [False, False]]
    assert found.labels["Loaded"]["alpha"] == pytest.approx(krippendorff_alpha(units))
    assert found.headlines["double_read"] == 2
    titles = agree(make_dataset({"a": HEADED["a/title"], "b": HEADED["b/title"]}, [(name[0], *rest) for name, *rest in READ if "/" in name]))
    assert (found.headlines["any_label"], found.headlines["labels"]) == (titles.any_label, titles.labels)
    assert (found.articles, found.double_read, bare.headlines) == (2, 2, {})
    assert (found.questions, found.suggestions) == (bare.questions, bare.suggestions)
    assert [(name, one["read"], one["severity"]) for name, one in found.annotators.items()] == [
        ("ada", 2, pytest.approx(2 / 21)),
        ("ben", 2, pytest.approx(3 / 21)),
        ("cyd", 1, pytest.approx(1 / 8)),
    ]
    assert [(one["article_id"], one["part"], one["text"]) for one in found.disagreements] == [("a", "title", "Zealots sank it")]
    # One article with its headline is one draw, which has no interval.
    alone = agree(make_dataset(HEADED, [mark for mark in READ if mark[0][0] == "a"])).labels["Loaded"]
    assert (alone["f1_exact"], alone["low"], alone["alpha_u_low"], alone["f1_exact_low"]) == (pytest.approx(3 / 4), None, None, None)
