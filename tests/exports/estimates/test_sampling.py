"""Who is a sample, with which weight, and who comes together."""

from __future__ import annotations

import polars as pl
import pytest

from exports.estimates.sampling import balance, find_clusters, find_sample
from schemas.errors import FramingError


def articles(**columns: list[object]) -> pl.DataFrame:
    count = len(next(iter(columns.values())))
    return pl.DataFrame({"article_id": [f"a{i}" for i in range(count)], "outlet": ["Gazette"] * count} | columns)


def test_without_probabilities_all_random_articles_are_a_sample_without_weights() -> None:
    assert find_sample(articles(title=[None, None]), "coded").columns == ["article_id"]
    by_lot = find_sample(articles(selected_by=["random", "cue", None]), "coded")
    assert (by_lot["article_id"].to_list(), by_lot.columns) == (["a0"], ["article_id"])


def test_what_was_drawn_has_the_inverse_of_its_chance_and_what_was_chosen_is_left_out() -> None:
    found = find_sample(articles(selected_by=["uncertain-random", "uncertain-random", "cue"], selection_probability=[0.5, 0.1, None]), "coded")
    assert dict(found.select("article_id", "weight").iter_rows()) == pytest.approx({"a0": 2, "a1": 10})


def test_two_random_rounds_are_one_larger_one_and_an_older_article_is_like_its_outlets_others() -> None:
    table = articles(selected_by=["random"] * 3, selection_probability=[0.1, 0.2, None])
    assert find_sample(table, "coded")["weight"].to_list() == pytest.approx([1 / 0.28] * 3)


def test_chances_of_ones_own_are_taken_and_what_is_no_probability_is_refused() -> None:
    assert find_sample(articles(selection_probability=[0.25, 1, None]), "coded")["weight"].to_list() == [4, 1]
    for wrong in ([0.0], [1.5], [float("nan")], ["often"]):
        with pytest.raises(FramingError, match=r"coded, column selection_probability.*no probabilities"):
            find_sample(articles(selection_probability=list(wrong)), "coded")


def test_of_two_ways_of_drawing_the_one_that_is_worth_more_says_more() -> None:
    table = articles(selected_by=["random"] * 3 + ["uncertain-random"] * 2, selection_probability=[0.01] * 3 + [0.5, 0.5])
    found = find_sample(table, "coded")
    weights = balance(found["weight"].to_numpy(), found["round"])
    assert (weights / weights.sum()).tolist() == pytest.approx([0.2] * 5)


def test_copies_and_articles_of_one_page_are_together_also_by_a_third() -> None:
    one = articles(copy_of=[None, "a0", None, None, None], url=["p", "q", "q", None, None])
    clusters = find_clusters(one, articles(url=["other"] * 6))["cluster"].to_list()
    assert clusters[0] == clusters[1] == clusters[2]
    assert len(set(clusters)) == 4
