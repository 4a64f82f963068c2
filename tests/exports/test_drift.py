from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.drift import Difference, agree_on_spans, compare_measures, count_strangers, holm, is_undecidable

SPANS = {"article_id": pl.String, "label": pl.String, "start": pl.Int64, "end": pl.Int64}


def side(*values: float | None, prefix: str = "a") -> pl.DataFrame:
    ids = [f"{prefix}{i}" for i in range(len(values))]
    return pl.DataFrame({"article_id": ids, "x": values}, schema={"article_id": pl.String, "x": pl.Float64})


def spans_of(*rows: tuple[str, str, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SPANS, orient="row")


# Differences


def test_two_groups_are_compared_by_ranks_means_and_the_chance_that_one_has_more() -> None:
    (found,) = compare_measures(side(1, 2, 3, 4), side(3, 4, 5, 6, 7), ["x"])
    # Of twenty pairs seventeen are greater, two as great.
    assert found.superiority == pytest.approx((17 + 1) / 20)
    assert (found.articles, found.means, found.difference) == ((4, 5), (2.5, 5.0), 2.5)
    assert (found.paired, found.p == found.p_holm) == (False, True)


def test_the_interval_of_two_groups_is_welchs() -> None:
    from scipy.stats import ttest_ind

    one, other = [1.0, 2.5, 2.0, 8.0], [4.0, 4.5, 9.0, 3.0, 7.5, 6.0]
    (found,) = compare_measures(side(*one), side(*other), ["x"])
    expected = ttest_ind(other, one, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_darwins_plants_differ_by_the_interval_that_fisher_gives() -> None:
    """Fisher (1935), The Design of Experiments, chapter III: Darwin's differences in eighths of an inch, t = 2.148 with 14 degrees."""
    differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    (found,) = compare_measures(side(*[0] * 15), side(*differences), ["x"], paired=True)
    assert found.difference == pytest.approx(314 / 15)
    assert found.low is not None
    half = found.difference - found.low
    assert found.difference / (half / 2.1448) == pytest.approx(2.148, abs=1e-3)
    assert found.superiority == pytest.approx(13 / 15)
    assert 0.02 < found.p < 0.06


def test_pairs_are_the_same_articles_in_any_order_and_those_on_one_side_are_left_out() -> None:
    one, other = side(1, 2, 3, 4), side(2, 3, 4, 5, 99)
    (found,) = compare_measures(one, other.reverse(), ["x"], paired=True)
    assert (found.articles, found.difference, found.low, found.high, found.superiority) == ((4, 4), 1.0, None, None, 1.0)


def test_the_same_on_both_sides_is_no_difference() -> None:
    for paired in (True, False):
        (found,) = compare_measures(side(0, 0, 5), side(0, 0, 5), ["x"], paired=paired)
        assert (found.difference, found.superiority, found.p) == (0, 0.5, 1.0)
    for values in ((0.0,), (0.0, 0.0, 0.0)):
        (found,) = compare_measures(side(*values), side(*values), ["x"])
        assert (found.difference, found.superiority, found.p) == (0, 0.5, 1.0)


def test_a_side_of_one_article_has_no_interval() -> None:
    for one, other in ((side(1), side(2)), (side(1), side(2, 3, 4)), (side(1, 2, 3), side(9))):
        (found,) = compare_measures(one, other, ["x"])
        assert (found.low, found.high) == (None, None)
        assert found.p > 0.1
    (found,) = compare_measures(side(1), side(2), ["x"], paired=True)
    assert (found.low, found.superiority) == (None, 1.0)


def test_what_is_no_number_does_not_count_and_a_measure_without_any_is_left_out() -> None:
    (found,) = compare_measures(side(1, None, float("nan"), 3), side(None, 2), ["x"])
    assert (found.articles, found.means) == ((2, 1), (2.0, 2.0))
    assert compare_measures(side(None), side(1), ["x"]) == []
    assert compare_measures(side(1, None), side(None, 2), ["x"], paired=True) == []
    assert compare_measures(side(), side(1), ["x"]) == []


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.lists(st.integers(0, 3), min_size=1, max_size=12))
def test_turned_round_a_difference_is_its_opposite(one: list[int], other: list[int]) -> None:
    (there,), (back,) = compare_measures(side(*one), side(*other), ["x"]), compare_measures(side(*other), side(*one), ["x"])
    pairs = [(b > a) + (b == a) / 2 for a in one for b in other]
    assert there.superiority == pytest.approx(float(np.mean(pairs)))
    assert there.superiority + back.superiority == pytest.approx(1)
    assert (there.difference, there.p) == pytest.approx((-back.difference, back.p))


def test_what_is_the_same_for_all_has_no_interval_and_what_varies_on_one_side_has() -> None:
    for one, other in ((side(0, 0, 0), side(0, 0)), (side(0.1, 0.1, 0.1), side(0.3, 0.3, 0.3))):
        (found,) = compare_measures(one, other, ["x"])
        assert (found.low, found.high) == (None, None)
    (found,) = compare_measures(side(0, 0, 0), side(0, 1), ["x"])
    assert found.low is not None
    assert found.low < 0.5 < (found.high or 0)


@pytest.mark.parametrize(
    ("articles", "paired", "figures", "undecidable"),
    [
        # 2 / C(n + m, n) times the figures: of 3 and 3 articles 0.1, of 4 and 4 0.029; of 5 pairs 2 / 32, of 6 2 / 64.
        ((3, 3), False, 1, True),
        ((4, 4), False, 1, False),
        ((4, 4), False, 2, True),
        ((6, 6), False, 31, True),
        ((7, 7), False, 31, False),
        ((1, 38), False, 1, True),
        ((1, 40), False, 1, False),
        ((5, 5), True, 1, True),
        ((6, 6), True, 1, False),
        ((300_000, 300_000), False, 31, False),
    ],
)
def test_too_few_articles_for_so_many_figures_are_said_to_be_too_few(
    articles: tuple[int, int], *, paired: bool, figures: int, undecidable: bool
) -> None:
    row = Difference("x", articles, (0.0, 1.0), 1.0, None, None, 0.2, 0.2, 1.0, paired)
    assert is_undecidable([row] * figures) is undecidable
    assert not is_undecidable([row] * figures + [replace(row, p_holm=0.01)])
    assert not is_undecidable([])


def test_of_many_comparisons_of_nothing_few_are_called_clear() -> None:
    numbers, clear = random.Random(0), 0
    for _ in range(100):
        one, other = (
            pl.DataFrame({"article_id": list("abcdefghijklmnopqrst"), **{f"x{i}": [numbers.gauss(0, 1) for _ in range(20)] for i in range(20)}})
            for _ in "12"
        )
        clear += any(found.p_holm < 0.05 for found in compare_measures(one, other, [f"x{i}" for i in range(20)]))
    # 5 are expected at most; without Holm it would be 64.
    assert clear <= 12


def test_holm_multiplies_the_smallest_by_all_and_keeps_the_order() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


# Two models


def test_models_that_found_the_same_agree_and_those_that_found_nothing_in_common_do_not() -> None:
    one = spans_of(("a", "L", 0, 4), ("a", "L", 10, 14), ("b", "M", 3, 5))
    assert agree_on_spans(one, one) == {"spans_first": 3, "spans_second": 3, "exact_f1": 1.0, "place_f1": 1.0, "char_f1": 1.0}
    apart = agree_on_spans(one, spans_of(("a", "L", 4, 10), ("c", "M", 3, 5)))
    assert (apart["exact_f1"], apart["place_f1"], apart["char_f1"]) == (0, 0, 0)


def test_agreement_is_on_labels_on_places_and_on_characters() -> None:
    found = agree_on_spans(spans_of(("a", "L", 0, 4), ("a", "L", 10, 20)), spans_of(("a", "M", 0, 4), ("a", "L", 15, 25)))
    assert (found["exact_f1"], found["place_f1"]) == (0, 0.5)
    assert found["char_f1"] == pytest.approx(2 * 9 / 28)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12), st.integers(1, 5)), max_size=6),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12), st.integers(1, 5)), max_size=6),
)
def test_characters_are_counted_once_however_spans_overlap(one: list[tuple[str, int, int]], other: list[tuple[str, int, int]]) -> None:
    tables = [spans_of(*[(article, "L", start, start + length) for article, start, length in rows]) for rows in (one, other)]
    characters = [{(article, i) for article, start, length in rows for i in range(start, start + length)} for rows in (one, other)]
    total = len(characters[0]) + len(characters[1])
    assert agree_on_spans(*tables)["char_f1"] == (pytest.approx(2 * len(characters[0] & characters[1]) / total) if total else None)


# Strangers


def test_five_in_a_hundred_training_articles_are_strangers_to_each_other() -> None:
    training = pl.Series([i / 100 for i in range(100)])
    found = count_strangers(training, training)
    assert found is not None
    assert (found.articles, found.beyond, found.limit) == (100, 5, pytest.approx(0.9405))
    assert found.warning() is None


def test_many_strangers_are_warned_of_and_one_article_is_not_many() -> None:
    training = pl.Series([0.1] * 20)
    few, many, one = (count_strangers(pl.Series(values), training) for values in ([0.1] * 8 + [0.2] * 2, [0.1] * 7 + [0.2] * 3, [0.9]))
    assert few is not None
    assert many is not None
    assert one is not None
    assert (few.warning(), one.warning()) == (None, None)
    said = "more than 10 % of the words are unknown to it in 30 % of the articles, and in 5 % of its training articles"
    assert said in str(many.warning())
    assert str(many.warning("May")).startswith("May: ")


def test_where_nothing_is_known_of_either_side_nothing_is_said() -> None:
    nulls = pl.Series([None, None], dtype=pl.Float64)
    assert count_strangers(nulls, pl.Series([0.1])) is None
    assert count_strangers(pl.Series([0.1]), nulls) is None


def test_a_span_of_the_headline_is_none_of_the_text() -> None:
    one = spans_of(("a", "L", 0, 4))
    found = agree_on_spans(one, one.with_columns(part=pl.lit("title")))
    assert (found["exact_f1"], found["char_f1"]) == (0, 0)
